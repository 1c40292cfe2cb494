"""The catalogue as columns says what its entries say, and notices every change of them."""

from typing import Any

import pytest

from gateway.store import Store, StoreUnavailable
from gateway.store.keys import PARTITIONS
from policies.affected import FactColumns
from policies.conversion import BLOCKED_BIT, UNPUBLISHED_BIT
from tests.builders.web import AT, House, product, row


def told(facts: FactColumns) -> dict[str, tuple[Any, ...]]:
    """Each variant's facts, by name."""
    found = {}
    for index, name in enumerate(facts.ids):
        shared = facts.attributes[facts.groups[index]]
        found[name] = (
            facts.skus[index],
            (shared.product, shared.vendor, shared.product_type, shared.tags, shared.collections),
            int(facts.objections[index]),
            bool(facts.untracked[index]),
            bool(facts.continues[index]),
        )
    return found


def by_partition(store: Store) -> dict[str, tuple[Any, ...]]:
    return {
        name: one
        for facts in store.catalog_columns.all(store.catalog_columns.counts())
        for name, one in told(facts).items()
    }


def by_rows(store: Store) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, 64, 2):
        found |= told(store.catalog_columns.rows(start, start + 2))
    return found


def entries(store: Store, names: list[str]) -> dict[str, tuple[Any, ...]]:
    """The same, from the entries that deciding reads."""
    found = {}
    for name, entry in store.catalog.entries(names).items():
        one = entry.variant
        objections = (0 if one.published else UNPUBLISHED_BIT) | (BLOCKED_BIT if one.blocked else 0)
        shared = (one.product, one.vendor, one.product_type, one.tags, one.collections)
        found[name] = (one.sku, shared, objections, one.tracked is False, one.inventory_policy == "continue")
    return found


def shop(house: House, **changes: Any) -> list[str]:
    """Thirty products of four variants, told whole."""
    house.put_catalog(
        *(
            product(
                id=f"p{number}",
                tags=[f"t{number % 3}"],
                vendor=f"Vendor {number % 2}",
                variants=[
                    {
                        "id": f"v{number}-{size}",
                        "sku": f"S{number}",
                        "tracked": size > 0,
                        "inventory_policy": "continue",
                    }
                    for size in range(4)
                ],
                **changes,
            )
            for number in range(30)
        )
    )
    return [f"v{number}-{size}" for number in range(30) for size in range(4)]


@pytest.mark.parametrize("read", [by_partition, by_rows])
def test_columns_say_what_entries_say(house: House, read: Any) -> None:
    names = shop(house)
    assert read(house.store) == entries(house.store, names)


def test_every_change_is_noticed(house: House) -> None:
    names = shop(house)
    assert by_partition(house.store) == entries(house.store, names)
    house.store.catalog.block("v1-1", True, at=AT)
    house.put_catalog(product(id="p2", tags=["other"], variants=[{"id": "v2-0", "sku": "NEW"}]))  # three are delisted
    house.put_catalog(product(id="p99", variants=[{"id": "v99-0"}]))
    now = by_partition(house.store)
    assert now == entries(house.store, [*names, "v99-0"])
    assert now["v1-1"][2] == BLOCKED_BIT
    assert now["v2-3"][2] == UNPUBLISHED_BIT
    house.store.catalog.block("v1-1", False, at=AT)
    assert by_partition(house.store) == entries(house.store, [*names, "v99-0"])


def test_what_has_not_changed_is_not_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(house)
    by_partition(house.store)
    asked: list[Any] = []
    many = house.store._connection.many
    monkeypatch.setattr(house.store.catalog_columns._connection, "many", lambda some: asked.extend(some) or many(some))
    by_partition(house.store)
    assert {command[0] for command in asked} == {"LLEN", "LRANGE", "GET"}
    assert len(asked) <= 3 * PARTITIONS


def test_what_could_not_be_read_is_read_the_next_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    names = shop(house)
    connection, many = house.store.catalog_columns._connection, house.store._connection.many

    def interrupted(commands: Any) -> Any:
        if any(command[0] == "HMGET" for command in commands):
            raise StoreUnavailable("The store does not answer.")
        return many(commands)

    with monkeypatch.context() as broken:
        broken.setattr(connection, "many", interrupted)
        with pytest.raises(StoreUnavailable):
            by_partition(house.store)
    assert by_partition(house.store) == entries(house.store, names)


def test_a_variant_known_by_its_stock_alone_is_unpublished(house: House) -> None:
    house.send(row(variant="stray"))
    assert by_partition(house.store)["stray"] == (None, (None, None, None, (), ()), UNPUBLISHED_BIT, False, False)
