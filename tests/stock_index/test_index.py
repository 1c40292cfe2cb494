"""The index follows what changed, counts within its budget, and a page of the API goes on where it ended."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from gateway.stock_index import Listing, StockIndex, Wanted
from gateway.stock_index import index as index_module
from tests.builders.web import AT, POLICY, House, product, row


def look(house: House, index: StockIndex, wanted: Wanted = Wanted(), **how: Any) -> Listing:  # noqa: B008
    """Ask an index."""
    return index.listing(house.store, house.services.policies, wanted, **{"elapsed": lambda: 0.0, **how})


def many(house: House, number: int) -> None:
    """A shop of so many variants, decided."""
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    variants = [{"id": f"v{n}", "sku": f"V-{n}", "title": str(n), "tracked": True} for n in range(number)]
    house.put_catalog(product(tags=["Sale"], variants=variants))
    house.send(*(row(variant=f"v{n}", quantities={"available": n}) for n in range(number)))
    house.decide()


def ticking() -> Callable[[], float]:
    """A clock of which a second passes at every look."""
    seconds = count()
    return lambda: float(next(seconds))


def test_a_new_reading_a_new_title_and_a_block_are_seen_at_the_next_look(house: House) -> None:
    many(house, 3)
    index = StockIndex()
    assert look(house, index, Wanted(q="v-2")).lines[0].on_hand == 2
    house.send(row(variant="v2", observed_at="2026-11-23T11:59:30Z", quantities={"available": 30}))
    house.decide()
    assert look(house, index, Wanted(q="v-2")).lines[0].promised_units == 27
    variants = [{"id": "v2", "sku": "V-2", "title": "Renamed", "tracked": True}]
    house.put_catalog(product(tags=["Gone"], variants=[*variants, {"id": "v0"}, {"id": "v1"}]))
    assert look(house, index, Wanted(q="renamed")).total == 1
    assert look(house, index, Wanted(tag="sale")).total == 0
    house.store.catalog.block("v2", True, at=AT)
    house.decide()
    assert look(house, index, Wanted(why="variant_blocked")).lines[0].blocked


def test_a_new_policy_counts_everything_again(house: House) -> None:
    many(house, 3)
    index = StockIndex()
    assert look(house, index, Wanted(why="location_hidden")).total == 0
    hidden = {**POLICY["locations"]["wh"], "hidden": True}
    changed = {**POLICY, "locations": {**POLICY["locations"], "wh": hidden}}
    house.store.policies.publish(changed, based_on=1, author="a", note="n", at=AT)
    assert look(house, index, Wanted(why="location_hidden")).total == 2, "v0 has no unit to withhold"


def test_counting_stops_at_its_budget_and_goes_on_at_the_next_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "STEP_ROWS", 10)
    many(house, 35)
    index, elapsed = StockIndex(), ticking()
    behind = [look(house, index, elapsed=elapsed, budget_s=0.5).behind for _ in range(4)]
    assert behind == [25, 15, 5, 0]
    assert look(house, index, Wanted(tag="sale")).total == 35


def test_nothing_is_counted_twice_where_nothing_changed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    many(house, 5)
    index = StockIndex()
    look(house, index)

    def never(*_: Any) -> None:
        raise AssertionError("counted again")

    monkeypatch.setattr(index_module, "count_rows", never)
    assert look(house, index).known == 5


def test_the_cursor_leads_through_the_whole_shop_once_while_it_grows(house: House) -> None:
    many(house, 30)
    seen: list[str] = []
    cursor = ""
    while True:
        answer = house.client.get(f"/api/v1/variants?limit=7{cursor}", headers=house.bearer("reader")).json
        assert answer is not None
        seen += [one["variant"] for one in answer["variants"]]
        if answer["next_cursor"] is None:
            break
        house.send(row(variant=f"late-{len(seen)}"))
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen))
    assert {f"v{n}" for n in range(30)} <= set(seen)


def test_the_objection_of_the_address_filters_the_api(house: House) -> None:
    many(house, 2)
    house.send(row(variant="v1", location="soho", quantities={"available": 0}))
    house.decide()
    found = house.client.get("/api/v1/variants?objection=location_not_in_pool", headers=house.bearer("reader")).json
    assert found is not None
    assert [one["variant"] for one in found["variants"]] == ["v1"]


def test_without_a_policy_variants_are_listed_and_nothing_is_said_of_them(house: House) -> None:
    house.put_catalog(product())
    line = look(house, StockIndex()).lines[0]
    assert (line.variant, line.band, line.on_hand, line.promised_units) == ("tee-m", "unknown", None, None)
