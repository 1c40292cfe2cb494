"""One gzip member made of parts that were deflated apart: changing a part costs that part, not the file.

A part ends in a full flush, so that it neither looks back into the part before it nor ends the stream (RFC 1951, 3.2.4;
zlib manual, Z_FULL_FLUSH). The member's checksum is combined from the parts' by arithmetic over GF(2), as zlib's
`crc32_combine` does it: the checksum of a join is `crc(a) * x^(8 * len(b)) + crc(b)` modulo the polynomial.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

LEVEL: Final = 6
HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No name, no time, no system: equal content gives equal bytes (RFC 1952, 2.3)."""
POLYNOMIAL: Final = np.uint32(0xEDB88320)
UNIT, X_8, ONE = np.uint32(1 << 31), np.uint32(1 << 23), np.uint32(1)
"""The polynomials 1 and x^8, bits being reflected (the highest power is the lowest bit), and the number 1."""
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
        product ^= (a >> np.uint32(bit) & ONE) * b
        b = b >> ONE ^ (b & ONE) * POLYNOMIAL
    return product


def _shifts(lengths: npt.NDArray[np.int64]) -> Words:
    """Return x^(8 * length) for each length, byte by byte of the length."""
    shifts: Words = _powers(0)[lengths & 255]
    for byte in range(1, 8):
        digits = lengths >> 8 * byte & 255
        if digits.any():
            shifts = _times(shifts, _powers(byte)[digits])
    return shifts


@cache
def _powers(byte: int) -> Words:
    """Return x^(8 * digit * 256^byte) for every digit."""
    base = np.array([X_8], np.uint32)
    for _ in range(8 * byte):
        base = _times(base, base)
    powers = [np.array([UNIT], np.uint32)]
    for _ in range(255):
        powers.append(_times(powers[-1], base))
    return np.concatenate(powers)
