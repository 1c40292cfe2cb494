"""What is asked of a source again: a failure waits as long as the source says, a lost product keeps its facts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.pipeline.reread import reread_items, reread_products
from integrations.errors import TemporaryError
from integrations.ports import ItemRead
from policies.values import ProductFacts
from tests.builders.web import AT, House, house_on, product


class Source:
    """A source that lost every product and is throttled for what it holds."""

    name = "erp"

    def products_of(self, products: Sequence[str]) -> Sequence[ProductFacts]:
        return ()

    def levels_of(self, items: Sequence[str]) -> ItemRead:
        raise TemporaryError("Throttled.", retry_after_s=40.0)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not asked for here")


@pytest.fixture
def house(redis_url: str) -> Any:
    opened = house_on(redis_url)
    yield opened
    opened.store.close()


def test_a_product_that_is_gone_is_unpublished_and_keeps_what_was_known(house: House) -> None:
    house.put_catalog(product())
    house.store.rereads("erp.products").mark(["tee", "never-known"], AT)
    assert reread_products(house.services, Source(), AT) == 2
    kept = house.store.catalog.products(["tee", "never-known"])
    assert list(kept) == ["tee"]
    assert (kept["tee"].title, kept["tee"].published) == ("Tee", False)
    assert house.store.catalog.entries(["tee-m"])["tee-m"].variant.published is False
    assert house.store.rereads("erp.products").depth(AT + timedelta(days=1)) == 0


def test_a_throttled_source_is_asked_again_when_it_says(house: House) -> None:
    marked = house.store.rereads("erp")
    marked.mark(["77"], AT)
    with pytest.raises(TemporaryError):
        reread_items(house.services, Source(), AT)
    assert marked.depth(AT + timedelta(seconds=39)) == 0
    assert marked.depth(AT + timedelta(seconds=40)) == 1
