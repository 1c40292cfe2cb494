"""What the gateway needs of the outside, in its own words. Each vendor's folder implements its part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Protocol

from policies.guard import Schedule, Status
from policies.values import LocationFacts, ProductFacts

# --- a source of stock ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemLevel:
    """One stock item at one location, as the source told it when asked."""

    item: str
    location: str
    quantities: Mapping[str, int | None]  # our state names
    active: bool | None
    observed_at: datetime  # when we asked: what changed later is newer
    changed_at: datetime | None = None  # when the source changed it last, where it says so


@dataclass(frozen=True, slots=True)
class ItemRead:
    """A re-read of some stock items: every level of each, and what could not be read."""

    levels: tuple[ItemLevel, ...]
    complete: frozenset[str]  # items whose every level is in `levels`
    gone: frozenset[str]  # items the source no longer knows
    tracked: Mapping[str, bool] = field(default_factory=dict)


TransferStatus = Literal["draft", "ready", "moving", "ended", "canceled", "other"]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What one shipment brings of one item, and what became of it at its destination so far."""

    item: str
    expected: int
    accepted: int = 0
    rejected: int = 0
    canceled: int = 0
    remaining: int = 0


@dataclass(frozen=True, slots=True)
class Shipment:
    """Part of a transfer on its way or received."""

    id: str
    name: str
    moving: bool  # it has left, and was not received whole
    lines: tuple[ReceiptLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Transfer:
    """Units on their way to a place; without an origin they come from a supplier."""

    id: str
    name: str
    status: TransferStatus
    origin: str | None
    destination: str | None
    opened_at: datetime | None
    units: Mapping[str, int]  # stock item -> units
    shipments: tuple[Shipment, ...] = ()
    whole: bool = True  # False: it has more lines or shipments than were read

    @property
    def is_open(self) -> bool:
        """Tell whether units are still to come of it."""
        return self.status in ("ready", "moving")


@dataclass(frozen=True, slots=True)
class Restocked:
    """Units that a refund put back, as a hint why a level rose."""

    variant: str
    location: str
    units: int
    cause: str  # one of CAUSES


BulkKind = Literal["products", "levels"]


@dataclass(frozen=True, slots=True)
class BulkRead:
    """How far a read of everything is that the source prepares as one file."""

    finished: bool
    objects: int  # counted so far; in the end, what the file must hold
    address: str | None = field(default=None, repr=False)  # where the file lies; it may carry a signature
    failure: str | None = None  # the file, if there is one, is only a part: true in what it says, silent on the rest
    expired: bool = False  # the file can no longer be had: ask for another one


class StockSource(Protocol):
    """A system that can be asked for catalogue and stock. `version` is of the API that it is asked by."""

    name: str
    version: str

    def check(self) -> Sequence[str]:
        """Ask for identity, scopes and version; return what is wrong as sentences, empty when all is well."""

    def watch(self, address: str) -> Sequence[str]:
        """Have every change that bears on stock told to an address; return the topics that were not."""

    def locations(self) -> Sequence[LocationFacts]:
        """Read every location, closed ones included."""

    def products(self) -> Iterator[ProductFacts]:
        """Read the whole catalogue, product by product."""

    def products_of(self, products: Sequence[str]) -> Sequence[ProductFacts]:
        """Re-read some products; one that is gone is missing from the answer."""

    def levels(self) -> Iterator[ItemLevel]:
        """Read every level of every stock item, inactive ones included."""

    def levels_of(self, items: Sequence[str]) -> ItemRead:
        """Re-read every level of some stock items (at most 50)."""

    def open_transfers(self) -> Sequence[str]:
        """Name the transfers that units are still to come of; none where we may not read them."""

    def transfer(self, id: str) -> Transfer | None:  # noqa: A002
        """Read one transfer; None where it is gone."""

    def products_since(self, since: datetime) -> Iterator[ProductFacts]:
        """Read the products that changed since a time by the source's clock. Raises TooMuchError."""

    def levels_since(self, since: datetime) -> Iterator[ItemLevel]:
        """Read the levels that changed since a time by the source's clock. Raises TooMuchError."""

    def start_bulk(self, kind: BulkKind) -> str:
        """Ask for everything as one file; return what the read goes by."""

    def bulk(self, id: str) -> BulkRead:  # noqa: A002
        """Ask how far such a read is."""

    def bulk_products(self, read: BulkRead) -> Iterator[ProductFacts]:
        """Stream the products of a finished read. Raises TemporaryError where the file is cut short or miscounted."""

    def bulk_levels(self, read: BulkRead, as_of: datetime) -> Iterator[ItemLevel]:
        """Stream the levels of a finished read as of the time at which it was asked for, as `bulk_products` does."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A trusted webhook, reduced to what must be read again."""

    id: str  # unique per delivery, the same over retries
    topic: str
    items: tuple[str, ...] = ()  # stock items whose levels changed
    products: tuple[str, ...] = ()  # products whose facts changed
    locations: bool = False  # the locations must be read again
    transfers: tuple[str, ...] = ()  # transfers that moved on
    movement: bool = False  # a transfer moved on, and which one is not told
    restocked: tuple[Restocked, ...] = ()
    access: bool = False  # what we may read changed
    bulk_finished: bool = False  # a file that was asked for is there, or will never be
    triggered_at: datetime | None = None  # a hint, not signed
    event_id: str | None = None


class WebhookReceiver(Protocol):
    """Turns raw requests of one system into deliveries."""

    name: str  # the source they speak for

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Delivery:
        """Verify the signature over the raw body, then read it.

        Raises UntrustedDeliveryError, or MalformedDeliveryError for a trusted body that cannot be read.
        """


# --- the catalogue that marketing reads -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """A product as marketing should see it."""

    product: str
    title: str
    description: str
    url: str
    image_url: str | None = None
    price: Decimal | None = None
    published: bool = True
    metadata: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    categories: tuple[str, ...] = ()  # those that marketing's catalogue knows


@dataclass(frozen=True, slots=True)
class CatalogVariant:
    """A variant as marketing should see it: `units` is the default pool's promise."""

    variant: str
    product: str
    title: str
    description: str
    sku: str
    url: str
    units: int
    price: Decimal | None = None
    image_url: str | None = None
    sells_when_out: bool = False
    published: bool = True
    metadata: Mapping[str, str | int | float | bool] = field(default_factory=dict)


JobKind = Literal[
    "create_items",
    "update_items",
    "create_variants",
    "update_variants",
    "delete_items",
    "delete_variants",
    "create_categories",
]
Records = Literal["items", "variants"]
Drift = Literal["missing", "number", "published", "edited"]
"""How a record there differs: it is not there, another quantity, another visibility, other words or prices."""


@dataclass(frozen=True, slots=True)
class CatalogJob:
    """At most 100 records of one kind, sent in one request. Deletes and categories carry ids only, in `ids`."""

    kind: JobKind
    items: tuple[CatalogItem, ...] = ()
    variants: tuple[CatalogVariant, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordFailure:
    """Why one record of a finished job was not applied."""

    reason: str
    exists_already: bool = False  # a create of what is known: update instead
    unknown: bool = False  # an update of what is not known: create instead


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How far a job is."""

    finished: bool
    failed: Mapping[str, RecordFailure] = field(default_factory=dict)  # product or variant id -> why
    all_failed: str | None = None  # the job as a whole failed, with this reason


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a key opens."""

    id: str
    name: str
    revision: str = ""  # of the API that was asked


class CatalogPublisher(Protocol):
    """Writes the catalogue that marketing reads. Never sleeps, never retries; one call is one request.

    A call that finds no turn raises TemporaryError with `retry_after_s`, and nothing was sent. Safe between threads.
    """

    def check(self) -> str:
        """Name the account that the key opens. Raises AccessError or TemporaryError."""

    def turns(self, *, urgent: bool = False) -> int:
        """Count the jobs that the allowance would let through now."""

    def submit(self, job: CatalogJob, *, urgent: bool) -> str:
        """Hand in one job and return its id. Accepted is not applied: ask `outcome`.

        Raises TemporaryError (with `outcome_unknown` after a timeout or a cut connection), PermanentError, AccessError.
        """

    def outcome(self, kind: JobKind, job_id: str, *, job: CatalogJob) -> JobOutcome:
        """Ask how far a job is; `job` is what was handed in, so that failures can be named by id."""

    def unfinished(self, kind: JobKind) -> frozenset[str]:
        """Name the jobs of a kind that are queued or processing, whoever handed them in."""

    def known(self, kind: Records, ids: Sequence[str]) -> frozenset[str]:
        """Tell which of these product or variant ids exist there (at most 100)."""

    def account(self) -> Account:
        """Name the account with its id. Raises AccessError or TemporaryError."""

    def scope_problems(self) -> Sequence[str]:
        """Ask for what can be asked for without an effect; return what the key may not do, as sentences."""

    def compare(
        self, kind: Records, wanted: Mapping[str, CatalogItem | CatalogVariant]
    ) -> Mapping[str, frozenset[Drift]]:
        """Read records back (at most 100) and tell how each differs from what it should be; equal ones are missing."""

    def listing(self, kind: Records, cursor: str | None) -> tuple[Sequence[str], str | None]:
        """List at most 100 ids of what is there, after a cursor; return the next cursor."""


class Budget(Protocol):
    """One outside account's request allowance, shared by every process that spends it."""

    def take(self, family: str, *, urgent: bool = False) -> float:
        """Take one request of a family, or say how many seconds to wait before asking again (0.0: go)."""

    def turns(self, family: str, *, urgent: bool = False) -> int:
        """Count the requests of a family that would be let through now."""

    def refused(self, family: str, retry_after_s: float) -> None:
        """Record that the vendor refused a request: nobody takes from the family until then."""

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        """Record what the vendor says is left of its longer window."""


# --- what messages feature --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """A product of ours that something outside points at, with the variants meant: one, some or all of it."""

    product: str
    title: str
    variants: tuple[str, ...]
    exact: bool = False  # the very variants were named, not just their product


class ProductLookup(Protocol):
    """Finds our products by what a message shows of them."""

    def by_id(self, id: str) -> ProductMatch | None:  # noqa: A002  (the catalogue's word)
        """Find by a product's or a variant's id."""

    def by_url(self, url: str) -> ProductMatch | None:
        """Find by a link to a product page."""

    def by_image(self, url: str) -> ProductMatch | None:
        """Find by a picture."""

    def is_ours(self, url: str) -> bool:
        """Tell whether a link leads to the shop at all."""


@dataclass(frozen=True, slots=True)
class MessageContent:
    """One version of a message as its recipients may see it."""

    channel: str  # email | sms | push
    subject: str = ""  # of an e-mail; the title of a push message
    preview: str = ""
    body: str = ""  # HTML of an e-mail, plain text otherwise
    definition: Mapping[str, object] | None = None  # the blocks of a drag-and-drop template, where told
    links: tuple[str, ...] = ()  # beside the body, such as where a push message leads


MentionKind = Literal["catalog_tag", "product_block", "link", "image"]
Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place at which a message shows a product of ours."""

    kind: MentionKind
    where: str
    text: str  # the id or address as written
    match: ProductMatch
    certainty: Certainty
    hero: bool = False
    cancels_alone: bool = False  # the message skips itself when this is unpublished


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that looks like a product and could not be found, or is chosen for each recipient."""

    where: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ContentReading:
    """What a message features, as far as its text tells."""

    mentions: tuple[Mention, ...] = ()
    unresolved: tuple[Unread, ...] = ()
    per_person: tuple[Unread, ...] = ()  # dynamic feeds and variables: nobody can say which product


# --- messages that go out ---------------------------------------------------------------------------------------------

FLOW_STEP: Final = "flow-"
"""How our ids of a flow's steps begin."""


@dataclass(frozen=True, slots=True)
class Message:
    """A campaign message, or a step of a flow that sends, as it stands in the outside system."""

    id: str
    group: str  # the campaign or the flow it belongs to
    name: str
    channel: str  # email | sms | push, or another that no guard watches
    status: Status
    vendor_status: str  # the vendor's own word
    updated_at: datetime | None
    schedule: Schedule | None = None
    restorable: bool = True  # what we hold can be put back by the interface, exactly as it was
    digest: str = ""  # of what the listing shows; another one: read the content again


@dataclass(frozen=True, slots=True)
class Inspection:
    """A message with its content, and a digest of all that a person may have worked on: content and audience."""

    message: Message
    contents: tuple[MessageContent, ...]
    fingerprint: str


class MessageDesk(Protocol):
    """Where messages of one kind are read, held and released. Nothing here is repeated by itself.

    Effects raise TemporaryError (with `outcome_unknown` where it may have happened), PermanentError or AccessError.
    """

    def upcoming(self) -> Sequence[Message]:
        """Read all that is about to send, or sends."""

    def messages(self, ids: Sequence[str]) -> Mapping[str, Message]:
        """Read some messages, whatever their status; one that is gone is missing."""

    def inspect(self, message: str, *, urgent: bool = False) -> Inspection | None:
        """Read a message with its content; None where it is gone."""

    def hold(self, message: str) -> None:
        """Keep a message from sending. What it was scheduled for is lost there: remember it first."""

    def cancel(self, message: str) -> None:
        """Stop a message that sends already. It cannot be undone."""

    def release(self, message: str, schedule: Schedule | None) -> None:
        """Put a held message back to a schedule."""


class TagShelf(Protocol):
    """The tags that people, and the guard, put on campaigns and flows."""

    def tags(self, prefix: str) -> Mapping[str, str]:
        """Return the ids of the tags whose names begin so."""

    def campaigns(self, tag: str) -> frozenset[str]:
        """Return the campaigns that carry a tag, by its id."""

    def put(self, name: str, message: Message) -> None:
        """Make a tag where there is none, and put it on what a message belongs to."""

    def drop(self, name: str) -> None:
        """Delete a tag; one that is gone is no error."""


@dataclass(frozen=True, slots=True)
class Desks:
    """All that the guard needs of one account."""

    campaigns: MessageDesk
    flows: MessageDesk
    tags: TagShelf
    read: Callable[[MessageContent, ProductLookup], ContentReading]

    def of(self, message: str) -> MessageDesk:
        """Return where a message is handled."""
        return self.flows if message.startswith(FLOW_STEP) else self.campaigns


# --- those who wait for stock -----------------------------------------------------------------------------------------

Channel = Literal["email", "sms"]


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person: an e-mail address or a phone number, one of the two. Never shown, not even by `repr`."""

    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StockNews:
    """What a message about a variant's stock can say of it."""

    variant: str
    product: str | None
    product_title: str
    variant_title: str
    sku: str | None
    url: str | None
    image_url: str | None
    price: Decimal | None
    units: int | None  # promised; None: without limit
    episode: int
    wave: int


@dataclass(frozen=True, slots=True)
class StockAlert:
    """One person's message that a variant is back; who receives two of one id keeps the first."""

    id: str
    contact: Contact
    at: datetime
    news: StockNews


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person's wish to hear from marketing's own list when a variant is back."""

    contact: Contact
    variant: str
    channels: tuple[Channel, ...]


class StockMessenger(Protocol):
    """Tells people who wait. One call is one request; errors name no person.

    Raises TemporaryError (with `outcome_unknown` where it may have gone), PermanentError or AccessError.
    """

    def tell_many(self, alerts: Sequence[StockAlert]) -> None:
        """Hand in the alerts of many people (at most 1,000), all or none; refused whole where one went before."""

    def tell(self, alert: StockAlert) -> None:
        """Hand in one person's alert. One that went before is dropped by its id, and is no error."""

    def subscribe(self, subscription: Subscription) -> None:
        """Put a person on marketing's own list. Doing it twice is harmless."""


# --- those who run the house ------------------------------------------------------------------------------------------


class AlertChannel(Protocol):
    """One place where staff is told what needs a person. One call is one message; nothing is repeated by itself."""

    kind: str  # the service behind it
    name: str  # the kind and a short digest of the address, of which it shows nothing: addresses hold secrets

    def tell(self, title: str, text: str) -> None:
        """Send one message of plain text.

        Raises TemporaryError (with `outcome_unknown` where it may have arrived) or PermanentError; neither shows the
        address.
        """
