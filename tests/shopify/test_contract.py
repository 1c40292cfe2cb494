"""The source in front of the simulated shop: what it reads is what the shop holds."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from integrations.shopify import ShopifyStock
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.sample_shop import sample_shop
from integrations.shopify.simulator.shop import Shop
from tests.builders.shopify import shopify_stock

NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return sample_shop(lambda: NOW, products=12)


@pytest.fixture
def stock(shop: Shop) -> Iterator[ShopifyStock]:
    serving = serve_in_thread(create_simulator(lambda: NOW, shop=shop))
    yield shopify_stock(serving.url)
    serving.close()


def test_the_check_finds_only_the_shops_name_to_differ(stock: ShopifyStock) -> None:
    assert [sentence for sentence in stock.check() if "opens the shop" not in sentence] == []


def test_the_full_read_and_the_reread_agree(stock: ShopifyStock) -> None:
    full = list(stock.levels())
    items = sorted({level.item for level in full})[:50]
    read = stock.levels_of([*items[:-1], "999999999999"])
    assert read.gone == {"999999999999"}
    assert read.complete == set(items[:-1])

    def told(levels: object) -> dict[tuple[str, str], object]:
        return {(level.item, level.location): (level.quantities, level.active) for level in levels}

    assert told(read.levels) == told(level for level in full if level.item in read.complete)


def test_the_catalogue_joins_the_stock(stock: ShopifyStock) -> None:
    products = list(stock.products())
    assert len(products) == 12
    assert {level.item for level in stock.levels()} <= {v.stock_item for p in products for v in p.variants}
    assert {level.location for level in stock.levels()} <= {location.id for location in stock.locations()}
    assert list(stock.products_of([product.id for product in products])) == products
