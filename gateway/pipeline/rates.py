"""How fast each variant sells, learned from the sales in the journal; `low_days` asks for it. Run once a day."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from gateway.services import Services
from gateway.store.keys import PARTITIONS

WINDOW_DAYS: Final = 28
"""Four weeks: every weekday counts alike."""
HUNDREDTH: Final = Decimal("0.01")


def learn_rates(services: Services, at: datetime) -> None:
    """Put each variant's units sold a day in place of what was known; those that moved are decided anew.

    Only falls that a source calls a sale count, and only where the source has authority. While the journal is younger
    than the window, its age is what is divided by, and nothing is learned of less than a day.
    """
    version = services.policies.current()
    if version is None:
        return
    slots = frozenset(version.compiled.authoritative)
    for partition in range(PARTITIONS):
        sold, oldest = services.store.journal.sold(partition, at - timedelta(days=WINDOW_DAYS), slots)
        days = Decimal((at - oldest) // timedelta(seconds=1)) / 86_400 if oldest else Decimal(0)
        if days >= 1:
            none = dict.fromkeys(services.store.catalog.rated(partition))
            rates = {variant: _rate(units, min(days, Decimal(WINDOW_DAYS))) for variant, units in sold.items()}
            services.store.catalog.put_rates({**none, **rates}, at=at)
        services.store.tasks.progress("sales_rates", partition + 1, PARTITIONS, services.now())
    services.store.wake.ring()


def _rate(units: int, days: Decimal) -> Decimal | None:
    rate = (units / days).quantize(HUNDREDTH, ROUND_HALF_EVEN)
    return rate if rate > 0 else None
