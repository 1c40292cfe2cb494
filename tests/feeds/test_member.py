"""Parts deflated apart are one gzip member, whatever they are and however they are cut."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from gateway.feeds.member import HEAD, combined, deflate, tail

PIECES = st.lists(st.binary(max_size=300) | st.binary(min_size=1, max_size=4).map(lambda raw: raw * 5000), max_size=12)


@given(PIECES)
def test_any_parts_make_one_member(pieces: list[bytes]) -> None:
    parts = [*map(deflate, pieces), deflate(b"end", last=True)]
    ending = tail([part.crc for part in parts], [part.length for part in parts])
    member = HEAD + b"".join(part.deflated for part in parts) + ending
    assert gzip.decompress(member) == b"".join(pieces) + b"end"
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unzip.decompress(member)
    assert unzip.eof and not unzip.unused_data  # one member: what follows the first is not read by every client


@given(PIECES)
def test_checksums_combine_as_if_the_bytes_were_joined(pieces: list[bytes]) -> None:
    assert combined([zlib.crc32(one) for one in pieces], [len(one) for one in pieces]) == zlib.crc32(b"".join(pieces))
