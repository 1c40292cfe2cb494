"""Who was told of a restock, who was not, and why."""

from datetime import datetime
from typing import Any, Final

from gateway.services import Services
from gateway.store.waitlist import ToldPerson
from gateway.store.waves import RestockWaves
from gateway.waves.sealing import NoSecretKey, Sealer, SealError
from policies.explain import time_text
from policies.restock import Why, may_be_told, sentence

LISTED: Final = 200
NOT_YET: Final = "not_yet"


def waves_view(services: Services, variant: str, episode: int, at: datetime, *, people: bool) -> dict[str, Any] | None:
    """Describe the waves of one restock; contacts only with `people`. None where there is no such restock."""
    restock = services.store.restocks.get([variant])[0]
    records = {record.episode: record for record in services.store.waves.all(variant)}
    if episode not in records and (restock is None or restock.episode != episode):
        return None
    record = records.get(episode, RestockWaves(episode))
    told = {p: one for p, one in services.store.waitlist.told(variant).items() if one.last.episode == episode}
    why = None if record.intent is not None else (record.why or Why.NOBODY_WAITS)
    return {
        "restock": f"{episode}.{variant}",
        "mode": services.settings.klaviyo_back_in_stock,
        "state": "sending" if record.intent is not None else "over" if record.over else "waiting",
        "why": why,
        "sentence": sentence(why, record.waves) if why else "A wave goes out now.",
        "next_at": None if record.next_at is None else time_text(record.next_at),
        "told": sum(wave.told for wave in record.waves),
        "refused": sum(wave.refused for wave in record.waves),
        "unknown": sum(wave.unknown for wave in record.waves),
        "waiting": services.store.waitlist.waiting(variant),
        "not_told": _not_told(services, variant, record, at),
        "waves": [
            {
                "number": wave.number,
                "at": time_text(wave.at),
                "units": wave.units,
                "policy_version": wave.policy_version,
                "told": wave.told,
                "refused": wave.refused,
                "unknown": wave.unknown,
            }
            for wave in record.waves
        ],
        "people": _people(services, told) if people else None,
    }


def _not_told(services: Services, variant: str, record: RestockWaves, at: datetime) -> list[dict[str, Any]]:
    """Count those who wait by the reason why they were not told: what was said to them before, else their turn."""
    version = services.policies.current()
    if version is None:
        return []
    told = services.store.waitlist.told(variant)
    counts: dict[str, int] = {}
    for person in services.store.waitlist.entries(variant, list(told)):
        one = told[person]
        if one.outcome == "refused" and one.last.episode == record.episode:
            counts["refused"] = counts.get("refused", 0) + 1
        elif not may_be_told(one.last, version.document.restock, record.episode, at):
            counts[Why.TOLD_RECENTLY] = counts.get(Why.TOLD_RECENTLY, 0) + 1
    rest = services.store.waitlist.waiting(variant) - sum(counts.values())
    if rest > 0:
        why = record.why if record.why not in (None, Why.NOBODY_WAITS, Why.TOLD_RECENTLY) else NOT_YET
        counts[str(why)] = counts.get(str(why), 0) + rest
    return [{"why": why, "people": count} for why, count in sorted(counts.items())]


def _people(services: Services, told: dict[str, ToldPerson]) -> list[dict[str, Any]]:
    try:
        sealer = Sealer.of(services.settings)
    except NoSecretKey:
        return []
    newest = sorted(told.values(), key=lambda one: one.last.at, reverse=True)[:LISTED]
    return [
        {"contact": _shown(sealer, one), "outcome": one.outcome, "wave": one.wave, "at": time_text(one.last.at)}
        for one in newest
    ]


def _shown(sealer: Sealer, one: ToldPerson) -> str | None:
    try:
        contact, _ = sealer.open(one.sealed)
    except SealError:
        return None
    return contact.email or contact.phone
