"""Small shops for the linter to look at."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.lint import ShopView
from policies.values import Level, LocationFacts, Variant

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
HEARD = AT - timedelta(minutes=20)


def tee(number: int = 1, **changes: Any) -> Variant:
    """A published, tracked tee of the Mill."""
    facts: dict[str, Any] = {
        "id": f"tee-{number}",
        "sku": f"TEE-{number}",
        "product": "tee",
        "vendor": "Mill",
        "product_type": "Tee",
        "tags": ("Tees",),
        "collections": ("Summer",),
        "published": True,
        "tracked": True,
        "inventory_policy": "deny",
    }
    return Variant(**facts | changes)


def cap(number: int = 1, **changes: Any) -> Variant:
    """A published, tracked cap of another vendor."""
    facts = {"id": f"cap-{number}", "sku": None, "product": "cap", "vendor": "Hat Co", "product_type": "Cap"}
    return tee(**{**facts, "tags": ("caps",), "collections": (), **changes})


def stocked(location: str, available: int, source: str = "shopify", **changes: Any) -> Level:
    """An active level, confirmed twenty minutes ago."""
    facts: dict[str, Any] = {"quantities": {"available": available}, "active": True, "observed_at": HEARD}
    return Level(location, source=source, **facts | changes)


def place(location: str, source: str = "shopify", active: bool | None = True) -> LocationFacts:
    """An open location with a name."""
    return LocationFacts(location, source, location.capitalize(), active)


def shop(rows: Sequence[tuple[Variant, Sequence[Level]]], **changes: Any) -> ShopView:
    """A shop of one source that reports three locations."""
    facts: dict[str, Any] = {
        "variants": tuple(variant for variant, _ in rows),
        "levels": {variant.id: tuple(levels) for variant, levels in rows},
        "locations": (place("main"), place("broadway"), place("camden")),
        "sources": frozenset({"shopify"}),
        "titles": {variant.id: variant.id.replace("-", " ").capitalize() for variant, _ in rows},
    }
    return ShopView(**facts | changes)


def tees() -> ShopView:
    """Eight tees of which there are 5 to 40 in the warehouse and 3 in the store, and three caps."""
    rows = [(tee(number), (stocked("main", 5 * number), stocked("broadway", 3))) for number in range(1, 9)]
    return shop(rows + [(cap(number), (stocked("main", 50),)) for number in range(1, 4)])


def closed_store() -> ShopView:
    """The same tees; the store has closed."""
    view = tees()
    rows = [(variant, view.levels[variant.id]) for variant in view.variants]
    return shop(rows, locations=(place("main"), place("broadway", active=False), place("camden")))


def made_to_order() -> ShopView:
    """Six products that nobody counts."""
    rows = [(tee(number, tags=(), vendor="Workshop", tracked=False), (stocked("main", 0),)) for number in range(1, 7)]
    return shop(rows, locations=(place("main"), place("broadway")))


def silent() -> ShopView:
    """Six tees of which the source knows no figure now."""
    unknown = {"available": None, "on_hand": None}
    return shop([(tee(number), (stocked("main", 0, quantities=unknown),)) for number in range(1, 7)])


def empty() -> ShopView:
    """A shop that has just been opened: nothing was heard of it."""
    return ShopView()


SHOPS = {"silent": silent, "empty": empty, "tees": tees, "closed_store": closed_store, "made_to_order": made_to_order}
