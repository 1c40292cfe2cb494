"""Readings with their causes: each is held against what the ledger knew of its level. The re-read calls it."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.movements.causes import cause_of
from gateway.services import Services
from gateway.store import Rows
from policies.columns import NULL
from policies.values import Reading


def with_causes(services: Services, source: str, readings: Sequence[Reading]) -> list[Reading]:
    """Give each reading of a source the cause that is proven for it.

    The hints that were used are gone afterwards: each explains one change.
    """
    rows = services.store.ledger.read(list(dict.fromkeys(reading.variant for reading in readings)))
    places = {variant: index for index, variant in enumerate(rows.variants)}
    slots = services.store.ledger.slots()
    columns = {slot.location: index for index, slot in enumerate(slots) if slot.source == source}
    pairs = [(reading.variant, reading.location) for reading in readings]
    explained = []
    for reading, hints in zip(readings, services.store.movements.hints(source, pairs), strict=True):
        before = _before(rows, places[reading.variant], columns.get(reading.location))
        cause, hint = cause_of(before, reading.quantities, hints) if before else ("unknown", None)
        if hint is not None:
            services.store.movements.used(source, reading.variant, reading.location, hint)
        explained.append(replace(reading, cause=cause))
    return explained


def _before(rows: Rows, row: int, column: int | None) -> dict[str, int | None]:
    """Return a level's figures; nothing for one that was never told."""
    levels = rows.levels
    if column is None or column >= levels.stamps.shape[1] or not levels.stamps[row, column]:
        return {}
    figures = levels.quantities[row, column].tolist()
    return {
        state: None if units == NULL else units
        for state, units in zip(levels.states, figures, strict=True)
        if units >= NULL
    }
