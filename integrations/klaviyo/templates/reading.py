"""From a message's content to the products it features, who of them is a hero, and what could not be read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from integrations.klaviyo.mapping import external_id
from integrations.klaviyo.templates.markup import OF_A_DEFINITION, Sighting, Walk
from integrations.klaviyo.templates.roles import heroes
from integrations.klaviyo.templates.tags import take_out
from integrations.ports import (
    Certainty,
    ContentReading,
    Mention,
    MentionKind,
    MessageContent,
    ProductLookup,
    ProductMatch,
    Unread,
)

ADDRESS: Final = re.compile(r"(?:https?:)?//[^\s<>\"']+|\b[\w-]+(?:\.[\w-]+)+/[^\s<>\"']+")
TRAILING: Final = ".,;:!?)]}"
HARMLESS: Final = re.compile(r"unsubscribe|manage_preferences|web_view|view_in_browser|organization\.|coupon|message\.")
OF_A_COMPOUND_ID: Final = re.compile(r"\$\w+:::[^:]+:::")
KINDS: Final[Mapping[str, MentionKind]] = {
    "catalog_tag": "catalog_tag",
    "product_block": "product_block",
    "image": "image",
    "link": "link",
}
WRAPPED: Final = ("url", "u", "target", "redirect", "q")


def read_content(content: MessageContent, lookup: ProductLookup) -> ContentReading:
    """Read one version of a message."""
    sightings = [*_sightings(content), *(Sighting("link", link, (), 0) for link in content.links)]
    mentions: list[tuple[Sighting, Mention]] = []
    unresolved: list[Unread] = []
    per_person: list[Unread] = []
    for sighting in sightings:
        match sighting.kind:
            case "per_person":
                per_person.append(Unread(_where(sighting, content), sighting.text, "chosen for each recipient"))
            case "variable":
                if not HARMLESS.search(sighting.text):
                    per_person.append(Unread(_where(sighting, content), sighting.text, "an address made per recipient"))
            case _:
                found = _mention(sighting, content, lookup)
                if isinstance(found, Unread):
                    unresolved.append(found)
                elif found is not None:
                    mentions.append((sighting, found))
    chosen = heroes(mentions, f"{content.subject}\n{content.preview}")
    marked = [replace(mention, hero=mention.match.product in chosen) for _, mention in mentions]
    return ContentReading(tuple(marked), tuple(dict.fromkeys(unresolved)), tuple(dict.fromkeys(per_person)))


def _sightings(content: MessageContent) -> Iterator[Sighting]:
    text, tags = take_out(content.body)
    walk = Walk(tags)
    if content.channel == "email":
        walk.feed(text)
        walk.close()
        yield from walk.sightings
        yield from _blocks(content.definition or {}, (OF_A_DEFINITION,))
        return
    walk.handle_data(text)
    yield from walk.sightings
    for match in ADDRESS.finditer(re.sub("\ue000[0-9]+\ue001", " ", text)):
        yield Sighting("link", match[0].rstrip(TRAILING), (), 1)


def _blocks(node: object, path: tuple[int, ...] = ()) -> Iterator[Sighting]:
    """Find the product blocks of a drag-and-drop definition (Klaviyo, Get Template, `definition`)."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _blocks(child, (*path, index))
    elif isinstance(node, Mapping):
        if node.get("type") == "product" and node.get("content_type") == "block":
            yield from _product_block(node, path)
            return
        for index, child in enumerate(node.values()):
            if isinstance(child, list | Mapping):
                yield from _blocks(child, (*path, index))


def _product_block(node: Mapping[str, Any], path: tuple[int, ...]) -> Iterator[Sighting]:
    data = node.get("data")
    properties = (data.get("properties") if isinstance(data, Mapping) else None) or {}
    if properties.get("dynamic"):
        yield Sighting("per_person", f"feeds.{properties.get('feed') or 'a product feed'}", path, 0)
    else:
        for shown in node.get("subblocks") or ():
            id_ = shown.get("external_id") or shown.get("product_id")
            if id_:
                yield Sighting("product_block", str(id_), path, 0)
            elif shown.get("link") or shown.get("url"):
                yield Sighting("link", str(shown.get("link") or shown.get("url")), path, 0)


def _mention(sighting: Sighting, content: MessageContent, lookup: ProductLookup) -> Mention | Unread | None:
    where = _where(sighting, content)
    if sighting.kind in ("catalog_tag", "product_block"):
        match = lookup.by_id(OF_A_COMPOUND_ID.sub("", external_id(sighting.text)))
        if match is None:
            return Unread(where, sighting.text, "no product of our catalogue has this id")
        return _as_mention(sighting, where, match, "certain")
    if sighting.kind == "image":
        match = (_by_link(sighting.link, lookup) if sighting.link else None) or lookup.by_image(sighting.text)
        return None if match is None else _as_mention(sighting, where, match, "likely")
    match = _by_link(sighting.text, lookup)
    if match is not None:
        return _as_mention(sighting, where, match, "certain" if match.exact else "likely")
    if lookup.is_ours(sighting.text) and re.search(r"/(products?|collections)/[^/?#]", sighting.text):
        what = "a collection" if "/products/" not in sighting.text else "a product that our catalogue does not know"
        return Unread(where, sighting.text, f"leads to {what}")
    return None


def _by_link(address: str, lookup: ProductLookup) -> ProductMatch | None:
    """Resolve a link, also one that a redirect carries in its query."""
    if (match := lookup.by_url(address)) is not None:
        return match
    try:
        query = parse_qsl(urlsplit(address).query)
    except ValueError:
        return None
    inner = (value for name, value in query if name.lower() in WRAPPED and "//" in value)
    return next((found for value in inner if (found := lookup.by_url(value)) is not None), None)


def _as_mention(sighting: Sighting, where: str, match: ProductMatch, certainty: Certainty) -> Mention:
    sure: Certainty = "possible" if sighting.conditional else certainty
    return Mention(KINDS[sighting.kind], where, sighting.text, match, sure, cancels_alone=sighting.cancels)


def _where(sighting: Sighting, content: MessageContent) -> str:
    if not sighting.line:
        return "a product block" if sighting.path else "where the message leads"
    return f"line {sighting.line}" if content.channel == "email" else "text"
