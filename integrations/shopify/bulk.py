"""Everything of one kind as one file: Shopify's bulk operations, started, watched and streamed line by line.

The file holds one object per line, a child after its parent and with the parent's id (Shopify, Bulk operations,
2026-10). It lies on a storage host, so it is fetched without the token.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import orjson

from integrations.errors import AccessError, PermanentError, TemporaryError
from integrations.ports import BulkKind, BulkRead, ItemLevel
from integrations.shopify import queries
from integrations.shopify.client import ShopifyClient
from integrations.shopify.mapping import bare_id, level_of, product_of
from policies.values import ProductFacts

BUSY_S: Final = 60.0
LONGEST_LINE: Final = 1 << 20
READ_TIMEOUT: Final = httpx.Timeout(60.0, connect=3.0)
_INNER: Final[Mapping[BulkKind, str]] = {"products": queries.BULK_PRODUCTS, "levels": queries.BULK_LEVELS}
_BUSY: Final = frozenset({"OPERATION_IN_PROGRESS", "LIMIT_REACHED"})
_ENDED: Final = frozenset({"FAILED", "CANCELED", "EXPIRED"})
_GONE: Final = frozenset({400, 403, 404, 410})
Row = Mapping[str, Any]


class BulkReads:
    """The bulk operations of one shop."""

    def __init__(self, client: ShopifyClient, http: httpx.Client) -> None:
        self._client, self._http = client, http

    def start(self, kind: BulkKind) -> str:
        """Start an operation and return its id.

        Products are asked for with their children right behind them, so that each can be read whole; levels carry all
        that they need in their own line, and take the faster way.
        """
        told = self._client.ask(queries.BULK_START, {"query": _INNER[kind], "grouped": kind == "products"})
        payload = told.data.get("bulkOperationRunQuery") or {}
        operation = payload.get("bulkOperation") or {}
        if isinstance(operation.get("id"), str):
            return str(operation["id"])
        codes = {str(error.get("code")) for error in payload.get("userErrors") or ()}
        if codes & _BUSY or not codes:
            raise TemporaryError("Shopify has no room for another bulk operation now.", retry_after_s=BUSY_S)
        raise PermanentError(f"Shopify refuses the bulk operation ({', '.join(sorted(codes))}).")

    def state(self, id: str) -> BulkRead:  # noqa: A002
        """Ask how far an operation is."""
        node = self._client.ask(queries.BULK_STATE, {"id": id}).data.get("bulkOperation")
        if node is None:
            return BulkRead(True, 0, failure="Shopify no longer knows the bulk operation.", expired=True)
        status = node.get("status")
        try:
            objects = int(node.get("objectCount") or 0)
        except (TypeError, ValueError):
            raise TemporaryError("Shopify's count of a bulk operation cannot be read.") from None
        if node.get("errorCode") == "ACCESS_DENIED":
            raise AccessError("Shopify denies a bulk operation: the app lacks a scope.")
        if status == "COMPLETED":
            return BulkRead(True, objects, node.get("url"))
        if status in _ENDED:
            why = f"Shopify's bulk operation ended as {status} ({node.get('errorCode') or 'no code'})."
            return BulkRead(True, objects, node.get("partialDataUrl"), why, expired=status == "EXPIRED")
        return BulkRead(False, objects)

    def products(self, read: BulkRead) -> Iterator[ProductFacts]:
        """Stream the products, each with the variants and collections that stand behind it."""
        product: Row | None = None
        children: dict[str, list[Row]] = {}
        for row in self._rows(read):
            kind, parent = row.get("__typename"), row.get("__parentId")
            if parent is None:
                if product is not None:
                    yield _product(product, children)
                product, children = row, {}
            elif product is None or parent != product.get("id"):
                raise TemporaryError("A line of Shopify's bulk file stands behind another product than its own.")
            else:
                children.setdefault(str(kind), []).append(row)
        if product is not None and read.failure is None:  # of a part, the last one may be cut short
            yield _product(product, children)

    def levels(self, read: BulkRead, as_of: datetime) -> Iterator[ItemLevel]:
        """Stream the levels.

        A line shows its level at some moment of the operation, so only what was known before it was asked for is older.
        """
        uncounted: set[str] = set()
        for row in self._rows(read):
            try:
                if (parent := row.get("__parentId")) is None:
                    if row["tracked"] is False:
                        uncounted.add(row["id"])
                    continue
                level = level_of(bare_id(parent), row, counted=parent not in uncounted, asked_at=as_of)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise TemporaryError("A line of Shopify's bulk file is of another shape.") from None
            yield level

    def _rows(self, read: BulkRead) -> Iterator[Row]:
        """Stream the lines; raises at the end where they are not as many as the operation counted."""
        seen = 0
        if read.address is not None:
            for line in self._lines(read.address):
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError:
                    if read.failure is not None:
                        return  # a part may end within a line
                    raise TemporaryError("A line of Shopify's bulk file cannot be read.") from None
                if not isinstance(row, dict):
                    raise TemporaryError("A line of Shopify's bulk file is no object.")
                seen += 1
                yield row
        if read.failure is None and seen != read.objects:
            raise TemporaryError(f"Shopify counted {read.objects} objects, and its bulk file holds {seen}.")

    def _lines(self, address: str) -> Iterator[bytes]:
        try:
            with self._http.stream("GET", address, timeout=READ_TIMEOUT, follow_redirects=True) as response:
                if response.status_code in _GONE:
                    raise PermanentError("Shopify's bulk file can no longer be fetched.")
                if response.status_code != httpx.codes.OK:
                    raise TemporaryError(f"The bulk file was answered with HTTP {response.status_code}.")
                rest = b""
                for chunk in response.iter_bytes():
                    *whole, rest = (rest + chunk).split(b"\n")
                    if len(rest) > LONGEST_LINE:
                        raise TemporaryError("A line of Shopify's bulk file is absurdly long.")
                    yield from filter(None, whole)
                if rest:
                    yield rest
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise TemporaryError(f"The bulk file broke off: {type(failure).__name__}.") from None


def _product(product: Row, children: Mapping[str, list[Row]]) -> ProductFacts:
    try:
        variants, collections = children.get("ProductVariant", ()), children.get("Collection", ())
        return product_of(product, variants, collections, partial=False)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TemporaryError("A product of Shopify's bulk file is of another shape.") from None
