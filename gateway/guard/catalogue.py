"""Our catalogue as messages point at it: by id, by link, by picture. Built from the store, for template readers."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.store import Store
from gateway.store.values import CatalogEntry
from integrations.ports import ProductMatch

PAGE: Final = 1000
PRODUCT_PATH: Final = re.compile(r"/products?/[^/]+$")
SIZE_SUFFIX: Final = re.compile(
    r"(?:_(?:\d+x\d*|x\d+|pico|icon|thumb|small|compact|medium|large|grande|master)(?:_crop_\w+)?(?:@[23]x)?)?(\.\w+)$"
)
"""A shop's picture in another size keeps its name but for a suffix (Shopify, img_url filter)."""

Address = tuple[str, str]


class ProductIndex:
    """Implements `integrations.ports.ProductLookup` over catalogue entries in memory."""

    def __init__(self, entries: Iterable[CatalogEntry]) -> None:
        """Index entries; it does not change afterwards."""
        self._titles: dict[str, str] = {}
        self._variants: dict[str, list[str]] = {}
        self._products: dict[str, str] = {}  # variant -> product
        self._pages: dict[Address, str] = {}
        self._pictures: dict[Address, str] = {}
        for entry in entries:
            variant, product = entry.variant.id, entry.variant.product or entry.variant.id
            self._titles.setdefault(product, entry.product_title)
            self._variants.setdefault(product, []).append(variant)
            self._products[variant] = product
            if entry.url and (page := page_of(entry.url)):
                self._pages.setdefault(page, product)
            if entry.image_url and (picture := picture_of(entry.image_url)):
                self._pictures.setdefault(picture, product)
        self._hosts = frozenset(host for host, _ in self._pages)

    def by_id(self, id: str) -> ProductMatch | None:  # noqa: A002  (the port's word)
        """Find by a product's id, or a variant's."""
        if id in self._variants:
            return self._whole(id)
        return self._one(id) if id in self._products else None

    def by_url(self, url: str) -> ProductMatch | None:
        """Find by a link; `?variant=` names the very variant."""
        page = page_of(url)
        product = self._pages.get(page) if page else None
        if product is None:
            return None
        for variant in parse_qs(urlsplit(url).query).get("variant", ()):
            if self._products.get(variant) == product:
                return self._one(variant)
        return self._whole(product)

    def by_image(self, url: str) -> ProductMatch | None:
        """Find by a picture, in whatever size."""
        picture = picture_of(url)
        product = self._pictures.get(picture) if picture else None
        return None if product is None else self._whole(product)

    def is_ours(self, url: str) -> bool:
        """Tell whether a link leads to a shop that our products are sold in."""
        page = page_of(url)
        return page is not None and page[0] in self._hosts

    def _whole(self, product: str) -> ProductMatch:
        variants = tuple(self._variants[product])
        return ProductMatch(product, self._titles[product], variants, exact=len(variants) == 1)

    def _one(self, variant: str) -> ProductMatch:
        product = self._products[variant]
        return ProductMatch(product, self._titles[product], (variant,), exact=True)


def read_index(store: Store) -> ProductIndex:
    """Index the whole catalogue as it is now."""
    return ProductIndex(_entries(store))


def page_of(url: str) -> Address | None:
    """Reduce a link to host and path; languages and collections before `/products/` lead to the same page."""
    address = _address(url)
    if address is None:
        return None
    host, path = address
    product = PRODUCT_PATH.search(path)
    return host, product[0] if product else path


def picture_of(url: str) -> Address | None:
    """Reduce a picture's address to what its sizes share."""
    address = _address(url)
    return None if address is None else (address[0], SIZE_SUFFIX.sub(r"\1", address[1]))


def _address(url: str) -> Address | None:
    text = url.strip()
    if "//" not in text:
        text = f"//{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or "." not in host:
        return None
    return host, unquote(parts.path).casefold().rstrip("/")


def _entries(store: Store) -> Iterable[CatalogEntry]:
    after: tuple[int, int] | None = None
    while found := store.catalog.variants(after, PAGE):
        after = found[-1][:2]
        yield from store.catalog.entries([variant for _, _, variant in found]).values()
