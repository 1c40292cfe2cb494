"""The store as a whole, opened once per process."""

from redis.lock import Lock

from gateway.store.accounts import Accounts
from gateway.store.attempts import Attempts
from gateway.store.audit import Audit
from gateway.store.audits import CatalogAudits
from gateway.store.budget import AccountBudget
from gateway.store.budget_use import BudgetUse
from gateway.store.campaigns import Campaigns
from gateway.store.catalog import Catalog
from gateway.store.catalog_columns import CatalogColumns
from gateway.store.census import Census
from gateway.store.changes import Changes
from gateway.store.connection import Connection
from gateway.store.connections import Connections
from gateway.store.decisions import Decisions
from gateway.store.doubts import Doubts
from gateway.store.drafts import Drafts
from gateway.store.due import Due, Wake
from gateway.store.evidence import Evidence
from gateway.store.feed_parts import FeedParts
from gateway.store.feeds import Feeds
from gateway.store.held_back import HeldBack
from gateway.store.holds import Holds
from gateway.store.house import Epoch, Gauges, Sources
from gateway.store.idempotency import Idempotency
from gateway.store.interning import Names, VariantRows
from gateway.store.job_states import JobStates
from gateway.store.journal import Journal
from gateway.store.keys import Keys
from gateway.store.ledger import Ledger
from gateway.store.movements import Movements
from gateway.store.outbox import Outbox
from gateway.store.policies import Policies
from gateway.store.reconciles import Reconciles
from gateway.store.redecisions import Redecisions
from gateway.store.rereads import Deliveries, Rereads
from gateway.store.restocks import Restocks
from gateway.store.saved_filters import SavedFilters
from gateway.store.sessions import Sessions
from gateway.store.shortlists import Shortlists
from gateway.store.snapshots import Snapshots
from gateway.store.states import States
from gateway.store.tasks import Tasks
from gateway.store.throttle import Throttle
from gateway.store.told import OutsideJobs, ToldTargets
from gateway.store.unchanged import Unchanged
from gateway.store.users import Users
from gateway.store.values import ServerFacts, Standing
from gateway.store.waiting import Waiting
from gateway.store.waitlist import Waitlist
from gateway.store.waves import Waves
from integrations.ports import Budget

LEASE_S = 30.0


class Store:
    """Redis, as the rest of the gateway knows it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        rows, slots = VariantRows(connection, keys), Names(connection, keys.house("slots"))
        self._slots = slots
        self.pools = Names(connection, keys.house("pools"))
        self.ledger = Ledger(connection, keys, rows, slots, self.pools)
        self.decisions = Decisions(connection, keys, self.pools)
        self.due = Due(connection, keys, rows, slots, self.pools)
        self.wake = Wake(connection, keys)
        self.changes = Changes(connection, keys)
        self.journal = Journal(connection, keys, rows)
        self.tasks = Tasks(connection, keys)
        self.job_states = JobStates(connection, keys)
        self.snapshots = Snapshots(connection, keys)
        self.catalog = Catalog(connection, keys, rows, self.pools)
        self.restocks = Restocks(connection, keys, rows)
        self.catalog_columns = CatalogColumns(connection, keys)
        self.states = States(connection, keys)
        self.redecisions = Redecisions(connection, keys)
        self.policies = Policies(connection, keys, self.redecisions)
        self.drafts = Drafts(connection, keys)
        self.doubts = Doubts(connection, keys)
        self.held_back = HeldBack(connection, keys)
        self.unchanged = Unchanged(connection, keys)
        self.census = Census(connection, keys)
        self.evidence = Evidence(connection, keys)
        self.sources = Sources(connection, keys)
        self.gauges = Gauges(connection, keys)
        self.movements = Movements(connection, keys)
        self.reconciles = Reconciles(connection, keys)
        self.epoch = Epoch(connection, keys)
        self._tell(connection, keys, rows)
        self._let_in(connection, keys)

    def _tell(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self.outbox = Outbox(connection, keys)
        self.told = ToldTargets(connection, keys, self.journal)
        self.jobs = OutsideJobs(connection, keys)
        self.deliveries = Deliveries(connection, keys)
        self.connections = Connections(connection, keys)
        self.waiting = Waiting(connection, keys)
        self.feeds = Feeds(connection, keys)
        self.feed_parts = FeedParts(connection, keys, rows)
        self.shortlists = Shortlists(connection, keys)
        self.waitlist = Waitlist(connection, keys, rows)
        self.waves = Waves(self.waitlist)
        self.audits = CatalogAudits(connection, keys)
        self.campaigns = Campaigns(connection, keys)
        self.holds = Holds(connection, keys)

    def _let_in(self, connection: Connection, keys: Keys) -> None:
        self.accounts = Accounts(connection, keys)
        self.users = Users(connection, keys)
        self.sessions = Sessions(connection, keys)
        self.attempts = Attempts(connection, keys)
        self.throttle = Throttle(connection, keys)
        self.idempotency = Idempotency(connection, keys)
        self.saved_filters = SavedFilters(connection, keys)
        self.audit = Audit(connection, keys)

    def standing(self) -> Standing:
        """Return what a compiled policy depends on, in one look."""
        number, slots, locations = self._connection.many(
            [("GET", self.policies.counter), ("LLEN", self._slots.key), ("GET", self.catalog.locations_counter)]
        )
        return Standing(int(number or 0), int(slots), int(locations or 0))

    def rereads(self, source: str) -> Rereads:
        """Return the stock items of a source that are to be read again."""
        return Rereads(self._connection, self._keys, source)

    def budget(self, account: str) -> Budget:
        """Return the allowance of an outside account."""
        return AccountBudget(self._connection, self._keys, account)

    def budget_use(self, account: str) -> BudgetUse:
        """Return how much of an outside account's allowance is used."""
        return BudgetUse(self._connection, self._keys, account)

    def lease(self, name: str) -> Lock:
        """Return a lock that runs out after 30 s unless reacquired; it may be released from any thread."""
        lock: Lock = self._connection.client.lock(
            self._keys.house(f"lease:{name}"), timeout=LEASE_S, thread_local=False
        )
        return lock

    def server(self) -> ServerFacts:
        """Return what must be known of the server before it is trusted."""
        facts = self._connection.command("INFO")
        valkey = facts.get("valkey_version")  # Valkey gives an old Redis version as `redis_version`
        return ServerFacts(
            engine="valkey" if valkey else "redis",
            version=str(valkey or facts["redis_version"]),
            maxmemory_policy=str(facts["maxmemory_policy"]),
            aof=bool(facts["aof_enabled"]),
            used_memory_bytes=int(facts["used_memory"]),
        )

    def ping(self) -> None:
        """Raise StoreUnavailable unless the server answers."""
        self._connection.command("PING")

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()


def open_store(url: str, namespace: str, *, timeout_s: float = 5.0) -> Store:
    """Open the store; the first command connects."""
    return Store(Connection(url, timeout_s), Keys(namespace))
