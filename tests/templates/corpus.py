"""Templates with known answers, and how well the reader does on them: `python -m tests.templates.corpus`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.guard.catalogue import ProductIndex
from gateway.guard.features import features_of
from gateway.store.values import CatalogEntry
from integrations.klaviyo.templates import read_content
from integrations.ports import ContentReading, MessageContent
from policies.values import Variant

CASES = Path(__file__).parent / "cases.txt"
PRODUCTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "tee": ("Tee", "tee", ("tee-m", "tee-l")),
    "cap": ("Cap", "cap", ("cap-1",)),
    "sock": ("Sock", "sock", ("sock-1",)),
    "boot": ("Boot", "boot", ("boot-41", "boot-42")),
    "7001": ("Rain Jacket", "rain-jacket", ("44556677", "44556678")),
    "rose": ("Thé à la rose", "thé-rose", ("rose-tea",)),
}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    content: MessageContent
    expected: dict[str, bool]  # variant -> hero
    cancels: frozenset[str]
    unresolved: int
    per_person: int


def index() -> ProductIndex:
    return ProductIndex(
        entry(variant, product, title, handle)
        for product, (title, handle, variants) in PRODUCTS.items()
        for variant in variants
    )


def entry(variant: str, product: str, title: str, handle: str) -> CatalogEntry:
    return CatalogEntry(
        Variant(variant, product=product),
        title=variant,
        product_title=title,
        description="",
        url=f"https://shop.example/products/{handle}",
        image_url=f"https://cdn.shop.example/{handle.split('-', maxsplit=1)[0]}.jpg",
        price=None,
        barcode=None,
        stock_item=None,
        source="shop",
    )


def cases() -> Iterator[Case]:
    for block in CASES.read_text("utf-8").split("\n=== ")[1:]:
        head, _, body = block.partition("\n---\n")
        name, *lines = head.split("\n")
        yield _case(name, dict(line.split(":", 1) for line in lines), body)


def _case(name: str, facts: dict[str, str], body: str) -> Case:
    told: dict[str, Any] = {key: value.strip() for key, value in facts.items()}
    content = MessageContent(
        channel=told.get("channel", "email"),
        subject=told.get("subject", ""),
        preview=told.get("preview", ""),
        body=body,
        definition=json.loads(told["definition"]) if "definition" in told else None,
        links=tuple(told.get("links", "").split()),
    )
    expected = {word.rstrip("*"): word.endswith("*") for word in told["features"].split()}
    counts = (int(told.get(key, 0)) for key in ("unresolved", "per_person"))
    return Case(name, content, expected, frozenset(told.get("cancels", "").split()), *counts)


def read(case: Case) -> tuple[ContentReading, dict[str, bool]]:
    reading = read_content(case.content, index())
    return reading, {variant: mention.hero for variant, mention in features_of(reading).items()}


def measure() -> dict[str, float]:
    """Precision and recall of what is featured, and of who is a hero."""
    hits = {"features": [0, 0, 0], "heroes": [0, 0, 0]}
    count = 0
    for case in cases():
        count += 1
        _, found = read(case)
        for kind, seen, wanted in (
            ("features", set(found), set(case.expected)),
            ("heroes", {v for v, hero in found.items() if hero}, {v for v, hero in case.expected.items() if hero}),
        ):
            hits[kind][0] += len(seen & wanted)
            hits[kind][1] += len(seen)
            hits[kind][2] += len(wanted)
    scores = {"templates": float(count)}
    for kind, (right, seen_count, wanted_count) in hits.items():
        scores[f"{kind} precision"] = right / seen_count
        scores[f"{kind} recall"] = right / wanted_count
    return scores


if __name__ == "__main__":
    for name, score in measure().items():
        print(f"{name:20} {score:.3f}")  # noqa: T201
