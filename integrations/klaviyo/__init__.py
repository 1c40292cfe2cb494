"""Klaviyo: the `$custom` catalogue that marketing reads. Only `gateway.wiring` names this folder."""

from integrations.klaviyo.catalog import KlaviyoCatalog
from integrations.klaviyo.client import TIMEOUT_S, KlaviyoClient
from integrations.ports import Budget

__all__ = ["KlaviyoCatalog", "open_klaviyo"]


def open_klaviyo(
    api_key: str, base_url: str, budget: Budget, *, timeout_s: tuple[float, float] = TIMEOUT_S
) -> KlaviyoCatalog:
    """Make a publisher for one account; nothing is sent yet. An empty `base_url` is Klaviyo itself."""
    return KlaviyoCatalog(KlaviyoClient(api_key, base_url, budget, timeout_s=timeout_s))
