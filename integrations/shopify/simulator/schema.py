"""The part of the Admin GraphQL schema 2026-10 that the simulator serves; a test holds it against Shopify's own."""

from functools import cache

from graphql import GraphQLSchema, build_schema

API_VERSION = "2026-10"
SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10")

_LEAVES = """
schema { query: QueryRoot mutation: Mutation }
scalar DateTime
scalar URL
scalar Money
scalar UnsignedInt64
enum BulkOperationErrorCode { ACCESS_DENIED INTERNAL_SERVER_ERROR TIMEOUT }
enum BulkOperationStatus { CANCELED CANCELING COMPLETED CREATED EXPIRED FAILED RUNNING }
enum BulkOperationType { MUTATION QUERY }
enum BulkOperationUserErrorCode { INVALID LIMIT_REACHED OPERATION_IN_PROGRESS }
enum CurrencyCode { USD }
enum CountPrecision { AT_LEAST EXACT }
enum ProductStatus { ACTIVE ARCHIVED DRAFT UNLISTED }
enum ProductVariantInventoryPolicy { CONTINUE DENY }
enum WebhookSubscriptionFormat { JSON XML }
enum InventoryShipmentStatus { DRAFT IN_TRANSIT OTHER PARTIALLY_RECEIVED RECEIVED }
enum InventoryTransferStatus { CANCELED DRAFT IN_PROGRESS OTHER READY_TO_SHIP TRANSFERRED }
enum LocationSortKeys { ID NAME RELEVANCE }
enum ProductSortKeys { CREATED_AT ID TITLE UPDATED_AT VENDOR }
enum ProductVariantSortKeys { ID POSITION SKU TITLE }
enum DeliveryLocalPickupTime { FIVE_OR_MORE_DAYS FOUR_HOURS ONE_HOUR TWENTY_FOUR_HOURS TWO_HOURS TWO_TO_FOUR_DAYS }
enum FulfillmentServiceType { GIFT_CARD MANUAL THIRD_PARTY }
enum WebhookSubscriptionTopic {
  APP_SCOPES_UPDATE APP_UNINSTALLED BULK_OPERATIONS_FINISH
  INVENTORY_ITEMS_CREATE INVENTORY_ITEMS_DELETE INVENTORY_ITEMS_UPDATE
  INVENTORY_LEVELS_CONNECT INVENTORY_LEVELS_DISCONNECT INVENTORY_LEVELS_UPDATE
  INVENTORY_SHIPMENTS_ADD_ITEMS INVENTORY_SHIPMENTS_CREATE INVENTORY_SHIPMENTS_DELETE
  INVENTORY_SHIPMENTS_MARK_IN_TRANSIT INVENTORY_SHIPMENTS_RECEIVE_ITEMS INVENTORY_SHIPMENTS_REMOVE_ITEMS
  INVENTORY_SHIPMENTS_UPDATE_ITEM_QUANTITIES
  INVENTORY_TRANSFERS_ADD_ITEMS INVENTORY_TRANSFERS_CANCEL INVENTORY_TRANSFERS_COMPLETE
  INVENTORY_TRANSFERS_READY_TO_SHIP INVENTORY_TRANSFERS_REMOVE_ITEMS INVENTORY_TRANSFERS_UPDATED
  INVENTORY_TRANSFERS_UPDATE_ITEM_QUANTITIES REFUNDS_CREATE
  LOCATIONS_ACTIVATE LOCATIONS_CREATE LOCATIONS_DEACTIVATE LOCATIONS_DELETE LOCATIONS_UPDATE
  PRODUCTS_CREATE PRODUCTS_DELETE PRODUCTS_UPDATE
}
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
type Count { count: Int! precision: CountPrecision! }
type UserError { field: [String!] message: String! }
interface Node { id: ID! }
"""

