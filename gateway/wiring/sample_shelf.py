"""Which products of the sample shop the simulated Klaviyo's messages are about: by how they sell when it opens."""

from typing import Final

from gateway import clock
from integrations.klaviyo.simulator import Shelf, Shown
from integrations.shopify.simulator.life import favourites
from integrations.shopify.simulator.model import Product, Variant
from integrations.shopify.simulator.sample_shop import STORES, sample_shop
from integrations.shopify.simulator.shop import Shop

SHIPS: Final = (1, 2, STORES[0])
LOW: Final = range(3, 11)
DEEP_UNITS: Final = 60
SMALL: Final = 2
"""Products of so many variants at most are gone or deep as a whole."""


def sample_shelf() -> Shelf:
    """Sort the sample shop's products: sold out, about to (those that most is bought of), and plenty."""
    shop = sample_shop(clock.now)
    much = set(favourites(list(shop.locations_of_item)))
    gone, low, deep = [], [], []
    for product in shop.products.values():
        if product.status != "ACTIVE" or product.online_store_url is None:
            continue
        variants = [shop.variants[id_] for id_ in product.variants]
        counted = [one for one in variants if one.tracked and one.inventory_policy == "DENY"]
        units = {one.id: _units(shop, one) for one in counted}
        low += [_shown(product, one.id) for one in counted if one.item in much and units[one.id] in LOW]
        if len(counted) == len(variants) <= SMALL:
            gone += [_shown(product)] if not any(units.values()) else []
            deep += [_shown(product)] if min(units.values()) >= DEEP_UNITS else []
    return Shelf(tuple(gone), tuple(low), tuple(deep))


def _units(shop: Shop, variant: Variant) -> int:
    levels = [shop.level(variant.item, place) for place in SHIPS if place in shop.locations_of_item[variant.item]]
    return sum(max(0, level.quantities["available"]) for level in levels)


def _shown(product: Product, variant: int | None = None) -> Shown:
    page, picture = product.online_store_url or "", product.image_url or ""
    return Shown(str(product.id), product.title, page, picture, None if variant is None else str(variant))
