"""A live product for a warning: what the line does to its units and band."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from policies.columns import EPOCH
from policies.decision import FIRST_SIGHT, PoolDecision
from policies.document import Document, Pool, Rule
from policies.lint.live import Live
from policies.lint.warning import Example, Outcome, PolicyWarning
from policies.values import Band, PoolState, Variant

MOST_TRIED: Final = 40
"""Products decided twice per warning in search of one on which the line shows."""
ABOUT_STOCK: Final = ("rules", "pools", "locations", "guards", "authority.levels")
"""Sections whose lines show on a product."""
BEFORE: Final = {
    "restock_at_units": PoolState(Band.OUT, rise_since=EPOCH),
    "healthy_at_units": PoolState(Band.LOW, rise_since=EPOCH),
}
"""Thresholds that are only asked on the way up: the product as it was before, its rise long settled."""
RULE: Final = re.compile(r"rules\[(\d+)\](?:\.set\.(\w+))?")


def example_of(live: Live, warning: PolicyWarning) -> Example | None:
    """Show a warning on a product: one for which the line makes a difference, else the first that it is about."""
    if not warning.path.startswith(ABOUT_STOCK):
        return None
    under, without = _both(live.document, warning.path)
    with_line = live.compile(under)
    without_line = None if without is None else live.compile(without)
    first: Example | None = None
    before = BEFORE.get(warning.path.rpartition(".")[2], FIRST_SIGHT)
    pools = (warning.pool,) if warning.pool else _pools(live, warning.path)
    for variant in _concerned(live, warning.path):
        shown = live.decide(with_line, variant, before).pools
        other = None if without_line is None else live.decide(without_line, variant, before).pools
        for pool in pools:
            example = Example(
                variant=variant.id,
                title=live.shop.titles.get(variant.id, ""),
                pool=pool,
                without=None if other is None else _outcome(other[pool]),
                under=_outcome(shown[pool]),
            )
            if example.without is not None and example.without != example.under:
                return example
            first = first or example
    return first


def _outcome(decided: PoolDecision) -> Outcome:
    return Outcome(decided.units, decided.band.word, decided.promised_units)


def _both(document: Document, path: str) -> tuple[Document, Document | None]:
    """Give the document with the line in force whatever its dates, and the document without the line."""
    if (found := RULE.match(path)) is not None:
        return _around_a_rule(document, int(found[1]), found[2])
    for place in document.authority.levels_at:
        if path == f"authority.levels_at.{place}":
            kept = {name: source for name, source in document.authority.levels_at.items() if name != place}
            return document, replace(document, authority=replace(document.authority, levels_at=kept))
    for pool in document.pools.values():
        if (changed := _without_item(pool, path)) is not None:
            return document, replace(document, pools={**document.pools, pool.name: changed})
    return document, None


def _around_a_rule(document: Document, number: int, setting: str | None) -> tuple[Document, Document]:
    rules = document.rules
    undated = replace(rules[number], starts_at=None, ends_at=None)
    left = {name: value for name, value in undated.set.items() if setting is not None and name != setting}
    kept: tuple[Rule, ...] = (replace(undated, set=left),) if left else ()
    return (
        replace(document, rules=(*rules[:number], undated, *rules[number + 1 :])),
        replace(document, rules=(*rules[:number], *kept, *rules[number + 1 :])),
    )


def _without_item(pool: Pool, path: str) -> Pool | None:
    """Give a pool without one place or state, if that is what the path is about."""

    def left(key: str, items: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(item for index, item in enumerate(items) if path != f"pools.{pool.name}.{key}[{index}]")

    changed = replace(
        pool,
        include=left("include", pool.include),
        exclude=left("except", pool.exclude),
        states=left("states", pool.states),
    )
    return changed if changed != pool and changed.states else None


def _pools(live: Live, path: str) -> tuple[str, ...]:
    if (found := RULE.match(path)) is not None:
        return live.subject.pools_of(live.document.rules[int(found[1])])
    if (guard := re.match(r"guards\[(\d+)\]", path)) is not None:
        return (live.document.guards[int(guard[1])].pool,)
    serving = [name for name, places in live.subject.places.items() if path in {f"locations.{one}" for one in places}]
    if serving:
        return tuple(serving)
    named = [name for name in live.document.pools if path == f"pools.{name}" or path.startswith(f"pools.{name}.")]
    return tuple(named[-1:]) or (live.document.default_pool,)


def _concerned(live: Live, path: str) -> Iterator[Variant]:
    """Choose the variants that a line is about, a bounded number."""
    found = RULE.match(path)
    number = None if found is None else int(found[1])
    places = [
        place for place in _places(live) if path == f"locations.{place}" or path.startswith(f"locations.{place}.")
    ]
    tried = 0
    for variant in live.chosen:
        here = any(level.location in places for level in live.shop.levels[variant.id])
        if (number is not None and number not in live.matching[variant.id]) or (places and not here):
            continue
        yield variant
        tried += 1
        if tried == MOST_TRIED:
            return


def _places(live: Live) -> set[str]:
    return {facts.id for facts in live.shop.locations} | set(live.document.locations)
