"""Who of the featured products is the hero: named in the subject line, alone in the first block, or far the largest."""

import re
from collections.abc import Sequence
from typing import Final

from integrations.klaviyo.templates.markup import OF_A_DEFINITION, Sighting
from integrations.ports import Mention

FAR_LARGER: Final = 1.5
SHORTEST_TITLE: Final = 3
"""A title of fewer characters is found in every other subject line."""


def heroes(mentions: Sequence[tuple[Sighting, Mention]], headline: str) -> frozenset[str]:
    """Name the products that the message is about; none where all are shown alike."""
    products = list(dict.fromkeys(mention.match.product for _, mention in mentions))
    if not products:
        return frozenset()
    if len(products) == 1:
        return frozenset(products)
    titles = {mention.match.product: mention.match.title for _, mention in mentions}
    chosen = {product for product in products if _names(headline, titles[product])}
    sizes = _sizes(mentions)
    first = _first_block(mentions)
    if len(first) == 1 and not _shown_alike(next(iter(first)), products, sizes):
        chosen |= first
    ordered = sorted(products, key=lambda product: -sizes.get(product, 0.0))
    largest, second = sizes.get(ordered[0], 0.0), sizes.get(ordered[1], 0.0)
    if second and largest >= FAR_LARGER * second:
        chosen.add(ordered[0])
    return frozenset(chosen) if len(chosen) < len(products) else frozenset()


def _names(headline: str, title: str) -> bool:
    if len(title) < SHORTEST_TITLE:
        return False
    return re.search(rf"(?<!\w){re.escape(title)}s?(?!\w)", headline, re.IGNORECASE) is not None


def _sizes(mentions: Sequence[tuple[Sighting, Mention]]) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for sighting, mention in mentions:
        if sighting.area:
            sizes[mention.match.product] = max(sizes.get(mention.match.product, 0.0), sighting.area)
    return sizes


def _first_block(mentions: Sequence[tuple[Sighting, Mention]]) -> frozenset[str]:
    """Return the products of the first block: blocks part where the containers around the mentions first part."""
    told = [sighting.path for sighting, _ in mentions]
    paths = [path for path in told if (path[:1] == (OF_A_DEFINITION,)) == (told[0][:1] == (OF_A_DEFINITION,))]
    shared = 0
    while all(len(path) > shared and path[shared] == paths[0][shared] for path in paths):
        shared += 1
    head = paths[0][: shared + 1]
    return frozenset(mention.match.product for sighting, mention in mentions if sighting.path[: shared + 1] == head)


def _shown_alike(first: str, products: Sequence[str], sizes: dict[str, float]) -> bool:
    """Tell whether the first product's picture is no larger than those of all others."""
    others = [sizes.get(product, 0.0) for product in products if product != first]
    return bool(sizes.get(first)) and all(other >= sizes[first] for other in others)
