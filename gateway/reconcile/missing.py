"""What a whole read lacks: its levels become unknown, unless that would be too much to be true."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.importing.snapshots import absent
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.store.keys import PARTITIONS
from gateway.store.snapshots import Sealed
from policies.values import Reading

DOUBT: Final = "levels_missing"
LEAST_DOUBTED: Final = 20
AT_ONCE: Final = 1000


def withdraw_missing(
    services: Services,
    source: str,
    as_of: datetime,
    set_aside: set[tuple[str, str]],
    keep: Callable[[], None],
    at: datetime,
) -> int:
    """Say of each level that was not heard of since a whole read began that its figures are unknown; return how many.

    A level that the read holds carries its time or a later one, so an older one is not in it. More variants than one
    source may move (`limits.source_moves_percent`) are left as they are, and a person is asked.
    """
    read = Sealed("", source, as_of, ())
    missing: list[Reading] = []
    known = 0
    for partition in range(PARTITIONS):
        keep()
        slots = services.store.ledger.slots()
        mine = [index for index, slot in enumerate(slots) if slot.source == source]
        for rows in services.store.ledger.sweep(partition):
            here = [index for index in mine if index < rows.levels.stamps.shape[1]]
            known += int((rows.levels.stamps[:, here] != 0).any(axis=1).sum())
            missing += absent(rows, slots, read, set_aside)
    variants = len({reading.variant for reading in missing})
    if too_many := _too_many(services, variants, known):
        sentence = f"A full read of {source} lacks the levels of {variants} of {known} variants: {too_many}"
        services.store.doubts.raise_(DOUBT, source, sentence, {"variants": variants, "known": known}, at)
        return 0
    services.store.doubts.clear(DOUBT, source)
    for start in range(0, len(missing), AT_ONCE):
        accept_readings(services, missing[start : start + AT_ONCE], at)
    return len(missing)


def _too_many(services: Services, variants: int, known: int) -> str | None:
    version = services.policies.current()
    if version is None or variants <= LEAST_DOUBTED:
        return None
    share = version.document.limits.source_moves_percent
    return f"more than {share} % is not believed." if variants * 100 > share * known else None
