"""What a preview says of live stock; it changes nothing, and decides only what the document treats otherwise."""

from typing import Any

import pytest
import redis

from gateway.documents import load_document
from gateway.policy_versions.preview import preview_policy
from gateway.store.campaigns import FeatureLine, Features
from integrations.ports import Message
from policies.impact import GuardMoves, Impact
from tests.builders.web import AT, POLICY, House, product, row


def with_rules(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**POLICY, **changes, "rules": [*POLICY["rules"], *rules]}


def rule(name: str = "New", *, when: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "set": settings}
    return {**found, "when": when} if when else found


def open_shop(house: House, units: dict[str, int], policy: dict[str, Any] = POLICY, location: str = "wh") -> None:
    """Put a policy in force and let each variant, a product of its own, have so many units."""
    house.store.policies.publish(policy, based_on=None, author="a", note="n", at=AT)
    variants = [
        product(id=f"p-{name}", title=name.title(), tags=[name], variants=[{"id": name, "title": "M", "tracked": True}])
        for name in units
    ]
    house.put_catalog(*variants)
    stock(house, units, location)


def stock(house: House, units: dict[str, int], location: str = "wh", at: str = "2026-11-23T11:59:00Z") -> None:
    quantities = [
        row(variant=name, location=location, quantities={"available": count}, observed_at=at)
        for name, count in units.items()
    ]
    assert house.send(*quantities).json["accepted"] == len(units)
    house.decide()


def preview(house: House, document: dict[str, Any]) -> Impact:
    return preview_policy(house.services, load_document(document), AT)


def changes(impact: Any) -> dict[tuple[str, str], int]:
    return {(change.before, change.after): change.variants for change in impact.changes}


def test_the_same_document_changes_nothing_and_decides_nothing(house: House) -> None:
    open_shop(house, {"tee": 30, "cap": 5})
    impact = preview(house, {**POLICY, "name": "Renamed"})
    assert (impact.variants, impact.looked_at, changes(impact.now), impact.large) == (2, 0, {}, False)


def test_a_rule_for_one_tag_is_decided_for_that_tag_alone_and_named(house: House) -> None:
    open_shop(house, {"tee": 30, "cap": 30, "mug": 30})
    impact = preview(house, with_rules(rule("Caps sell fast", when={"tags": ["cap"]}, low_at_units=40)))
    assert impact.looked_at == 1
    (change,) = impact.now.changes
    assert (change.pool, change.before, change.after, change.variants) == ("ship", "healthy", "low", 1)
    (example,) = change.examples
    assert (example.variant, example.units_before, example.units_after) == ("cap", 27, 27)
    moves = {move.setting: (move.before, move.after, move.rule) for move in example.because}
    assert moves["low_at_units"] == (12, 40, "Caps sell fast")


def test_only_variants_with_stock_at_a_location_feel_that_it_changes(house: House) -> None:
    open_shop(house, {"tee": 30, "cap": 30})
    stock(house, {"cap": 50}, "soho")
    soho = {"kind": "warehouse", "sells_online": True, "ships_online_orders": True}
    impact = preview(house, {**POLICY, "locations": {**POLICY["locations"], "soho": soho}})
    assert (impact.looked_at, impact.now.catalog.raised) == (1, 1)


def test_a_place_that_no_longer_counts_is_named_as_the_reason(house: House) -> None:
    open_shop(house, {"tee": 30})
    hidden = {**POLICY["locations"]["wh"], "hidden": True}
    (change,) = preview(house, {**POLICY, "locations": {**POLICY["locations"], "wh": hidden}}).now.changes
    assert [(move.setting, move.before, move.after, move.rule) for move in change.examples[0].because] == [
        ("location wh", "counts", "location_hidden", None)
    ]
    kept = rule("Keep for the shop", when={"locations": ["wh"]}, reserve_units_per_location=25)
    (change,) = preview(house, with_rules(kept)).now.changes
    assert [(move.setting, move.before, move.after, move.rule) for move in change.examples[0].because] == [
        ("reserve at wh", 1, 25, "Keep for the shop")
    ]


def test_those_that_move_most_are_listed_first(house: House) -> None:
    open_shop(house, {f"v{number:02}": 20 + number for number in range(30)})
    (change,) = preview(house, with_rules(rule(buffer_percent=100))).now.changes
    assert (change.variants, [one.variant for one in change.examples]) == (
        30,
        [f"v{number:02}" for number in range(29, 19, -1)],
    )


