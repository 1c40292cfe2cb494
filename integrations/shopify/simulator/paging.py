"""Connections: cursors over sort keys, so a page goes on where the last ended although rows came or went."""

import base64
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from graphql import GraphQLError

PAGE_LIMIT = 250
_TERM = re.compile(r"""(\w+):(>=|<=|>|<|)(?:'([^']*)'|"([^"]*)"|(\S+))""")

Key = tuple[Any, ...]
Row = TypeVar("Row")


def _cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _key(cursor: str) -> Key:
    try:
        return tuple(json.loads(base64.urlsafe_b64decode(cursor)))
    except (ValueError, TypeError):
        raise GraphQLError(f"Invalid cursor for current pagination sort: {cursor}.") from None


def connection(
    rows: Iterable[Row],
    key: Callable[[Row], Key],
    view: Callable[[Row], dict[str, Any]],
    *,
    first: int | None,
    after: str | None = None,
    reverse: bool | None = None,
) -> dict[str, Any]:
    """Cut one page out of rows, in the order of their keys, which must be unique."""
    if first is None or not 0 < first <= PAGE_LIMIT:
        raise GraphQLError(f"you must provide `first` between 1 and {PAGE_LIMIT}")
    keyed = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=bool(reverse))
    if after is not None:
        last = _key(after)
        keyed = [pair for pair in keyed if (pair[0] < last if reverse else pair[0] > last)]
    page = keyed[:first]
    nodes = [view(row) for _, row in page]
    cursors = [_cursor(at) for at, _ in page]
    return {
        "nodes": nodes,
        "edges": [{"node": node} for node in nodes],
        "pageInfo": {
            "hasNextPage": len(keyed) > first,
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def search(rows: Iterable[Row], query: str | None, fields: dict[str, Callable[[Row], Any]]) -> list[Row]:
    """Keep the rows a search query asks for: terms joined by a space or AND.

    Shopify ignores a term it does not know; the simulator refuses it, so that a typo cannot pass for a filter.
    """
    found = list(rows)
    rest = _TERM.sub("", query or "").replace("AND", "").strip()
    if rest:
        raise GraphQLError(f"the simulator cannot read this search: {rest}")
    for name, operator, *values in _TERM.findall(query or ""):
        if name not in fields:
            raise GraphQLError(f"the simulator knows no search term {name!r}")
        read = fields[name]
        found = [row for row in found if _holds(read(row), operator, next(filter(None, values), ""))]
    return found


def _holds(value: object, operator: str, wanted: str) -> bool:
    left: Any
    right: Any
    if isinstance(value, datetime):
        left, right = value, datetime.fromisoformat(wanted)
    elif isinstance(value, int):
        left, right = value, int(wanted)
    else:
        left, right = str(value or "").lower(), wanted.lower()
    match operator:
        case ">=":
            return bool(left >= right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case "<":
            return bool(left < right)
    return bool(left == right)
