"""Alerts in Klaviyo's words: an event of the metric that starts the merchant's flow, one per person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from integrations.ports import Contact, StockAlert, StockNews

RESTORED: Final = "Marketing Stock Restored"
"""The metric comes to be with its first event (Klaviyo, Create Event)."""

MAX_EVENTS: Final = 1000
"""Events per request (Klaviyo, Bulk Create Events)."""


def profile_of(contact: Contact) -> dict[str, Any]:
    """Name a person; Klaviyo makes a profile where it knows none."""
    name = {"email": contact.email} if contact.email is not None else {"phone_number": contact.phone}
    return {"data": {"type": "profile", "attributes": name}}


def event_body(alert: StockAlert) -> dict[str, Any]:
    """Describe one event as a request of its own."""
    attributes = _attributes(alert) | {"profile": profile_of(alert.contact)}
    return {"data": {"type": "event", "attributes": attributes}}


def bulk_body(alerts: Sequence[StockAlert]) -> dict[str, Any]:
    """Describe many events as one request."""
    people = [
        {
            "type": "event-bulk-create",
            "attributes": {
                "profile": profile_of(alert.contact),
                "events": {"data": [{"type": "event", "attributes": _attributes(alert)}]},
            },
        }
        for alert in alerts
    ]
    job = {"type": "event-bulk-create-job", "attributes": {"events-bulk-create": {"data": people}}}
    return {"data": job}


def properties_of(news: StockNews) -> dict[str, Any]:
    """Give templates what they need; only what is no object can be used in flow filters and segments."""
    told = {
        "VariantId": news.variant,
        "ProductId": news.product,
        "ProductName": news.product_title,
        "VariantName": news.variant_title,
        "SKU": news.sku,
        "URL": news.url,
        "ImageURL": news.image_url,
        "Price": None if news.price is None else float(news.price),
        "AvailableQuantity": news.units,
        "Episode": news.episode,
        "Wave": news.wave,
    }
    return {name: value for name, value in told.items() if value is not None}


def _attributes(alert: StockAlert) -> dict[str, Any]:
    """Say the same of an alert whenever it is asked: a repetition differs in nothing."""
    return {
        "properties": properties_of(alert.news),
        "time": _time(alert.at),
        "unique_id": alert.id,
        "metric": {"data": {"type": "metric", "attributes": {"name": RESTORED}}},
    }


def _time(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