_SHOP = """
type Shop implements Node {
  id: ID! name: String! myshopifyDomain: String! ianaTimezone: String! currencyCode: CurrencyCode! plan: ShopPlan!
}
type ShopPlan { publicDisplayName: String! }
type AppInstallation implements Node { id: ID! accessScopes: [AccessScope!]! }
type AccessScope { handle: String! }
type ApiVersion { displayName: String! handle: String! supported: Boolean! }
type InventoryProperties { quantityNames: [InventoryQuantityName!]! }
type InventoryQuantityName {
  belongsTo: [String!]! comprises: [String!]! displayName: String isInUse: Boolean! name: String!
}
type DeliveryLocalPickupSettings { instructions: String! pickupTime: DeliveryLocalPickupTime! }
type FulfillmentService {
  handle: String! id: ID! inventoryManagement: Boolean! serviceName: String! type: FulfillmentServiceType!
}
type LocationAddress { address1: String city: String countryCode: String provinceCode: String zip: String }
type Location implements Node {
  activatable: Boolean! address: LocationAddress! deactivatedAt: String fulfillmentService: FulfillmentService
  fulfillsOnlineOrders: Boolean! hasActiveInventory: Boolean! hasUnfulfilledOrders: Boolean! id: ID!
  inventoryLevel(includeInactive: Boolean, inventoryItemId: ID!): InventoryLevel
  inventoryLevels(
    after: String, first: Int, includeInactive: Boolean, query: String, reverse: Boolean
  ): InventoryLevelConnection!
  isActive: Boolean! isFulfillmentService: Boolean! legacyResourceId: UnsignedInt64!
  localPickupSettingsV2: DeliveryLocalPickupSettings name: String! shipsInventory: Boolean! updatedAt: DateTime!
}
"""

_STOCK = """
type InventoryItem implements Node {
  duplicateSkuCount: Int! id: ID!
  inventoryLevel(includeInactive: Boolean, locationId: ID!): InventoryLevel
  inventoryLevels(
    after: String, first: Int, includeInactive: Boolean, query: String, reverse: Boolean
  ): InventoryLevelConnection!
  legacyResourceId: UnsignedInt64! requiresShipping: Boolean! sku: String tracked: Boolean! updatedAt: DateTime!
  variants(after: String, first: Int): ProductVariantConnection
}
type InventoryLevel implements Node {
  canDeactivate: Boolean! id: ID! isActive: Boolean! item: InventoryItem! location: Location!
  quantities(names: [String!]!): [InventoryQuantity!]! updatedAt: DateTime!
}
type InventoryQuantity implements Node { id: ID! name: String! quantity: Int! updatedAt: DateTime }
interface Media { preview: MediaPreviewImage }
type MediaImage implements Media { preview: MediaPreviewImage }
type MediaPreviewImage { image: Image }
type Image { url: URL! }
type Collection implements Node { handle: String! id: ID! title: String! updatedAt: DateTime! }
type Product implements Node {
  collections(after: String, first: Int, reverse: Boolean): CollectionConnection!
  createdAt: DateTime! description(truncateAt: Int): String! featuredMedia: Media
  handle: String! hasOnlyDefaultVariant: Boolean! hasOutOfStockVariants: Boolean! id: ID!
  isGiftCard: Boolean! onlineStoreUrl: URL productType: String! publishedAt: DateTime status: ProductStatus!
  tags: [String!]! title: String! totalInventory: Int! tracksInventory: Boolean! updatedAt: DateTime!
  variants(after: String, first: Int, reverse: Boolean, sortKey: ProductVariantSortKeys): ProductVariantConnection!
  variantsCount: Count vendor: String!
}
type SelectedOption { name: String! value: String! }
type ProductVariant implements Node {
  availableForSale: Boolean! barcode: String displayName: String! id: ID! inventoryItem: InventoryItem!
  inventoryPolicy: ProductVariantInventoryPolicy! inventoryQuantity: Int legacyResourceId: UnsignedInt64!
  position: Int! price: Money! product: Product! requiresComponents: Boolean! selectedOptions: [SelectedOption!]!
  sellableOnlineQuantity: Int! sku: String title: String! updatedAt: DateTime!
}
type WebhookSubscription implements Node {
  apiVersion: ApiVersion! createdAt: DateTime! filter: String format: WebhookSubscriptionFormat! id: ID!
  includeFields: [String!]! name: String topic: WebhookSubscriptionTopic! updatedAt: DateTime! uri: String!
}
"""

