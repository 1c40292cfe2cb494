"""Readings over HTTP: every row counted once, good rows go on, problems named by path."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.api.reading_rows import row_of
from policies.columns import ABSENT, NULL
from tests.builders.web import House, product, row

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(st.sampled_from([*row(), "sku", "active", "cause", "x"]), JSON_VALUES, max_size=8) | JSON_VALUES


def kept(house: House, variant: str) -> Mapping[str, int]:
    """What the ledger holds of a variant's first level."""
    levels = house.store.ledger.read([variant]).levels
    return dict(zip(levels.states, levels.quantities[0, 0].tolist(), strict=True))


def test_a_good_row_is_kept_in_our_words(house: House) -> None:
    answer = house.send(row(quantities={"available": 4, "reserved": None, "on_order": 9}))
    assert answer.status_code == 202
    assert answer.json == {
        "accepted": 1, "unchanged": 0, "superseded": 0, "set_aside": 0, "rejected": 0, "problems": [],
    }  # fmt: skip
    figures = kept(house, "tee-m")
    assert (figures["available"], figures["held"]) == (4, NULL)
    assert "on_order" not in figures


def test_every_row_is_counted_once_whatever_becomes_of_it(house: House) -> None:
    house.send(row())
    answer = house.send(
        row(),
        row(observed_at="2026-11-23T11:00:00Z", quantities={"available": 1}),
        row(variant="new"),
        row(variant="later", observed_at="2026-11-23T13:00:00Z"),
        row(variant="absurd", quantities={"available": 10**30}),
        7,
    )
    counted = {name: answer.json[name] for name in answer.json if name != "problems"}
    assert counted == {"accepted": 1, "unchanged": 1, "superseded": 1, "set_aside": 2, "rejected": 1}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"quantities": {"available": True}}, "quantities.available"),
        ({"quantities": {"available": "4"}}, "quantities.available"),
        ({"quantities": {"available": 4.5}}, "quantities.available"),
        ({"quantities": {"avaliable": 4}}, "quantities.avaliable"),
        ({"quantities": {"held": 1, "reserved": 1}}, "quantities.reserved"),
        ({"quantities": {}}, "quantities"),
        ({"observed_at": "2026-11-23T12:00:00"}, "observed_at"),
        ({"observed_at": "2026-11-31T12:00:00Z"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+23:00"}, "observed_at"),
        ({"observed_at": "1969-12-31T23:59:59Z"}, "observed_at"),
        ({"cause": "gift"}, "cause"),
        ({"cause": []}, "cause"),
        ({"location": " "}, "location"),
        ({"active": "yes"}, "active"),
        ({"active": 1}, "active"),
        ({"sku": "TEE-M"}, "variant"),
        ({"variant": None, "sku": "TWICE"}, "sku"),
        ({"variant": None, "sku": "NONE"}, "sku"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_bad_row_is_named_and_stops_no_neighbour(house: House, change: dict[str, Any], path: str) -> None:
    house.put_catalog(product(variants=[{"id": "a", "sku": "TWICE"}, {"id": "b", "sku": "TWICE"}]))
    answer = house.send(row(), row(**change), row(variant="other"))
    assert answer.status_code == 202
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 1)
    assert [(line["index"], line["path"]) for line in answer.json["problems"]] == [(1, path)]


@given(ROWS)
def test_any_json_is_a_reading_or_has_a_problem(value: Any) -> None:
    made = row_of(value, "wms")
    if not made.problems and not made.sku:
        reading = made.reading()
        assert reading.variant
        assert all(figure is None or type(figure) is int for figure in reading.quantities.values())


def test_a_sku_finds_its_variant(house: House) -> None:
    house.put_catalog(product())
    assert house.send(row(variant=None, sku="TEE-M")).json["accepted"] == 1
    assert kept(house, "tee-m")["available"] == 14


def test_ndjson_with_a_broken_line_takes_the_others(house: House) -> None:
    body = (
        b'{"source":"wms","variant":"v","location":"a","quantities":{"on_hand":1},"observed_at":"2026-11-23T12:00:00Z"}'
        b"\n{oops\n\n7\n"
    )
    answer = house.client.post(
        "/api/v1/readings", data=body, content_type="application/x-ndjson", headers=house.bearer()
    )
    assert (answer.json["accepted"], answer.json["rejected"]) == (1, 2)
    assert [line["index"] for line in answer.json["problems"]] == [1, 2]


def test_csv_keeps_null_zero_and_absent_apart_and_floors_fractions(house: House) -> None:
    body = (
        "source,variant_refs,location_ref,on_hand,available,damaged,observed_at\n"
        "wms,v1,a,7.9,,0,2026-11-23T12:00:00Z\n"
        "wms,v2,a,many,,0,2026-11-23T12:00:00Z\n"
        "wms,v3,a,-1.5,,0,2026-11-23T12:00:00Z\n"
    )
    answer = house.client.post("/api/v1/readings", data=body, content_type="text/csv", headers=house.bearer())
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 1)
    assert answer.json["problems"][0]["path"] == "quantities.on_hand"
    figures = kept(house, "v1")
    assert (figures["on_hand"], figures["available"], figures["damaged"]) == (7, NULL, 0)
    assert figures.get("held", ABSENT) == ABSENT
    assert kept(house, "v3")["on_hand"] == -2


@pytest.mark.parametrize("body", [b"{", b"[" * 2000 + b"]" * 2000, b'{"source": NaN}', b"\xff", b""])
def test_a_body_that_is_no_json_is_a_400_problem(house: House, body: bytes) -> None:
    answer = house.client.post("/api/v1/readings", data=body, content_type="application/json", headers=house.bearer())
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("kind", "limit"), [("application/json", 5), ("application/x-ndjson", 16), ("text/csv", 16)])
def test_a_body_beyond_the_limit_of_its_kind_is_413(house: House, kind: str, limit: int) -> None:
    body = b"\n" * (limit * 1024 * 1024 + 1)
    answer = house.client.post("/api/v1/readings", data=body, content_type=kind, headers=house.bearer())
    assert (answer.status_code, answer.json["errors"]) == (413, [])


def test_the_same_key_and_body_get_the_same_answer_and_another_body_422(house: House) -> None:
    key = {"Idempotency-Key": "k1"}
    first = house.send(row(), **key)
    again = house.send(row(), **key)
    assert first.json["accepted"] == again.json["accepted"] == 1
    assert house.send(row(location="soho"), **key).status_code == 422
    assert house.send(row()).json["unchanged"] == 1
