"""The catalogue that marketing reads, written in bulk jobs: the publisher that the outbox delivers through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from integrations.errors import AccessError, PermanentError
from integrations.klaviyo import mapping
from integrations.klaviyo.account import read_account
from integrations.klaviyo.audit import OF_ITEMS, WHOLE, drift_of
from integrations.klaviyo.client import KlaviyoClient, UnknownResourceError, next_cursor
from integrations.klaviyo.jobs import outcome_of, read_job
from integrations.ports import (
    Account,
    CatalogItem,
    CatalogJob,
    CatalogVariant,
    Drift,
    JobKind,
    JobOutcome,
    Records,
)

MAX_RECORDS: Final = 100
"""Records per bulk request (Klaviyo, Bulk Update Catalog Variants)."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """The names one kind of job has in Klaviyo."""

    submit: str
    job: str  # reading one; with an s it lists
    type: str
    records: Literal["items", "variants", "categories"]


OPERATIONS: Final[Mapping[JobKind, _Operation]] = {
    "create_items": _Operation(
        "bulk_create_catalog_items", "get_bulk_create_catalog_items_job", "catalog-item-bulk-create-job", "items"
    ),
    "update_items": _Operation(
        "bulk_update_catalog_items", "get_bulk_update_catalog_items_job", "catalog-item-bulk-update-job", "items"
    ),
    "delete_items": _Operation(
        "bulk_delete_catalog_items", "get_bulk_delete_catalog_items_job", "catalog-item-bulk-delete-job", "items"
    ),
    "create_variants": _Operation(
        "bulk_create_catalog_variants", "get_bulk_create_variants_job", "catalog-variant-bulk-create-job", "variants"
    ),
    "update_variants": _Operation(
        "bulk_update_catalog_variants", "get_bulk_update_variants_job", "catalog-variant-bulk-update-job", "variants"
    ),
    "delete_variants": _Operation(
        "bulk_delete_catalog_variants", "get_bulk_delete_variants_job", "catalog-variant-bulk-delete-job", "variants"
    ),
    "create_categories": _Operation(
        "bulk_create_catalog_categories",
        "get_bulk_create_categories_job",
        "catalog-category-bulk-create-job",
        "categories",
    ),
}


class KlaviyoCatalog:
    """Implements `CatalogPublisher` for one Klaviyo account."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Publish through a client that is already paced."""
        self._client = client

    def check(self) -> str:
        """Name the account that the key opens."""
        return self.account().name

    def account(self) -> Account:
        """Name the account with its id."""
        return read_account(self._client.accounts())

    def scope_problems(self) -> Sequence[str]:
        """Read one record; what may be written shows at the first write only, for asking has an effect."""
        try:
            self._client.read("get_catalog_items", page_size=1)
        except AccessError as error:
            return (str(error),)
        return ()

    def turns(self, *, urgent: bool = False) -> int:
        """Count the jobs that the allowance would let through now."""
        return self._client.turns("catalog.write", urgent=urgent)

    def submit(self, job: CatalogJob, *, urgent: bool) -> str:
        """Hand in one job and return its id."""
        records = records_of(job)
        if not 0 < len(records) <= MAX_RECORDS:
            raise PermanentError(f"A catalogue job carries 1 to {MAX_RECORDS} records, not {len(records)}.")
        operation = OPERATIONS[job.kind]
        body = {"data": {"type": operation.type, "attributes": {operation.records: {"data": records}}}}
        return str(read_job(self._client.write(operation.submit, body, urgent=urgent))["id"])

    def outcome(self, kind: JobKind, job_id: str, *, job: CatalogJob) -> JobOutcome:
        """Ask how far a job is. A job that Klaviyo has forgotten has failed as a whole: its effect is not known."""
        try:
            answer = self._client.read(OPERATIONS[kind].job, job_id, family="jobs.read")
        except UnknownResourceError:
            return JobOutcome(finished=True, all_failed="Klaviyo no longer knows this job.")
        return outcome_of(read_job(answer)["attributes"], ids_of(job), creates=kind.startswith("create"))

    def unfinished(self, kind: JobKind) -> frozenset[str]:
        """Name what is queued or processing: two requests, for Klaviyo filters by one status at a time.

        Queued first: a job that begins between the two is in both, the other way round it would be in neither.
        """
        found: set[str] = set()
        for status in ("queued", "processing"):
            cursor: str | None = None
            while True:
                page = {} if cursor is None else {"page_cursor": cursor}
                listed = self._client.read(
                    f"{OPERATIONS[kind].job}s", family="jobs.list", filter=f'equals(status,"{status}")', **page
                )
                found.update(str(job["id"]) for job in listed.get("data") or ())
                cursor = next_cursor(listed)
                if cursor is None:
                    break
        return frozenset(found)

    def known(self, kind: Records, ids: Sequence[str]) -> frozenset[str]:
        """Tell which of these ids exist there; one request unless Klaviyo splits the page."""
        return frozenset(self._held(kind, ids, ["external_id"]))

    def compare(
        self, kind: Records, wanted: Mapping[str, CatalogItem | CatalogVariant]
    ) -> Mapping[str, frozenset[Drift]]:
        """Read records back and tell how each differs; equal ones are missing from the answer."""
        held = self._held(kind, list(wanted), OF_ITEMS if kind == "items" else WHOLE)
        missing: frozenset[Drift] = frozenset({"missing"})
        found = {
            id_: drift_of(held[id_].get("attributes") or {}, record) if id_ in held else missing
            for id_, record in wanted.items()
        }
        return {id_: drift for id_, drift in found.items() if drift}

    def listing(self, kind: Records, cursor: str | None) -> tuple[Sequence[str], str | None]:
        """List at most 100 ids of what is there, after a cursor."""
        options: dict[str, Any] = {"page_size": MAX_RECORDS, f"fields_catalog_{kind[:-1]}": ["external_id"]}
        if cursor is not None:
            options["page_cursor"] = cursor
        page = self._client.read(f"get_catalog_{kind}", **options)
        return [mapping.external_id(record["id"]) for record in page.get("data") or ()], next_cursor(page)

    def _held(self, kind: Records, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        if len(ids) > MAX_RECORDS:
            raise PermanentError(f"At most {MAX_RECORDS} ids may be asked for at once, not {len(ids)}.")
        held: dict[str, Mapping[str, Any]] = {}
        cursor: str | None = None
        while ids:
            page = self._client.read(f"get_catalog_{kind}", **_page_of(kind, ids, fields, cursor))
            held.update((mapping.external_id(record["id"]), record) for record in page.get("data") or ())
            cursor = next_cursor(page)
            if cursor is None:
                break
        return held


def records_of(job: CatalogJob) -> list[dict[str, Any]]:
    """Write a job's records in Klaviyo's words, in order."""
    match job.kind:
        case "create_items":
            return [mapping.new_item(item) for item in job.items]
        case "update_items":
            return [mapping.changed_item(item) for item in job.items]
        case "create_variants":
            return [mapping.new_variant(variant) for variant in job.variants]
        case "update_variants":
            return [mapping.changed_variant(variant) for variant in job.variants]
        case "delete_items":
            return [mapping.gone("catalog-item", id_) for id_ in job.ids]
        case "delete_variants":
            return [mapping.gone("catalog-variant", id_) for id_ in job.ids]
        case "create_categories":
            return [mapping.new_category(id_) for id_ in job.ids]


def ids_of(job: CatalogJob) -> Sequence[str]:
    """Name a job's records by our ids, in the order of the request."""
    if job.kind.startswith("delete") or job.kind == "create_categories":
        return job.ids
    if job.kind.endswith("items"):
        return [item.product for item in job.items]
    return [variant.variant for variant in job.variants]


def _page_of(kind: Records, ids: Sequence[str], fields: Sequence[str], cursor: str | None) -> dict[str, Any]:
    quoted = ",".join('"' + mapping.compound_id(id_).replace("\\", "\\\\").replace('"', '\\"') + '"' for id_ in ids)
    options: dict[str, Any] = {"filter": f"any(ids,[{quoted}])", "page_size": MAX_RECORDS}
    options[f"fields_catalog_{kind.removesuffix('s')}"] = list(fields)
    return options if cursor is None else options | {"page_cursor": cursor}
