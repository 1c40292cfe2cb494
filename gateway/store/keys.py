"""Where everything lies: key names, and which partition an id belongs to."""

import zlib
from dataclasses import dataclass
from typing import Final

PARTITIONS: Final = 64
PAGE_ROWS: Final = 64
PARTITION_SHIFT: Final = 32
ROW_MASK: Final = (1 << PARTITION_SHIFT) - 1
"""A variant's place is `partition << 32 | row`."""


def partition_of(name: str) -> int:
    """Return the partition of a variant, stock item or target: stable for ever."""
    return zlib.crc32(name.encode()) % PARTITIONS


@dataclass(frozen=True, slots=True)
class Keys:
    """The key names of one namespace; the braces keep a partition on one node of a cluster."""

    namespace: str

    def house(self, name: str) -> str:
        """Name a house-wide key."""
        return f"{{{self.namespace}}}:{name}"

    def of(self, partition: int, name: str) -> str:
        """Name a key of a partition."""
        return f"{{{self.namespace}:p{partition:02d}}}:{name}"
