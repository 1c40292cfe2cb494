"""The catalogue that marketing reads, written in bulk jobs: the publisher that the outbox delivers through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from integrations.errors import PermanentError
from integrations.klaviyo import mapping
from integrations.klaviyo.client import KlaviyoClient, UnknownResourceError, next_cursor
from integrations.klaviyo.jobs import outcome_of, read_job
from integrations.ports import CatalogJob, JobKind, JobOutcome

MAX_RECORDS: Final = 100
"""Records per bulk request (Klaviyo, Bulk Update Catalog Variants)."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """The names one kind of job has in Klaviyo."""

    submit: str
    job: str  # reading one; with an s it lists
    type: str
    records: Literal["items", "variants"]


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
}


class KlaviyoCatalog:
    """Implements `CatalogPublisher` for one Klaviyo account."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Publish through a client that is already paced."""
        self._client = client

    def check(self) -> str:
        """Name the account that the key opens."""
        accounts = self._client.accounts().get("data") or []
        if not accounts:
            raise PermanentError("Klaviyo names no account for this key.")
        contact = (accounts[0].get("attributes") or {}).get("contact_information") or {}
        return str(contact.get("organization_name") or accounts[0].get("id"))

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

    def known(self, kind: Literal["items", "variants"], ids: Sequence[str]) -> frozenset[str]:
        """Tell which of these ids exist there; one request unless Klaviyo splits the page."""
        if not ids:
            return frozenset()
        if len(ids) > MAX_RECORDS:
            raise PermanentError(f"At most {MAX_RECORDS} ids may be asked for at once, not {len(ids)}.")
        found: set[str] = set()
        cursor: str | None = None
        while True:
            page = self._client.read(f"get_catalog_{kind}", **_page_of(kind, ids, cursor))
            found.update(mapping.external_id(record["id"]) for record in page.get("data") or ())
            cursor = next_cursor(page)
            if cursor is None:
                return frozenset(found)


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


def ids_of(job: CatalogJob) -> Sequence[str]:
    """Name a job's records by our ids, in the order of the request."""
    if job.kind.startswith("delete"):
        return job.ids
    if job.kind.endswith("items"):
        return [item.product for item in job.items]
    return [variant.variant for variant in job.variants]


def _page_of(kind: str, ids: Sequence[str], cursor: str | None) -> dict[str, Any]:
    quoted = ",".join('"' + mapping.compound_id(id_).replace("\\", "\\\\").replace('"', '\\"') + '"' for id_ in ids)
    options: dict[str, Any] = {"filter": f"any(ids,[{quoted}])", "page_size": MAX_RECORDS}
    options[f"fields_catalog_{kind.removesuffix('s')}"] = ["external_id"]
    return options if cursor is None else options | {"page_cursor": cursor}
