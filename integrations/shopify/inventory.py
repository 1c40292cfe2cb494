"""Shopify as a source of stock: start-up check, locations, catalogue, levels. The jobs read through it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from integrations.errors import AccessError, TemporaryError, TooMuchError
from integrations.ports import BulkKind, BulkRead, ItemLevel, ItemRead, Transfer
from integrations.shopify import queries
from integrations.shopify.bulk import BulkReads
from integrations.shopify.client import API_VERSION, Answer, ShopifyClient
from integrations.shopify.mapping import PARTS_OF_ON_HAND, SOURCE, STATES, bare_id, gid, level_of, location_of
from integrations.shopify.mapping import product_of as map_product
from integrations.shopify.subscriptions import Subscriptions, covers
from integrations.shopify.transfers import OPEN_STATUSES, transfer_of
from policies.values import LocationFacts, ProductFacts

T = TypeVar("T")
SCOPES: Final = ("read_inventory", "read_locations", "read_products")
MOST_ITEMS: Final = 50


class ShopifyStock:
    """Reads one shop. Writes nothing: stock is the shop's."""

    name = SOURCE
    version = API_VERSION

    def __init__(self, client: ShopifyClient, bulk: BulkReads, shop: str | None = None) -> None:
        self._client, self._bulk, self._subscriptions = client, bulk, Subscriptions(client)
        self._shop = shop

    def check(self) -> Sequence[str]:
        """Ask for identity, scopes, version and the sum that on hand is; return what is wrong as sentences."""
        answer = self._client.ask(queries.STARTUP)
        with _readable():
            return [
                *self._wrong_shop(answer),
                *_wrong_version(answer),
                *_missing_scopes(answer),
                *_wrong_states(answer),
            ]

    def watch(self, address: str) -> Sequence[str]:
        """Subscribe an address to every topic that our scopes let it hear; return those that were missing."""
        answer = self._client.ask(queries.STARTUP)
        with _readable():
            return self._subscriptions.watch(address, _granted(answer))

    def locations(self) -> Sequence[LocationFacts]:
        """Read every location, closed ones included."""
        with _readable():
            return [location_of(node) for _, node in self._nodes(queries.LOCATIONS, "locations")]

    def products(self) -> Iterator[ProductFacts]:
        """Read the whole catalogue, product by product."""
        for answer, node in self._nodes(queries.PRODUCTS, "products"):
            yield self._product(answer, node)

    def products_of(self, products: Sequence[str]) -> Sequence[ProductFacts]:
        """Re-read some products; one that is gone is missing from the answer."""
        found = []
        for start in range(0, len(products), queries.PRODUCTS_PER_READ):
            part = products[start : start + queries.PRODUCTS_PER_READ]
            answer = self._client.ask(queries.PRODUCTS_OF, {"ids": [gid("Product", product) for product in part]})
            nodes = _asked_nodes(answer, len(part))
            if answer.partial and None in nodes:
                raise TemporaryError("Shopify failed to read some of the products.")
            found += [self._product(answer, node) for node in nodes if node is not None]
        return found

    def levels(self) -> Iterator[ItemLevel]:
        """Read every level of every stock item, inactive ones included."""
        for answer, node in self._nodes(queries.LEVELS, "inventoryItems"):
            yield from self._levels(answer, node)

    def open_transfers(self) -> Sequence[str]:
        """Name the transfers that are ready or on their way; none where the app's scopes do not reach them."""
        try:
            return [
                bare_id(node["id"])
                for status in OPEN_STATUSES
                for _, node in self._nodes(queries.OPEN_TRANSFERS, "inventoryTransfers", {"query": f"status:{status}"})
            ]
        except AccessError:
            return []

    def transfer(self, id: str) -> Transfer | None:  # noqa: A002
        """Read one transfer with its first five shipments."""
        node = self._client.ask(queries.TRANSFER, {"id": gid("InventoryTransfer", id)}).data.get("node")
        with _readable():
            return transfer_of(node) if node else None

    def products_since(self, since: datetime) -> Iterator[ProductFacts]:
        """Read the products that changed since a time by the shop's clock. Raises TooMuchError."""
        found = self._nodes(queries.PRODUCTS_SINCE, "products", {"query": _since(since)})
        for answer, node in _at_most(found, queries.MOST_PAGED):
            yield self._product(answer, node)

    def levels_since(self, since: datetime) -> Iterator[ItemLevel]:
        """Read the levels that changed since a time by the shop's clock, place by place. Raises TooMuchError."""
        for location in self.locations():
            place = gid("Location", location.id)
            variables = {"id": place, "query": _since(since)}
            found = self._nodes(queries.LEVELS_SINCE, "location", variables, inner="inventoryLevels")
            for answer, node in _at_most(found, queries.MOST_PAGED):
                with _readable():
                    item, counted = bare_id(node["item"]["id"]), node["item"]["tracked"] is not False
                    here = {**node, "location": {"id": place}}
                    level = level_of(item, here, counted=counted, asked_at=answer.asked_at)
                yield level

    def start_bulk(self, kind: BulkKind) -> str:
        """Ask for everything as one file; return the id of the bulk operation."""
        return self._bulk.start(kind)

    def bulk(self, id: str) -> BulkRead:  # noqa: A002
        """Ask how far a bulk operation is."""
        return self._bulk.state(id)

    def bulk_products(self, read: BulkRead) -> Iterator[ProductFacts]:
        """Stream the products of a finished operation."""
        return self._bulk.products(read)

    def bulk_levels(self, read: BulkRead, as_of: datetime) -> Iterator[ItemLevel]:
        """Stream the levels of a finished operation as of the time at which it was asked for."""
        return self._bulk.levels(read, as_of)

    def levels_of(self, items: Sequence[str]) -> ItemRead:
        """Re-read every level of some stock items (at most 50), ten to a request."""
        if len(items) > MOST_ITEMS:
            raise ValueError(f"at most {MOST_ITEMS} stock items to a read")
        levels: list[ItemLevel] = []
        complete, gone, tracked = set(), set(), {}
        for start in range(0, len(items), queries.ITEMS_PER_READ):
            part = items[start : start + queries.ITEMS_PER_READ]
            answer = self._client.ask(queries.LEVELS_OF, {"ids": [gid("InventoryItem", item) for item in part]})
            for item, node in zip(part, _asked_nodes(answer, len(part)), strict=True):
                if node is None:
                    gone |= set() if answer.partial else {item}  # under an error a null is unknown, not gone
                    continue
                with _readable():
                    tracked[item] = node["tracked"] is not False
                try:
                    levels += self._levels(answer, node)
                except TemporaryError:
                    continue  # this item stays incomplete and is read again; its neighbours stand
                complete.add(item)
        return ItemRead(tuple(levels), frozenset(complete), frozenset(gone), tracked)

    def _nodes(
        self, document: str, root: str, variables: Mapping[str, object] | None = None, *, inner: str | None = None
    ) -> Iterator[tuple[Answer, Mapping[str, Any]]]:
        """Walk every page of a connection; a page with holes is no snapshot and stops the walk."""
        after: str | None = None
        while True:
            answer = self._client.ask(document, {**(variables or {}), "after": after})
            with _readable():
                connection = answer.data[root] if inner is None else answer.data[root][inner]
                nodes, after = _whole_page(connection), _next_page(connection)
            for node in nodes:
                yield answer, node
            if after is None:
                return

    def _levels(self, answer: Answer, item: Mapping[str, Any]) -> list[ItemLevel]:
        """Read one item's levels to the last page; each carries the time of the request that told it."""
        with _readable():
            id_, counted = bare_id(item["id"]), item["tracked"] is not False
            connection = item["inventoryLevels"]
            levels = []
            while True:
                levels += [
                    level_of(id_, node, counted=counted, asked_at=answer.asked_at) for node in _whole_page(connection)
                ]
                after = _next_page(connection)
                if after is None:
                    return levels
                answer = self._client.ask(queries.MORE_LEVELS, {"id": item["id"], "after": after})
                connection = answer.data["inventoryItem"]["inventoryLevels"]

    def _product(self, answer: Answer, node: Mapping[str, Any]) -> ProductFacts:
        with _readable():
            variants = self._all(node, "variants", queries.MORE_VARIANTS)
            collections = self._all(node, "collections", queries.MORE_COLLECTIONS)
            return map_product(node, variants, collections, partial=answer.partial)

    def _all(self, node: Mapping[str, Any], name: str, more: str) -> list[Mapping[str, Any]]:
        """Read a connection of a node to its last page."""
        connection = node[name]
        found = _whole_page(connection)
        while (after := _next_page(connection)) is not None:
            connection = self._client.ask(more, {"id": node["id"], "after": after}).data["node"][name]
            found += _whole_page(connection)
        return found

    def _wrong_shop(self, answer: Answer) -> list[str]:
        domain = answer.data["shop"]["myshopifyDomain"]
        if self._shop is None or domain == self._shop:
            return []
        return [f"The token opens the shop {domain}, not {self._shop}."]


