"""A decision as others read it: the explanation of one pool, and the result of a case."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from policies.decision import Decision, PoolDecision
from policies.document import SettingValue
from policies.reasons import ReasonCode
from policies.sentences import sentences
from policies.steps import LocationStep
from policies.values import UNLIMITED

BAND_STEPS: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.AT_OR_BELOW_OUT: "{units} units <= out_at {out_at_units}: out",
    ReasonCode.BELOW_RESTOCK: "{units} units < restock_at {restock_at_units} and the band was out: out",
    ReasonCode.AT_OR_BELOW_LOW: "{units} units <= low_at {low_at_units}: low",
    ReasonCode.LASTS_TOO_SHORT: "{units} units <= low_days {low_days} * {units_per_day} a day: low",
    ReasonCode.BELOW_HEALTHY: "{units} units < healthy_at {healthy_at_units} and the band was {was}: low",
    ReasonCode.SETTLING: "a rise to {target} must hold {settle_minutes} minutes: stays {was}",
}


def time_text(at: datetime | None) -> str | None:
    """Write a time as `2026-11-23T12:00:00Z`, a fraction only where there is one."""
    if at is None:
        return None
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:-6] + "Z"


def plain(value: SettingValue) -> bool | int | float | str:
    """Turn a setting's value into what JSON can carry."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def case_result(decision: Decision) -> dict[str, Any]:
    """Give the outcome of a tried case: a mapping per pool, and what the catalogue would carry."""
    result: dict[str, Any] = {name: _case_pool(pool) for name, pool in decision.pools.items()}
    result["_catalog_units"] = decision.catalog_units
    return result


def _case_pool(pool: PoolDecision) -> dict[str, Any]:
    return {
        "steps": [
            {
                "location": step.location,
                "counted": step.counted,
                "reserve": step.reserve,
                "units": step.units,
                "objections": [objection.code.value for objection in step.objections],
            }
            for step in pool.steps
        ],
        **_outcome(pool),
        "rise": None if pool.rise_since is None else {"since": time_text(pool.rise_since)},
        "settings": {name: plain(setting.value) for name, setting in pool.settings.items()},
    }


def _outcome(pool: PoolDecision) -> dict[str, Any]:
    return {
        "pool_units": pool.pool_units,
        "buffer": pool.buffer,
        "units": pool.units,
        "band": pool.band.word,
        "proven": pool.proven,
        "blind": pool.blind,
        "promised_units": pool.promised_units,
        "restock": pool.restock,
        "return": pool.returned,
        "due": time_text(pool.due),
    }


def explanation(
    decision: Decision,
    pool: str,
    policy_version: int | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    held_back: bool = False,
) -> dict[str, Any]:
    """Explain a decision in one pool with the numbers it used. `labels`: location id -> the name people read."""
    of_pool = decision.pools[pool]
    return {
        **_outcome(of_pool),
        "variant": decision.variant,
        "pool": pool,
        "at": time_text(decision.at),
        "policy_version": policy_version,
        "was": of_pool.was.word,
        "steps": [_step(step) for step in of_pool.steps],
        "min_locations": of_pool.min_locations,
        "floor": of_pool.floor,
        "cap": of_pool.cap,
        "awaits_confirmation": of_pool.awaits_restock or of_pool.awaits_return,
        "rise": _rise(of_pool),
        "settings": {
            name: {"value": plain(setting.value), "rule": setting.rule, "beat": list(setting.beat)}
            for name, setting in of_pool.settings.items()
        },
        "band_steps": band_steps(of_pool),
        "reasons": [reason.code.value for reason in (*of_pool.reasons, *of_pool.band_reasons)],
        "sentences": sentences(of_pool, labels or {}, held_back),
    }


def _rise(pool: PoolDecision) -> dict[str, Any] | None:
    if pool.rise_since is None:
        return None
    return {"since": time_text(pool.rise_since), "due": time_text(pool.rise_due)}


def _step(step: LocationStep) -> dict[str, Any]:
    return {
        "location": step.location,
        "quantities": dict(step.quantities),
        "counted": step.counted,
        "reserve": step.reserve,
        "reserve_rule": step.reserve_rule,
        "units": step.units,
        "objections": [objection.code.value for objection in step.objections],
        "observed_at": time_text(step.observed_at),
        "source": step.source,
    }


def band_steps(pool: PoolDecision) -> list[str]:
    """Tell step by step how the band came about, in the names of the settings."""
    if pool.blind:
        return [f"blind: stays {pool.band.word}"]
    if pool.units == UNLIMITED:
        return ["unlimited: healthy"]
    told = [BAND_STEPS[reason.code].format_map(reason.facts) for reason in pool.band_reasons]
    return told or [f"{pool.units} units, healthy_at {pool.settings['healthy_at_units'].value}: {pool.band.word}"]
