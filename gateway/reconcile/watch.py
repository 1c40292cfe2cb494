"""Looking after the connection to a source: what we may read, and whether it still tells us of changes."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from gateway.reconcile.wanting import want_full
from gateway.services import Services
from gateway.store.values import ConnectionState, Watching
from integrations.errors import IntegrationError, TemporaryError
from integrations.ports import StockSource

DOUBT: Final = "source_check"
log = structlog.get_logger(__name__)


def check_source(services: Services, source: StockSource, at: datetime) -> None:
    """Ask a source for scopes, version and the sum that on hand is; make the subscriptions that it lost.

    What happened while one was missing is not known, so a repair wants a full read.
    """
    try:
        problems = list(source.check())
        _watch(services, source, at)
    except TemporaryError:
        raise
    except IntegrationError as error:
        problems = [str(error)]
    shop = services.settings.shopify_shop or source.name
    state = ConnectionState(shop, shop, "", at, tuple(problems), revision=source.version)
    services.store.connections.put_state(source.name, state)
    if problems:
        services.store.doubts.raise_(DOUBT, source.name, " ".join(problems), {"problems": problems}, at)
        log.warning("source is not as it should be", source=source.name, problems=problems)
    else:
        services.store.doubts.clear(DOUBT, source.name)


def _watch(services: Services, source: StockSource, at: datetime) -> None:
    """Subscribe, where the gateway knows its own address and can verify what is sent there."""
    settings = services.settings
    if settings.public_url is None or not settings.shopify_webhook_secrets:
        return
    made = tuple(source.watch(f"{settings.public_url.rstrip('/')}/webhooks/{source.name}"))
    before = services.store.connections.watching(source.name)
    repaired = made and before is not None  # the first look makes all of them, and repairs nothing
    watching = Watching(at, made, at) if repaired else replace(before or Watching(at), checked_at=at)
    services.store.connections.put_watching(source.name, watching)
    if made:
        log.info("subscribed", source=source.name, topics=made)
        want_full(services, source.name, f"Nothing told of: {', '.join(made)}.", at)
