"""What a whole read lacks: its levels become unknown, unless that would be too much to be true."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.pipeline.absent import absent, columns_of
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.store.keys import PARTITIONS
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
    missing: list[Reading] = []
    known = 0
    for partition in range(PARTITIONS):
        keep()
        slots = services.store.ledger.slots()
        for rows in services.store.ledger.sweep(partition):
            mine = columns_of(rows, slots, source)
            known += int((rows.levels.stamps[:, mine] != 0).any(axis=1).sum())
            missing += absent(rows, slots, source, as_of, set_aside)
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
