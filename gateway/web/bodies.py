"""Request bodies: how large, how encoded, how read. Nothing is guessed."""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Request, request

from gateway.web.errors import Problem

JSON = "application/json"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
CSV = "text/csv"
JSON_BYTES = 5 * 1024 * 1024
ROWS_BYTES = 16 * 1024 * 1024


def limit_body(asked: Request) -> None:
    """Refuse a body by its size before it is read; a chunked one is cut off by the same limit."""
    rows = asked.mimetype in (*NDJSON, CSV)
    asked.max_content_length = ROWS_BYTES if rows else JSON_BYTES


def read_json(raw: bytes) -> Any:
    """Parse strictly: NaN, infinities, broken UTF-8 and nesting beyond 1,024 are refused."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"The body is no JSON: {error}.") from None


def read_object() -> dict[str, Any]:
    """Read the body as one JSON object."""
    if request.mimetype != JSON:
        raise Problem(415, f"Send {JSON}.")
    body = read_json(request.get_data())
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
