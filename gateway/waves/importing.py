"""Taking in those who waited elsewhere before. Called by the command `gateway waitlist import`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.services import Services
from gateway.waves.joining import Wish, keep, known
from gateway.waves.reading_csv import Line
from gateway.waves.sealing import Sealer


@dataclass
class Imported:
    """What became of the rows: each is counted once."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[int, str]] = field(default_factory=list)  # line, sentence

    def reject(self, line: int, why: str) -> None:
        """Count a row that is not taken."""
        self.counts["rejected"] += 1
        self.problems.append((line, why))


def import_list(services: Services, lines: Iterable[Line], at: datetime, *, keeps: bool) -> Imported:
    """Keep each row that can be, whether its variant is out or not; without `keeps` only look. Raises NoSecretKey.

    Klaviyo knows whom its own export names, so its list does not hear of them again.
    """
    sealer, imported = Sealer.of(services.settings), Imported()
    for line in lines:
        wish = line.wish
        if wish is None:
            imported.reject(line.number, line.problem)
            continue
        found = _variant_of(services, wish, line.sku)
        if found is None:
            imported.reject(line.number, "The catalogue has no such variant, or several of its SKU.")
            continue
        new = keeps and keep(services, sealer, replace(wish, variant=found), at, unsent=False)
        imported.counts["waiting" if new or not keeps else "waits_already"] += 1
    return imported


def _variant_of(services: Services, wish: Wish, sku: str | None) -> str | None:
    if sku is None:
        return wish.variant if known(services, [wish.variant])[0] else None
    found = services.store.catalog.by_sku(sku)
    return found[0] if len(found) == 1 else None
