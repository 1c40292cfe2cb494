"""Every restock with its waves at a glance: what went, what comes next, and why nothing does. Counts, never people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store.restocks import Restock
from gateway.store.waves import RestockWaves, Wave
from policies.conversion import units_from_number
from policies.restock import Why, quiet_until, sentence
from policies.values import UNLIMITED, Band, Units

NATIVE: Final = "native"
KLAVIYO_TELLS: Final = "Klaviyo's own flow tells people, by the number that is published."
FLOWS: Final = ("alerts", "over")
"""The states in which a restock may tell people, or might have."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One restock as it stands."""

    variant: str
    restock: Restock
    waiting: int
    band: Band
    promised: Units
    waves: tuple[Wave, ...]
    sending: bool  # a wave goes out now
    next_at: datetime | None
    most: int | None  # people whom the next wave tells at most; None: none is to come
    why: str  # why nobody is told at the moment; empty while a wave goes out
    ran_out: bool  # it is out again since


def glances(services: Services, found: Sequence[tuple[str, Restock]], at: datetime) -> list[Glance]:
    """Look at some restocks together."""
    variants = [variant for variant, _ in found]
    lists = services.store.waitlist.lists()
    records = services.store.waves.of([(variant, restock.episode) for variant, restock in found])
    standing = _standing(services, variants)
    return [
        _glance(services, variant, restock, record, lists.get(variant, 0), standing[variant], at)
        for (variant, restock), record in zip(found, records, strict=True)
    ]


def quiet_now(services: Services, at: datetime) -> datetime | None:
    """Return when the quiet hours end, within them."""
    version = services.policies.current()
    zone = ZoneInfo(version.document.time_zone) if version else ZoneInfo("UTC")
    return quiet_until(services.settings.waves_quiet_hours, zone, at)


def _standing(services: Services, variants: Sequence[str]) -> dict[str, tuple[Band, Units]]:
    version, rows = services.policies.current(), services.store.ledger.read(variants)
    unknown: tuple[Band, Units] = (Band.UNKNOWN, None)
    if version is None or version.default_column >= rows.pools.shape[1]:
        return dict.fromkeys(variants, unknown)
    pools = rows.pools[:, version.default_column]
    return {
        variant: (Band(int(pool["band"])), units_from_number(int(pool["promised"]))) if pool["band"] else unknown
        for variant, pool in zip(rows.variants, pools, strict=True)
    }


def _glance(
    services: Services,
    variant: str,
    restock: Restock,
    record: RestockWaves | None,
    waiting: int,
    standing: tuple[Band, Units],
    at: datetime,
) -> Glance:
    band, promised = standing
    sending = record is not None and record.intent is not None
    why = None if sending else _why(services, restock, record, waiting, band, at)
    comes = sending or why in (Why.BETWEEN_WAVES, Why.QUIET_HOURS)
    waves = record.waves if record else ()
    most = _most(services.policies.current(), promised, waiting) if comes else None
    next_at = record.next_at if record and comes and not sending else None
    if why is Why.QUIET_HOURS:
        next_at = quiet_now(services, at) or next_at
    native = services.settings.klaviyo_back_in_stock == NATIVE and not waves and restock.state in FLOWS
    said = KLAVIYO_TELLS if native and why is not Why.RAN_OUT else sentence(why, waves) if why else ""
    return Glance(
        variant, restock, waiting, band, promised, waves, sending,
        None if native else next_at, None if native else most, said, restock.state == "over" or band is Band.OUT,
    )  # fmt: skip


def _why(
    services: Services, restock: Restock, record: RestockWaves | None, waiting: int, band: Band, at: datetime
) -> Why:
    """Say why nobody is told: by what the restock and the clock say, else by what the last look at its list found."""
    states: dict[str, Any] = {"awaits_confirmation": Why.AWAITS_CONFIRMATION, "over": Why.RAN_OUT, "alerts": None}
    if (by_state := states.get(restock.state, Why.DOES_NOT_ALERT)) is not None:
        return Why(by_state)
    if band is Band.OUT:
        return Why.RAN_OUT
    if not waiting:
        return Why.NOBODY_WAITS
    if record is not None and record.why is not None:
        return record.why
    return Why.QUIET_HOURS if quiet_now(services, at) is not None else Why.BETWEEN_WAVES


def _most(version: CompiledVersion | None, promised: Units, waiting: int) -> int | None:
    if version is None or promised is None:
        return None
    terms = version.document.restock
    most = terms.max_wave if promised == UNLIMITED else terms.customers_per_unit * int(promised)
    return min(terms.max_wave, most, waiting)
