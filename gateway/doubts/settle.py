"""A person's word on a doubt, and what it does.

The effect first: a crash after it leaves the doubt on the list, and the same word may be given again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.doubts.kinds import kind_of
from gateway.pipeline.held_back import release_held_back
from gateway.pipeline.read import LARGEST_UNITS
from gateway.services import Services
from gateway.store.held_back import KIND as HELD_BACK
from gateway.store.values import Doubt, DoubtState
from policies.values import Reading

Effect = Callable[[Services, Doubt, datetime], None]


def settle_doubt(
    services: Services,
    name: str,
    state: DoubtState,
    *,
    by: str,
    note: str,
    at: datetime,
) -> str | None:
    """Take a person's word; return the sentence that says what happens now, None where there is no such doubt.

    Where the doubt says something else by the time the word has taken effect, it stays on the list.
    """
    doubt = services.store.doubts.get(name)
    if doubt is None:
        return None
    effects = CONFIRM if state == "confirmed" else DISMISS
    effects.get(doubt.kind, _nothing)(services, doubt, at)
    silence = state == "dismissed" and doubt.kind != HELD_BACK
    services.store.audit.append(
        by, f"doubt.{state}", doubt.id, {"kind": doubt.kind, "key": doubt.key, "note": note}, at
    )
    services.store.doubts.settle(doubt, state, by=by, note=note, at=at, silence=silence)
    kind = kind_of(doubt.kind)
    return kind.confirm if state == "confirmed" else kind.dismiss


def assign_doubt(services: Services, name: str, owner: str | None, *, by: str, at: datetime) -> bool:
    """Give a doubt to somebody, or to nobody; tell whether it is open."""
    assigned = services.store.doubts.assign(name, owner)
    if assigned:
        services.store.audit.append(by, "doubt.assigned", name, {"owner": owner}, at)
    return assigned


def _nothing(services: Services, doubt: Doubt, at: datetime) -> None:
    """Some doubts ask for nothing but to be seen."""


def _believe(services: Services, doubt: Doubt, at: datetime) -> None:
    services.store.held_back.confirm(doubt.key, at)
    release_held_back(services, at)


def _keep_out(services: Services, doubt: Doubt, at: datetime) -> None:
    services.store.held_back.dismiss(doubt.key, at)


def _take_reading(services: Services, doubt: Doubt, at: datetime) -> None:
    """Record what was set aside as of now; a figure that no stock can have becomes unknown."""
    told = doubt.facts
    if not told.get("quantities"):
        return
    figures = {
        state: figure if figure is None or abs(figure) <= LARGEST_UNITS else None
        for state, figure in told["quantities"].items()
    }
    reading = Reading(told["source"], told["variant"], told["location"], figures, at)
    services.store.ledger.record([reading], at=at, renewals_matter=True)
    services.store.wake.ring()


def _read_catalogue(services: Services, doubt: Doubt, at: datetime) -> None:
    if services.settings.shopify_shop is not None:
        services.store.tasks.mark(["shopify.full_load"], at)


def _read_levels(services: Services, doubt: Doubt, at: datetime) -> None:
    """Ask the shop again about the stock items behind the variants."""
    several = doubt.facts.get("variants") or [doubt.facts.get("variant", "")]
    for entry in services.store.catalog.entries([str(variant) for variant in several]).values():
        if entry.stock_item:
            services.store.rereads(entry.source).mark([entry.stock_item], at)
    services.store.wake.ring()


CONFIRM: Final[dict[str, Effect]] = {
    HELD_BACK: _believe,
    "reading": _take_reading,
    "unknown_item": _read_catalogue,
    "unproven": _read_levels,
}
DISMISS: Final[dict[str, Effect]] = {HELD_BACK: _keep_out, "jump_up": _read_levels}
