"""One gzip member made of parts that were deflated apart: changing a part costs that part, not the file.

A part ends in a full flush, so that it neither looks back into the part before it nor ends the stream (RFC 1951, 3.2.4;
zlib manual, Z_FULL_FLUSH). The member's checksum is combined from the parts' by arithmetic over GF(2), as zlib's
`crc32_combine` does it: the checksum of a join is `crc(a) * x^(8 * len(b)) + crc(b)` modulo the polynomial.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEVEL: Final = 6
HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No name, no time, no system: equal content gives equal bytes (RFC 1952, 2.3)."""
POLYNOMIAL: Final = np.uint32(0xEDB88320)
ONE: Final = np.uint32(1 << 31)
"""The polynomial 1; bits are reflected, the highest power is the lowest bit."""
Words = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes, deflated, with what the member's tail must know of them."""

    deflated: bytes
    crc: int
    length: int  # before deflating


def deflate(raw: bytes, *, last: bool = False) -> Part:
    """Deflate bytes so that others may follow; the `last` part ends the stream."""
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = squeeze.compress(raw) + squeeze.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)
    return Part(deflated, zlib.crc32(raw), len(raw))


def tail(crcs: Sequence[int], lengths: Sequence[int]) -> bytes:
    """Write the end of a member of parts with these checksums and lengths, in order."""
    return struct.pack("<II", combined(crcs, lengths), sum(lengths) & 0xFFFFFFFF)


def combined(crcs: Sequence[int], lengths: Sequence[int]) -> int:
    """Return the checksum of the join of parts: pairs are joined, then pairs of pairs."""
    sums, shifts = np.array(crcs, np.uint32), _shifts(np.array(lengths, np.int64))
    if not len(sums):
        return 0
    while len(sums) > 1:
        odd = len(sums) % 2
        left, right = slice(0, len(sums) - odd, 2), slice(1, None, 2)
        joined = _times(sums[left], shifts[right]) ^ sums[right]
        moved = _times(shifts[left], shifts[right])
        sums = np.concatenate([joined, sums[len(sums) - odd :]])
        shifts = np.concatenate([moved, shifts[len(shifts) - odd :]])
    return int(sums[0])


def _times(a: Words, b: Words) -> Words:
    """Multiply polynomials, pair by pair."""
    product, b = np.zeros_like(a), b.copy()
    for bit in range(31, -1, -1):
        product ^= np.where((a >> np.uint32(bit)) & np.uint32(1), b, np.uint32(0))
        b = (b >> np.uint32(1)) ^ np.where(b & np.uint32(1), POLYNOMIAL, np.uint32(0))
    return product


def _shifts(lengths: npt.NDArray[np.int64]) -> Words:
    """Return x^(8 * length) for each length."""
    shifts = np.full(len(lengths), ONE, np.uint32)
    power = np.array([np.uint32(1 << 23)], np.uint32)  # x^8
    left = lengths.copy()
    while left.any():
        odd = (left & 1) == 1
        shifts[odd] = _times(shifts[odd], np.broadcast_to(power, int(odd.sum())))
        power, left = _times(power, power), left >> 1
    return shifts
