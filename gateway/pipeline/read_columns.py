"""Stage one and two for batches that are good as a whole: what `read` does row by row, done by columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from gateway import metrics
from gateway.pipeline.read import WORDS
from gateway.services import Services
from gateway.store import Outcome, ReadingColumns
from policies.columns import STAMP_SHIFT, from_us


@dataclass(frozen=True, slots=True)
class Levels:
    """n readings of one source, checked: none absurd, none of the future."""

    source: str
    variants: list[str]
    locations: Sequence[str]
    states: tuple[str, ...]
    stamps: npt.NDArray[np.uint64]  # (n,) as in policies.columns
    quantities: npt.NDArray[np.int32]  # (n, states)
    causes: npt.NDArray[np.uint8]  # (n,) index into CAUSES


def accept_levels(services: Services, levels: Levels, at: datetime) -> dict[str, int]:
    """Record readings; return how many were accepted, unchanged and superseded."""
    store, policy = services.store, services.policies.current()
    slots = {location: store.ledger.slot(levels.source, location) for location in dict.fromkeys(levels.locations)}
    columns = ReadingColumns(
        variants=levels.variants,
        slots=np.array([slots[location] for location in levels.locations], np.int32),
        states=levels.states,
        stamps=levels.stamps,
        quantities=levels.quantities,
        causes=levels.causes,
    )
    outcomes = store.ledger.record_columns(columns, at=at, renewals_matter=bool(policy and policy.uses_freshness))
    counts = {word: int((outcomes == code).sum()) for code, word in WORDS.items()}
    for word, count in counts.items():
        metrics.READINGS.labels(word).inc(count)
    newest = from_us(int(levels.stamps.max()) >> STAMP_SHIFT)
    accepted, unchanged = (counts[WORDS[outcome]] for outcome in (Outcome.ACCEPTED, Outcome.UNCHANGED))
    store.sources.heard(levels.source, at, newest, accepted=accepted, unchanged=unchanged)
    store.wake.ring()
    return counts
