"""A scripted HTTP server on the loopback, and the shapes that Shopify answers with."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema, extend_schema, parse

from integrations.shopify import ShopifyStock, open_shopify

AT = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)

# Of Product the reference file holds what stock needs; these are Shopify's too (Product, Collection, Media, 2026-10).
CATALOGUE = """
extend interface Media { preview: MediaPreviewImage }
type MediaImage implements Media { alt: String status: MediaStatus! preview: MediaPreviewImage }
type MediaPreviewImage { image: Image }
type Image { url: URL! }
type Collection implements Node { handle: String! id: ID! title: String! updatedAt: DateTime! }
type CollectionConnection { edges: [CollectionEdge!]! nodes: [Collection!]! pageInfo: PageInfo! }
type CollectionEdge { node: Collection! }
extend type Product {
  collections(after: String, first: Int, reverse: Boolean): CollectionConnection!
  description(truncateAt: Int): String!
}
"""


def admin_schema(reference_file: Callable[[str], Path]) -> GraphQLSchema:
    """Shopify's own schema of what we ask for."""
    return extend_schema(build_schema(reference_file("shopify-admin.graphql").read_text()), parse(CATALOGUE))


@dataclass
class Reply:
    body: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Stub:
    url: str
    replies: list[Reply] = field(default_factory=list)
    requests: list[tuple[str, str | None, bytes]] = field(default_factory=list)  # path, token, body


@contextmanager
def stub_server() -> Iterator[Stub]:
    """Answer each request with the next scripted reply."""
    stub = Stub("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stub.requests.append((self.path, self.headers.get("X-Shopify-Access-Token"), body))
            reply = stub.replies.pop(0)
            raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"X-Shopify-API-Version": "2026-10", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Clock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self.pauses: list[float] = []

    def elapsed(self) -> float:
        return self.elapsed_s

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.elapsed_s += seconds


def shopify_stock(url: str, clock: Clock | None = None, **credentials: str) -> ShopifyStock:
    clock = clock or Clock()
    return open_shopify(
        shop="sample.myshopify.com",
        base_url=url,
        now=lambda: AT,
        elapsed=clock.elapsed,
        pause=clock.pause,
        **(credentials or {"access_token": "shpat_simulated"}),
    )


def cost(requested: float = 10, available: float = 990, rate: float = 50) -> dict[str, Any]:
    status = {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": requested, "throttleStatus": status}}


def connection(*nodes: object, after: str | None = None) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": after is not None, "endCursor": after}}


def level_node(location: int = 1, active: bool = True, **quantities: int | None) -> dict[str, Any]:
    rows = [{"name": name, "quantity": quantity} for name, quantity in quantities.items()]
    return {"isActive": active, "location": {"id": f"gid://shopify/Location/{location}"}, "quantities": rows}


def item_node(item: int, *levels: object, tracked: bool = True, after: str | None = None) -> dict[str, Any]:
    id_ = f"gid://shopify/InventoryItem/{item}"
    return {"id": id_, "tracked": tracked, "inventoryLevels": connection(*levels, after=after)}


def product_node(**changes: object) -> dict[str, Any]:
    variant = {
        "id": "gid://shopify/ProductVariant/44556677",
        "sku": "TEE-M",
        "barcode": None,
        "title": "M",
        "price": "19.90",
        "inventoryPolicy": "CONTINUE",
        "inventoryItem": {"id": "gid://shopify/InventoryItem/9007199254740993", "tracked": True},
    }
    return {
        "id": "gid://shopify/Product/5",
        "title": "Tee",
        "vendor": "Loom",
        "productType": "",
        "tags": ["summer"],
        "status": "ACTIVE",
        "onlineStoreUrl": "https://shop.example/tee",
        "isGiftCard": False,
        "description": "A tee.",
        "featuredMedia": {"preview": {"image": {"url": "https://cdn.example/tee.jpg"}}},
        "variants": connection(variant),
        "collections": connection({"id": "gid://shopify/Collection/3", "title": "Doorbusters"}),
    } | changes
