"""The read side: one variant as others see it, and why. Recomputes from the inputs the decision recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from gateway.pipeline.decide import as_wide_as
from gateway.pipeline.destinations import VARIANTS
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.values import CatalogEntry, Told
from policies.columns import (
    AWAITS_RESTOCK,
    AWAITS_RETURN,
    BLIND,
    HELD_BACK,
    PROVEN,
    from_us,
)
from policies.conversion import levels_from_columns, previous_of_record, state_from_record, units_from_number
from policies.decision import Decision, decide
from policies.explain import explanation, time_text
from policies.values import Band, PoolState, Variant

PAGE = 64


def variant_view(services: Services, variant: str, at: datetime) -> dict[str, Any] | None:
    """Describe a variant with its promises and what Klaviyo was told; None for one never heard of."""
    rows = services.store.ledger.read([variant])
    entry = services.store.catalog.entries([variant]).get(variant)
    version = services.policies.current()
    if not rows.known[0] and entry is None:
        return None
    told = services.store.told.get(VARIANTS, [variant]).get(variant)
    pools = {} if version is None or not rows.sequences[0] else _pools(rows, entry, version, at)
    return {
        "variant": variant,
        "sku": entry.variant.sku if entry else None,
        "title": _title(entry),
        "policy_version": int(rows.policies[0]),
        "decided_at": time_text(from_us(rows.decided_us[0])) if rows.decided_us[0] else None,
        "ledger_version": int(rows.revisions[0]),
        "due": time_text(from_us(rows.due_us[0])) if rows.due_us[0] else None,
        "pools": pools,
        "catalog": _catalog(pools.get(version.document.default_pool) if version else None, told),
        "restock": None,
    }


def explanation_view(services: Services, variant: str, pool: str | None, at: datetime) -> dict[str, Any] | None:
    """Explain the last decision of a variant in a pool (the default pool when none is named)."""
    version = services.policies.current()
    rows = services.store.ledger.read([variant])
    if version is None or not rows.known[0]:
        return None
    name = pool or version.document.default_pool
    if name not in version.document.pools:
        return None
    entry = services.store.catalog.entries([variant]).get(variant)
    decision = recomputed(rows, 0, entry, version, at)
    labels = {id_: place.label or id_ for id_, place in version.document.locations.items()}
    flags = int(rows.pools[0, version.pool_columns[version.compiled.pools.index(name)]]["flags"])
    told = explanation(decision, name, version.number, labels, held_back=bool(flags & HELD_BACK))
    return {**told, "title": _title(entry)}


def recomputed(rows: Rows, index: int, entry: CatalogEntry | None, version: CompiledVersion, at: datetime) -> Decision:
    """Decide once more from the state before the last decision, at its moment: the same inputs, the same numbers."""
    policy = version.compiled
    levels = levels_from_columns(policy, as_wide_as(rows.levels, len(policy.slots)), index)
    decided = bool(rows.sequences[index])
    previous: Mapping[str, PoolState] = (
        {
            name: previous_of_record(rows.pools[index, column])
            for name, column in zip(policy.pools, version.pool_columns, strict=True)
            if rows.pools[index, column]["before_band"]
        }
        if decided
        else {}
    )
    variant = entry.variant if entry else Variant(rows.variants[index])
    return decide(policy, variant, levels, previous, from_us(rows.decided_us[index]) if decided else at)


def variants_page(
    services: Services,
    *,
    q: str | None,
    band: str | None,
    pool: str | None,
    tag: str | None,
    objection: str | None,
    limit: int,
    cursor: str | None,
    at: datetime,
) -> tuple[list[dict[str, Any]], str | None]:
    """List variants with their promise in a pool, filtered; the cursor is the last row looked at."""
    version = services.policies.current()
    after: tuple[int, int] | None = None
    if cursor:
        first, _, second = cursor.partition("-")
        after = (int(first), int(second)) if first.isdigit() and second.isdigit() else None
    listed: list[dict[str, Any]] = []
    while found := services.store.catalog.variants(after, PAGE):
        ids = [variant for _, _, variant in found]
        rows, entries = services.store.ledger.read(ids), services.store.catalog.entries(ids)
        for index, (partition, row, variant) in enumerate(found):
            after = (partition, row)
            line = _line(rows, index, entries.get(variant), version, pool, objection, at)
            if _matches(line, q, band, tag):
                listed.append(line)
            if len(listed) == limit:
                return listed, f"{partition}-{row}"
    return listed, None


def _line(
    rows: Rows,
    index: int,
    entry: CatalogEntry | None,
    version: CompiledVersion | None,
    pool: str | None,
    objection: str | None,
    at: datetime,
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "variant": rows.variants[index],
        "sku": entry.variant.sku if entry else None,
        "title": _title(entry),
        "tags": list(entry.variant.tags) if entry else [],
    }
    name = pool if version and pool in version.document.pools else (version.document.default_pool if version else None)
    if version is None or name is None or not rows.sequences[index]:
        return line | {"on_hand": None, "units": None, "promised_units": None, "band": "unknown", "objections": []}
    decision = recomputed(rows, index, entry, version, at).pools[name]
    held = [figure for step in decision.steps if (figure := _held(step.quantities)) is not None]
    state = rows.pools[index, version.pool_columns[version.compiled.pools.index(name)]]
    return line | {
        "on_hand": sum(max(0, figure) for figure in held) if held else None,
        "units": units_from_number(int(state["units"])),
        "promised_units": units_from_number(int(state["promised"])),
        "band": Band(int(state["band"])).word,
        "objections": sorted({reason.code.value for step in decision.steps for reason in step.objections}),
    }


def _held(quantities: Mapping[str, int | None]) -> int | None:
    """Return what a place says it holds; None where it does not know, which is not zero."""
    figure = quantities.get("on_hand")
    return quantities.get("available") if figure is None else figure


def _matches(line: Mapping[str, Any], q: str | None, band: str | None, tag: str | None) -> bool:
    text = f"{line['title']} {line['sku']} {line['variant']}".casefold()
    return (
        (not q or q.casefold() in text)
        and (not band or line["band"] == band)
        and (not tag or tag.strip().casefold() in {one.strip().casefold() for one in line["tags"]})
    )


def _pools(rows: Rows, entry: CatalogEntry | None, version: CompiledVersion, at: datetime) -> dict[str, dict[str, Any]]:
    views, decision = {}, recomputed(rows, 0, entry, version, at)
    for name, column in zip(version.compiled.pools, version.pool_columns, strict=True):
        record: np.void = rows.pools[0, column]
        state, flags, due = state_from_record(record), int(record["flags"]), decision.pools[name].rise_due
        rise = None if state.rise_since is None else {"since": time_text(state.rise_since), "due": time_text(due)}
        views[name] = {
            "units": units_from_number(int(record["units"])),
            "promised_units": units_from_number(int(record["promised"])),
            "band": state.band.word,
            "rise": rise,
            "proven": bool(flags & PROVEN),
            "blind": bool(flags & BLIND),
            "held_back": bool(flags & HELD_BACK),
            "awaits_confirmation": bool(flags & (AWAITS_RESTOCK | AWAITS_RETURN)),
        }
    return views


def _catalog(pool: Mapping[str, Any] | None, told: Told | None) -> dict[str, Any]:
    promised = pool["promised_units"] if pool else None
    if told is None or not told.exists:
        return {"promised_units": promised, "published_units": None, "published_at": None, "state": "never told"}
    state = "told" if told.units == promised or promised in (None, "unlimited") else "waiting"
    return {
        "promised_units": promised,
        "published_units": told.units,
        "published_at": time_text(told.at),
        "state": state,
    }


def _title(entry: CatalogEntry | None) -> str | None:
    if entry is None:
        return None
    return " / ".join(part for part in (entry.product_title, entry.title) if part) or None
