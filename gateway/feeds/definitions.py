"""What a web feed lists: the filter, order, length and fields that a marketer defined, and the ready-made ones."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

MOST_ITEMS: Final = 200
FIELDS: Final = (
    "variant",
    "product",
    "title",
    "url",
    "image_url",
    "price",
    "band",
    "units",
    "sku",
    "vendor",
    "product_type",
    "description",
    "pickup_locations",
    "back_at",
)
"""All that a web feed may show: no cost, no location that is hidden, no quantity above the cap."""
USUAL_FIELDS: Final = FIELDS[:8]
SORTS: Final = ("sales", "units_desc", "units_asc", "price_asc", "price_desc", "back_at")
BANDS: Final = ("low", "healthy")


@dataclass(frozen=True, slots=True)
class WebFeed:
    """One definition. An empty filter matches all; what is out, blind or unpublished is never listed."""

    bands: tuple[str, ...] = BANDS
    pool: str | None = None  # None: the default pool
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    pickup_location: str | None = None
    back_within_days: int | None = None
    sort: str = "sales"
    limit: int = 50
    fields: tuple[str, ...] = USUAL_FIELDS
    one_per_product: bool = True
    may_be_empty: bool = False  # else an empty list is trouble, and messages that use the feed wait

    def plain(self) -> dict[str, Any]:
        """Write it as it is stored."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "WebFeed":
        """Read what was stored."""
        lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
        return cls(**{**stored, **lists})


PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "safe_best_sellers": {"bands": ("healthy",), "sort": "sales"},
    "last_pieces": {"bands": ("low",), "sort": "units_asc"},
    "back_this_week": {
        "back_within_days": 7,
        "sort": "back_at",
        "fields": (*USUAL_FIELDS, "back_at"),
    },
    "pickup_at_store": {"sort": "sales", "fields": (*USUAL_FIELDS, "pickup_locations")},
}
"""Ready-made definitions; `pickup_at_store` still needs its `pickup_location`."""
