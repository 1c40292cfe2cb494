"""Bulk operations: a document is run over every root object in a thread, and its rows lie in a file to be fetched.

As in Shopify the shop goes on meanwhile, so the file is a smear over the time of its making.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, SelectionSetNode, parse, validate, value_from_ast_untyped

from integrations.shopify.simulator import views
from integrations.shopify.simulator.faults import Faults
from integrations.shopify.simulator.model import RefusedError
from integrations.shopify.simulator.schema import schema
from integrations.shopify.simulator.shop import Shop

AT_ONCE = 5  # bulk queries of one app in one shop, since 2026-01
ROOTS_A_LOCK = 100
BREATH_S = 0.001
PAGE = 250
Row = dict[str, Any]


@dataclass
class Operation:
    """One bulk operation and what it has made so far."""

    id: int
    query: str
    created_at: datetime
    status: str = "RUNNING"
    error_code: str | None = None
    completed_at: datetime | None = None
    objects: int = 0
    roots: int = 0
    lines: list[bytes] = field(default_factory=list)

    @property
    def gid(self) -> str:
        """The id as Shopify writes it."""
        return f"gid://shopify/BulkOperation/{self.id}"


class Bulk:
    """The bulk operations of the shop."""

    def __init__(self, shop: Shop, faults: Faults) -> None:
        self._shop, self._faults = shop, faults
        self.operations: dict[int, Operation] = {}
        self.base_url = ""  # where the files are served; told by the first request

    def start(self, query: str) -> Operation:
        """Begin an operation. Raises RefusedError with Shopify's error code."""
        selection = _selection(query)
        if sum(one.status == "RUNNING" for one in self.operations.values()) >= AT_ONCE:
            raise RefusedError("OPERATION_IN_PROGRESS")
        operation = Operation(self._shop.next_id(), query, self._shop.now())
        self.operations[operation.id] = operation
        threading.Thread(target=self._run, args=(operation, selection), name="bulk", daemon=True).start()
        return operation

    def file(self, number: int) -> Iterator[bytes] | None:
        """Return a finished operation's lines, or None where there is no such file any more."""
        operation = self.operations.get(number)
        if operation is None or operation.status == "RUNNING" or self._faults.take("bulk_expired"):
            return None
        lines = operation.lines
        if self._faults.take("bulk_cut_short"):
            lines = lines[: len(lines) // 2]  # at the end of a line, where only the count tells
        return (b"".join(lines[start : start + 1000]) for start in range(0, len(lines), 1000))

    def _run(self, operation: Operation, selection: FieldNode) -> None:
        try:
            self._walk(operation, selection)
            operation.status = "COMPLETED"
            if self._faults.take("bulk_failed"):
                operation.lines = operation.lines[: len(operation.lines) // 2]
                operation.status, operation.error_code = "FAILED", "INTERNAL_SERVER_ERROR"
        except Exception:
            operation.status, operation.error_code = "FAILED", "INTERNAL_SERVER_ERROR"
            raise
        operation.completed_at = self._shop.now()
        with self._shop.lock:
            self._shop.emit("bulk_operations/finish", _payload(operation))

    def _walk(self, operation: Operation, selection: FieldNode) -> None:
        node = _node_of(selection)
        ids, view = self._roots(selection.name.value)
        breath = threading.Event()
        for start in range(0, len(ids), ROOTS_A_LOCK):
            breath.wait(BREATH_S)  # or nobody else would ever get the lock
            with self._shop.lock:
                for number in ids[start : start + ROOTS_A_LOCK]:
                    if (root := view(number)) is not None:
                        rows = _rows(node, root, None)
                        operation.lines += [json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows]
                        operation.objects += len(rows)
                        operation.roots += 1

    def _roots(self, name: str) -> tuple[list[int], Callable[[int], Row | None]]:
        shop = self._shop
        if name == "products":
            return sorted(
                shop.products
            ), lambda n: views.product(shop, shop.products[n]) if n in shop.products else None
        return sorted(
            shop.variant_of_item
        ), lambda n: views.item(shop, shop.variant_by_item(n)) if n in shop.variant_of_item else None


def view(operation: Operation, base_url: str) -> Row:
    """One operation as GraphQL sees it."""
    address = f"{base_url}/_bulk/{operation.id}.jsonl"
    failed = operation.status == "FAILED"
    return {
        "__typename": "BulkOperation",
        "id": operation.gid,
        "type": "QUERY",
        "status": operation.status,
        "errorCode": operation.error_code,
        "createdAt": operation.created_at.isoformat(),
        "completedAt": operation.completed_at.isoformat() if operation.completed_at else None,
        "objectCount": str(operation.objects),
        "rootObjectCount": str(operation.roots),
        "query": operation.query,
        "fileSize": None,
        "url": address if operation.status == "COMPLETED" and operation.lines else None,
        "partialDataUrl": address if failed and operation.lines else None,
    }


def _payload(operation: Operation) -> Row:
    return {
        "admin_graphql_api_id": operation.gid,
        "completed_at": operation.completed_at.isoformat() if operation.completed_at else None,
        "created_at": operation.created_at.isoformat(),
        "error_code": operation.error_code and operation.error_code.lower(),
        "status": operation.status.lower(),
        "type": "query",
    }


def _selection(query: str) -> FieldNode:
    try:
        document = parse(query)
    except Exception as error:
        raise RefusedError("INVALID") from error
    operation = document.definitions[0]
    if validate(schema(), document) or not isinstance(operation, OperationDefinitionNode):
        raise RefusedError("INVALID")
    selected = operation.selection_set.selections
    if len(selected) != 1 or not isinstance(selected[0], FieldNode):
        raise RefusedError("INVALID")
    if selected[0].name.value not in ("products", "inventoryItems"):
        raise RefusedError("INVALID")
    return selected[0]


def _node_of(connection: FieldNode) -> SelectionSetNode:
    """Find what is asked of each node: `edges { node { ... } }` is the only form a bulk query takes."""
    for name in ("edges", "node"):
        selections = connection.selection_set.selections if connection.selection_set else ()
        found = [one for one in selections if isinstance(one, FieldNode) and one.name.value == name]
        if not found:
            raise RefusedError("INVALID")
        connection = found[0]
    if connection.selection_set is None:
        raise RefusedError("INVALID")
    return connection.selection_set


def _rows(selection: SelectionSetNode, view: Row, parent: str | None) -> list[Row]:
    """Write a node's own line, then those of its children."""
    row: Row = {}
    children: list[Row] = []
    for one in selection.selections:
        if not isinstance(one, FieldNode):
            raise RefusedError("INVALID")
        name = one.name.value
        if _is_connection(one):
            for child in _pages(one, view):
                children += _rows(_node_of(one), child, view["id"])
        else:
            row[name] = _value(one, view)
    if parent is not None:
        row["__parentId"] = parent
    return [row, *children]


def _is_connection(node: FieldNode) -> bool:
    selections = node.selection_set.selections if node.selection_set else ()
    return any(isinstance(one, FieldNode) and one.name.value == "edges" for one in selections)


def _pages(node: FieldNode, view: Row) -> Iterator[Row]:
    arguments, after = _arguments(node), None
    while True:
        page = view[node.name.value](None, **{**arguments, "first": PAGE, "after": after})
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _value(node: FieldNode, view: Row) -> Any:
    found = view[node.name.value]
    if callable(found):
        found = found(None, **_arguments(node))
    if node.selection_set is None or found is None:
        return found
    inner = [one for one in node.selection_set.selections if isinstance(one, FieldNode)]
    if isinstance(found, list):
        return [{one.name.value: _value(one, each) for one in inner} for each in found]
    return {one.name.value: _value(one, found) for one in inner}


def _arguments(node: FieldNode) -> dict[str, Any]:
    return {argument.name.value: value_from_ast_untyped(argument.value) for argument in node.arguments or ()}
