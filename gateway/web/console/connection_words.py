"""The connection in words."""

from collections.abc import Mapping
from typing import Final

from gateway.settings import Settings
from gateway.store.values import ConnectionState
from gateway.web.console.feed_words import Standing

FAMILIES: Final[Mapping[str, str]] = {
    "catalog.write": "Writing the catalogue",
    "catalog.read": "Reading the catalogue back",
    "jobs.read": "Asking how far a job is",
    "jobs.list": "Listing jobs",
    "account": "Asking whose account it is",
    "campaign.read": "Reading campaigns",
    "campaign.write": "Holding and releasing campaigns",
    "flow": "Reading and holding flow messages",
    "tag": "Tags",
    "template.read": "Reading templates",
    "event": "Telling single people",
    "event.bulk": "Telling many people",
    "back_in_stock": "Back-in-stock subscriptions",
}
OUTBOX_WORDS: Final[Mapping[str, str]] = {"klaviyo.items": "Products", "klaviyo.variants": "Variants: their numbers"}
AUDIT_KINDS: Final[Mapping[str, str]] = {
    "missing": "missing in Klaviyo",
    "number": "with another number",
    "published": "shown, or hidden, against our word",
    "edited": "edited by somebody else",
    "extra": "ours, and not noted as told",
    "foreign": "not ours: left alone",
    "pending": "on their way anyway",
    "deleted": "deleted: no longer in the shop",
}


def klaviyo_says(settings: Settings, state: ConnectionState | None) -> Standing:
    """Say how the connection to Klaviyo is."""
    if settings.watch:
        return Standing("watching", "warn", "No Klaviyo key is set: all is decided and explained, and nothing is told.")
    if state is None:
        return Standing("unchecked", "warn", "The key was not checked yet: that takes a running worker, and seconds.")
    if not state.account:
        return Standing("no access", "bad", "The key opens no account, so nothing is told.")
    if not state.writable:
        return Standing("not ours", "bad", f"The key opens {state.name}, and this house belongs to another account.")
    if state.problems:
        return Standing("limited", "warn", f"Connected to {state.name}, with something missing:")
    if settings.klaviyo_catalog == "feed":
        return Standing("connected", "good", f"Connected to {state.name}, which reads its catalogue from the feed.")
    return Standing("connected", "good", f"Connected to {state.name}; all that is needed is allowed.")


def source_says(state: ConnectionState | None) -> Standing:
    """Say how the connection to the shop is."""
    if state is None:
        return Standing("unchecked", "warn", "The shop was not checked yet: that takes a running worker, and seconds.")
    if state.problems:
        return Standing("limited", "warn", "Connected, with something missing:")
    return Standing("connected", "good", "Connected; all that is needed may be read.")
