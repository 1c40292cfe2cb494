"""The form that defines a web feed. What it holds stands in the address, so that a preview can be kept and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from gateway.feeds.definitions import PRESETS, WebFeed
from gateway.web.api.feed_bodies import read_definition
from gateway.web.errors import flatten

LISTS = ("tags", "collections", "vendors")
FLAGS = ("one_per_product", "may_be_empty")
NUMBERS = ("limit", "back_within_days")
SENT = "sent"
"""A hidden field: with it, what is not ticked was unticked by a person."""


@dataclass(frozen=True, slots=True)
class FeedForm:
    """What the fields hold, as it was typed; what it defines, unless something is wrong with it."""

    told: Mapping[str, Any]
    feed: WebFeed | None
    errors: list[dict[str, str]] = field(default_factory=list)


def read_form(sent: MultiDict[str, str], stored: Mapping[str, Any] | None) -> FeedForm:
    """Read what was sent; without that, show a preset that is asked for, or what is stored, or the defaults."""
    if SENT not in sent:
        preset = PRESETS.get(sent.get("preset", ""), {})
        feed = WebFeed.read({**preset, **(stored or {})})
        return FeedForm(feed.plain(), feed)
    told = _told(sent)
    try:
        return FeedForm(told, read_definition(told))
    except ValidationError as error:
        return FeedForm(told, None, flatten(error.messages))


def _told(sent: MultiDict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: sent.getlist(name) for name in ("bands", "fields")}
    told |= {name: [line.strip() for line in sent.get(name, "").splitlines() if line.strip()] for name in LISTS}
    told |= {name: sent.get(name) == "true" for name in FLAGS}
    told |= {name: sent.get(name, "").strip() or None for name in ("pool", "pickup_location")}
    told |= {name: _number(sent.get(name, "").strip()) for name in NUMBERS}
    return told | {"sort": sent.get("sort", "sales")}


def _number(text: str) -> int | str | None:
    """Read a number; what is none stays as it was typed, to be refused by its name."""
    return int(text) if text.isascii() and text.isdigit() else text or None
