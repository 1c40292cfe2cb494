"""The one place where real things are chosen: which store, which shop, which Klaviyo account."""

from collections.abc import Sequence

from gateway import clock
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings, SettingsError
from gateway.store import open_store
from integrations.ports import (
    AlertChannel,
    Budget,
    CatalogPublisher,
    Desks,
    StockMessenger,
    StockSource,
    WebhookReceiver,
)

WEB_TIMEOUT_S = 0.5


def build_services(process: str, settings: Settings | None = None) -> Services:
    """Build what a process works with; nothing connects yet. Raises SettingsError.

    `web` only takes in and shows, so it opens neither Shopify nor Klaviyo and gives the store half a second.
    """
    chosen = settings or Settings.from_environ()
    if not chosen.redis_url:
        raise SystemExit("Set REDIS_URL, or use `python3 dev.py run`, which brings a server along.")
    web = process == "web"
    store = open_store(chosen.redis_url, chosen.namespace, **({"timeout_s": WEB_TIMEOUT_S} if web else {}))
    return Services(
        settings=chosen,
        store=store,
        policies=PolicyLibrary(store),
        now=clock.now,
        elapsed=clock.elapsed,
        webhooks=_webhooks(chosen),
        source=None if web else _source(chosen),
        publisher=None if web else _publisher(chosen, store.budget("klaviyo")),
        desks=None if web else _desks(chosen, store.budget("klaviyo")),
        messenger=None if web else _messenger(chosen, store.budget("klaviyo")),
        alert_channels=() if web else _alert_channels(chosen),
    )


def _webhooks(settings: Settings) -> WebhookReceiver | None:
    if not settings.shopify_webhook_secrets:
        return None
    from integrations.shopify import ShopifyWebhooks  # noqa: PLC0415  (only a shop that is connected pays for it)

    return ShopifyWebhooks(settings.shopify_webhook_secrets, settings.shopify_shop)


def _source(settings: Settings) -> StockSource | None:
    if not settings.shopify_shop:
        return None
    from integrations.shopify import open_shopify  # noqa: PLC0415

    return open_shopify(
        shop=settings.shopify_shop,
        now=clock.now,
        elapsed=clock.elapsed,
        pause=clock.pause,
        base_url=settings.shopify_base_url,
        access_token=settings.shopify_access_token,
        client_id=settings.shopify_client_id,
        client_secret=settings.shopify_client_secret,
    )


def _publisher(settings: Settings, budget: object) -> CatalogPublisher | None:
    if settings.klaviyo_api_key is None:
        return None
    from integrations.klaviyo import open_klaviyo  # noqa: PLC0415  (75 MB of models: never in the web process)

    return open_klaviyo(settings.klaviyo_api_key, settings.klaviyo_base_url or "", budget)  # type: ignore[arg-type]


def _desks(settings: Settings, budget: Budget) -> Desks | None:
    if settings.klaviyo_api_key is None:
        return None
    from integrations.klaviyo import open_desks  # noqa: PLC0415

    return open_desks(settings.klaviyo_api_key, settings.klaviyo_base_url or "", budget, pause=clock.pause)


def _messenger(settings: Settings, budget: Budget) -> StockMessenger | None:
    if settings.klaviyo_api_key is None:
        return None
    from integrations.klaviyo import open_messenger  # noqa: PLC0415

    return open_messenger(settings.klaviyo_api_key, settings.klaviyo_base_url or "", budget)


def _alert_channels(settings: Settings) -> Sequence[AlertChannel]:
    if not settings.alert_urls:
        return ()
    from integrations.alerts import AddressError, open_channels  # noqa: PLC0415  (10 MB, for those who are to be told)

    try:
        return open_channels(settings.alert_urls)
    except AddressError as error:
        raise SettingsError({"ALERT_URLS": [str(error)]}) from None
