"""What a marketer reads of a decision."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from policies.columns import Slot
from policies.compile import compile_document
from policies.decision import decide
from policies.document import Rule
from policies.explain import explanation
from policies.values import Band, Level, PoolState, Variant
from tests.builders.policy import NOON, document, level, variant

SLOTS = tuple(
    Slot(place, "wms" if place == "wh-east" else "shopify") for place in ("broadway", "old-annex", "soho", "wh-east")
)
LABELS = {"wh-east": "East warehouse", "broadway": "Broadway", "soho": "Soho"}
OUT_OF_POOL = "50 units at Soho stay out: the location is not part of “ship”."
UNMAPPED = "7 units at old-annex stay out: the policy does not say what the location is for."
LOW = PoolState(Band.LOW)


def stock(east: int | None, broadway: int, soho: int = 50) -> list[Level]:
    return [
        level("wh-east", available=east, damaged=3),
        level("broadway", available=broadway, retail_reserved=2),
        level("soho", available=soho),
        level("old-annex", available=7),
    ]


def explained(
    levels: list[Level],
    of: Variant | None = None,
    before: PoolState | None = None,
    held_back: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    policy = compile_document(document(**changes), SLOTS, {})
    previous = {} if before is None else {"ship": before}
    decision = decide(policy, of or variant(), levels, previous, NOON)
    return explanation(decision, "ship", 12, LABELS, held_back=held_back)


def test_every_unit_of_the_first_sentence_is_accounted_for() -> None:
    assert explained(stock(11, 4), before=LOW)["sentences"] == [
        "11 of 72 units available at 4 locations may be promised by what ships.",
        UNMAPPED,
        OUT_OF_POOL,
        "1 unit each at Broadway and East warehouse stays in reserve (rule “House”).",
        "2 of 13 units are kept back as a buffer (rule “House”).",
        "It is low: it was low, and 11 units are not enough to be healthy again.",
        "It becomes healthy again at 12 units (rule “House”), and out at 0 units.",
    ]


def test_one_unit_is_not_one_units() -> None:
    told = explained(stock(0, 2, soho=1))["sentences"]
    assert "1 unit at Soho stays out: the location is not part of “ship”." in told
    assert "1 unit at Broadway stays in reserve (rule “House”)." in told
    assert "1 of 1 unit is kept back as a buffer (rule “House”)." in told


def test_a_rise_says_when_it_counts() -> None:
    told = explained(stock(12, 4), before=PoolState(Band.LOW, NOON - timedelta(minutes=4)))["sentences"]
    assert told[-2:] == [
        "It stays low.",
        "It would be healthy now, which counts once it has held for 10 minutes (rule “House”), "
        "so at 2026-11-23 12:06 UTC.",
    ]


def test_what_is_out_says_what_it_needs() -> None:
    told = explained(stock(5, 1), before=PoolState(Band.OUT, proven=True))["sentences"]
    assert told[0] == "0 of 63 units available at 4 locations may be promised by what ships."
    assert told[-3:] == [
        "It stays out: 5 are needed (rule “House”), and it has 2 units.",
        "It comes back at 5 units (rule “House”).",
        "While it is out 0 is promised, though 2 units would count.",
    ]


def test_a_blind_decision_promises_nothing_new() -> None:
    told = explained([level("wh-east", available=None)], before=LOW)["sentences"]
    assert told == [
        "Nothing new is promised by what ships. None of the stock that could count is known, and unknown is not zero: "
        "what was told before stays, if anything was.",
        "An unknown number at East warehouse stays out: the source does not know how many there are.",
        "It stays low.",
    ]


def test_what_is_not_counted_is_said_to_be_so() -> None:
    assert explained(stock(3, 4), variant(tracked=False))["sentences"] == [
        "Any number may be promised by what ships. Its source does not count its stock.",
        "It is healthy, since it cannot run out.",
    ]
    rules = (Rule("Preorder", {"sell_when_out": True, "cap_units": 5}),)
    told = explained([], variant(inventory_policy="continue"), rules=rules)["sentences"]
    assert told[0] == (
        "Up to 5 units may be promised by what ships. It goes on selling when it is out of stock (rule “Preorder”)."
    )


def test_a_return_that_waits_says_for_whom() -> None:
    told = explained(stock(40, 4), before=PoolState(Band.OUT), rules=(), catalog_return="confirm")["sentences"]
    assert told[0] == "0 of 101 units available at 4 locations may be promised by what ships."
    assert "It is back, but it was never certain that it was out, so nobody is alerted." in told
    assert told[-1] == "44 units could be promised, but the return waits for a person: until it is confirmed, 0 is."


def test_a_decision_held_back_says_so_first() -> None:
    assert explained(stock(11, 4), held_back=True)["sentences"][0].startswith("This decision is held back")


def test_first_sight_is_said() -> None:
    assert "It is seen for the first time, so this holds at once." in explained(stock(11, 4))["sentences"]
    assert (
        "It is seen for the first time, so this holds at once." not in explained(stock(11, 4), before=LOW)["sentences"]
    )


def test_a_variant_that_may_not_be_promised_says_why() -> None:
    told = explained(stock(11, 4), variant(published=False, blocked=True))["sentences"]
    assert told[1:3] == [
        "The variant is not published, so none of it counts.",
        "The variant is blocked, by a person or because it is not certain which product it is, so none of it counts.",
    ]


def test_stock_on_hand_that_is_not_free_is_named() -> None:
    told = explained([level("wh-east", on_hand=30, committed=4, damaged=1)], rules=())["sentences"]
    assert told[:2] == [
        "25 of 30 units on hand at 1 location may be promised by what ships.",
        "5 units are not free: sold, set aside, damaged, or kept for something else.",
    ]


def test_a_setting_that_could_not_stand_is_named_in_words() -> None:
    rules = (Rule("Odd", {"out_at_units": 4, "low_at_units": 3, "buffer_percent": Decimal("12.5")}),)
    told = explained(stock(30, 4), rules=rules)["sentences"]
    assert "It counts as low at 4 units, not at 3 (rule “Odd”): it cannot be below where it is out." in told
    assert "5 of 34 units are kept back as a buffer (rule “Odd”)." in told


def test_a_floor_above_the_marks_decides_what_changes_the_band() -> None:
    rules = (Rule("Floor", {"floor_units": 6}),)
    assert explained(stock(1, 4), rules=rules)["sentences"][-1] == "It comes back at 6 units (rule “Floor”)."
    assert explained(stock(9, 4), rules=rules)["sentences"][-1] == "It becomes out at 5 units (rule “Floor”)."


def test_many_locations_are_not_all_named() -> None:
    levels = [Level(f"place {number}", {"available": number}, True, NOON, "shopify") for number in range(14)]
    told = explained(levels)["sentences"][1]
    assert told.startswith("13 units at place 13, 12 units at place 12")
    assert told.endswith("and 6 units at 4 locations more stay out: the policy does not say what the location is for.")


def test_the_explanation_has_every_part() -> None:
    whole = explained(stock(11, 4), before=LOW)
    assert (whole["min_locations"], whole["floor"], whole["cap"]) == ("met", "none", "none")
    assert whole["settings"]["low_at_units"] == {"value": 8, "rule": "House", "beat": []}
    assert whole["band_steps"] == ["11 units < healthy_at 12 and the band was low: low"]
    assert (whole["units"], whole["promised_units"], whole["at"]) == (11, 11, "2026-11-23T12:00:00Z")
    assert whole["steps"][3] == {
        "location": "wh-east", "quantities": {"available": 11, "damaged": 3}, "counted": 11, "reserve": 1,
        "reserve_rule": "House", "units": 10, "objections": [], "observed_at": "2026-11-23T12:00:00Z", "source": "wms",
    }  # fmt: skip
