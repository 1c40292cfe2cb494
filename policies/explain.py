"""A decision as others read it: the explanation of one pool, the result of a case, and sentences for a marketer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from policies.columns import from_us
from policies.decision import Decision, LocationStep, PoolDecision
from policies.document import SettingValue
from policies.reasons import Reason, ReasonCode
from policies.values import UNLIMITED


def time_text(at: datetime | None) -> str | None:
    """Write a time as `2026-11-23T12:00:00Z`, a fraction only where there is one."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def plain(value: SettingValue) -> bool | int | float | str:
    """Turn a setting's value into what JSON can carry."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def sentence_of(reason: Reason) -> str:
    """Give a reason's sentence with its times readable."""
    if reason.code is ReasonCode.SETTLING:
        since = time_text(from_us(int(str(reason.facts["since_us"]))))
        return Reason(reason.code, {**reason.facts, "since": since}).sentence
    return reason.sentence


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
        "pool_units": pool.pool_units,
        "buffer": pool.buffer,
        "units": pool.units,
        "band": pool.band.word,
        "rise": None if pool.rise_since is None else {"since": time_text(pool.rise_since)},
        "proven": pool.proven,
        "blind": pool.blind,
        "promised_units": pool.promised_units,
        "restock": pool.restock,
        "return": pool.returned,
        "settings": {name: plain(setting.value) for name, setting in pool.settings.items()},
        "due": time_text(pool.due),
    }


def explanation(
    decision: Decision, pool: str, policy_version: int | None = None, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Explain a decision in one pool with the numbers it used. `labels`: location id -> the name people read."""
    of_pool = decision.pools[pool]
    result = _case_pool(of_pool)
    result |= {
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
        "settings": {
            name: {"value": plain(setting.value), "rule": setting.rule, "beat": list(setting.beat)}
            for name, setting in of_pool.settings.items()
        },
        "band_steps": band_steps(of_pool),
        "reasons": [reason.code.value for reason in (*of_pool.reasons, *of_pool.band_reasons)],
        "sentences": sentences(of_pool, labels or {}),
    }
    if of_pool.rise_since is not None:
        result["rise"] = {"since": time_text(of_pool.rise_since), "due": time_text(of_pool.rise_due)}
    return result


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
    """Tell step by step how the band came about."""
    if pool.blind:
        return [f"blind: stays {pool.band.word}"]
    if pool.units == UNLIMITED:
        return ["unlimited: healthy"]
    told = [sentence_of(reason) for reason in pool.band_reasons]
    return told or [f"{pool.units} units, healthy_at {pool.settings['healthy_at_units'].value}: {pool.band.word}"]


def sentences(pool: PoolDecision, labels: Mapping[str, str]) -> list[str]:
    """Tell a marketer what may be promised and why it is no more."""
    held = sum(max(0, step.quantities.get("available") or 0) for step in pool.steps)
    if pool.promised_units is None:
        told = [f"Nothing new is promised by {pool.pool}: the stock is not known."]
    elif pool.promised_units == UNLIMITED:
        told = [f"Any number may be promised by {pool.pool}."]
    else:
        told = [f"{pool.promised_units} of {held} units may be promised by {pool.pool}."]
    told += [sentence_of(reason) for reason in pool.reasons]
    about_variant = {reason.code for reason in pool.reasons}
    for step in pool.steps:
        for objection in step.objections:
            if objection.code not in about_variant:
                name = labels.get(step.location, step.location)
                told.append(Reason(objection.code, {**objection.facts, "location": name}).sentence)
        if not step.objections and step.reserve and step.counted:
            name = labels.get(step.location, step.location)
            told.append(f"{min(step.reserve, step.counted)} units stay in reserve at {name}.")
    return told + [f"{text[0].upper()}{text[1:].rstrip('.')}." for text in band_steps(pool)]
