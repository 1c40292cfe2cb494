"""Reading the simulated catalogue: Klaviyo's filters, pages and sparse fields."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from integrations.klaviyo.simulator.account import Account, Job

ANY_IDS: Final = re.compile(r"any\(ids,(\[.*\])\)")
EQUALS: Final = re.compile(r'equals\((sku|item\.id|status),"((?:[^"\\]|\\.)*)"\)')


class FilterError(ValueError):
    """A filter, page size or cursor that Klaviyo does not offer."""


def page_of(account: Account, noun: str, query: Mapping[str, str], base: str) -> dict[str, Any]:
    """Read one page of items or variants."""
    found = _select(account.records[noun], noun, query.get("filter"))
    try:
        size, start = int(query.get("page[size]", "100")), int(query.get("page[cursor]", "0"))
    except ValueError:
        raise FilterError("The page size or cursor is not valid.") from None
    if not 1 <= size <= 100 or start < 0:  # noqa: PLR2004
        raise FilterError("The page size is 1 to 100.")
    rows = [_resource(noun, id_, record) for id_, record in found[start : start + size]]
    following = f"{base}?page%5Bcursor%5D={start + size}" if start + size < len(found) else None
    return {"data": rows, "links": {"self": base, "next": following, "prev": None}}


def jobs_of(account: Account, noun: str, verb: str, query: Mapping[str, str]) -> dict[str, Any]:
    """List at most 100 jobs of a kind, by status where asked."""
    jobs = [job for job in account.jobs.values() if (job.noun, job.verb) == (noun, verb)]
    if text := query.get("filter"):
        match = EQUALS.fullmatch(text)
        if match is None or match[1] != "status":
            raise FilterError("Jobs are filtered by status only.")
        jobs = [job for job in jobs if account.status(job) == match[2]]
    return {"data": [describe(account, job) for job in jobs[:100]], "links": {"self": "", "next": None, "prev": None}}


def describe(account: Account, job: Job) -> dict[str, Any]:
    """Show one job as Klaviyo does."""
    attributes = {
        "status": account.status(job),
        "created_at": job.created_at.isoformat(),
        "total_count": len(job.records),
        "completed_count": len(job.records) - job.failed if job.complete else 0,
        "failed_count": job.failed,
        "errors": job.errors,
    }
    kind = f"catalog-{job.noun}-bulk-{job.verb}-job"
    return {"type": kind, "id": job.id, "attributes": attributes, "links": {"self": ""}}


def _select(records: Mapping[str, Any], noun: str, text: str | None) -> list[tuple[str, Any]]:
    if not text:
        return list(records.items())
    if match := ANY_IDS.fullmatch(text):
        try:
            wanted = set(json.loads(match[1]))
        except ValueError:
            raise FilterError("The ids of the filter cannot be read.") from None
        return [pair for pair in records.items() if pair[0] in wanted]
    match = EQUALS.fullmatch(text)
    if match is None or noun != "variant" or match[1] == "status":
        raise FilterError("The filter is not offered here.")
    key = "sku" if match[1] == "sku" else "item"
    return [pair for pair in records.items() if pair[1].get(key) == match[2]]


def _resource(noun: str, id_: str, record: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: value for name, value in record.items() if name not in ("item", "categories")}
    return {"type": f"catalog-{noun}", "id": id_, "attributes": attributes, "links": {"self": ""}}
