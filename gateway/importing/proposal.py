"""A location map to start from: TOML for the policy, made of names. Nothing is applied; every guess is marked."""

import json
import re
from collections.abc import Mapping
from typing import Final

KINDS: Final = (
    ("customer_service", ("customer service", "returns")),
    ("repair", ("repair", "workshop", "atelier")),
    ("wholesale", ("wholesale", "b2b")),
    ("events", ("event", "fair", "trade show", "exhibition")),
    ("popup", ("pop-up", "popup", "pop up", "kiosk")),
    ("third_party", ("3pl", "third party", "third-party", "fulfilled by", "fba", "shipbob", "shiphero")),
    ("warehouse", ("warehouse", "depot", "distribution", "fulfilment", "fulfillment", "logistics", "hub", "dc")),
    ("store", ("store", "shop", "boutique", "flagship", "outlet", "mall", "street", "road", "avenue", "showroom")),
)
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "warehouse": ("sells_online", "ships_online_orders"),
    "third_party": ("sells_online", "ships_online_orders"),
    "store": ("sells_online", "offers_pickup"),
}
BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def guessed_kind(name: str) -> str | None:
    """Guess from a name what a place is for; None when it says nothing."""
    words = f" {name.casefold()} "
    return next(
        (kind for kind, signs in KINDS for sign in signs if re.search(rf"\b{re.escape(sign)}s?\b", words)), None
    )


def proposal(places: Mapping[str, str], source: str) -> str:
    """Write the map of names to ids as tables of a policy, ready to be looked at and pasted."""
    blocks = [
        "# A start for your policy's location map. Nothing was applied.\n"
        "# What a place is for was guessed from its name: look at every line.",
        *(_place(name, id_) for name, id_ in places.items()),
        f"# To decide by these files, make them the authority in your policy:\n"
        f"# [authority]\n# products = {_text(source)}\n# variants = {_text(source)}\n# levels = {_text(source)}",
    ]
    return "\n\n".join(blocks) + "\n"


def _place(name: str, id_: str) -> str:
    kind = guessed_kind(name)
    key = id_ if BARE.fullmatch(id_) else _text(id_)
    lines = [f"[locations.{key}]", f"label = {_text(name)}"]
    if kind is None:
        return "\n".join(
            [*lines, '# kind = "store"  # the name does not say; a place without a kind counts for nothing']
        )
    lines.append(f"kind = {_text(kind)}  # a guess")
    return "\n".join([*lines, *(f"{fact} = true  # a guess" for fact in FACTS.get(kind, ()))])


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
