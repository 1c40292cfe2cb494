"""What a process works with, chosen once by `gateway.wiring` and passed on explicitly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.known_variants import KnownVariants
from gateway.policy_library import PolicyLibrary
from gateway.settings import Settings
from gateway.stock_index import StockIndex
from gateway.store import Store
from integrations.ports import AlertChannel, CatalogPublisher, Desks, StockMessenger, StockSource, WebhookReceiver


@dataclass(frozen=True, slots=True)
class Services:
    """The settings, the memory, the policy in force, the outside systems, and the clock's three faces."""

    settings: Settings
    store: Store
    policies: PolicyLibrary
    now: Callable[[], datetime]
    elapsed: Callable[[], float]
    webhooks: WebhookReceiver | None = None
    source: StockSource | None = None
    publisher: CatalogPublisher | None = None
    desks: Desks | None = None
    messenger: StockMessenger | None = None
    alert_channels: Sequence[AlertChannel] = ()
    known: KnownVariants = field(default_factory=KnownVariants)
    stock: StockIndex = field(default_factory=StockIndex)
