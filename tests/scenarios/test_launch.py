"""The eight scenarios that a shop rehearses before its launch: what the shop, its tills, the storefront, reports and
the lifecycle tool show at the end, with both vendors simulated and everything spoken over HTTP."""

from collections.abc import Iterator

import pytest

from tests.builders.launch import CAP, MUG, POLICY, S1, S2, TEE, WH, Launch, launch, variant_of
from tests.scenarios.outcome import Outcome


@pytest.fixture
def house(redis_url: str) -> Iterator[Launch]:
    with launch(redis_url) as opened:
        yield opened


def sellable(house: Launch, item: int) -> int:
    return house.shop.sellable_online(item)


def available(house: Launch, item: int, place: int, pool: str = "online") -> tuple[int, int]:
    """What the report says lies there, and what of it counts."""
    step = house.why(item, pool)[str(place)]
    return step["quantities"]["available"], step["counted"]


@pytest.mark.parametrize("order", ["as sent", "turned round", "twice"])
def test_the_last_unit_sells_online_while_a_till_sells_it(redis_url: str, order: str) -> None:
    rules = [{**POLICY["rules"][0], "set": {**POLICY["rules"][0]["set"], "restock_at_units": 1}}]
    with launch(redis_url, rules=rules) as house:
        house.does("set", TEE, S1, name="available", quantity=1)
        house.passes()
        house.passes(minutes=3)
        assert house.promise(TEE) == 1
        if order != "as sent":
            fault = {"turned round": "reorder_webhooks", "twice": "duplicate_webhooks"}[order]
            house.fault(**{fault: 4})
        house.does("sell", TEE, S1, units=1, channel="web")
        house.does("sell", TEE, S1, units=1, channel="pos")
        house.passes()
        house.passes(minutes=3)
        table = Outcome(f"1. The last unit sells online while a till sells it, webhooks {order}")
        table.shows("shop", "available/committed/on hand at S1", (-1, 1, 0), house.level(TEE, S1))
        table.shows("till", "the sale was allowed, and the shelf says", -1, house.level(TEE, S1)[0])
        table.shows("storefront", "can be bought online", False, sellable(house, TEE) > 0)
        table.shows("reporting", "the oversell at S1, and what counts of it", (-1, 0), available(house, TEE, S1))
        table.shows("lifecycle", "quantity", 0, house.quantity(TEE))
        table.shows("lifecycle", "band", "out", house.band(TEE))
        table.shows("lifecycle", "back-in-stock episodes since it was there", 1, house.came_back(TEE)["episode"])
        table.check()


def test_a_pickup_order_reserves_at_one_place(house: Launch) -> None:
    house.does("set", TEE, S1, name="available", quantity=4)
    house.does("set", TEE, S2, name="available", quantity=5)
    house.passes()
    house.passes(minutes=3)
    house.campaign("M1", TEE, CAP, MUG)
    house.passes()
    before = [house.promise(TEE), house.promise(TEE, "pickup_s1"), house.promise(TEE, "walk_in_s2")]
    touched = len(house.effects())
    house.does("sell", TEE, S1, units=1, channel="web")
    house.passes()
    after = [house.promise(TEE), house.promise(TEE, "pickup_s1"), house.promise(TEE, "walk_in_s2")]
    table = Outcome("2. A pickup order reserves at one place")
    table.shows("shop", "available/committed/on hand at S1", (3, 1, 4), house.level(TEE, S1))
    table.shows("till", "available at S1", 3, house.level(TEE, S1)[0])
    table.shows("storefront", "pickup at S1 is offered", True, house.promise(TEE, "pickup_s1") > 0)
    committed = house.why(TEE)[str(S1)]["quantities"]["committed"]
    table.shows(
        "reporting", "allocated at S1, and why it moved", (1, "sale"), (committed, last_move(house, TEE, S1)[2])
    )
    table.shows("lifecycle", "online, pickup at S1, S2 before", [3, 3, 5], before)
    table.shows("lifecycle", "online, pickup at S1, S2 after", [2, 2, 5], after)
    table.shows("lifecycle", "quantity", 2, house.quantity(TEE))
    table.shows("lifecycle", "campaign", ("scheduled", []), (house.message("M1"), house.campaign_effects(touched)))
    table.check()