def test_a_rise_that_would_have_to_settle_first_is_an_impact(house: House) -> None:
    settling = with_rules(rule("Slow", settle_minutes=60))
    open_shop(house, {"tee": 10}, settling)
    impact = preview(house, {**settling, "rules": [*settling["rules"], rule("Lower", low_at_units=2)]})
    assert changes(impact.now) == {("low", "healthy"): 1}


def test_a_rise_under_way_is_no_impact_of_the_document(house: House) -> None:
    settling = with_rules(rule("Slow", settle_minutes=60))
    open_shop(house, {"tee": 10}, settling)
    stock(house, {"tee": 100}, at="2026-11-23T11:59:30Z")
    touched = {**settling, "rules": [*settling["rules"], rule("Floor", floor_units=1)]}
    assert changes(preview(house, touched).now) == {}


def test_first_sight_counts_nowhere(house: House) -> None:
    house.put_catalog(product(variants=[{"id": f"v{number}", "tracked": True} for number in range(20)]))
    house.send(*(row(variant=f"v{number}") for number in range(20)))
    impact = preview(house, POLICY)
    assert (impact.now.moves, changes(impact.now), impact.large) == (0, {}, False)
    assert impact.first_sight == {"ship": {"low": 20}}


def test_a_new_pool_is_first_sight(house: House) -> None:
    open_shop(house, {"tee": 30})
    pools = {**POLICY["pools"], "web": {"method": "ship", "states": ["available"], "include": ["wh"]}}
    impact = preview(house, {**POLICY, "pools": pools})
    assert (changes(impact.now), impact.first_sight) == ({}, {"web": {"healthy": 1}})


def test_a_restock_that_the_policy_causes_alerts_nobody_and_awaits_a_person(house: House) -> None:
    open_shop(house, {"tee": 5, "cap": 30}, with_rules(rule("Keep", buffer_units=10)))
    impact = preview(house, POLICY)
    restocks = impact.now.restocks
    assert (restocks.would_alert, restocks.would_not_alert, restocks.await_confirmation) == (0, 1, 1)
    assert impact.now.catalog.from_zero == 0
    publishing = preview(house, {**POLICY, "catalog_restock": "publish"})
    assert (publishing.now.restocks.await_confirmation, publishing.now.catalog.from_zero) == (0, 1)


def test_a_restock_on_its_way_alerts_unless_the_policy_adds_units(house: House) -> None:
    settling = with_rules(rule("Slow", settle_minutes=60))
    open_shop(house, {"tee": 0}, settling)
    stock(house, {"tee": 40}, at="2026-11-23T11:59:30Z")
    higher = preview(house, {**settling, "rules": [*settling["rules"], rule("Line", low_at_units=20)]})
    assert (higher.now.restocks.would_alert, higher.now.restocks.told_at_most) == (1, 37 * 5)
    adding = preview(house, {**settling, "rules": [*settling["rules"], rule("More", buffer_units=0)]})
    assert (adding.now.restocks.would_alert, adding.now.restocks.would_not_alert) == (0, 1)
    ending = preview(house, {**settling, "rules": [*settling["rules"], rule("Less", buffer_units=100)]})
    assert ending.now.restocks.no_longer == 1


def test_a_restock_on_its_way_by_a_cause_that_may_not_alert_alerts_nobody(house: House) -> None:
    settling = with_rules(rule("Slow", settle_minutes=60))
    open_shop(house, {"tee": 0}, settling)
    stock(house, {"tee": 40}, at="2026-11-23T11:59:30Z")
    silent = {**settling, "restock": {"causes": ["receipt"]}}
    restocks = preview(house, silent).now.restocks
    assert (restocks.would_alert, restocks.would_not_alert) == (0, 1)


def test_a_dated_rule_is_judged_at_its_beginning_and_at_its_end(house: House) -> None:
    open_shop(house, {f"v{number}": 15 for number in range(12)})
    dated = {**rule("Black Friday", buffer_units=50), "from": "2026-11-27T00:00:00", "until": "2026-12-01T00:00:00"}
    impact = preview(house, with_rules(dated))
    assert changes(impact.now) == {}
    begins, ends = impact.later
    assert (begins.why, changes(begins)) == (("'Black Friday' begins",), {("low", "out"): 12})
    assert (ends.why, changes(ends), ends.restocks.would_not_alert) == (("'Black Friday' ends",), {}, 12)
    assert impact.large
    assert "when 'Black Friday' begins" in impact.reasons[0]


