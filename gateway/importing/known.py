"""What the house knows already, asked in bulk: variants by id and SKU, levels, locations. Without a house: nothing."""

from collections.abc import Sequence

from gateway.services import Services
from policies.values import LocationFacts


class Known:
    """The look-ups that placing a row needs; `services` is None where a file is only looked at."""

    def __init__(self, services: Services | None) -> None:
        self._store = services.store if services else None

    def locations(self) -> tuple[LocationFacts, ...]:
        """Return every location that a source has told."""
        return self._store.catalog.locations() if self._store else ()

    def catalogued(self, variants: Sequence[str]) -> set[str]:
        """Return those variants that a catalogue has told."""
        return set(self._store.catalog.entries(list(dict.fromkeys(variants)))) if self._store else set()

    def by_skus(self, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the variants that carry each SKU now."""
        return self._store.catalog.by_skus(skus) if self._store else {}

    def levels(self, variants: Sequence[str], source: str) -> set[tuple[str, str]]:
        """Return (variant, location) of every level that a source has told of these variants."""
        if not self._store or not variants:
            return set()
        rows = self._store.ledger.read(variants)
        slots = self._store.ledger.slots()
        mine = [index for index, slot in enumerate(slots[: rows.levels.stamps.shape[1]]) if slot.source == source]
        return {
            (variant, slots[index].location)
            for row, variant in enumerate(variants)
            for index in mine
            if rows.levels.stamps[row, index]
        }


def why_no_variant(variants: Sequence[str]) -> str:
    """Say why a SKU does not name one variant."""
    if variants:
        return f"The SKU belongs to {len(variants)} variants; name the variant."
    return "The SKU is in no catalogue we know."
