"""Documents as text: TOML files and JSON, each read strictly, and the JSON form in which a version is stored."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gateway.documents.dates import format_local
from gateway.documents.problems import DocumentProblems, Problem, join_path

TOO_DEEP: Final = "is nested too deeply"


def read_document(path: Path) -> Mapping[str, Any]:
    """Read a policy file: `.json` as JSON, everything else as TOML. Syntax errors are `DocumentProblems`."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(f"is not UTF-8 at byte {error.start}") from None
    return parse_json(text) if path.suffix.lower() == ".json" else parse_toml(text)


def parse_toml(text: str) -> Mapping[str, Any]:
    """Read TOML text; numbers with a point stay decimals as written."""
    try:
        return tomllib.loads(text, parse_float=_exact)
    except RecursionError:
        raise _refused(TOO_DEEP) from None
    except ValueError as error:  # a TOMLDecodeError names line and column; an integer too long to read does not
        raise _refused(f"is not TOML: {_with_end(str(error), text)}") from None


def _with_end(message: str, text: str) -> str:
    """Give the end of a document as line and column too, as tomllib gives every other place."""
    lines = text.split("\n")
    return message.replace("at end of document", f"at line {len(lines)}, column {len(lines[-1]) + 1}")


def parse_json(text: str) -> Mapping[str, Any]:
    """Read one JSON object; numbers with a point stay decimals, repeated keys and NaN are refused with their paths."""
    looked = _Looked()
    try:
        data = json.loads(text, parse_float=looked.number, parse_constant=looked.number, object_pairs_hook=looked.table)
    except RecursionError:
        raise _refused(TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise _refused(f"is not JSON: {error.msg} (at line {error.lineno}, column {error.colno})") from None
    except ValueError as error:
        raise _refused(f"is not JSON: {error}") from None
    if looked.found_any:
        raise DocumentProblems(tuple(_not_json(data)))
    if not isinstance(data, Mapping):
        raise _refused("must be a JSON object")
    return data


def to_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a mapping that was checked, from TOML or JSON, into the plain JSON form of a document."""
    return {key: _plain(value) for key, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return to_json(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return format_local(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)  # two decimals at most, which a float's shortest form gives back exactly
    return value


class _Repeating(dict[str, Any]):
    """A JSON object in which some keys stood more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        written = [key for key, _ in pairs]
        self.repeated = [key for key in self if written.count(key) > 1]


class _Looked:
    """Sees everything of one text while it is read, so that only a text with oddities is searched for their paths."""

    def __init__(self) -> None:
        self.found_any = False

    def number(self, text: str) -> Decimal:
        """Keep a number exact as it is written, NaN and the infinities included."""
        number = _exact(text)
        if not number.is_finite():
            self.found_any = True
        return number

    def table(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of its pairs."""
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        self.found_any = True
        return _Repeating(pairs)


def _not_json(data: Any) -> Iterator[Problem]:
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Decimal) and not value.is_finite():
            yield Problem(path, "must be a finite number")
        if isinstance(value, _Repeating):
            yield from (Problem(join_path(path, key), "is written twice") for key in value.repeated)
        if isinstance(value, dict):
            waiting.extend((join_path(path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend((join_path(path, index), inner) for index, inner in enumerate(value))


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent beyond what a decimal may have
        return Decimal("NaN")


def _refused(message: str) -> DocumentProblems:
    return DocumentProblems((Problem("", message),))