@contextmanager
def _readable() -> Iterator[None]:
    """Turn an answer of another shape, or with a failed part, into a read to try again."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TemporaryError("Part of Shopify's answer is missing or of another shape.") from None


def _since(at: datetime) -> str:
    return f"updated_at:>='{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def _at_most(found: Iterator[T], most: int) -> Iterator[T]:
    """Pass on, and refuse to call it all where paging may have ended for another reason than the last page."""
    for count, one in enumerate(found, start=1):
        if count >= most:
            raise TooMuchError(f"More than {most} objects changed: they cannot be paged through.")
        yield one


def _whole_page(connection: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes = list(connection["nodes"])
    if any(node is None for node in nodes):
        raise ValueError("a page with a hole")
    return nodes


def _next_page(connection: Mapping[str, Any]) -> str | None:
    page = connection["pageInfo"]
    if page["hasNextPage"] is False:
        return None
    if not isinstance(page["endCursor"], str):
        raise TypeError("a next page without a cursor")
    return page["endCursor"]


def _asked_nodes(answer: Answer, count: int) -> list[Mapping[str, Any] | None]:
    nodes = answer.data.get("nodes")
    if not isinstance(nodes, list) or len(nodes) != count:
        raise TemporaryError("Shopify did not answer for each id asked.")
    return [node or None for node in nodes]  # an id of another type comes back as an empty object


def _wrong_version(answer: Answer) -> list[str]:
    if answer.version == API_VERSION:
        return []
    return [f"Shopify answered with API version {answer.version or 'unknown'}, not {API_VERSION}."]


def _missing_scopes(answer: Answer) -> list[str]:
    granted = _granted(answer)
    return [f"The app lacks the scope {scope}." for scope in SCOPES if not covers(granted, scope)]


def _granted(answer: Answer) -> frozenset[str]:
    return frozenset(scope["handle"] for scope in answer.data["currentAppInstallation"]["accessScopes"])


def _wrong_states(answer: Answer) -> list[str]:
    names = {row["name"]: frozenset(row["comprises"]) for row in answer.data["inventoryProperties"]["quantityNames"]}
    wrong = [f"Shopify no longer knows the stock state {state}." for state in STATES if state not in names]
    if "on_hand" in names and names["on_hand"] != PARTS_OF_ON_HAND:
        wrong.append(f"Shopify's on hand is now the sum of: {', '.join(sorted(names['on_hand']))}.")
    return wrong
