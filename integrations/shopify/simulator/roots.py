"""The entry fields of the Admin API: what a document can ask for and change."""

import re
from typing import Any

from graphql import GraphQLResolveInfo

from integrations.shopify.simulator import views
from integrations.shopify.simulator.bulk import Bulk
from integrations.shopify.simulator.bulk import view as bulk_view
from integrations.shopify.simulator.model import NAMES, Product, RefusedError, Subscription, Variant
from integrations.shopify.simulator.paging import connection, search
from integrations.shopify.simulator.schema import SUPPORTED
from integrations.shopify.simulator.shop import Shop
from integrations.shopify.simulator.views import View

SCOPES = (
    "read_inventory",
    "read_inventory_shipments",
    "read_inventory_shipments_received_items",
    "read_inventory_transfers",
    "read_locations",
    "read_orders",
    "read_products",
)
_LEVEL = re.compile(r"gid://shopify/InventoryLevel/(\d+)\?inventory_item_id=(\d+)")


class Root:
    """Query and mutation root; graphql-core finds each field as a method of its name."""

    def __init__(self, shop: Shop, bulk: Bulk) -> None:
        self._shop, self._bulk = shop, bulk

    def bulkOperationRunQuery(self, _: GraphQLResolveInfo[Any], query: str, groupObjects: bool) -> View:  # noqa: N802, N803  Shopify's names
        """Begin a bulk operation; the simulator always writes children right behind their parent."""
        try:
            operation = self._bulk.start(query)
        except RefusedError as error:
            refused = {"field": ["query"], "message": "The bulk operation is refused", "code": str(error)}
            return {"bulkOperation": None, "userErrors": [refused]}
        return {"bulkOperation": bulk_view(operation, self._bulk.base_url), "userErrors": []}

    def bulkOperation(self, _: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002, N802
        """Find a bulk operation."""
        operation = self._bulk.operations.get(views.number(id, "BulkOperation") or 0)
        return None if operation is None else bulk_view(operation, self._bulk.base_url)

    def shop(self, _: GraphQLResolveInfo[Any]) -> View:
        """Tell whose API this is."""
        return {
            "id": "gid://shopify/Shop/1",
            "name": self._shop.name,
            "myshopifyDomain": self._shop.domain,
            "ianaTimezone": "America/New_York",
            "currencyCode": "USD",
            "plan": {"publicDisplayName": "Plus"},
        }

    def currentAppInstallation(self, _: GraphQLResolveInfo[Any]) -> View:  # noqa: N802  Shopify's names, as below
        """Tell what the app may read."""
        return {"id": "gid://shopify/AppInstallation/1", "accessScopes": [{"handle": scope} for scope in SCOPES]}

    def inventoryProperties(self, _: GraphQLResolveInfo[Any]) -> View:  # noqa: N802
        """Tell the quantity names and their identity."""
        return {"quantityNames": [views.quantity_name(name) for name in NAMES]}

    def publicApiVersions(self, _: GraphQLResolveInfo[Any]) -> list[View]:  # noqa: N802
        """List the live versions."""
        return [views.api_version(handle) for handle in SUPPORTED]

    def locationsCount(self, _: GraphQLResolveInfo[Any], **__: Any) -> View:  # noqa: N802
        """Count the locations."""
        return {"count": len(self._shop.locations), "precision": "EXACT"}

    def locations(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:
        """Page through locations; deactivated ones only when asked for."""
        rows = [row for row in self._shop.locations.values() if options.get("includeInactive") or row.is_active]
        return connection(
            rows,
            lambda row: (row.name, row.id) if options.get("sortKey") == "NAME" else (row.id,),
            lambda row: views.location(self._shop, row),
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def productVariants(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:  # noqa: N802
        """Page through variants."""
        rows = search(
            self._shop.variants.values(),
            options.get("query"),
            {
                "id": lambda row: row.id,
                "sku": lambda row: row.sku,
                "product_id": lambda row: row.product,
                "updated_at": lambda row: row.updated_at,
            },
        )
        return self._variants(rows, first, options)

    def _variants(self, rows: list[Variant], first: int | None, options: dict[str, Any]) -> View:
        sort = options.get("sortKey")
        return connection(
            rows,
            lambda row: _variant_key(row, sort),
            lambda row: views.variant(self._shop, row),
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def inventoryItems(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:  # noqa: N802
        """Page through stock items."""
        rows = search(
            self._shop.variants.values(),
            options.get("query"),
            {
                "id": lambda row: row.item,
                "sku": lambda row: row.sku,
                "updated_at": lambda row: row.updated_at,
            },
        )
        return connection(
            rows,
            lambda row: (row.item,),
            lambda row: views.item(self._shop, row),
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def products(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:
        """Page through products."""
        rows = search(
            self._shop.products.values(),
            options.get("query"),
            {
                "id": lambda row: row.id,
                "status": lambda row: row.status,
                "vendor": lambda row: row.vendor,
                "updated_at": lambda row: row.updated_at,
            },
        )
        return connection(
            rows,
            lambda row: _product_key(row, options.get("sortKey")),
            lambda row: views.product(self._shop, row),
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def inventoryTransfers(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:  # noqa: N802
        """Page through transfers."""
        return connection(
            search(self._shop.transfers.values(), options.get("query"), {"status": lambda row: row.status}),
            lambda row: (row.id,),
            lambda row: views.transfer(self._shop, row),
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def webhookSubscriptions(self, _: GraphQLResolveInfo[Any], first: int | None = None, **options: Any) -> View:  # noqa: N802
        """Page through the subscriptions made through the API."""
        topics = options.get("topics")
        return connection(
            [row for row in self._shop.subscriptions.values() if topics is None or row.topic in topics],
            lambda row: (row.id,),
            views.subscription,
            first=first,
            after=options.get("after"),
            reverse=options.get("reverse"),
        )

    def node(self, _: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002  Shopify's name, as below
        """Find any object by its id; one that is gone is null."""
        shop = self._shop
        if (found := views.number(id, "InventoryItem")) is not None and found in shop.variant_of_item:
            return views.item(shop, shop.variant_by_item(found))
        if (found := views.number(id, "ProductVariant")) is not None and found in shop.variants:
            return views.variant(shop, shop.variants[found])
        if (found := views.number(id, "Product")) is not None and found in shop.products:
            return views.product(shop, shop.products[found])
        if (found := views.number(id, "Location")) is not None and found in shop.locations:
            return views.location(shop, shop.locations[found])
        if (found := views.number(id, "InventoryTransfer")) is not None and found in shop.transfers:
            return views.transfer(shop, shop.transfers[found])
        if match := _LEVEL.fullmatch(id):
            level = next((one for one in shop.levels_of(int(match[2])) if one.gid == id), None)
            return views.level(shop, level) if level is not None else None
        return None

    def nodes(self, info: GraphQLResolveInfo[Any], ids: list[str]) -> list[View | None]:
        """Find several objects, each at its place, null where it is gone."""
        return [self.node(info, one) for one in ids]

    def inventoryItem(self, info: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002, N802
        """Find a stock item."""
        return _of_type(self.node(info, id), "InventoryItem")

    def inventoryLevel(self, info: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002, N802
        """Find a level."""
        return _of_type(self.node(info, id), "InventoryLevel")

    def productVariant(self, info: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002, N802
        """Find a variant."""
        return _of_type(self.node(info, id), "ProductVariant")

    def location(self, info: GraphQLResolveInfo[Any], id: str) -> View | None:  # noqa: A002
        """Find a location."""
        return _of_type(self.node(info, id), "Location")

    def webhookSubscriptionCreate(  # noqa: N802
        self,
        _: GraphQLResolveInfo[Any],
        topic: str,
        webhookSubscription: dict[str, Any],  # noqa: N803
    ) -> View:
        """Subscribe an address to a topic; the same pair twice is a user error."""
        uri = webhookSubscription.get("uri") or webhookSubscription.get("callbackUrl")
        if not uri:
            return {"userErrors": [{"field": ["webhookSubscription", "uri"], "message": "Address can't be blank"}]}
        if any(row.topic == topic and row.uri == uri for row in self._shop.subscriptions.values()):
            message = "Address for this topic has already been taken"
            return {"userErrors": [{"field": ["webhookSubscription", "uri"], "message": message}]}
        row = Subscription(
            self._shop.next_id(),
            topic,
            uri,
            self._shop.now(),
            webhookSubscription.get("includeFields") or [],
            webhookSubscription.get("filter"),
            webhookSubscription.get("name"),
        )
        self._shop.subscriptions[row.id] = row
        return {"webhookSubscription": views.subscription(row), "userErrors": []}

    def webhookSubscriptionDelete(self, _: GraphQLResolveInfo[Any], id: str) -> View:  # noqa: A002, N802
        """Take a subscription away."""
        if self._shop.subscriptions.pop(views.number(id, "WebhookSubscription") or 0, None) is None:
            return {"userErrors": [{"field": ["id"], "message": "Webhook subscription does not exist"}]}
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}


def _of_type(view: View | None, kind: str) -> View | None:
    return view if view is not None and view["__typename"] == kind else None


def _variant_key(row: Variant, sort: str | None) -> tuple[Any, ...]:
    match sort:
        case "SKU":
            return (row.sku or "", row.id)
        case "TITLE":
            return (row.title, row.id)
        case "POSITION":
            return (row.position, row.id)
    return (row.id,)


def _product_key(row: Product, sort: str | None) -> tuple[Any, ...]:
    match sort:
        case "UPDATED_AT":
            return (row.updated_at.timestamp(), row.id)
        case "CREATED_AT":
            return (row.created_at.timestamp(), row.id)
        case "TITLE":
            return (row.title, row.id)
        case "VENDOR":
            return (row.vendor, row.id)
    return (row.id,)
