"""CSV records, one at a time, with the line each begins on. A broken one is named, and the next line is read anew."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from integrations.files.errors import FileRefused

MOST_CHARACTERS: Final = 1_000_000
MOST_LINES: Final = 2_000
MOST_BROKEN: Final = 100
"""Broken records after which a file is given up: each may cost as much reading as a record may be long."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record; with a problem it has no fields to rely on."""

    line: int
    fields: list[str]
    problem: str | None = None
    ended: bool = True  # False: the file ends without a line break here


class _TooLong(Exception):  # noqa: N818
    pass


class _Lines:
    """Physical lines, which can be taken back when a record turns out to be none."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._characters = 0
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(MOST_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._taken.append(line)
        self._characters += len(line)
        if len(line) > MOST_CHARACTERS:
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(MOST_CHARACTERS)
        if self._characters > MOST_CHARACTERS or len(self._taken) > MOST_LINES:
            raise _TooLong
        return line

    def begin(self) -> int:
        """Start a record; return its line."""
        self._taken.clear()
        self._characters = 0
        return self.number + 1

    def resume_after_first(self) -> None:
        """Take back every line of this record but its first."""
        self._back.extendleft(reversed(self._taken[1:]))
        self.number -= len(self._taken) - 1

    @property
    def spans(self) -> int:
        """How many lines the record took."""
        return len(self._taken)

    @property
    def ended(self) -> bool:
        """Whether the record's last line ends in a line break."""
        return bool(self._taken) and self._taken[-1].endswith(("\n", "\r"))


def read_records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Yield the header and then every record as wide as it; blank lines are passed over.

    Raises FileRefused when too much is broken to go on.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width, broken = 0, 0
    while True:
        line = lines.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            record = Record(line, [], _broken(error))
        else:
            if not any(field.strip() for field in fields):
                continue
            width = width or len(fields)
            record = _fitted(Record(line, fields, ended=lines.ended), width)
        if record.problem and (not record.fields or (lines.spans > 1 and len(record.fields) != width)):
            broken += 1
            if broken > MOST_BROKEN:
                raise FileRefused(f"More than {MOST_BROKEN} records are broken; reading stopped at line {line}.")
            lines.resume_after_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        yield record


def _fitted(record: Record, width: int) -> Record:
    fields = record.fields
    while len(fields) > width and not fields[-1].strip():
        fields = fields[:-1]  # a spreadsheet's empty columns
    if len(fields) == width:
        problem = "Holds a NUL byte." if any("\0" in field for field in fields) else None
    elif not record.ended and len(fields) < width:
        problem = "The file ends in the middle of this line: it was cut short."
    else:
        problem = f"Has {len(fields)} fields where the header has {width}."
    return Record(record.line, fields, problem, record.ended)


def _broken(error: Exception) -> str:
    if isinstance(error, _TooLong):
        return "Is longer than any record may be: a quotation mark is never closed."
    if "field larger" in str(error):
        return f"Has a field of more than {csv.field_size_limit():,} characters."
    if "unexpected end" in str(error):
        return "A quotation mark is never closed, or the file was cut short."
    return "Its quotation marks cannot be matched up."
