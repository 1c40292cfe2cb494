"""Klaviyo: the `$custom` catalogue that marketing reads, and the messages that promote it.

Only `gateway.wiring` names this folder.
"""

from collections.abc import Callable

from integrations.klaviyo.campaigns import KlaviyoCampaigns
from integrations.klaviyo.catalog import KlaviyoCatalog
from integrations.klaviyo.client import TIMEOUT_S, KlaviyoClient
from integrations.klaviyo.flows import KlaviyoFlows
from integrations.klaviyo.messenger import KlaviyoMessenger
from integrations.klaviyo.tags import KlaviyoTags
from integrations.klaviyo.templates import read_content
from integrations.ports import Budget, Desks

__all__ = ["KlaviyoCatalog", "KlaviyoMessenger", "open_desks", "open_klaviyo", "open_messenger"]


def open_klaviyo(
    api_key: str, base_url: str, budget: Budget, *, timeout_s: tuple[float, float] = TIMEOUT_S
) -> KlaviyoCatalog:
    """Make a publisher for one account; nothing is sent yet. An empty `base_url` is Klaviyo itself."""
    return KlaviyoCatalog(KlaviyoClient(api_key, base_url, budget, timeout_s=timeout_s))


def open_messenger(
    api_key: str, base_url: str, budget: Budget, *, timeout_s: tuple[float, float] = TIMEOUT_S
) -> KlaviyoMessenger:
    """Make what tells those who wait; nothing is sent yet."""
    return KlaviyoMessenger(KlaviyoClient(api_key, base_url, budget, timeout_s=timeout_s))


def open_desks(
    api_key: str,
    base_url: str,
    budget: Budget,
    *,
    pause: Callable[[float], None],
    timeout_s: tuple[float, float] = TIMEOUT_S,
) -> Desks:
    """Make what the guard works at; nothing is sent yet. A request may wait with `pause` for its turn."""
    client = KlaviyoClient(api_key, base_url, budget, timeout_s=timeout_s, pause=pause)
    return Desks(KlaviyoCampaigns(client), KlaviyoFlows(client), KlaviyoTags(client), read_content)