def test_a_transfer_of_ten_is_never_counted_twice(house: Launch) -> None:
    house.does("set", TEE, WH, name="available", quantity=12)
    house.passes()
    house.passes(minutes=3)
    episode = house.came_back(TEE)["episode"]
    transfer = house.does("transfer/ready", TEE, origin=WH, destination=S1, units=10)["id"]
    house.passes()
    ready = house.promise(TEE)
    house.post_shop("transfer/ship", transfer=transfer)
    house.passes()
    house.passes(minutes=3)
    moving, incoming = house.promise(TEE), house.why(TEE)[str(S1)]["quantities"]["incoming"]
    (opened,) = house.services.store.movements.open("shopify")
    house.post_shop("transfer/receive", transfer=transfer, accepted=10)
    house.passes()
    house.passes(minutes=3)
    table = Outcome("3. A transfer of ten from the warehouse to a store")
    table.shows(
        "shop", "available at the warehouse and S1", (2, 10), (house.level(TEE, WH)[0], house.level(TEE, S1)[0])
    )
    table.shows("till", "incoming is shown and cannot be sold", (10, 0), (incoming, moving - 2))
    table.shows("storefront", "can be bought online at the end", 12, sellable(house, TEE))
    age = (house.clock.at - opened.opened_at).total_seconds() > 0 if opened.opened_at else None
    table.shows("reporting", "an open transfer with its age", ("moving", True), (opened.status, age))
    table.shows("reporting", "nothing is open at the end", [], house.services.store.movements.open("shopify"))
    table.shows("lifecycle", "units when ready, on its way, received", [2, 2, 11], [ready, moving, house.promise(TEE)])
    table.shows("lifecycle", "quantity", 11, house.quantity(TEE))
    table.shows("lifecycle", "no back-in-stock of it", episode, house.came_back(TEE)["episode"])
    table.check()


def test_partial_receiving_differs_from_what_was_sent(house: Launch) -> None:
    house.does("set", TEE, WH, name="available", quantity=10)
    house.passes()
    house.passes(minutes=3)
    first = house.came_back(TEE)["episode"]
    transfer = house.does("transfer/ready", TEE, origin=WH, destination=S1, units=10)["id"]
    house.post_shop("transfer/ship", transfer=transfer)
    house.passes()
    house.passes(minutes=3)
    assert house.promise(TEE) == 0
    house.post_shop("transfer/receive", transfer=transfer, accepted=7, rejected=2)
    house.passes()
    at_once = house.came_back(TEE)["episode"] - first
    house.passes(minutes=3)
    (doubt,) = [one for one in house.api("doubts")["doubts"] if one["kind"] == "short_receipt"]
    row = [doubt["facts"][name] for name in ("expected", "accepted", "rejected", "remaining")]
    came = house.came_back(TEE)
    for _ in range(3):
        house.passes(minutes=3)
    table = Outcome("4. Ten were sent; seven are accepted, two rejected, one is open")
    table.shows("shop", "available at S1", 7, house.level(TEE, S1)[0])
    table.shows("till", "seven more", 7, house.level(TEE, S1)[0])
    table.shows("storefront", "can be bought online", 7, sellable(house, TEE))
    table.shows("reporting", "expected, accepted, rejected, remaining", [10, 7, 2, 1], row)
    table.shows("lifecycle", "units: seven less what S1 keeps", 6, house.promise(TEE))
    table.shows("lifecycle", "quantity", 6, house.quantity(TEE))
    table.shows("lifecycle", "back in stock before it settled, and after", [0, 1], [at_once, came["episode"] - first])
    table.shows("lifecycle", "why it is back", "receipt", came["cause"])
    table.shows("lifecycle", "back in stock once more later", 0, house.came_back(TEE)["episode"] - came["episode"])
    table.check()


