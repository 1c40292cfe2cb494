"""A body of lines that is too large to be held: read once, a line at a time, counted and hashed on the way."""

import hashlib
from collections.abc import Iterator

from flask import request

from gateway.web.errors import Problem

CHUNK = 64 * 1024
LONGEST_LINE = 1_000_000


class StreamedLines:
    """The lines of this request's body. Use it before anything else touches the body."""

    def __init__(self, largest_bytes: int) -> None:
        if request.content_encoding not in (None, "", "identity"):
            raise Problem(415, "Send the body as it is: no Content-Encoding is read here.")
        request.max_content_length = self._largest = largest_bytes
        self._all = hashlib.sha256(f"{request.method} {request.full_path} {request.content_type}\n".encode())
        self._rest = hashlib.sha256()
        self._lines = self._read()

    def first(self) -> bytes:
        """Return the first line; what follows it is what `rest_sha256` covers."""
        line = next(self._lines, b"")
        self._rest = hashlib.sha256()
        return line

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines after it, as they came, line breaks included."""
        for line in self._lines:
            self._rest.update(line)
            yield line

    @property
    def rest_sha256(self) -> str:
        """The digest of every byte after the first line, in hexadecimal."""
        return self._rest.hexdigest()

    @property
    def digest(self) -> str:
        """What tells this request from others under one Idempotency-Key."""
        return self._all.hexdigest()

    def _read(self) -> Iterator[bytes]:
        buffer, length = bytearray(), 0
        while chunk := request.stream.read(CHUNK):
            length += len(chunk)
            if length > self._largest:
                raise Problem(413, f"A snapshot may have {self._largest:,} bytes.")
            self._all.update(chunk)
            buffer += chunk
            start = 0
            while (end := buffer.find(b"\n", start)) >= 0:
                yield bytes(buffer[start : end + 1])
                start = end + 1
            del buffer[:start]
            if len(buffer) > LONGEST_LINE:
                raise Problem(422, f"A line may have {LONGEST_LINE:,} bytes.")
        if request.content_length is not None and length < request.content_length:
            raise Problem(400, f"The body broke off: {length} of {request.content_length} bytes came.")
        if buffer:
            yield bytes(buffer)
