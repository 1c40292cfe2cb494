"""Shopify: the stock source, its webhooks, and how to open a shop. Only the wiring names this folder."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

import httpx

from integrations.shopify.auth import ClientCredentials, StaticToken, Tokens
from integrations.shopify.bulk import BulkReads
from integrations.shopify.client import TIMEOUT, ShopifyClient
from integrations.shopify.inventory import ShopifyStock
from integrations.shopify.webhooks import ShopifyWebhooks

__all__ = ["ShopifyStock", "ShopifyWebhooks", "open_shopify"]

_SHOP: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")


def open_shopify(
    *,
    shop: str,
    now: Callable[[], datetime],
    elapsed: Callable[[], float],
    pause: Callable[[float], None],
    base_url: str | None = None,
    access_token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
) -> ShopifyStock:
    """Build the stock source of one shop; connects to nothing yet.

    `base_url` stands in for `https://{shop}`. Raises ValueError for a shop that is no *.myshopify.com name, which would
    send the token elsewhere, and without a token or a client id with its secret.
    """
    shop = shop.lower()
    if base_url is None and not _SHOP.fullmatch(shop):
        raise ValueError("SHOPIFY_SHOP must be the shop's name.myshopify.com.")
    base = (base_url or f"https://{shop}").rstrip("/")
    http = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
    tokens: Tokens
    if access_token:
        tokens = StaticToken(access_token)
    elif client_id and client_secret:
        tokens = ClientCredentials(http, base, client_id, client_secret, elapsed)
    else:
        raise ValueError("Set SHOPIFY_ACCESS_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET.")
    client = ShopifyClient(http, base, tokens, now=now, elapsed=elapsed, pause=pause)
    return ShopifyStock(client, BulkReads(client, http), shop)
