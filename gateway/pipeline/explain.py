"""The read side: one variant as others see it, and why. Recomputes from the inputs the decision recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.pipeline.destinations import VARIANTS
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.stock_index.counting import title_of
from gateway.store.journal import Recorded, entry_id, entry_of
from gateway.store.values import Told
from policies.columns import (
    AWAITS_RESTOCK,
    AWAITS_RETURN,
    BLIND,
    HELD_BACK,
    PROVEN,
    to_us,
)
from policies.confirm import as_recorded
from policies.conversion import levels_from_columns, previous_of_record, state_from_record, units_from_number
from policies.decision import Decision, PoolDecision, decide
from policies.explain import explanation, time_text
from policies.values import Variant


def variant_view(services: Services, variant: str, at: datetime) -> dict[str, Any] | None:
    """Describe a variant with its promises and what Klaviyo was told; None for one never heard of."""
    last = services.store.journal.now(variant)
    version = services.policies.current()
    if last is None:
        return None
    entry, record = last.present.entry, last.record
    told = services.store.told.get(VARIANTS, [variant]).get(variant)
    pools = {} if version is None or not record.sequence else _pools(services, last, variant)
    restock = services.store.restocks.get([variant])[0]
    return {
        "variant": variant,
        "sku": entry.variant.sku if entry else None,
        "title": title_of(entry),
        "policy_version": _standing(services, last),
        "decision": entry_id(record.entry) if record.entry else None,
        "decided_at": time_text(record.at) if record.sequence else None,
        "ledger_version": record.sequence,
        "due": time_text(last.due_at) if last.due_at else None,
        "pools": pools,
        "catalog": _catalog(pools.get(version.document.default_pool) if version else None, told),
        "restock": restock and {"episode": restock.episode, "cause": restock.cause, "state": restock.state},
    }


def explanation_view(
    services: Services, variant: str, pool: str | None, at: datetime, decision: str | None = None
) -> dict[str, Any] | None:
    """Explain a decision of a variant in a pool: the last one, or the journaled one that is named.

    Without `pool` the default one. None where there is nothing to explain.
    """
    journal = services.store.journal
    explained = journal.now(variant) if decision is None else journal.recorded(variant, entry_of(decision))
    if explained is None or explained.record.pools is None:
        return None
    number = _standing(services, explained)
    again = recomputed(services, variant, explained, at, number)
    if number != explained.record.policy and again and proof(again[0], explained, again[1])["differences"]:
        again = recomputed(services, variant, explained, at)
    if again is None or (name := pool or again[0].document.default_pool) not in again[0].document.pools:
        return None
    version, made = again
    state = dict(_states(version, explained.record.pools)).get(name)
    held_back = state is not None and bool(state["flags"] & HELD_BACK)
    view = explanation(made, name, version.number, version.compiled.labels, held_back=held_back)
    return {**view, "title": title_of(explained.inputs.entry), "proof": proof(version, explained, made)}


def _standing(services: Services, last: Recorded) -> int:
    """Number the policy that the last decision stands under: a newer one that left it alone agrees with it."""
    if last.stands and not services.store.redecisions.waiting():
        return services.store.standing().policy
    return last.record.policy


def recomputed(
    services: Services, variant: str, explained: Recorded, at: datetime, number: int | None = None
) -> tuple[CompiledVersion, Decision] | None:
    """Decide once more from what was recorded: the same policy, inputs, states before and moment, the same numbers.

    `number` is that of the policy to decide by where it is not the one recorded. What was never decided is decided now,
    by the policy in force. None where there is no policy.
    """
    record = explained.record
    version = (
        services.policies.past(number or record.policy, record.locations)
        if record.sequence
        else services.policies.current()
    )
    if version is None:
        return None
    policy, entry = version.compiled, explained.inputs.entry
    levels = levels_from_columns(policy, explained.inputs.levels(len(policy.slots)), 0)
    states = dict(_states(version, record.pools)) if record.sequence else {}
    previous = {name: previous_of_record(state) for name, state in states.items() if state["before_band"]}
    made = decide(policy, entry.variant if entry else Variant(variant), levels, previous, record.at if states else at)
    pools = {name: _with_waits(pool, states[name]) if name in states else pool for name, pool in made.pools.items()}
    return version, replace(made, pools=pools)


def proof(version: CompiledVersion, explained: Recorded, made: Decision) -> dict[str, Any]:
    """Say what the decision was made of, and whether making it again gives what was recorded."""
    record = explained.record
    differences = [
        f"pools.{name}.{field}"
        for name, state in _states(version, record.pools)
        if state["band"]
        for field, recorded, again in _compared(state, made.pools[name])
        if recorded != again
    ]
    return {
        "decision": entry_id(record.entry) if record.entry else None,
        "policy_version": record.policy,
        "locations_revision": record.locations,
        "ledger_version": record.sequence,
        "inputs": "complete" if explained.exact else "too many changes since to be complete",
        "differences": differences,
    }


def _compared(state: Any, pool: PoolDecision) -> Iterator[tuple[str, Any, Any]]:
    yield "units", units_from_number(int(state["units"])), pool.units
    yield "promised_units", units_from_number(int(state["promised"])), pool.promised_units
    yield "band", int(state["band"]), int(pool.band)
    yield "rise", int(state["rise_us"]), to_us(pool.rise_since) if pool.rise_since else 0
    yield "proven", bool(state["flags"] & PROVEN), pool.proven


def _states(version: CompiledVersion, pools: Any) -> Iterator[tuple[str, Any]]:
    for name, column in zip(version.compiled.pools, version.pool_columns, strict=True):
        if column < len(pools):
            yield name, pools[column]


def _with_waits(pool: PoolDecision, state: Any) -> PoolDecision:
    flags = int(state["flags"])
    return as_recorded(pool, awaits_restock=bool(flags & AWAITS_RESTOCK), awaits_return=bool(flags & AWAITS_RETURN))


def _pools(services: Services, last: Recorded, variant: str) -> dict[str, dict[str, Any]]:
    again = recomputed(services, variant, last, last.record.at)
    if again is None:
        return {}
    version, made = again
    views = {}
    for name, record in _states(version, last.record.pools):
        state, flags, due = state_from_record(record), int(record["flags"]), made.pools[name].rise_due
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
