"""Redis and nothing else: the gateway's only memory. Open it with `open_store`; every part takes the time as `at`."""

from gateway.store.columns import Claims, DecisionBatch, Outcome, ReadingColumns, Rows
from gateway.store.errors import StalePolicy, StoreUnavailable
from gateway.store.house import LAYOUT
from gateway.store.store import Store, open_store

__all__ = [
    "LAYOUT",
    "Claims",
    "DecisionBatch",
    "Outcome",
    "ReadingColumns",
    "Rows",
    "StalePolicy",
    "Store",
    "StoreUnavailable",
    "open_store",
]