def test_a_dated_rule_that_both_documents_share_is_no_impact(house: House) -> None:
    dated = {**rule("Black Friday", buffer_units=50), "from": "2026-11-27T00:00:00"}
    open_shop(house, {f"v{number}": 15 for number in range(12)}, with_rules(dated))
    impact = preview(house, with_rules(dated, rule("Caps", when={"tags": ["v3"]}, low_at_units=50)))
    assert (changes(impact.now), [moment.moves for moment in impact.later], impact.large) == ({}, [0], False)


def test_variants_that_a_document_would_blind_are_counted(house: House) -> None:
    open_shop(house, {"tee": 30})
    pools = {"ship": {**POLICY["pools"]["ship"], "states": ["online_reserved"]}}
    impact = preview(house, {**POLICY, "pools": pools})
    assert (impact.blind, changes(impact.now), impact.now.catalog.changed) == ({"ship": (1, 0)}, {}, 0)


@pytest.mark.parametrize("document", [POLICY, with_rules(rule(buffer_units=90)), {**POLICY, "default_pool": "web"}])
def test_a_preview_changes_nothing(house: House, document: dict[str, Any], redis_url: str) -> None:
    open_shop(house, {"tee": 30, "cap": 1})
    house.send(row(variant="new"))
    pools = {"ship": POLICY["pools"]["ship"], "web": {"method": "ship", "states": ["available"], "include": ["wh"]}}
    before = dump(redis_url)
    body = {**document, "pools": pools}
    answer = house.client.post("/api/v1/policy/preview", json=body, headers=house.bearer("marketer"))
    assert answer.status_code == 200
    assert dump(redis_url) == before


def dump(url: str) -> dict[bytes, bytes]:
    with redis.Redis.from_url(url) as client:
        keys = sorted(client.scan_iter(count=1000))
        values = client.pipeline(transaction=False)
        for key in keys:
            values.dump(key)
        return dict(zip(keys, values.execute(), strict=True))


GUARD: dict[str, Any] = {
    "name": "House guard",
    "pool": "ship",
    "hold_when": {"band": "out", "share_percent": 50},
    "release_when": {"band": "healthy", "share_percent": 100},
}


def feature(house: House, *variants: str) -> None:
    """Let live flow messages feature one variant each."""
    messages = [
        Message(f"m-{name}", "flow", name, "email", status="live", vendor_status="live", updated_at=AT)
        for name in variants
    ]
    house.store.campaigns.put_messages("flows", messages, AT)
    for name in variants:
        house.store.campaigns.choose(f"m-{name}", Features("person", (FeatureLine(name, "hero"),)))


def test_messages_that_only_the_new_document_would_hold_are_counted(house: House) -> None:
    guarded = with_rules(guards=[GUARD])
    open_shop(house, {"tee": 15, "cap": 60}, guarded)
    feature(house, "tee", "cap")
    stricter = {**guarded, "rules": [*guarded["rules"], rule(buffer_units=30)]}
    guards = preview(house, stricter).guards
    assert guards is not None
    assert (guards.held, guards.released, guards.targets) == (1, 0, 2)
    watching = {**stricter, "guards": [{**GUARD, "mode": "watch"}]}
    assert preview(house, watching).guards == GuardMoves(held=0, released=0, targets=2)
    assert preview(house, {**guarded, "name": "Renamed"}).guards == GuardMoves(held=0, released=0, targets=2)


def test_guards_without_messages_or_features_hold_nothing(house: House) -> None:
    guarded = with_rules(guards=[GUARD])
    open_shop(house, {"tee": 15}, guarded)
    assert preview(house, {**guarded, "name": "Renamed"}).guards == GuardMoves(held=0, released=0, targets=0)
    message = Message("m", "flow", "Unread", "email", status="live", vendor_status="live", updated_at=AT)
    house.store.campaigns.put_messages("flows", [message], AT)
    assert preview(house, {**guarded, "name": "Renamed"}).guards == GuardMoves(held=0, released=0, targets=1)


def test_a_document_that_holds_too_many_messages_is_large(house: House) -> None:
    names = [f"v{number}" for number in range(3)]
    open_shop(house, dict.fromkeys(names, 15))
    feature(house, *names)
    impact = preview(house, with_rules(rule(buffer_units=90), guards=[GUARD]))
    assert (impact.now.moves, impact.large) == (3, True)
    assert impact.reasons == ("3 of 3 campaigns and flows would be held; more than 10 % needs a confirmation.",)


def test_without_guards_nothing_is_said_of_campaigns(house: House) -> None:
    open_shop(house, {"tee": 15})
    assert preview(house, {**POLICY, "name": "Renamed"}).guards is None
