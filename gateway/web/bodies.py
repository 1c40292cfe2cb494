"""Request bodies: how large, how encoded, how read. Nothing is guessed."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Request, request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.web.errors import Problem

JSON = "application/json"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
CSV = "text/csv"
JSON_BYTES = 5 * 1024 * 1024
ROWS_BYTES = 16 * 1024 * 1024


class _SaidTwice(Exception):  # noqa: N818  (a reason, no failure of ours)
    """An object has the same key twice."""


def limit_body(asked: Request) -> None:
    """Refuse a body by its size before it is read; a chunked one is cut off by the same limit."""
    rows = asked.mimetype in (*NDJSON, CSV)
    asked.max_content_length = ROWS_BYTES if rows else JSON_BYTES


def raw_body() -> bytes:
    """Read the whole body as it came. One that broke off is refused: half a table may end in half a number."""
    if request.content_encoding not in (None, "", "identity"):
        raise Problem(415, "Send the body as it is: no Content-Encoding is read here.")
    raw, length = request.get_data(), request.content_length
    if length is None and len(raw) >= (request.max_content_length or JSON_BYTES):
        raise RequestEntityTooLarge  # werkzeug hands out what came before the limit as if it were all
    if length is not None and len(raw) < length:
        raise Problem(400, f"The body broke off: {len(raw)} of {length} bytes came.")
    return raw


def read_json(raw: bytes) -> Any:
    """Parse strictly: NaN, infinities, broken UTF-8, deep nesting and a key that is said twice are refused."""
    try:
        value = orjson.loads(raw)
        _TWICE.decode(raw.decode())  # orjson keeps the last of two equal keys without a word
    except _SaidTwice as error:
        raise Problem(400, f"The body says the key {error} twice in one object.") from None
    except RecursionError:
        raise Problem(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Problem(400, f"The body is no JSON: {error}.") from None
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise _SaidTwice(repr(name)[:100])


_TWICE = json.JSONDecoder(object_pairs_hook=_each_once, parse_int=len, parse_float=len)  # figures are not looked at


def read_object() -> dict[str, Any]:
    """Read the body as one JSON object."""
    if request.mimetype != JSON:
        raise Problem(415, f"Send {JSON}.")
    body = read_json(raw_body())
    if not isinstance(body, dict):
        raise Problem(422, "The body must be one JSON object.", [{"path": "", "message": "Must be an object."}])
    return body


def json_lines(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (index, value) of every line that is not blank; a line that is no JSON yields its Problem."""
    lines = (line for line in raw.split(b"\n") if line.strip())
    for index, line in enumerate(lines):
        try:
            yield index, read_json(line)
        except Problem as problem:
            yield index, problem
