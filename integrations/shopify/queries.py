"""The GraphQL documents sent to Shopify, version 2026-10. Page sizes keep each under 1,000 points, Shopify's cap.

The estimate is 2 + page size x cost of a node, one point per object (Shopify, API limits, 2026-11).
"""

from typing import Final

ITEMS_PER_READ: Final = 10
PRODUCTS_PER_READ: Final = 8

_QUANTITIES: Final = (
    'quantities(names: ["available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock",'
    ' "quality_control"]) { name quantity }'
)
_PAGE: Final = "pageInfo { hasNextPage endCursor }"
_LEVEL: Final = "nodes { isActive location { id } " + _QUANTITIES + " } " + _PAGE
_ITEM: Final = "id tracked inventoryLevels(first: 30, includeInactive: true) { " + _LEVEL + " }"
_VARIANT: Final = "nodes { id sku barcode title price inventoryPolicy inventoryItem { id tracked } } " + _PAGE
_PRODUCT: Final = (
    "id title vendor productType tags status onlineStoreUrl isGiftCard variants(first: 50) { " + _VARIANT + " }"
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
PRODUCTS_OF: Final = "query ProductsOf($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { " + _PRODUCT + " } } }"
MORE_VARIANTS: Final = (
    "query MoreVariants($id: ID!, $after: String) { node(id: $id) { ... on Product"
    " { variants(first: 100, after: $after) { " + _VARIANT + " } } } }"
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

DOCUMENTS: Final = (STARTUP, LOCATIONS, PRODUCTS, PRODUCTS_OF, MORE_VARIANTS, LEVELS, LEVELS_OF, MORE_LEVELS)
"""Every document, so that a test can hold all of them against Shopify's schema."""
