"""Catalogue facts: products and variants as their source tells them, and what marks a variant due when they change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import orjson

from gateway.store.catalog_codec import pack_product, pack_variant, unpack_product, unpack_variant
from gateway.store.connection import Command, Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys, partition_of
from gateway.store.locations import Locations
from gateway.store.values import CatalogEntry, PutCounts
from policies.columns import to_us
from policies.values import LocationFacts, ProductFacts

Work = dict[str, bytes]
"""Variant id -> what the script is to do with it."""
CALL_VARIANTS = 500
CATALOG_KEYS = ("facts", "delisted", "blocked", "due", "moves", "rates")


class Catalog:
    """The catalogue. Every write may be repeated: what is already so changes nothing."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._pools = connection, keys, rows, pools
        self._locations = Locations(connection, keys)

    def put_products(self, products: Sequence[ProductFacts], *, at: datetime) -> PutCounts:
        """Keep products whole; a variant that its product no longer lists counts as unpublished.

        Order matters for a crash in between: variants and their look-ups first, the product (which remembers what
        it listed) last, so that a repetition finds everything that is still to be done.
        """
        before = self._raw_products([(product.source, product.id) for product in products])
        put: Work = {}
        gone: Work = {}
        lookups: list[Command] = [
            ("SADD", self._keys.house("catalogs"), source) for source in {product.source for product in products}
        ]
        for product, raw in zip(products, before, strict=True):
            listed = {variant.id for variant in product.variants}
            old = () if raw is None else unpack_product(raw).variants
            name = orjson.dumps([product.source, product.id])
            gone.update({variant.id: name for variant in old if variant.id not in listed})
            for variant in product.variants:
                put[variant.id] = pack_variant(product, variant)
                lookups += self._lookups(product.source, variant.id, variant.sku, variant.stock_item)
        self._connection.many(lookups)
        # A variant that moved to another product of this call is put, not delisted.
        flags = self._apply("put", put, at) + self._apply("delist", {v: n for v, n in gone.items() if v not in put}, at)
        self._connection.many(
            [("HSET", self._product_key(p.source, p.id), f"{p.source}\0{p.id}", pack_product(p)) for p in products]
        )
        return PutCounts(changed=sum(flags), unchanged=len(flags) - sum(flags))

    def block(self, variant: str, blocked: bool, *, at: datetime) -> None:
        """Block or unblock a variant."""
        self._apply("block", {variant: b"1" if blocked else b"0"}, at)

    def put_rates(self, rates: Mapping[str, Decimal | None], *, at: datetime) -> int:
        """Keep how many units of each variant are sold a day (None: nobody knows); return how many changed."""
        work = {variant: b"" if rate is None else str(rate).encode() for variant, rate in rates.items()}
        return sum(self._apply("rate", work, at))

    def rated(self, partition: int) -> tuple[str, ...]:
        """Name the variants of a partition whose rate is known."""
        return tuple(raw.decode() for raw in self._connection.command("HKEYS", self._keys.of(partition, "rates")))

    def entries(self, variants: Sequence[str]) -> dict[str, CatalogEntry]:
        """Return what is known of variants; one that the catalogue does not know is missing."""
        parts: dict[int, list[str]] = {}
        for variant in dict.fromkeys(variants):
            parts.setdefault(partition_of(variant), []).append(variant)
        commands: list[Command] = []
        for partition, ids in parts.items():
            commands.append(("HMGET", self._keys.of(partition, "facts"), *ids))
            commands += [("SMISMEMBER", self._keys.of(partition, name), *ids) for name in ("delisted", "blocked")]
            commands.append(("HMGET", self._keys.of(partition, "rates"), *ids))
        answers = self._connection.many(commands)
        entries = {}
        for number, ids in enumerate(parts.values()):
            for variant, raw, delisted, blocked, rate in zip(ids, *answers[4 * number : 4 * number + 4], strict=True):
                if raw is not None:
                    entries[variant] = unpack_variant(raw, delisted=bool(delisted), blocked=bool(blocked), rate=rate)
        return entries

    def delisted(self, variants: Sequence[str]) -> frozenset[str]:
        """Return those that their product no longer lists."""
        parts: dict[int, list[str]] = {}
        for variant in variants:
            parts.setdefault(partition_of(variant), []).append(variant)
        commands = [("SMISMEMBER", self._keys.of(p, "delisted"), *ids) for p, ids in parts.items()]
        answers = zip(parts.values(), self._connection.many(commands), strict=True)
        return frozenset(v for ids, flags in answers for v, flag in zip(ids, flags, strict=True) if flag)

    def products(self, ids: Iterable[str | tuple[str, str]]) -> dict[str, ProductFacts]:
        """Return products by id; give (source, id) where two sources use the same ids."""
        wanted = list(ids)
        sources = sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._keys.house("catalogs")))
        pairs: list[tuple[str, str]] = []
        for one in wanted:
            pairs += [(source, one) for source in sources] if isinstance(one, str) else [one]
        found = self._raw_products(pairs)
        return {pair[1]: unpack_product(raw) for pair, raw in zip(pairs, found, strict=True) if raw is not None}

    def by_sku(self, sku: str) -> tuple[str, ...]:
        """Return the variants that carry a SKU now."""
        return self.by_skus([sku])[sku]

    def by_skus(self, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the variants that carry each SKU now, in two round trips."""
        wanted = list(dict.fromkeys(skus))
        found = self._connection.many([("SMEMBERS", self._keys.of(partition_of(sku), f"sku:{sku}")) for sku in wanted])
        candidates = {sku: sorted(raw.decode() for raw in ids) for sku, ids in zip(wanted, found, strict=True)}
        entries = self.entries(list({variant for ids in candidates.values() for variant in ids}))
        return {
            sku: tuple(v for v in ids if v in entries and entries[v].variant.sku == sku)
            for sku, ids in candidates.items()
        }

    def by_item(self, source: str, items: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the variants behind stock items of a source; an item without any is missing."""
        keys = [self._keys.of(partition_of(item), f"item:{source}:{item}") for item in items]
        found = self._connection.many([("SMEMBERS", key) for key in keys])
        candidates = {item: sorted(raw.decode() for raw in ids) for item, ids in zip(items, found, strict=True)}
        entries = self.entries([variant for ids in candidates.values() for variant in ids])
        now = {
            item: tuple(v for v in ids if v in entries and (entries[v].source, entries[v].stock_item) == (source, item))
            for item, ids in candidates.items()
        }
        return {item: ids for item, ids in now.items() if ids}

    def variants(self, after: tuple[int, int] | None, limit: int) -> list[tuple[int, int, str]]:
        """List known variants as (partition, row, id), after a place."""
        partition, start = (0, 0) if after is None else (after[0], after[1] + 1)
        found: list[tuple[int, int, str]] = []
        while partition < PARTITIONS and len(found) < limit:
            stop = start + limit - len(found) - 1
            ids = self._connection.command("LRANGE", self._keys.of(partition, "ids"), start, stop)
            found += [(partition, start + index, raw.decode()) for index, raw in enumerate(ids)]
            partition, start = partition + 1, 0
        return found

    def put_locations(self, facts: Sequence[LocationFacts], *, at: datetime) -> tuple[str, ...]:
        """Keep location facts; return the ids whose facts changed."""
        return self._locations.put(facts)

    def locations(self) -> tuple[LocationFacts, ...]:
        """Return every location of every source."""
        return self._locations.all()

    def locations_at(self, revision: int) -> tuple[LocationFacts, ...]:
        """Return every location as it was when facts had changed so often."""
        return self._locations.at(revision)

    @property
    def locations_counter(self) -> str:
        """Where it is counted how often location facts changed."""
        return self._locations.counter

    def _apply(self, verb: str, work: Work, at: datetime) -> list[int]:
        places = self._rows.intern(work)
        parts: dict[int, list[str]] = {}
        for variant in work:
            parts.setdefault(places[variant] >> PARTITION_SHIFT, []).append(variant)
        pools = len(self._pools.names())
        calls = []
        for partition, ids in parts.items():
            keys = [self._keys.of(partition, name) for name in CATALOG_KEYS]
            head = [verb, self._keys.of(partition, ""), pools, to_us(at)]
            for start in range(0, len(ids), CALL_VARIANTS):
                some = ids[start : start + CALL_VARIANTS]
                calls.append(("catalog", keys, [*head, *(f for v in some for f in (places[v] & ROW_MASK, v, work[v]))]))
        return [flag for answer in self._connection.scripts(calls) for flag in answer]

    def _lookups(self, source: str, variant: str, sku: str | None, item: str | None) -> list[Command]:
        commands: list[Command] = []
        if sku:
            commands.append(("SADD", self._keys.of(partition_of(sku), f"sku:{sku}"), variant))
        if item:
            commands.append(("SADD", self._keys.of(partition_of(item), f"item:{source}:{item}"), variant))
        return commands

    def _raw_products(self, pairs: Sequence[tuple[str, str]]) -> list[bytes | None]:
        return self._connection.many([("HGET", self._product_key(s, i), f"{s}\0{i}") for s, i in pairs])

    def _product_key(self, source: str, product: str) -> str:
        return self._keys.of(partition_of(product), "products")