_TRANSFERS = """
type LocationSnapshot { location: Location name: String! }
type InventoryTransfer implements Node {
  dateCreated: DateTime destination: LocationSnapshot id: ID!
  lineItems(after: String, first: Int, query: String, reverse: Boolean): InventoryTransferLineItemConnection!
  name: String! origin: LocationSnapshot receivedQuantity: Int!
  shipments(after: String, first: Int, reverse: Boolean): InventoryShipmentConnection!
  status: InventoryTransferStatus! totalQuantity: Int!
}
type InventoryTransferLineItem implements Node {
  id: ID! inventoryItem: InventoryItem shippedQuantity: Int! totalQuantity: Int!
}
type InventoryShipment implements Node {
  id: ID! lineItemTotalQuantity: Int!
  lineItems(after: String, first: Int, query: String, reverse: Boolean): InventoryShipmentLineItemConnection
  name: String! status: InventoryShipmentStatus!
}
type InventoryShipmentLineItem implements Node {
  acceptedQuantity: Int! canceledQuantity: Int! id: ID! inventoryItem: InventoryItem quantity: Int!
  rejectedQuantity: Int! unreceivedQuantity: Int!
}
"""

_ROOTS = """
input WebhookSubscriptionInput {
  callbackUrl: URL filter: String format: WebhookSubscriptionFormat includeFields: [String!] name: String uri: String
}
type WebhookSubscriptionCreatePayload { userErrors: [UserError!]! webhookSubscription: WebhookSubscription }
type WebhookSubscriptionDeletePayload { deletedWebhookSubscriptionId: ID userErrors: [UserError!]! }
type BulkOperation implements Node {
  completedAt: DateTime createdAt: DateTime! errorCode: BulkOperationErrorCode fileSize: UnsignedInt64 id: ID!
  objectCount: UnsignedInt64! partialDataUrl: URL query: String! rootObjectCount: UnsignedInt64!
  status: BulkOperationStatus! type: BulkOperationType! url: URL
}
type BulkOperationUserError { code: BulkOperationUserErrorCode field: [String!] message: String! }
type BulkOperationRunQueryPayload { bulkOperation: BulkOperation userErrors: [BulkOperationUserError!]! }
type Mutation {
  bulkOperationRunQuery(groupObjects: Boolean!, query: String!): BulkOperationRunQueryPayload
  webhookSubscriptionCreate(
    topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionCreatePayload
  webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
}
type QueryRoot {
  bulkOperation(id: ID!): BulkOperation
  currentAppInstallation: AppInstallation! inventoryItem(id: ID!): InventoryItem
  inventoryItems(after: String, first: Int, query: String, reverse: Boolean): InventoryItemConnection!
  inventoryLevel(id: ID!): InventoryLevel inventoryProperties: InventoryProperties!
  inventoryTransfers(after: String, first: Int, query: String, reverse: Boolean): InventoryTransferConnection!
  location(id: ID): Location
  locations(
    after: String, first: Int, includeInactive: Boolean, includeLegacy: Boolean, query: String, reverse: Boolean,
    sortKey: LocationSortKeys
  ): LocationConnection!
  locationsCount(limit: Int, query: String): Count node(id: ID!): Node nodes(ids: [ID!]!): [Node]!
  productVariant(id: ID!): ProductVariant
  productVariants(
    after: String, first: Int, query: String, reverse: Boolean, sortKey: ProductVariantSortKeys
  ): ProductVariantConnection!
  products(
    after: String, first: Int, query: String, reverse: Boolean, sortKey: ProductSortKeys
  ): ProductConnection!
  publicApiVersions: [ApiVersion!]! shop: Shop!
  webhookSubscriptions(
    after: String, first: Int, reverse: Boolean, topics: [WebhookSubscriptionTopic!]
  ): WebhookSubscriptionConnection!
}
"""

_CONNECTED = (
    "Collection",
    "Location",
    "InventoryItem",
    "InventoryLevel",
    "InventoryShipment",
    "InventoryShipmentLineItem",
    "InventoryTransfer",
    "InventoryTransferLineItem",
    "Product",
    "ProductVariant",
    "WebhookSubscription",
)
_CONNECTIONS = "".join(
    f"type {name}Connection {{ edges: [{name}Edge!]! nodes: [{name}!]! pageInfo: PageInfo! }}\n"
    f"type {name}Edge {{ node: {name}! }}\n"
    for name in _CONNECTED
)

SDL = _LEAVES + _SHOP + _STOCK + _TRANSFERS + _ROOTS + _CONNECTIONS


@cache
def schema() -> GraphQLSchema:
    """Build the schema once."""
    return build_schema(SDL)
