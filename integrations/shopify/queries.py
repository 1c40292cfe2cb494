"""The GraphQL documents sent to Shopify, version 2026-10. Page sizes keep each under 1,000 points, Shopify's cap.

The estimate is 2 + page size x cost of a node, one point per object (Shopify, API limits, 2026-11).
"""

from typing import Final

ITEMS_PER_READ: Final = 10
PRODUCTS_PER_READ: Final = 6
MOST_PAGED: Final = 25_000
"""Objects after which a connection cannot be paged any further (Shopify, API limits, 2026-11)."""

_QUANTITIES: Final = (
    'quantities(names: ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock",'
    ' "quality_control"]) { name quantity }'
)
_PAGE: Final = "pageInfo { hasNextPage endCursor }"
_LEVEL: Final = "nodes { isActive location { id } " + _QUANTITIES + " } " + _PAGE
_COLLECTION: Final = "nodes { id title } " + _PAGE
_PRODUCT_FIELDS: Final = (
    "id title vendor productType tags status onlineStoreUrl isGiftCard description"
    " featuredMedia { preview { image { url } } }"
)
_VARIANT_FIELDS: Final = "id sku barcode title price inventoryPolicy inventoryItem { id tracked }"
_ITEM: Final = "id tracked inventoryLevels(first: 30, includeInactive: true) { " + _LEVEL + " }"
_VARIANT: Final = "nodes { " + _VARIANT_FIELDS + " } " + _PAGE
_PRODUCT: Final = (
    _PRODUCT_FIELDS + " variants(first: 50) { " + _VARIANT + " } collections(first: 20) { " + _COLLECTION + " }"
)

STARTUP: Final = """query Startup {
  shop { myshopifyDomain }
  currentAppInstallation { accessScopes { handle } }
  inventoryProperties { quantityNames { name comprises } }
}"""

LOCATIONS: Final = (
    "query Locations($after: String) { locations(first: 100, after: $after, includeInactive: true,"
    " includeLegacy: true, sortKey: ID) { nodes { id name isActive } " + _PAGE + " } }"
)

PRODUCTS: Final = (
    f"query Products($after: String) {{ products(first: {PRODUCTS_PER_READ}, after: $after, sortKey: ID)"
    " { nodes { " + _PRODUCT + " } " + _PAGE + " } }"
)
PRODUCTS_SINCE: Final = (
    f"query ProductsSince($after: String, $query: String) {{ products(first: {PRODUCTS_PER_READ}, after: $after,"
    " query: $query, sortKey: ID) { nodes { " + _PRODUCT + " } " + _PAGE + " } }"
)
PRODUCTS_OF: Final = "query ProductsOf($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { " + _PRODUCT + " } } }"
MORE_VARIANTS: Final = (
    "query MoreVariants($id: ID!, $after: String) { node(id: $id) { ... on Product"
    " { variants(first: 100, after: $after) { " + _VARIANT + " } } } }"
)
MORE_COLLECTIONS: Final = (
    "query MoreCollections($id: ID!, $after: String) { node(id: $id) { ... on Product"
    " { collections(first: 100, after: $after) { " + _COLLECTION + " } } } }"
)

LEVELS: Final = (
    f"query Levels($after: String) {{ inventoryItems(first: {ITEMS_PER_READ}, after: $after) {{ nodes {{ "
    + _ITEM
    + " } "
    + _PAGE
    + " } }"
)
LEVELS_OF: Final = "query LevelsOf($ids: [ID!]!) { nodes(ids: $ids) { ... on InventoryItem { " + _ITEM + " } } }"
MORE_LEVELS: Final = (
    "query MoreLevels($id: ID!, $after: String) { inventoryItem(id: $id)"
    " { inventoryLevels(first: 50, after: $after, includeInactive: true) { " + _LEVEL + " } } }"
)

LEVELS_SINCE: Final = (
    "query LevelsSince($id: ID!, $after: String, $query: String) { location(id: $id)"
    " { inventoryLevels(first: 250, after: $after, includeInactive: true, query: $query) { nodes"
    " { isActive updatedAt item { id tracked } " + _QUANTITIES + " } " + _PAGE + " } } }"
)

BULK_PRODUCTS: Final = (
    "{ products { edges { node { __typename "
    + _PRODUCT_FIELDS
    + " variants { edges { node { __typename "
    + _VARIANT_FIELDS
    + " } } } collections { edges { node { __typename id title } } } } } } }"
)
BULK_LEVELS: Final = (
    "{ inventoryItems { edges { node { __typename id tracked inventoryLevels(includeInactive: true) { edges { node"
    " { __typename isActive updatedAt location { id } " + _QUANTITIES + " } } } } } } }"
)
BULK_START: Final = (
    "mutation BulkStart($query: String!, $grouped: Boolean!) { bulkOperationRunQuery(query: $query,"
    " groupObjects: $grouped) { bulkOperation { id } userErrors { message code } } }"
)
BULK_STATE: Final = (
    "query BulkState($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount url partialDataUrl } }"
)

OPEN_TRANSFERS: Final = (
    "query OpenTransfers($after: String, $query: String) { inventoryTransfers(first: 100, after: $after,"
    " query: $query) { nodes { id } " + _PAGE + " } }"
)
TRANSFER: Final = (
    "query Transfer($id: ID!) { node(id: $id) { ... on InventoryTransfer { id name status dateCreated"
    " origin { location { id } } destination { location { id } }"
    " lineItems(first: 50) { nodes { totalQuantity inventoryItem { id } } " + _PAGE + " }"
    " shipments(first: 5) { nodes { id name status lineItems(first: 40) { nodes { quantity acceptedQuantity"
    " rejectedQuantity canceledQuantity unreceivedQuantity inventoryItem { id } } "
    + _PAGE
    + " } } "
    + _PAGE
    + " } } } }"
)
HOOKS: Final = (
    "query Hooks($after: String) { webhookSubscriptions(first: 100, after: $after)"
    " { nodes { id topic uri format includeFields filter } " + _PAGE + " } }"
)
HOOK_CREATE: Final = (
    "mutation HookCreate($topic: WebhookSubscriptionTopic!, $sub: WebhookSubscriptionInput!)"
    " { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $sub)"
    " { webhookSubscription { id } userErrors { field message } } }"
)
HOOK_DELETE: Final = (
    "mutation HookDelete($id: ID!) { webhookSubscriptionDelete(id: $id)"
    " { deletedWebhookSubscriptionId userErrors { field message } } }"
)

DOCUMENTS: Final = (
    STARTUP,
    LOCATIONS,
    PRODUCTS,
    PRODUCTS_SINCE,
    PRODUCTS_OF,
    MORE_VARIANTS,
    MORE_COLLECTIONS,
    LEVELS,
    LEVELS_OF,
    MORE_LEVELS,
    LEVELS_SINCE,
    BULK_PRODUCTS,
    BULK_LEVELS,
    BULK_START,
    BULK_STATE,
    OPEN_TRANSFERS,
    TRANSFER,
    HOOKS,
    HOOK_CREATE,
    HOOK_DELETE,
)
"""Every document, so that a test can hold all of them against Shopify's schema."""
