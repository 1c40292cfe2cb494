"""What all parts of the feeds have in common under one policy, and what is remembered of each variant between looks."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.pipeline.pickup import pickup_places
from gateway.policy_library import CompiledVersion
from policies.columns import BLIND_UNITS
from policies.values import Band

FORMAT: Final = 1
"""Counts changes of how parts are written: another number, and everything is written anew."""

CAP_UNITS: Final = 100
"""The largest quantity a feed shows: at five customers a unit it fills the largest wave of 500, and tells no more."""

NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_]")

MEMORY: Final = np.dtype(
    [
        ("told", "<i4"),  # the default pool's last promise that was not blind; BLIND_UNITS: none yet
        ("was", "u1"),  # the default pool's band at the last look, and PROVEN_OUT
        ("pad", "u1", (3,)),
        ("pickup", "<u8"),  # one bit per pickup place
        ("back_us", "<i8"),  # when it last came back from a proven episode; 0: not seen
    ]
)
PROVEN_OUT: Final = 16
MOST_PLACES: Final = 64

HEAD: Final = np.dtype(
    [
        ("version", "<f8"),
        ("layout", "u1", (8,)),
        ("digest", "u1", (16,)),
        ("crc", "<u4"),
        ("length", "<u4"),
        ("deflated", "<u4"),
        ("items", "<u2"),
        ("left_out", "<u2"),
    ]
)
"""The head of a part; the body lies apart."""


@dataclass(frozen=True, slots=True)
class PoolColumn:
    """A pool by name, and where the store keeps it."""

    name: str
    word: str  # the name as part of a field's name, which XML has rules for
    column: int
    default: bool
    pickup: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Pools and pickup places under one policy; `stamp` changes when any of it does."""

    pools: tuple[PoolColumn, ...]
    places: tuple[str, ...]
    place_names: tuple[str, ...]
    stamp: bytes

    @property
    def default(self) -> PoolColumn:
        """The pool whose promise is the quantity."""
        return next(pool for pool in self.pools if pool.default)


def layout_of(version: CompiledVersion) -> Layout:
    """Read the layout out of a policy. Beyond 64 pickup places the rest is not offered in feeds."""
    document = version.document
    pools = tuple(
        PoolColumn(
            name,
            NOT_IN_NAMES.sub("_", name),
            column,
            name == document.default_pool,
            document.pools[name].method == "pickup",
        )
        for name, column in zip(version.compiled.pools, version.pool_columns, strict=True)
    )
    places = pickup_places(document)[:MOST_PLACES]
    names = tuple(document.locations[place].label or place for place in places)
    stamp = hashlib.sha256(repr((FORMAT, CAP_UNITS, pools, places, names)).encode()).digest()[:8]
    return Layout(pools, places, names, stamp)


def fresh_memory(rows: int) -> npt.NDArray[Any]:
    """Remember nothing of so many variants."""
    memory = np.zeros(rows, MEMORY)
    memory["told"] = BLIND_UNITS
    memory["was"] = Band.UNKNOWN
    return memory


def read_memory(body: bytes | None, rows: int) -> npt.NDArray[Any]:
    """Read what is remembered of a page that may have grown since."""
    memory = fresh_memory(rows)
    if body:
        kept = np.frombuffer(body, MEMORY)[:rows]
        memory[: len(kept)] = kept
    return memory
