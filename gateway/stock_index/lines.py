"""The answer of the index: lines as a person reads them, and how many more there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.stock_index.wanted import View
from policies.columns import from_us
from policies.conversion import units_from_number
from policies.values import Band, Units
from policies.withheld import words


@dataclass(frozen=True, slots=True)
class Line:
    """One variant in one pool, as of its last decision."""

    place: int
    variant: str
    sku: str | None
    title: str | None
    tags: tuple[str, ...]
    collections: tuple[str, ...]
    vendor: str | None
    product_type: str | None
    on_hand: int | None
    units: Units
    promised_units: Units
    band: str
    objections: tuple[str, ...]
    reasons: tuple[str, ...]
    blocked: bool
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some lines of a list, and what there is of it."""

    lines: tuple[Line, ...]
    total: int  # that match
    known: int  # variants of the shop
    behind: int  # of those, not counted yet as they are now
    pool: str | None
    bands: Mapping[str, int]  # how many match in each band, whatever band was asked for
    reasons: Mapping[str, int]  # how many of those that match each reason withholds units of


def line(view: View, number: int) -> Line:
    """Read one row."""
    columns, state = view.columns, view.states[number]
    row, group = columns.rows[number], columns.groups.all[columns.rows["group"][number]]
    decided = view.version is not None and bool(row["sequence"])
    return Line(
        place=int(row["place"]),
        variant=columns.ids[number],
        sku=columns.skus[number],
        title=columns.titles[number],
        tags=group.tags,
        collections=group.collections,
        vendor=group.vendor,
        product_type=group.product_type,
        on_hand=int(row["on_hand"]) if decided and row["on_hand"] >= 0 else None,
        units=units_from_number(int(state["units"])) if decided else None,
        promised_units=units_from_number(int(state["promised"])) if decided else None,
        band=Band(int(state["band"])).word if decided else Band.UNKNOWN.word,
        objections=tuple(sorted(words(int(view.bits(columns.objections)[number])))) if decided else (),
        reasons=tuple(words(int(view.bits(columns.reasons)[number]))) if decided else (),
        blocked=bool(row["blocked"]),
        decided_at=from_us(row["decided_us"]) if row["decided_us"] else None,
    )


def counts_of_bands(view: View, found: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Count those that match by band."""
    counts = np.bincount(view.states["band"][found], minlength=len(Band))
    return {band.word: int(counts[band]) for band in Band}


def counts_of_reasons(view: View, found: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Count those that match by what withholds units of them; what withholds none is not listed."""
    bits: Any = view.bits(view.columns.reasons)[found]
    counts = {word: int(np.count_nonzero(bits & np.uint32(1 << place))) for place, word in enumerate(words(2**32 - 1))}
    return {word: count for word, count in counts.items() if count}
