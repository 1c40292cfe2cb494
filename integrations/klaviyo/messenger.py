"""Telling those who wait, by events or through Klaviyo's own back-in-stock list."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.errors import PermanentError
from integrations.klaviyo.client import Family, KlaviyoClient, Resource
from integrations.klaviyo.events import MAX_EVENTS, bulk_body, event_body
from integrations.klaviyo.waitlist import subscription_body
from integrations.ports import StockAlert, Subscription


class KlaviyoMessenger:
    """Implements `StockMessenger` for one Klaviyo account."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Speak through a client that is already paced."""
        self._client = client

    def tell_many(self, alerts: Sequence[StockAlert]) -> None:
        """Create events in bulk: a repeated `unique_id` fails the whole request (Klaviyo, Bulk Create Events)."""
        if not 0 < len(alerts) <= MAX_EVENTS:
            raise PermanentError(f"A request carries 1 to {MAX_EVENTS} events, not {len(alerts)}.")
        self._tell("event.bulk", "Events", "bulk_create_events", bulk_body(alerts))

    def tell(self, alert: StockAlert) -> None:
        """Create one event: of a repeated `unique_id` only the first is recorded (Klaviyo, Create Event)."""
        self._tell("event", "Events", "create_event", event_body(alert))

    def subscribe(self, subscription: Subscription) -> None:
        """Create a back-in-stock subscription."""
        self._tell("back_in_stock", "Catalogs", "create_back_in_stock_subscription", subscription_body(subscription))

    def _tell(self, family: Family, resource: Resource, operation: str, body: Mapping[str, Any]) -> None:
        try:
            self._client.tell(family, resource, operation, dict(body))
        except PermanentError:  # Klaviyo's own words often repeat the address it did not like
            raise PermanentError("Klaviyo refused to take it: the contact or the variant does not suit it.") from None
