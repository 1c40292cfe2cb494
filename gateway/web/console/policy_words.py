"""What each field of a policy is called on the page, its unit, and one line of help. By path, positions left out.

The meaning of every key is the policy language's; here it is only said in the words of someone who sells things.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class FieldWords(NamedTuple):
    """How a field is shown."""

    label: str
    help: str
    unit: str = ""


SETTINGS: Final[Mapping[str, FieldWords]] = {
    "excluded": FieldWords("Leave out", "What matches counts for nothing: it is never promised."),
    "reserve_units_per_location": FieldWords(
        "Stays at each place", "Each place keeps this many for itself before anything is added up.", "units"
    ),
    "buffer_units": FieldWords(
        "Keep back", "Taken off the sum: units miscounted, or lying in somebody's cart.", "units"
    ),
    "buffer_percent": FieldWords(
        "Keep back a share", "The same as a share, rounded up. The larger of both is kept back.", "%"
    ),
    "min_locations": FieldWords(
        "Places that must have it", "With fewer places that have units left, there are 0 units.", "places"
    ),
    "floor_units": FieldWords("Fewer count as nothing", "Fewer units than this count as 0.", "units"),
    "cap_units": FieldWords(
        "Promise at most",
        "No larger number leaves the house. “none” takes a cap back. Bands do not look at it.",
        "units",
    ),
    "out_at_units": FieldWords("Out at", "Out when this many units are left, or fewer.", "units"),
    "restock_at_units": FieldWords(
        "Back in stock at", "What it takes to leave “out”. “auto” is one more than “out at”.", "units"
    ),
    "low_at_units": FieldWords(
        "Low at", "Low when this many are left, or fewer. “auto” is the same as “out at”.", "units"
    ),
    "healthy_at_units": FieldWords(
        "Healthy again at", "What it takes to come back from low. “auto” is one more than “low at”.", "units"
    ),
    "low_days": FieldWords(
        "Low when it lasts only",
        "Also low when sales would use the units up within so long. “none” switches it off.",
        "days",
    ),
    "settle_minutes": FieldWords(
        "A rise must hold for",
        "How long better stock must hold before anybody is told. A fall counts at once.",
        "minutes",
    ),
    "fresh_for_minutes": FieldWords(
        "A figure counts for", "An older figure counts for nothing. “none”: figures do not age.", "minutes"
    ),
    "sell_when_out": FieldWords("Sell when out", "Believe the shop's “continue selling when out of stock”."),
}

WHEN: Final[Mapping[str, FieldWords]] = {
    "tags": FieldWords("Tags", "One a line; any of them is enough. Capitals do not matter."),
    "collections": FieldWords("Collections", "One a line; any of them is enough."),
    "products": FieldWords("Products", "Ids, one a line."),
    "product_types": FieldWords("Product types", "One a line."),
    "vendors": FieldWords("Vendors", "One a line."),
    "skus": FieldWords("SKUs", "One a line."),
    "variants": FieldWords("Variants", "Ids, one a line."),
    "pools": FieldWords("Pools", "Only for these promises; none ticked: for all of them."),
    "locations": FieldWords("Places", "Only there. Such a rule may set only “leave out” and “stays at each place”."),
}

WORDS: Final[Mapping[str, FieldWords]] = {
    "name": FieldWords("Name of the policy", "What people call it."),
    "time_zone": FieldWords("Time zone", "The clock of dated rules, such as Europe/London. Everything else is UTC."),
    "default_pool": FieldWords(
        "Pool of the catalogue", "Its promise and its band are what Klaviyo's catalogue carries."
    ),
    "catalog_restock": FieldWords(
        "Number of a restock that may alert nobody",
        "Klaviyo's own alerts start from the number: confirm it first, or not.",
    ),
    "catalog_return": FieldWords("Number of a return", "The same for goods that came back."),
    "authority.products": FieldWords("Products", "Which source may introduce a product."),
    "authority.variants": FieldWords("Variants", "Which source says what is published, and its SKU."),
    "authority.levels": FieldWords("Quantities", "Which source counts the stock, and says whether a place is open."),
    "authority.transfers": FieldWords("Transfers", "Which source explains receiving and transfers."),
    "authority.adjustments": FieldWords("Corrections", "Which source explains counts and corrections."),
    "authority.reporting": FieldWords("Reports", "Whose numbers reports quote."),
    "authority.levels_at": FieldWords("Quantities at", "Another source that counts better here; empty: as everywhere."),
    "locations.label": FieldWords("Name", "A name for people."),
    "locations.kind": FieldWords("Kind", "What sort of place it is. Pools draw on kinds."),
    "locations.sells_online": FieldWords("Sells online", "Its stock may be sold on the web."),
    "locations.ships_online_orders": FieldWords("Ships", "It sends parcels for online orders."),
    "locations.offers_pickup": FieldWords("Pickup", "People can collect here."),
    "locations.hidden": FieldWords("Hidden", "Never behind a promise to a customer."),
    "locations.receiving": FieldWords(
        "Received units count", "As accepted (the default), on_complete, or so many minutes after."
    ),
    "pools.method": FieldWords("How it reaches people", "A place must offer this to be part of the pool."),
    "pools.states": FieldWords("Shares that count", "Which shares of a level may be promised."),
    "pools.kinds": FieldWords("Kinds of places", "It draws on all places of these kinds."),
    "pools.include": FieldWords("Also these places", "Whatever their kind."),
    "pools.except": FieldWords("But not these", "Whatever their kind."),
    "rules.name": FieldWords("Name of the rule", "Shown wherever this rule decided a number."),
    "rules.from": FieldWords("Holds from", "Local time of the policy's zone. Empty: always did."),
    "rules.until": FieldWords("Until", "No longer at this moment. Empty: for good."),
    "restock.causes": FieldWords("What may alert", "A rise for any other reason tells nobody."),
    "restock.customers_per_unit": FieldWords("People told per unit", "Not everybody who asked will buy.", "people"),
    "restock.wave_minutes": FieldWords(
        "Time between waves", "Those who buy do so soon; then more can be told.", "minutes"
    ),
    "restock.max_wave": FieldWords("People in one wave at most", "A mistake reaches no more than this many.", "people"),
    "restock.again_after_hours": FieldWords(
        "Not again within", "Nobody hears twice of one thing within this time.", "hours"
    ),
    "restock.order": FieldWords("Who is told first", "Those who asked first, or last, or the best customers."),
    "guards.name": FieldWords("Name of the guard", "Shown with every hold it proposes."),
    "guards.pool": FieldWords("Looks at", "Whose bands are looked at."),
    "guards.hold_when.band": FieldWords("Hold when products are", "This, or worse."),
    "guards.hold_when.share_percent": FieldWords("Share of what it features", "From this share on it is held.", "%"),
    "guards.release_when.band": FieldWords("Release when products are", "This, or better."),
    "guards.release_when.share_percent": FieldWords(
        "Share of what it features", "From this share on it is released.", "%"
    ),
    "guards.channels": FieldWords("Channels", "Which messages are watched."),
    "guards.lead_minutes": FieldWords(
        "Looks ahead", "How long before its first send a campaign is looked at.", "minutes"
    ),
    "guards.mode": FieldWords("Holding", "Only write it down, ask a person, or do it."),
    "guards.release": FieldWords("Releasing", "Ask a person, do it, or leave it to people."),
    "guards.max_hold_hours": FieldWords(
        "Remind after", "A person is reminded then, and daily. Nothing happens by itself.", "hours"
    ),
    "guards.cancel_when_sending": FieldWords(
        "Cancel what is being sent", "A message that is leaving may be cancelled. This cannot be undone."
    ),
    "limits.holds_per_hour_percent": FieldWords(
        "Holds in an hour at most", "Of the messages judged; beyond it a person is asked.", "%"
    ),
    "limits.source_moves_percent": FieldWords(
        "Moves at most",
        "Variants that one source, or one version, may sell out or bring back; beyond it a person is asked.",
        "%",
    ),
    **{f"rules.set.{key}": words for key, words in SETTINGS.items()},
    **{f"rules.when.{key}": words for key, words in WHEN.items()},
}

VALUES: Final[Mapping[str, str]] = {
    "third_party": "third party",
    "popup": "pop-up",
    "customer_service": "customer service",
    "in_store": "seen in a store",
    "ship": "shipped",
    "pickup": "collected",
    "safety_stock": "safety stock",
    "retail_reserved": "reserved for walk-ins",
    "online_reserved": "reserved for online orders",
    "vip_first": "best customers first",
    "oldest": "who asked first",
    "newest": "who asked last",
    "sms": "SMS",
    "email": "e-mail",
    "ask": "ask a person",
    "act": "do it",
    "watch": "only write it down",
    "never": "leave it to people",
    "confirm": "a person confirms it first",
    "publish": "publish it at once",
}
"""Words of the language that read better otherwise."""

METHODS: Final = {"ship": "what ships", "pickup": "what can be collected", "in_store": "what can be seen in a store"}


def said(value: object) -> str:
    """Say a word of the language, or any value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return VALUES.get(value, value) if isinstance(value, str) else str(value)


def plain(sentence: str) -> str:
    """Say a sentence about keys of the language in the words of the page."""
    return KEYS.sub(lambda found: f"“{KEY_LABELS[found[1]]}”", sentence)


def path_words(path: str, part: str, name: str) -> str:
    """Say where in a document a path is; `part` is its kind, `name` what people call the entry it is in."""
    inside = (key for key in BY_LENGTH if key.startswith(f"{part}.") and _ends_in(path, key[len(part) + 1 :]))
    within = path if part == "head" else next(inside, "")
    label = WORDS[within].label if within in WORDS else ""
    return ": ".join(text for text in (name, label) if text) or "The policy"


def _ends_in(path: str, key: str) -> bool:
    return POSITION.sub("", path).endswith(f".{key}")


KEY_LABELS: Final = {key: words.label.lower() for key, words in SETTINGS.items()}
KEYS: Final = re.compile(rf"`?\b({'|'.join(sorted(KEY_LABELS, key=len, reverse=True))})\b`?")
BY_LENGTH: Final = sorted(WORDS, key=len, reverse=True)
POSITION: Final = re.compile(r"\[[0-9]+\]")
