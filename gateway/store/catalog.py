"""The catalogue: products and variants as their source tells them, SKUs, stock items, and what a source says of places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PARTITIONS, Keys, partition_of
from gateway.store.values import CatalogEntry, PutCounts
from policies.columns import to_us
from policies.values import LocationFacts, ProductFacts, Variant, VariantFacts


class Catalog:
    """Facts in, facts out. A variant whose facts changed is due in the same step that keeps them."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._pools = connection, keys, rows, pools

    def put_products(self, products: Sequence[ProductFacts], *, at: datetime) -> PutCounts:
        """Keep products with their variants; a variant that its product no longer lists is unpublished."""
        before = self.products([product.id for product in products])
        facts: dict[str, dict[str, Any]] = {}
        for product in products:
            listed = {variant.id for variant in product.variants}
            gone = [v for v in getattr(before.get(product.id), "variants", ()) if v.id not in listed]
            facts |= {variant.id: _entry(product, variant, listed=True) for variant in product.variants}
            facts |= {variant.id: _entry(product, variant, listed=False) for variant in gone}
        self._index(facts)
        changed = self._put_facts(facts, at)
        # The products last: after a crash they still differ, so the next write finds what was delisted.
        self._connection.many(
            [("HSET", self._key(p.id, "products"), p.id, orjson.dumps(asdict(p), default=str)) for p in products]
        )
        return PutCounts(changed, len(facts) - changed)

    def products(self, ids: Sequence[str]) -> dict[str, ProductFacts]:
        """Return the products that are known."""
        answers = self._connection.many([("HGET", self._key(id_, "products"), id_) for id_ in ids])
        return {id_: _product(orjson.loads(raw)) for id_, raw in zip(ids, answers, strict=True) if raw}

    def entries(self, variants: Sequence[str]) -> dict[str, CatalogEntry]:
        """Return what is known of variants, blocks included."""
        parts = _parts(variants)
        commands: list[tuple[Any, ...]] = []
        for partition, ids in parts.items():
            commands.append(("HMGET", self._keys.of(partition, "facts"), *ids))
            commands.append(("SMISMEMBER", self._keys.of(partition, "blocked"), *ids))
        answers = self._connection.many(commands)
        found = {}
        for (_, ids), facts, blocks in zip(parts.items(), answers[::2], answers[1::2], strict=True):
            for id_, raw, blocked in zip(ids, facts, blocks, strict=True):
                if raw:
                    found[id_] = _catalog_entry(id_, orjson.loads(raw), bool(blocked))
        return found

    def by_sku(self, sku: str) -> tuple[str, ...]:
        """Return the variants that carry a SKU now; SKUs are trimmed, their case is kept."""
        word = sku.strip()
        candidates = sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._sku_key(word)))
        entries = self.entries(candidates)
        return tuple(id_ for id_ in candidates if id_ in entries and (entries[id_].variant.sku or "").strip() == word)

    def by_item(self, source: str, items: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the variants behind each stock item of a source."""
        answers = self._connection.many([("SMEMBERS", self._item_key(source, item)) for item in items])
        found = {item: sorted(raw.decode() for raw in raws) for item, raws in zip(items, answers, strict=True)}
        entries = self.entries([id_ for ids in found.values() for id_ in ids])
        return {
            item: tuple(id_ for id_ in ids if id_ in entries and entries[id_].stock_item == item)
            for item, ids in found.items()
        }

    def block(self, variant: str, blocked: bool, *, at: datetime) -> None:
        """Block a variant from every promise, or let it go again."""
        partition, row = self._rows.intern([variant])[variant]
        key = self._keys.of(partition, f"states:{row // 64}")
        keys = [self._keys.of(partition, "blocked"), self._keys.of(partition, "due"), key]
        self._connection.script("block", keys, [variant, int(blocked), row, len(self._pools.names()), to_us(at)])

    def variants(self, after: tuple[int, int] | None, limit: int) -> list[tuple[int, int, str]]:
        """List known variants as (partition, row, id), in that order, after a place."""
        partition, row = (0, -1) if after is None else after
        found: list[tuple[int, int, str]] = []
        while partition < PARTITIONS and len(found) < limit:
            start = row + 1
            ids = self._connection.command(
                "LRANGE", self._keys.of(partition, "ids"), start, start + limit - len(found) - 1
            )
            found += [(partition, start + index, raw.decode()) for index, raw in enumerate(ids)]
            partition, row = partition + 1, -1
        return found

    def put_locations(self, facts: Sequence[LocationFacts], *, at: datetime) -> tuple[str, ...]:
        """Keep what a source says of locations; return the ids whose facts changed."""
        key = self._keys.house("locations")
        known = self._connection.command("HGETALL", key)
        new = {f"{one.source}\0{one.id}".encode(): orjson.dumps(asdict(one)) for one in facts}
        moved = {field: raw for field, raw in new.items() if known.get(field) != raw}
        if moved:
            flat = [part for pair in moved.items() for part in pair]
            counter = ("INCR", self._keys.house("locations:revision"))
            self._connection.many([("HSET", key, *flat), counter], atomic=True)
        return tuple(field.decode().split("\0", 1)[1] for field in moved)

    def locations(self) -> tuple[LocationFacts, ...]:
        """Return what sources say of their locations."""
        known = self._connection.command("HGETALL", self._keys.house("locations"))
        return tuple(LocationFacts(**orjson.loads(raw)) for _, raw in sorted(known.items()))

    def revision(self) -> int:
        """Count the changes of location facts."""
        return int(self._connection.command("GET", self._keys.house("locations:revision")) or 0)

    def _put_facts(self, facts: Mapping[str, dict[str, Any]], at: datetime) -> int:
        places = self._rows.intern(facts)
        calls = []
        pools = len(self._pools.names())
        for partition, ids in _parts(list(facts)).items():
            fields = [
                part
                for id_ in ids
                for part in (id_, places[id_][1], orjson.dumps(facts[id_], option=orjson.OPT_SORT_KEYS, default=str))
            ]
            keys = [self._keys.of(partition, "facts"), self._keys.of(partition, "due")]
            calls.append(("facts", keys, [self._keys.of(partition, ""), to_us(at), pools, *fields]))
        return sum(sum(flags) for flags in self._connection.scripts(calls))

    def _index(self, facts: Mapping[str, dict[str, Any]]) -> None:
        commands: list[tuple[Any, ...]] = []
        for id_, entry in facts.items():
            if entry["sku"]:
                commands.append(("SADD", self._sku_key(entry["sku"].strip()), id_))
            if entry["stock_item"]:
                commands.append(("SADD", self._item_key(entry["source"], entry["stock_item"]), id_))
        self._connection.many(commands)

    def _key(self, id_: str, name: str) -> str:
        return self._keys.of(partition_of(id_), name)

    def _sku_key(self, sku: str) -> str:
        return self._keys.of(partition_of(sku), f"sku:{sku}")

    def _item_key(self, source: str, item: str) -> str:
        return self._keys.of(partition_of(item), f"item:{source}:{item}")


def _parts(ids: Iterable[str]) -> dict[int, list[str]]:
    parts: dict[int, list[str]] = {}
    for id_ in dict.fromkeys(ids):
        parts.setdefault(partition_of(id_), []).append(id_)
    return parts


def _entry(product: ProductFacts, variant: VariantFacts, *, listed: bool) -> dict[str, Any]:
    facts = asdict(variant)
    facts.pop("id")
    return facts | {
        "source": product.source,
        "product": product.id,
        "product_title": product.title,
        "description": product.description,
        "url": product.url,
        "image_url": product.image_url,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": list(product.tags),
        "collections": list(product.collections),
        "published": product.published if listed else False,
    }


def _catalog_entry(id_: str, facts: Mapping[str, Any], blocked: bool) -> CatalogEntry:
    variant = Variant(
        id=id_,
        sku=facts["sku"],
        product=facts["product"],
        vendor=facts["vendor"],
        product_type=facts["product_type"],
        tags=tuple(facts["tags"]),
        collections=tuple(facts["collections"]),
        published=facts["published"],
        tracked=facts["tracked"],
        inventory_policy=facts["inventory_policy"],
        blocked=blocked,
    )
    return CatalogEntry(
        variant=variant,
        title=facts["title"],
        product_title=facts["product_title"],
        description=facts["description"],
        url=facts["url"],
        image_url=facts["image_url"],
        price=None if facts["price"] is None else Decimal(facts["price"]),
        barcode=facts["barcode"],
        stock_item=facts["stock_item"],
        source=facts["source"],
    )


def _product(facts: dict[str, Any]) -> ProductFacts:
    variants = tuple(
        VariantFacts(**(one | {"price": None if one["price"] is None else Decimal(one["price"])}))
        for one in facts.pop("variants")
    )
    lists = {key: tuple(facts.pop(key)) for key in ("tags", "collections")}
    return ProductFacts(**facts, **lists, variants=variants)
