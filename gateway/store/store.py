"""The store as a whole, opened once per process."""

from gateway.store.connection import Connection
from gateway.store.decisions import Decisions
from gateway.store.due import Due, Wake
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import Keys
from gateway.store.ledger import Ledger
from gateway.store.outbox import Outbox
from gateway.store.rereads import Deliveries, Rereads
from gateway.store.tasks import Tasks
from gateway.store.told import OutsideJobs, ToldTargets


class Store:
    """Redis, as the rest of the gateway knows it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        rows, slots = VariantRows(connection, keys), Names(connection, keys.house("slots"))
        self.pools = Names(connection, keys.house("pools"))
        self.ledger = Ledger(connection, keys, rows, slots, self.pools)
        self.decisions = Decisions(connection, keys, rows, self.pools)
        self.due = Due(connection, keys, rows)
        self.wake = Wake(connection, keys)
        self.outbox = Outbox(connection, keys)
        self.told = ToldTargets(connection, keys)
        self.jobs = OutsideJobs(connection, keys)
        self.deliveries = Deliveries(connection, keys)
        self.tasks = Tasks(connection, keys)

    def rereads(self, source: str) -> Rereads:
        """Return the stock items of a source that are to be read again."""
        return Rereads(self._connection, self._keys, source)

    def ping(self) -> None:
        """Raise StoreUnavailable unless the server answers."""
        self._connection.command("PING")

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()


def open_store(url: str, namespace: str, *, timeout_s: float = 5.0) -> Store:
    """Open the store; the first command connects."""
    return Store(Connection(url, timeout_s), Keys(namespace))
