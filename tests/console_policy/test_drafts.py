"""Drafts beside pages: carried over, arranged, kept by two windows at once; sentences and the calendar."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.policy_drafts.arranging import NotArranged, add, added, move, take_out
from gateway.policy_drafts.carrying import carry_over
from gateway.policy_drafts.forms import read_part
from gateway.policy_drafts.sections import NoSuchSection, Part, name_of, part_named
from gateway.store.drafts import PolicyDraft
from gateway.web.console.policy_calendar import calendar
from gateway.web.console.policy_sentences import guard_sentence, pool_sentence, rule_sentence
from gateway.web.console.policy_words import path_words, plain
from tests.builders.policy_pages import policy
from tests.builders.web import AT, House


def named(*names: str) -> dict[str, Any]:
    return {"rules": [{"name": name, "set": {"buffer_units": 1}} for name in names]}


def order(document: dict[str, Any]) -> list[str]:
    return [rule["name"] for rule in document["rules"]]


def test_what_only_one_side_changed_is_taken_from_that_side() -> None:
    base, theirs, mine = policy(), policy(), policy()
    theirs["locations"]["soho"]["hidden"] = True
    theirs["limits"] = {"source_moves_percent": 5}
    mine["rules"][1]["set"]["low_at_units"] = 26
    del mine["guards"]
    carried = carry_over(base, theirs, mine)
    assert carried.both == ()
    assert carried.document["locations"]["soho"]["hidden"] is True
    assert carried.document["limits"] == {"source_moves_percent": 5}
    assert carried.document["rules"][1]["set"]["low_at_units"] == 26
    assert "guards" not in carried.document


def test_what_both_changed_keeps_the_drafts_value_and_is_listed() -> None:
    base, theirs, mine = policy(), policy(), policy()
    theirs["rules"][0]["set"]["buffer_units"] = 3
    mine["rules"][0]["set"]["buffer_units"] = 4
    carried = carry_over(base, theirs, mine)
    assert carried.document["rules"][0]["set"]["buffer_units"] == 4
    assert carried.both == ("rules.House.set.buffer_units",)


@pytest.mark.parametrize(
    ("theirs", "mine", "becomes"),
    [
        ("abc", "cab", "cab"),  # the draft moved one
        ("bca", "abc", "bca"),  # they moved one
        ("abcx", "yabc", "yabcx"),  # both added
        ("ab", "abc", "ab"),  # they took one out that the draft left as it was
        ("abc", "bc", "bc"),
        ("axbc", "cba", "cbax"),  # a new one follows what it followed
    ],
)
def test_rules_are_carried_over_in_an_order_that_both_would_recognise(theirs: str, mine: str, becomes: str) -> None:
    carried = carry_over(named(*"abc"), named(*theirs), named(*mine))
    assert order(carried.document) == list(becomes)


def test_a_rule_is_moved_to_any_place_and_no_further_than_the_ends() -> None:
    document = named(*"abc")
    assert order(move(document, Part("rules", 2), 0)) == ["c", "a", "b"]
    assert order(move(document, Part("rules", 0), 99)) == ["b", "c", "a"]
    assert order(document) == ["a", "b", "c"], "documents are not changed in place"
    with pytest.raises(NoSuchSection):
        take_out(document, Part("rules", 3))


def test_what_is_added_has_a_name_of_its_own() -> None:
    document = add(add({}, Part("rules", 0)), Part("rules", 1))
    assert order(document) == ["New rule", "New rule 2"]
    with pytest.raises(NotArranged, match="already one called ship"):
        added(policy(), "pools", "ship")
    with pytest.raises(NotArranged, match="name first"):
        added(policy(), "pools", " ")


@pytest.mark.parametrize("name", ["head", "locations", "restock", "rule-1", "guard-12", "pool-ship-2"])
def test_addresses_of_parts_are_read_as_they_are_written(name: str) -> None:
    assert name_of(part_named(name)) == name


def test_numbers_are_read_as_typed_and_never_guessed() -> None:
    typed = {"rules[0].set.buffer_units": [" 3 "], "rules[0].set.buffer_percent": ["2.5"],
             "rules[0].set.low_at_units": ["auto"], "rules[0].set.out_at_units": ["1,000"],
             "rules[0].from": ["2026-11-27T08:30"]}  # fmt: skip
    rule = read_part(named("a"), Part("rules", 0), typed)["rules"][0]
    assert rule["set"] == {"buffer_units": 3, "buffer_percent": 2.5, "low_at_units": "auto", "out_at_units": "1,000"}
    assert rule["from"] == "2026-11-27T08:30:00"


def test_ids_with_dots_and_brackets_stay_apart() -> None:
    document = {"locations": {"a.b": {}, "a": {}, "a[0]": {"kind": "store"}}}
    read = read_part(document, Part("locations"), {"locations.a.b.kind": ["store"], "locations.a[0].kind": [""]})
    assert read["locations"] == {"a.b": {"kind": "store"}, "a": {}, "a[0]": {}}


def test_two_windows_of_one_person_both_keep_what_they_wrote(house: House) -> None:
    drafts = house.store.drafts
    drafts.change("user:1", lambda _: PolicyDraft("d", 1, named("a"), 0, AT))
    asked: list[int] = []

    def slow(draft: PolicyDraft | None) -> PolicyDraft:
        assert draft is not None
        asked.append(1)
        if len(asked) == 1:
            drafts.change("user:1", lambda now: replace(now or draft, document={**draft.document, "name": "other"}))
        return replace(draft, document={**draft.document, "time_zone": "UTC"})

    drafts.change("user:1", slow)
    kept = drafts.get("user:1")
    assert kept is not None
    assert kept.document == {**named("a"), "name": "other", "time_zone": "UTC"}
    assert drafts.get("user:2") is None
    drafts.discard("user:1")
    assert drafts.get("user:1") is None


def test_sentences_say_every_setting_and_survive_a_draft_that_makes_no_sense() -> None:
    rule = {"when": {"tags": ["a", "b"], "locations": ["x"]}, "set": {"excluded": True, "cap_units": "none"}}
    assert rule_sentence(rule, {}) == "For tags a or b and place x: leave it out, no cap on what is promised."
    assert rule_sentence({}, {}) == "For everything: nothing is set yet."
    assert rule_sentence({"when": 3, "set": ["x"]}, {}) == "For everything: nothing is set yet."
    assert guard_sentence({"hold_when": "x"}).startswith("Propose to hold e-mail, SMS or push when ? %")
    pool = {"method": "ship", "states": ["available"], "kinds": ["warehouse"], "except": ["x"]}
    assert pool_sentence(pool, {"x": "Soho"}) == "What ships: available units at every warehouse, but not Soho."


def test_two_pools_of_one_method_are_told_apart_by_name() -> None:
    pools = {"ship": {"method": "ship"}, "express": {"method": "ship"}}
    rule = {"when": {"pools": ["express"]}, "set": {"low_at_units": 3}}
    assert rule_sentence(rule, pools) == "For everything, by express: low at 3."


def test_keys_and_paths_are_said_in_the_words_of_the_page() -> None:
    assert plain("`cap_units` is above low_at_units") == "“promise at most” is above “low at”"
    assert path_words("rules[3].set.low_at_units", "rules", "House") == "House: Low at"
    assert path_words("rules[3].when.tags[1]", "rules", "House") == "House: Tags"
    assert path_words("pools", "head", "The policy itself") == "The policy itself"


def test_the_calendar_draws_dates_in_the_policys_zone_and_skips_what_it_cannot_read() -> None:
    rules = [
        {"name": "House"},
        {"name": "Sale", "from": "2026-11-27T00:00:00", "until": "2026-12-01T00:00:00"},
        {"name": "Open", "from": "2026-11-01T00:00:00"},
        {"name": "Odd", "from": "tomorrow"},
    ]
    drawn = calendar(rules, "Europe/London", AT)
    assert drawn is not None
    assert [(bar.number, bar.name, bar.state) for bar in drawn.bars] == [(2, "Sale", "ahead"), (3, "Open", "now")]
    assert drawn.bars[0].starts_at == datetime(2026, 11, 27, tzinfo=UTC)
    assert drawn.bars[1].left + drawn.bars[1].width == 1_000
    assert calendar(deepcopy(rules[:1]), "UTC", AT) is None