@pytest.mark.parametrize(("disposition", "damaged"), [("none", 0), ("damaged", 1)])
def test_a_damaged_return_is_not_sold_again(house: Launch, disposition: str, damaged: int) -> None:
    before = house.level(TEE, S1)[0]
    told = len(house.effects())
    house.does("return", TEE, S1, units=1, disposition=disposition)
    house.passes()
    house.passes(minutes=3)
    table = Outcome(f"5. A damaged return, taken back as {disposition}")
    quantities = house.why(TEE)[str(S1)]["quantities"]
    table.shows("shop", "available at S1", before, house.level(TEE, S1)[0])
    table.shows("till", "not put back", 0, house.level(TEE, S1)[0] - before)
    table.shows("storefront", "can be bought online", 0, sellable(house, TEE))
    table.shows("reporting", "damaged at S1", damaged, quantities["damaged"])
    table.shows("lifecycle", "quantity", 0, house.quantity(TEE))
    table.shows("lifecycle", "back in stock", None, house.came_back(TEE))
    table.shows("lifecycle", "requests that changed anything", told, len(house.effects()))
    table.check()


def test_a_product_is_active_in_one_place_and_not_in_another(house: Launch) -> None:
    house.does("set", TEE, S2, name="available", quantity=6)
    house.passes()
    house.passes(minutes=3)
    house.does("deactivate_level", TEE, S2)
    house.passes()
    table = Outcome("6. Active at S1 with nothing, not active at S2 where six lie")
    step = house.why(TEE, "walk_in_s2")[str(S2)]
    table.shows("shop", "available/committed/on hand at S2", (6, 0, 6), house.level(TEE, S2))
    table.shows("till", "S2 can be counted on for", 0, house.promise(TEE, "walk_in_s2"))
    table.shows("storefront", "can be bought online", 0, sellable(house, TEE))
    table.shows("reporting", "units that lie at S2, and why none counts", (6, ["level_inactive"]), _lies(step))
    table.shows("lifecycle", "quantity", 0, house.quantity(TEE))
    house.does("activate_level", TEE, S2)
    house.passes()
    house.passes(minutes=3)
    table.shows("lifecycle", "S2 once it is stocked there again", 6, house.promise(TEE, "walk_in_s2"))
    table.shows("lifecycle", "online, which S2 is never behind", (0, 0), (house.promise(TEE), house.quantity(TEE)))
    table.check()


def _lies(step: dict[str, object]) -> tuple[object, object]:
    quantities = step["quantities"]
    assert isinstance(quantities, dict)
    return quantities["on_hand"], step["objections"]


def test_a_cycle_count_adjusts(redis_url: str) -> None:
    proven = {"causes": ["receipt", "transfer", "return", "cancellation"]}
    with launch(redis_url, restock=proven) as house:
        house.does("set", CAP, WH, name="on_hand", quantity=0)
        house.does("set", CAP, S1, name="on_hand", quantity=12)
        house.passes()
        house.does("set", CAP, S1, name="on_hand", quantity=9)
        house.passes()
        table = Outcome("7. A count finds nine instead of twelve, then sixty instead of none")
        table.shows("shop", "available at S1", 9, house.level(CAP, S1)[0])
        table.shows("till", "the new count", 9, house.level(CAP, S1)[2])
        table.shows("storefront", "three fewer at once", 9, sellable(house, CAP))
        table.shows("reporting", "from, to, and what explains it", (12, 9, "unknown"), last_move(house, CAP, S1))
        table.shows("lifecycle", "three fewer at once", (8, 8), (house.promise(CAP), house.quantity(CAP)))
        house.does("set", CAP, S1, name="on_hand", quantity=0)
        house.passes()
        house.does("set", CAP, S1, name="on_hand", quantity=60)
        house.passes()
        house.passes(minutes=3)
        waits = house.came_back(CAP)
        table.shows("lifecycle", "sixty that nothing explains: quantity", 0, house.quantity(CAP))
        table.shows("lifecycle", "sixty that nothing explains: alerts", "awaits_confirmation", waits["state"])
        house.post(f"restocks/{waits['episode']}.{variant_of(CAP)}/confirm", {"note": "Counted twice."})
        house.passes()
        table.shows("lifecycle", "once a person confirmed it", 59, house.quantity(CAP))
        table.shows("lifecycle", "alerts then", "confirmed", house.came_back(CAP)["state"])
        table.check()


