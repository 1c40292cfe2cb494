"""How a levels page and a states page look in bytes, and how one is made wider.

Levels: `"L1", stride u16, states bitmap u16, 0 u16`, then 64 rows x stride slots x (stamp u64, i32 per state in use).
States: `"S2", pools u16, 0 u32`, then 64 rows x (head, POOL_STATE per pool).
"""

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.keys import PAGE_ROWS
from policies.columns import ABSENT, POOL_STATE
from policies.values import STATES

HEADER: Final = 8
HEAD: Final = np.dtype(
    [
        ("entry", "<u8"),
        ("sequence", "<u4"),
        ("facts", "<u4"),
        ("policy", "<u4"),
        ("locations", "<u4"),
        ("decided_us", "<i8"),
        ("due_us", "<i8"),
    ]
)


@cache
def _states(bitmap: int) -> tuple[str, ...]:
    return tuple(state for bit, state in enumerate(STATES) if bitmap >> bit & 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide a levels page is: slots a row, and which states as bits over STATES."""

    stride: int = 0
    bitmap: int = 0

    @classmethod
    def of(cls, header: bytes) -> "Layout":
        """Read a page's header; none is the empty layout."""
        return cls(*struct.unpack_from("<HH", header, 2)) if len(header) >= HEADER else cls()

    @property
    def header(self) -> bytes:
        """Return the eight bytes at the head of such a page."""
        return struct.pack("<2sHHH", b"L1", self.stride, self.bitmap, 0)

    @property
    def states(self) -> tuple[str, ...]:
        """Name the states in use, in the order of their figures."""
        return _states(self.bitmap)

    @property
    def cell(self) -> Any:
        """Return the NumPy type of one cell."""
        return np.dtype([("stamp", "<u8"), ("figures", "<i4", (self.bitmap.bit_count(),))])

    @property
    def row_bytes(self) -> int:
        """Return how long a variant's row is."""
        return self.stride * (8 + 4 * self.bitmap.bit_count())

    def holds(self, slots: int, bitmap: int) -> bool:
        """Tell whether so many slots and these states fit."""
        return self.stride >= slots and bitmap & ~self.bitmap == 0


def bits(states: tuple[str, ...]) -> int:
    """Turn state names into a bitmap over STATES."""
    return sum(1 << STATES.index(state) for state in states)


def cells(page: bytes) -> npt.NDArray[Any]:
    """View a levels page as (64, stride) cells."""
    layout = Layout.of(page)
    return np.frombuffer(page, layout.cell, offset=HEADER).reshape(PAGE_ROWS, layout.stride)


def widened(page: bytes, layout: Layout) -> bytes:
    """Give a levels page (or none) a wider layout; what it did not have is absent."""
    wide = np.zeros((PAGE_ROWS, layout.stride), layout.cell)
    wide["figures"] = ABSENT
    old = Layout.of(page)
    if old.stride and len(page) > HEADER:
        narrow = cells(page)
        wide["stamp"][:, : old.stride] = narrow["stamp"]
        places = [layout.states.index(state) for state in old.states]
        wide["figures"][:, : old.stride, places] = narrow["figures"]
    return layout.header + wide.tobytes()


def state_row(pools: int) -> Any:
    """Return the NumPy type of one row of a states page."""
    return np.dtype([("head", HEAD), ("pools", POOL_STATE, (pools,))])


def state_rows(page: bytes) -> npt.NDArray[Any]:
    """Read a states page as 64 rows; a short or missing page is zeros at its end."""
    pools = struct.unpack_from("<H", page, 2)[0] if len(page) >= HEADER else 0
    kind = state_row(pools)
    return np.frombuffer(page[HEADER:].ljust(PAGE_ROWS * kind.itemsize, b"\0"), kind)


def states_widened(page: bytes, pools: int) -> bytes:
    """Give a states page more pools; a new pool of a variant is zeros."""
    old = state_rows(page)
    wide = np.zeros(PAGE_ROWS, state_row(pools))
    wide["head"] = old["head"]
    wide["pools"][:, : old["pools"].shape[1]] = old["pools"]
    return struct.pack("<2sHI", b"S2", pools, 0) + wide.tobytes()
