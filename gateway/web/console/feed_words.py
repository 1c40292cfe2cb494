"""Feeds in words: how one stands, what its settings mean, and what to paste into a template."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from gateway.feeds.desk import BUILDING, FeedLine
from gateway.feeds.serving import CATALOG_LASTS, WEB_LASTS

FRESH_S: Final = 120
AN_HOUR_S: Final = 3600


class Standing(NamedTuple):
    """A state in a word, its colour, and what it means."""

    word: str
    kind: str
    sentence: str


FIELD_WORDS: Final[Mapping[str, str]] = {
    "variant": "variant's id",
    "product": "product's id",
    "title": "title",
    "url": "link",
    "image_url": "picture",
    "price": "price",
    "band": "band",
    "units": "units, 100 at most",
    "sku": "SKU",
    "vendor": "vendor",
    "product_type": "type",
    "description": "description",
    "pickup_locations": "where it can be collected",
    "back_at": "when it came back",
    "image_link": "picture",
    "inventory_quantity": "quantity",
}
CATALOG_FIELDS: Final = ("title", "id", "link", "image_link", "price", "categories", "inventory_quantity")
SORT_WORDS: Final[Mapping[str, str]] = {
    "sales": "best sellers first",
    "units_desc": "most units first",
    "units_asc": "fewest units first",
    "price_asc": "cheapest first",
    "price_desc": "dearest first",
    "back_at": "newest back in stock first",
}
BAND_WORDS: Final[Mapping[str, str]] = {"healthy": "healthy: enough for a campaign", "low": "low: the last pieces"}
PRESET_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "safe_best_sellers": ("Safe best sellers", "What sells best and is in healthy stock."),
    "last_pieces": ("Last pieces", "What is nearly gone, the fewest first."),
    "back_this_week": ("Back this week", "What came back in the last seven days."),
    "pickup_at_store": ("Collect at a store", "What one store offers for pickup."),
}


def standing(line: FeedLine, at: datetime, *, fetched: bool) -> Standing:
    """Say how a feed stands; `fetched`: somebody holds a token, so that feeds are kept at all."""
    if not fetched:
        return Standing("not kept", "warn", "Nobody may fetch it, so it is not kept up to date. Make a token below.")
    if line.state is None:
        return Standing("being built", "warn", BUILDING)
    if line.state.trouble:
        return Standing("not served", "bad", f"{line.state.trouble} {_meanwhile(line)}")
    age_s = line.age_s(at) or 0.0
    lasts = CATALOG_LASTS if line.web is None else WEB_LASTS
    if line.too_old(at):
        return Standing(
            "too old",
            "bad",
            f"Unchecked for {lasting(age_s)}: it may promise what is gone. Look whether a worker runs.",
        )
    if age_s > FRESH_S:
        left = lasting(lasts.total_seconds() - age_s)
        return Standing("ages", "warn", f"Last known to be true {lasting(age_s)} ago; served for another {left}.")
    return Standing("fresh", "good", "It says what may be promised now.")


def lasting(seconds: float) -> str:
    """Say how long something takes, in one unit."""
    if seconds < FRESH_S:
        return f"{int(seconds)} s"
    if seconds < 2 * AN_HOUR_S:
        return f"{int(seconds // 60)} min"
    if seconds < 2 * 24 * AN_HOUR_S:
        return f"{int(seconds // AN_HOUR_S)} h"
    return f"{int(seconds // (24 * AN_HOUR_S))} days"


def sized(count: int) -> str:
    """Say how many bytes, in one unit."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000 or unit == "MB":  # noqa: PLR2004
            break
        count //= 1000
    return f"{count:,} {unit}"


def feed_block(name: str, fields: Sequence[str]) -> str:
    """Write what to paste into a template to list a web feed."""
    picture = '<img src="{{ item.image_url }}" alt="{{ item.title }}" width="260">'
    lines = [f"{{% for item in feeds.{name}.items %}}"]
    shown = [picture] if "image_url" in fields else []
    shown += ["{{ item.title }}"] if "title" in fields else ["{{ item.variant }}"]
    shown += ["{{ item.price }}"] if "price" in fields else []
    lines += ['<a href="{{ item.url }}">', *(f"  {one}" for one in shown), "</a>"] if "url" in fields else shown
    if {"band", "units"} <= set(fields):
        lines.append('{% if item.band == "low" %}Only {{ item.units }} left{% endif %}')
    if "pickup_locations" in fields:
        lines.append('Collect at {{ item.pickup_locations|join:", " }}')
    return "\n".join([*lines, "{% endfor %}"])


CATALOG_BLOCK: Final = """{% catalog "PRODUCT_ID" integration="api" catalog_id="CATALOG_ID" unpublished="cancel" %}
<a href="{{ catalog_item.url }}">{{ catalog_item.title }}</a>
{% endcatalog %}"""
"""Klaviyo help, "Catalog lookup tag": with `unpublished="cancel"` who would be shown an item that is not published is
skipped. It cancels the whole message for one item, so it belongs around what the message is about."""


def _meanwhile(line: FeedLine) -> str:
    return "Messages that use it wait." if line.web else "Klaviyo keeps what it fetched last."


def cell(value: Any) -> str:
    """Say a value of an item."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value is None else str(value)
