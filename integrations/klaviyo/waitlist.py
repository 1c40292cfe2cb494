"""A subscription to Klaviyo's own back-in-stock list, for the variant that our catalogue writes."""

from typing import Any

from integrations.klaviyo.events import profile_of
from integrations.klaviyo.mapping import compound_id
from integrations.ports import Subscription


def subscription_body(subscription: Subscription) -> dict[str, Any]:
    """Describe one subscription. It is for one message about one variant and no consent to marketing."""
    variant = {"data": {"type": "catalog-variant", "id": compound_id(subscription.variant)}}
    attributes = {
        "channels": [channel.upper() for channel in subscription.channels],
        "profile": profile_of(subscription.contact),
    }
    relationships = {"variant": variant}
    return {
        "data": {"type": "back-in-stock-subscription", "attributes": attributes, "relationships": relationships},
    }
