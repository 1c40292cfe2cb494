"""The destinations of the outbox, and how a promise becomes the number that a destination takes."""

from typing import Final

ITEMS: Final = "klaviyo.items"
VARIANTS: Final = "klaviyo.variants"
CATEGORIES: Final = "klaviyo.categories"
ALERTS: Final = "alerts"
"""What staff is told; see `gateway.alerts`."""

UNCOUNTED_UNITS: Final = 10_000
"""What Klaviyo is told of an unlimited promise: its catalogue takes numbers only, and compares them with small ones."""
