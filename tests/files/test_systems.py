"""Other systems' answers in our words."""

from typing import Any

import pytest

from integrations.files.rows import StockRow
from integrations.files.systems import SYSTEMS, system_of


def read(payload: Any) -> list[StockRow]:
    """Every row of a payload that is recognised."""
    system = system_of(payload)
    assert system is not None
    return list(system.rows(payload))


def count(state: str, quantity: Any, item: str = "A", place: str = "L1", **more: Any) -> dict[str, Any]:
    """One record of Square's."""
    fields = {"catalog_object_id": item, "state": state, "location_id": place, "quantity": quantity}
    return {**fields, "calculated_at": "2026-11-23T04:00:00Z", **more}


def test_squares_states_are_folded_into_one_row() -> None:
    counts = [
        count("IN_STOCK", "22"),
        count("SOLD", "900"),
        count("RETURNED_BY_CUSTOMER", "2"),
        count("RECEIVED_FROM_VENDOR", "3", calculated_at="2026-11-23T05:00:00Z"),
        count("IN_STOCK", "7.99999", place="L2", is_estimated=True),
    ]
    first, second = read({"counts": counts})
    assert first.value["quantities"] == {"available": 22, "quarantined": 5}
    assert first.value["observed_at"] == "2026-11-23T05:00:00Z"
    assert second.value["quantities"] == {"available": 7}
    assert [path for path, _ in second.remarks] == ["quantities.available"] * 2, "floored, and an estimate"


def test_what_square_does_not_say_is_not_zero() -> None:
    (row,) = read({"counts": [count("WASTE", "4")]})
    assert row.value["quantities"] == {"damaged": 4}


def test_netsuites_two_forms_read_alike() -> None:
    sql = [{"item": 77, "location": 2, "quantityonhand": "9", "quantityavailable": 6, "quantitycommitted": None}]
    soap = [{"item": {"internalId": "77"}, "locationId": {"internalId": "2"}, "quantityOnHand": 9}]
    soap[0] |= {"quantityAvailable": "6", "quantityCommitted": None, "onHandValueMli": 120.5, "reorderPoint": 5}
    for payload in (sql, {"itemAvailability": soap}):
        (row,) = read(payload)
        assert (row.value["variant"], row.value["location"]) == ("77", "2")
        assert row.value["quantities"] == {"on_hand": 9, "available": 6, "committed": None}


def test_a_netsuite_location_without_figures_is_unknown() -> None:
    (row,) = read([{"item": 77, "location": 2}])
    assert row.value["quantities"] == {"available": None}


@pytest.mark.parametrize(
    "record",
    [
        {"product_id": "p", "outlet_id": "o", "current_amount": -2},
        {"product_id": "p", "outlet_id": "o", "inventory_level": "-2"},
        {"product_id": "p", "location_id": "o", "current_inventory_level": -2.0},
    ],
)
def test_lightspeeds_single_figure_is_available(record: dict[str, Any]) -> None:
    (row,) = read({"data": [record]})
    assert row.value == {"variant": "p", "location": "o", "quantities": {"available": -2}}


def test_a_deleted_record_of_lightspeed_is_a_level_withdrawn() -> None:
    record = {"product_id": "p", "outlet_id": "o", "current_amount": 2, "deleted_at": "2026-11-23T00:00:00Z"}
    assert read([record])[0].value["active"] is False


def test_brightpearls_on_hand_is_what_is_free_to_sell() -> None:
    figures = {"inStock": 10, "onHand": 8, "allocated": 2, "inTransit": 4}
    payload = {"response": {"1001": {"total": figures, "warehouses": {"2": figures, "3": {**figures, "onHand": 10}}}}}
    good, doubtful = read(payload)
    assert (good.value["variant"], good.value["location"]) == ("1001", "2")
    assert good.value["quantities"] == {"on_hand": 10, "available": 8, "committed": 2, "incoming": 4}
    assert "not sure" in doubtful.problems[0][1]


def test_cin7s_bins_and_batches_are_added_up() -> None:
    rows = [
        {"SKU": "A", "Location": "Main", "Bin": "1", "OnHand": 3, "Available": 2, "Allocated": 1, "StockOnHand": 99.5},
        {"SKU": "A", "Location": "Main", "Bin": "2", "OnHand": 4, "Available": 4, "Allocated": 0, "StockOnHand": 10},
        {"SKU": "A", "Location": "Shop", "OnHand": 1, "Available": None, "Allocated": 0},
    ]
    main, shop = read({"ProductAvailabilityList": rows})
    assert (main.location_name, main.value["sku"]) == ("Main", "A")
    assert main.value["quantities"] == {"on_hand": 7, "available": 6, "committed": 1}
    assert shop.value["quantities"]["available"] is None


@pytest.mark.parametrize("system", SYSTEMS, ids=[system.source for system in SYSTEMS])
@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, [None], {"counts": 3}, {"response": []}, {"data": [[]]}])
def test_no_payload_upsets_a_reader(system: Any, odd: Any) -> None:
    assert system.fits(odd) is False


@pytest.mark.parametrize("figure", ["=1+1", True, [], {}, "1,234", "x", float("inf")])
def test_a_quantity_that_is_no_number_rejects_its_row_only(figure: Any) -> None:
    records = [
        {"product_id": name, "outlet_id": "o", "current_amount": amount} for name, amount in (("p", figure), ("q", 1))
    ]
    bad, good = read(records)
    assert bad.problems and not good.problems
