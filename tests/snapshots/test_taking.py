"""What a snapshot does: it tells every level, and makes unknown what it lacks."""

from typing import Any

import pytest

from gateway.pipeline.explain import variant_view
from policies.columns import NULL
from tests.builders.snapshots import AS_OF, body, known, level, send
from tests.builders.web import AT, POLICY, House, product, row

BEFORE = "2026-11-23T11:50:00Z"
AFTER = "2026-11-23T11:58:00Z"


def test_its_rows_are_counted_and_kept(house: House) -> None:
    answer = send(house, body(level(), level("tee-l", available=3), level("tee-s", available=10**9)))
    assert answer.status_code == 200, answer.json
    counted = {name: answer.json[name] for name in ("rows", "accepted", "set_aside", "rejected", "became_unknown")}
    assert counted == {"rows": 3, "accepted": 2, "set_aside": 1, "rejected": 0, "became_unknown": 0}
    assert known(house, "tee-m", "tee-l") == {("tee-m", "wh"): {"available": 14}, ("tee-l", "wh"): {"available": 3}}


def test_what_it_lacks_becomes_unknown_and_not_zero(house: House) -> None:
    house.send(row(observed_at=BEFORE), row(variant="tee-l", location="soho", observed_at=BEFORE))
    answer = send(house, body(level(available=9)))
    assert answer.json["became_unknown"] == 1
    levels = known(house, "tee-m", "tee-l")
    assert levels["tee-m", "wh"]["available"] == 9
    assert levels["tee-l", "soho"] == {"available": NULL, "on_hand": NULL}


def test_an_unknown_level_blinds_the_promise_instead_of_emptying_it(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="First.", at=AT)
    house.put_catalog(product())
    house.send(row(observed_at=BEFORE))
    house.decide()
    send(house, body(level("other")))
    house.decide()
    view = variant_view(house.services, "tee-m", AT)
    assert view is not None and view["pools"]["ship"]["blind"] is True
    assert view["pools"]["ship"]["units"] is None


def test_events_newer_than_it_win(house: House) -> None:
    house.send(row(observed_at=AFTER, quantities={"available": 2}), row(variant="tee-l", observed_at=AFTER))
    answer = send(house, body(level(available=50)))
    assert (answer.json["superseded"], answer.json["became_unknown"]) == (1, 0)
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 2
    assert known(house, "tee-l")["tee-l", "wh"]["available"] == 14


def test_what_was_observed_at_its_very_time_stays(house: House) -> None:
    house.send(row(observed_at=AS_OF))
    assert send(house, body(level("other"))).json["became_unknown"] == 0
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 14


def test_a_row_that_was_read_later_than_the_snapshot_began_keeps_its_time(house: House) -> None:
    send(house, body(level(available=5, observed_at=AFTER), level("tee-l", available=5)))
    between = "2026-11-23T11:56:00Z"
    answer = house.send(row(observed_at=between), row(variant="tee-l", observed_at=between))
    assert (answer.json["superseded"], answer.json["accepted"]) == (1, 1)


def test_it_confirms_an_older_figure_as_of_its_own_time(house: House) -> None:
    send(house, body(level(available=5, observed_at=BEFORE)))
    assert house.send(row(observed_at="2026-11-23T11:52:00Z")).json["superseded"] == 1


def test_other_sources_and_withdrawn_levels_are_left_alone(house: House) -> None:
    house.send(row(observed_at=BEFORE), source="erp")
    house.send(row(variant="tee-l", observed_at=BEFORE, active=False))
    answer = send(house, body(level("other")))
    assert answer.json["became_unknown"] == 0
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 14


def test_the_same_again_changes_nothing(house: House) -> None:
    house.send(row(variant="tee-l", observed_at=BEFORE))
    send(house, body(level()))
    again = send(house, body(level()))
    assert (again.json["unchanged"], again.json["accepted"], again.json["became_unknown"]) == (1, 0, 0)


def test_what_became_unknown_is_told_again_by_the_next(house: House) -> None:
    send(house, body(level(), level("tee-l")))
    send(house, body(level(), as_of="2026-11-23T11:56:00Z"))
    assert known(house, "tee-l")["tee-l", "wh"]["available"] == NULL
    send(house, body(level(), level("tee-l", available=4), as_of="2026-11-23T11:57:00Z"))
    assert known(house, "tee-l")["tee-l", "wh"]["available"] == 4


def test_skus_are_placed_and_those_that_cannot_be_are_named(house: House) -> None:
    house.put_catalog(product())
    rows: list[dict[str, Any]] = [level(), level()]
    for one, sku in zip(rows, ("TEE-M", "NOBODY"), strict=True):
        del one["variant"]
        one["sku"] = sku
    answer = send(house, body(*rows))
    assert (answer.json["accepted"], answer.json["rejected"]) == (1, 1)
    assert answer.json["problems"] == [{"index": 1, "path": "sku", "message": "The SKU is in no catalogue we know."}]
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 14


def test_an_idempotency_key_is_answered_once(house: House) -> None:
    content = body(level())
    first = send(house, content, **{"Idempotency-Key": "night-1"})
    again = send(house, content, **{"Idempotency-Key": "night-1"})
    assert (first.status_code, again.json) == (200, first.json)
    other = send(house, body(level(available=1)), **{"Idempotency-Key": "night-1"})
    assert other.status_code == 422
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 14


@pytest.mark.parametrize(("role", "status"), [("source", 200), ("admin", 200), ("reader", 403), ("marketer", 403)])
def test_only_a_source_may_send_one(house: House, role: str, status: int) -> None:
    assert send(house, body(level()), role=role).status_code == status


def test_thousands_of_rows_over_every_partition_come_out_as_they_went_in(house: House) -> None:
    house.send(*(row(variant=f"gone-{n}", observed_at=BEFORE) for n in range(500)))
    answer = send(house, body(*(level(f"v{n}", f"l{n % 7}", n) for n in range(25_000))))
    assert (answer.json["accepted"], answer.json["became_unknown"]) == (25_000, 500)
    assert known(house, "v24999")["v24999", f"l{24999 % 7}"]["available"] == 24_999


def test_the_contract_describes_what_is_answered(house: House) -> None:
    spec: Any = house.client.get("/openapi.json").json
    operation = spec["paths"]["/api/v1/snapshots"]["post"]
    described = operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert set(described) == set(send(house, body(level())).json)
    assert {"400", "403", "409", "413", "415", "422", "503"} <= set(operation["responses"])
    assert "as_of" in operation["requestBody"]["content"]["application/x-ndjson"]["schema"]["description"]
