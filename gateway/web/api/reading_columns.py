"""The fast way for readings by the thousand: rows turned into columns and checked column by column.

It takes only batches of one source and one shape in which every row is good; for all others `columns_of` gives None and
each row is read by itself (`reading_rows`), which names what is wrong. So it never accepts what that way would refuse,
nor reads it otherwise.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from marshmallow import ValidationError

from gateway.pipeline.read import LARGEST_UNITS
from gateway.store import ReadingColumns
from gateway.web.api.fields import LONGEST_ID, read_time
from gateway.web.api.reading_rows import EVIDENCE, SYNONYMS
from policies.columns import (
    LEVEL_ACTIVE,
    LEVEL_EXISTS,
    LEVEL_FIGURED,
    LEVEL_INACTIVE,
    LEVEL_READ,
    NULL,
    STAMP_SHIFT,
    to_us,
)
from policies.values import CAUSES, STATES

REQUIRED: Final = ("variant", "location", "quantities", "observed_at")
OPTIONAL: Final = ("active", "cause")
ACTIVE_BITS: Final = {None: 0, True: LEVEL_ACTIVE, False: LEVEL_INACTIVE}
CAUSE_NUMBERS: Final = {None: CAUSES.index("unknown")} | {cause: number for number, cause in enumerate(CAUSES)}


class _Unlike(Exception):  # noqa: N818  (no error: the slow way is for this batch)
    """Some row is not what the fast way takes."""


def columns_of(rows: Sequence[Any], source: str, slot: Callable[[str, str], int]) -> ReadingColumns | None:
    """Turn a batch into columns, or give None where the rows must be read one by one; `slot` is the ledger's."""
    try:
        return _columns(rows, source, slot)
    except (_Unlike, ValidationError, TypeError, KeyError, IndexError, OverflowError):
        return None


def _columns(rows: Sequence[Any], source: str, slot: Callable[[str, str], int]) -> ReadingColumns:
    if not rows or set(map(type, rows)) != {dict}:
        raise _Unlike
    keys = [*REQUIRED, *(key for key in OPTIONAL if key in rows[0])]
    if set(map(len, rows)) != {len(keys)}:
        raise _Unlike
    # As many keys as wanted, and every wanted one there: no others.
    variants, locations, quantities, times, *optional = zip(*map(itemgetter(*keys), rows), strict=True)
    told = dict(zip(keys[len(REQUIRED) :], optional, strict=True))
    _check_ids(variants)
    _check_ids(locations)
    states, figures = _figures(quantities)
    causes = _numbers(told["cause"], CAUSE_NUMBERS, str) if "cause" in told else CAUSE_NUMBERS[None]
    active = _numbers(told["active"], ACTIVE_BITS, bool) if "active" in told else 0
    bits = LEVEL_EXISTS | LEVEL_READ | np.asarray(active) | LEVEL_FIGURED * (figures != NULL).any(axis=1)
    stamps = _stamps(times) | bits.astype(np.uint64)
    slots = {location: slot(source, location) for location in dict.fromkeys(locations)}  # last: it makes new ones
    return ReadingColumns(
        variants=list(variants),
        slots=np.array([slots[location] for location in locations], np.int32),
        states=states,
        stamps=stamps,
        quantities=figures,
        causes=np.broadcast_to(np.asarray(causes, np.uint8), len(rows)),
    )


def _check_ids(names: Sequence[Any]) -> None:
    if set(map(type, names)) != {str}:
        raise _Unlike
    for name in set(names):
        if not 0 < len(name) <= LONGEST_ID or name.strip() != name or not name.isprintable():
            raise _Unlike


def _figures(quantities: Sequence[Any]) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """Return the states that every row tells, and (n, states) figures."""
    if set(map(type, quantities)) != {dict}:
        raise _Unlike
    words = set(map(tuple, quantities))
    if len(words) != 1:
        raise _Unlike
    told = dict(zip(*words, zip(*map(dict.values, quantities), strict=True), strict=True))
    columns = {SYNONYMS.get(word, word): column for word, column in told.items() if word not in EVIDENCE}
    if not columns or len(columns) != sum(word not in EVIDENCE for word in told) or not columns.keys() <= set(STATES):
        raise _Unlike
    states = tuple(state for state in STATES if state in columns)
    return states, np.stack([_integers(columns[state]) for state in states], axis=1)


def _integers(column: Sequence[Any]) -> npt.NDArray[np.int32]:
    kinds = set(map(type, column))
    if not kinds <= {int, type(None)}:
        raise _Unlike
    unknown = NULL if type(None) in kinds else None
    numbers = np.array(column if unknown is None else [0 if n is None else n for n in column], np.int64)
    if np.abs(numbers).max() > LARGEST_UNITS:
        raise _Unlike
    if unknown is not None:
        numbers[[n is None for n in column]] = unknown
    return numbers.astype(np.int32)


def _stamps(times: Sequence[Any]) -> npt.NDArray[np.uint64]:
    """Read each moment once, however many rows share it."""
    moments = {text: to_us(read_time(text)) for text in set(times)}
    return np.array([moments[text] for text in times], np.uint64) << np.uint64(STAMP_SHIFT)


def _numbers(told: Sequence[Any], numbers: dict[Any, int], kind: type) -> list[int]:
    if not set(map(type, told)) <= {kind, type(None)}:
        raise _Unlike
    return [numbers[one] for one in told]
