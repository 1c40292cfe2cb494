"""How a source stands to the ledger: what comparing them found, what is under way, and what units are still to come."""

from datetime import datetime, timedelta
from typing import Any, Final

from gateway.reconcile.wanting import want_full
from gateway.services import Services
from gateway.settings import Settings
from gateway.store.reconciles import Report
from gateway.store.values import TaskState
from integrations.ports import Transfer

SHOP: Final = "shopify"
"""The one source that the timetable asks; all others send."""
RECENT: Final = timedelta(days=1)
STALLED: Final = timedelta(minutes=2)


def can_be_asked(settings: Settings, source: str) -> bool:
    """Tell whether the gateway can read a source whenever it wants to."""
    return settings.shopify_shop is not None and source == SHOP


def read_again(services: Services, source: str, *, by: str, at: datetime) -> str:
    """Have a source read whole, on a person's word; return what happens, in words."""
    under_way = services.store.reconciles.run(source) is not None
    services.store.audit.append(by, "source.read", source, {}, at)
    want_full(services, source, f"{by} asked for it.", at)
    services.store.wake.ring()
    if under_way:
        return f"{source} is being read already; it is read once more after that."
    return f"{source} is read whole now. What it lacks becomes unknown, what it says is believed as of now."


def comparison_view(services: Services, source: str, at: datetime) -> dict[str, Any]:
    """Describe the last comparisons of a source; `live_percent` of what changed had arrived before it was compared."""
    reconciles = services.store.reconciles
    reports, run = reconciles.reports(source), reconciles.run(source)
    mark = reconciles.mark(source)
    last = reports[0] if reports else None
    whole = next((one for one in reports if one.kind == "full"), None)
    return {
        "can_be_asked": can_be_asked(services.settings, source),
        "last": last,
        "last_full": whole,
        "known_until": None if mark is None else mark.at,
        "live_percent": live_percent(reports, at),
        "wanted": reconciles.wanted(source),
        "running": None if run is None else _running(services, source, run.as_of, run.reason),
        "comparing": _comparing(services, source, at),
    }


def live_percent(reports: list[Report], at: datetime) -> float | None:
    """Return what share of the changes of a day the live feed brought by itself; None where nothing was compared.

    Only comparisons of changes say that; what a full read saw is mostly what did not change.
    """
    recent = [one for one in reports if one.kind == "changes" and at - one.at < RECENT]
    seen = sum(one.seen for one in recent)
    if not seen:
        return None
    return round(100 * (1 - min(seen, sum(one.corrected for one in recent)) / seen), 2)


def transfers_view(services: Services, source: str) -> list[dict[str, Any]]:
    """List the open transfers of a source, oldest first."""
    labels = {place.id: place.label for place in services.store.catalog.locations() if place.source == source}

    def name(place: str | None) -> str | None:
        return place if place is None else labels.get(place) or place

    return [
        {
            "id": one.id,
            "name": one.name or one.id,
            "status": one.status,
            "origin": name(one.origin),
            "destination": name(one.destination),
            "units": sum(one.units.values()),
            "to_come": _to_come(one),
            "opened_at": one.opened_at,
        }
        for one in services.store.movements.open(source)
    ]


def _to_come(transfer: Transfer) -> int:
    """Count the units that are neither received nor called off."""
    settled = sum(line.accepted + line.rejected + line.canceled for part in transfer.shipments for line in part.lines)
    return max(0, sum(transfer.units.values()) - settled)


def _comparing(services: Services, source: str, at: datetime) -> int | None:
    """Count the levels that a comparison of changes has read, while one goes on: only its end knows the total."""
    task = _task(services, f"{source}.reconcile")
    if task is None or task.total is not None or task.progress_at is None or at - task.progress_at > STALLED:
        return None
    return task.done


def _task(services: Services, name: str) -> TaskState | None:
    return next((one for one in services.store.tasks.all() if one.name == name), None)


def _running(services: Services, source: str, since: datetime, reason: str) -> dict[str, Any]:
    task = _task(services, f"{source}.full_load")
    told = task is not None and task.progress_at is not None and task.progress_at >= since
    return {
        "since": since,
        "reason": reason,
        "done": task.done if task and told else None,
        "total": task.total if task and told else None,
    }
