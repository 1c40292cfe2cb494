"""The linter against the engine: what it calls dead can be taken out, and what is alive it does not call dead."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.compile import compile_document
from policies.decision import decide
from policies.document import Document, Pool, Rule
from policies.lint import ShopView, WarningCode, lint
from policies.values import Level, PoolState, Variant
from tests.builders.policy import NOON, SHIP, document
from tests.policies import test_two_readers as engine

PICKUP = Pool("pickup", "pickup", ("available",), ("store",))
TAGS = ("a", "b", "c")
DEAD = {WarningCode.RULE_NEVER_WINS, WarningCode.SETTING_NEVER_WINS}
hours = st.one_of(st.none(), st.integers(-3, 3).map(lambda number: NOON + timedelta(hours=number)))


@st.composite
def crowded_rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Rules about few things, so that many of them are beaten."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        when: dict[str, tuple[str, ...]] = {}
        settings: dict[str, Any] = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "buffer_units": st.integers(0, 9),
                    "excluded": st.booleans(),
                    "reserve_units_per_location": st.integers(0, 9),
                },
            )
        )
        if draw(st.booleans()):
            when["tags"] = draw(st.lists(st.sampled_from(TAGS), min_size=1, unique=True).map(tuple))
        if draw(st.integers(0, 3)) == 0:
            when["vendors"] = ("Mill",)
        if draw(st.integers(0, 3)) == 0:
            when["pools"] = draw(st.sampled_from([("ship",), ("pickup",)]))
        if draw(st.integers(0, 3)) == 0:
            when["locations"] = draw(engine.place_sets)
            settings.pop("buffer_units", None)
        begins, ends = draw(hours), draw(hours)
        if begins is None or ends is None or begins < ends:
            made.append(Rule(f"rule {number}", settings or {"excluded": False}, when, begins, ends))
    return tuple(made)


crowded = crowded_rules().map(lambda rules: document(pools={"ship": SHIP, "pickup": PICKUP}, rules=rules))
variants = st.builds(
    Variant,
    st.just("tee-m"),
    tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
    vendor=st.sampled_from([None, "mill"]),
    published=st.just(True),
    tracked=st.sampled_from([True, True, False]),
)


def told(policy_document: Document, row: tuple[Variant, list[Level], dict[str, PoolState]], minutes: int) -> Any:
    """What a decision says, without the wake-ups and names that a dead rule may still leave behind."""
    variant, levels, previous = row
    policy = compile_document(policy_document, (), {})
    mine = [one for one in levels if one.source == policy_document.authority.levels_source(one.location)]
    decided = decide(policy, variant, mine, previous, NOON + timedelta(minutes=minutes))
    return {
        name: (pool.state, pool.promised_units, pool.pool_units, pool.buffer, pool.restock, pool.returned, pool.blind)
        for name, pool in decided.pools.items()
    }


def without(policy_document: Document, path: str) -> Document:
    number, _, setting = path.removeprefix("rules[").partition("]")
    rule = policy_document.rules[int(number)]
    left = {name: value for name, value in rule.set.items() if setting and name != setting.removeprefix(".set.")}
    kept = [replace(rule, set=left)] if left else []
    rules = [*policy_document.rules[: int(number)], *kept, *policy_document.rules[int(number) + 1 :]]
    return replace(policy_document, rules=tuple(rules))


@given(crowded, st.lists(st.tuples(variants, engine.levels, st.just({})), min_size=1, max_size=8), st.integers(0, 300))
def test_what_is_called_dead_can_be_taken_out(
    policy_document: Document, rows: list[tuple[Variant, list[Level], dict[str, PoolState]]], minutes: int
) -> None:
    for warning in lint(policy_document, at=NOON):
        if warning.code in DEAD:
            shorter = without(policy_document, warning.path)
            for row in rows:
                assert told(policy_document, row, minutes) == told(shorter, row, minutes), warning.path


@given(crowded)
def test_a_rule_is_called_dead_exactly_when_no_variant_place_or_moment_is_left_to_it(policy_document: Document) -> None:
    named = {(warning.path, warning.code) for warning in lint(policy_document, at=NOON)}
    silent = {WarningCode.RULE_IS_OVER, WarningCode.RULE_COUNTS_NOWHERE}
    for number, rule in enumerate(policy_document.rules):
        path = f"rules[{number}]"
        if any(start.startswith(path) and code in silent for start, code in named):
            continue
        dead = {setting for setting in rule.set if not wins_somewhere(policy_document, number, setting)}
        if dead == set(rule.set) and reaches_a_place(policy_document, rule):
            assert (path, WarningCode.RULE_NEVER_WINS) in named
        else:
            found = {start for start, code in named if code in DEAD and start.startswith(path)}
            assert found == {f"{path}.set.{setting}" for setting in dead if reaches_a_place(policy_document, rule)}


FIT = {"ship": ("wh-east", "broadway"), "pickup": ("broadway", "soho")}


def reaches_a_place(policy_document: Document, rule: Rule) -> bool:
    places = rule.when.get("locations")
    pools = rule.when.get("pools", tuple(policy_document.pools))
    return places is None or any(place in FIT[pool] for pool in pools for place in places)


def wins_somewhere(policy_document: Document, number: int, setting: str) -> bool:
    """Try every variant, pool, place and hour: the slow way to the same answer."""
    rule = policy_document.rules[number]
    tag_sets = chain.from_iterable(combinations(TAGS, size) for size in range(4))
    for tags in tag_sets:
        for vendor in ("mill", None):
            for hour in range(4):
                at = NOON + timedelta(hours=hour)
                for pool in policy_document.pools:
                    holding = [
                        n for n, other in enumerate(policy_document.rules) if holds(other, tags, vendor, pool, at)
                    ]
                    if number in holding and wins(policy_document, holding, rule, number, setting, pool):
                        return True
    return False


def holds(rule: Rule, tags: tuple[str, ...], vendor: str | None, pool: str, at: Any) -> bool:
    return (
        bool(set(rule.when.get("tags", tags or ("",))) & set(tags or ("",)))
        and ("vendors" not in rule.when or vendor == "mill")
        and pool in rule.when.get("pools", (pool,))
        and (rule.starts_at is None or rule.starts_at <= at)
        and (rule.ends_at is None or at < rule.ends_at)
    )


def wins(policy_document: Document, holding: list[int], rule: Rule, number: int, setting: str, pool: str) -> bool:
    setters = [(n, policy_document.rules[n]) for n in holding if setting in policy_document.rules[n].set]
    if "locations" not in rule.when:
        return max(n for n, other in setters if "locations" not in other.when) == number
    alone = setting == "excluded"
    return any(
        max(
            n
            for n, other in setters
            if place in other.when.get("locations", (place,)) and ("locations" in other.when or not alone)
        )
        == number
        for place in rule.when["locations"]
        if place in FIT[pool]
    )


@given(engine.documents(), st.lists(engine.rows, max_size=8))
def test_any_document_is_linted_in_any_shop(
    policy_document: Document, rows: list[tuple[Variant, list[Level], dict[str, PoolState]]]
) -> None:
    chosen = [replace(variant, id=f"tee-{number}") for number, (variant, _, _) in enumerate(rows)]
    levels = {variant.id: tuple(row[1]) for variant, row in zip(chosen, rows, strict=True)}
    shop = ShopView(tuple(chosen), levels, sources=frozenset({"shopify"}))
    alone = {(warning.code, warning.path) for warning in lint(policy_document, at=NOON)}
    in_shop = {(warning.code, warning.path) for warning in lint(policy_document, shop, at=NOON)}
    assert alone - in_shop <= {(code, path) for code, path in alone if code is WarningCode.EVERYTHING_EXCLUDED}


@given(engine.documents(), st.lists(engine.variants, min_size=1, max_size=6))
def test_thresholds_are_reported_changed_when_they_are_for_a_variant_of_the_shop(
    policy_document: Document, chosen: list[Variant]
) -> None:
    shop = ShopView(tuple(replace(variant, id=str(number)) for number, variant in enumerate(chosen)))
    policy = compile_document(policy_document, (), {})
    terms = [of for variant in chosen for of in policy.terms_of(policy.class_of(variant, NOON))]
    changed = any(of.changes for of in terms if not of.thresholds.excluded)
    codes = {warning.code for warning in lint(policy_document, shop, at=NOON)}
    assert WarningCode.THRESHOLD_CHANGED in codes or not changed