def last_move(house: Launch, item: int, place: int) -> tuple[int, int, str]:
    """From how many to how many units a place moved last, and why."""
    entries = house.api(f"variants/{variant_of(item)}/history?limit=50")["entries"]
    told = next(one["facts"] for one in entries if one["kind"] == "reading" and one["facts"]["location"] == str(place))
    return told["old"]["quantities"]["available"], told["new"]["quantities"]["available"], told["cause"]


def falls_below(house: Launch, table: Outcome) -> None:
    """Six units, then four while Klaviyo fails, then up and down about the threshold."""
    house.does("set", CAP, S1, name="available", quantity=0)
    house.does("set", CAP, WH, name="available", quantity=6)
    house.campaign("M1", CAP)
    house.campaign("M2", MUG)
    house.passes()
    house.passes(minutes=3)
    table.shows("lifecycle", "six units", (6, "scheduled"), (house.promise(CAP), house.message("M1")))
    house.klaviyo_is_down(True)
    house.does("set", CAP, WH, name="available", quantity=4)
    house.passes()
    house.passes(seconds=70)
    told = house.told("1 hold or release does not succeed")
    table.shows("lifecycle", "four while Klaviyo fails; staff was told", ("scheduled", 1), (house.message("M1"), told))
    house.klaviyo_is_down(False)
    house.passes(minutes=2)
    for units in (4, 5, 4, 5):
        house.does("set", CAP, WH, name="available", quantity=units)
        house.passes(seconds=30)


@pytest.mark.parametrize("release", ["ask", "act"])
def test_a_campaign_is_paused_below_its_threshold(redis_url: str, release: str) -> None:
    table = Outcome(f"8. A campaign is paused below its threshold; release: {release}")
    with launch(redis_url, guards=[{**POLICY["guards"][0], "release": release}]) as house:
        falls_below(house, table)
        table.shows("shop", "available at the warehouse", 5, house.level(CAP, WH)[0])
        table.shows("till", "as ever: S1 has", 0, house.level(CAP, S1)[0])
        table.shows("storefront", "still sellable", 5, sellable(house, CAP))
        (row,) = house.audit("guard.held")
        table.shows("reporting", "who, by which rule", ("guard", "Campaigns"), (row["actor"], row["facts"]["guard"]))
        table.shows("reporting", "when", True, row["at"].startswith("2026-11-25T12:"))
        table.shows("reporting", "numbers", True, "Cap / One size is low (4 units)." in row["facts"]["reasons"])
        table.shows("lifecycle", "four, five, four, five", "draft", house.message("M1"))
        table.shows("lifecycle", "by how many calls", 1, len(house.effects("reverted")))
        table.shows("lifecycle", "the other campaign", "scheduled", house.message("M2"))
        table.shows("lifecycle", "staff was told it is paused", 1, house.told("1 message was held"))
        house.does("set", CAP, WH, name="available", quantity=8)
        house.passes()
        house.passes(minutes=3)
        if release == "ask":
            proposed = (house.api("holds")["holds"][0]["release_proposed"], house.message("M1"))
            table.shows("lifecycle", "eight: may be resumed", (True, "draft"), proposed)
            table.shows("lifecycle", "staff was told so", 1, house.told("may be released"))
            house.post("campaigns/M1/release", {"note": "Eight are enough."})
            house.passes()
        table.shows("lifecycle", "resumed", "scheduled", house.message("M1"))
        table.shows("lifecycle", "paused by how many calls altogether", 1, len(house.effects("reverted")))
    table.check()
