"""What sources tell of products that is not, or not alone, taken into the catalogue: kept as it was told."""

from collections.abc import Sequence

from gateway.store.catalog_codec import pack_product, unpack_product
from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.values import ProductFacts


class Evidence:
    """The last word of each source on each product."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def keep(self, source: str, products: Sequence[ProductFacts]) -> None:
        """Keep what a source tells."""
        if products:
            pairs = [part for product in products for part in (product.id, pack_product(product))]
            self._connection.command("HSET", self._key(source), *pairs)

    def told(self, source: str, ids: Sequence[str]) -> dict[str, ProductFacts]:
        """Return what a source told of products."""
        found = self._connection.command("HMGET", self._key(source), *ids) if ids else []
        return {name: unpack_product(raw) for name, raw in zip(ids, found, strict=True) if raw is not None}

    def count(self, source: str) -> int:
        """Count the products that a source told of."""
        return int(self._connection.command("HLEN", self._key(source)))

    def _key(self, source: str) -> str:
        return self._keys.house(f"evidence:{source}")
