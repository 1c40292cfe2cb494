"""What a bulk job says of itself, read into our words. Called by `catalog`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from integrations.errors import TemporaryError
from integrations.ports import JobOutcome, RecordFailure

RECORD_INDEX: Final = re.compile(r"/(?:items|variants|categories)/data/(\d+)(/relationships)?")
"""Where an error's pointer names the record by its place in the request."""

DUPLICATE_CODES: Final = frozenset({"duplicate", "duplicate_result", "conflict"})
MISSING_CODES: Final = frozenset({"not_found", "does_not_exist"})


class _Source(Schema):
    pointer = fields.String(allow_none=True)


class _Error(Schema):
    code = fields.String(load_default="")
    title = fields.String(load_default="")
    detail = fields.String(load_default="")
    source = fields.Nested(_Source, unknown=EXCLUDE, allow_none=True)


class _Attributes(Schema):
    status = fields.String(required=True)
    total_count = fields.Integer(load_default=0, allow_none=True)
    failed_count = fields.Integer(load_default=0, allow_none=True)
    errors = fields.List(fields.Nested(_Error, unknown=EXCLUDE), load_default=list, allow_none=True)


class _Job(Schema):
    id = fields.String(required=True)
    attributes = fields.Nested(_Attributes, unknown=EXCLUDE, required=True)


def read_job(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read one job's id and attributes; an answer that is no job is worth asking for again."""
    try:
        job: Mapping[str, Any] = _Job().load(answer.get("data") or {}, unknown=EXCLUDE)
    except ValidationError:
        raise TemporaryError("Klaviyo answered about a job in a form that cannot be read.") from None
    return job


def outcome_of(attributes: Mapping[str, Any], ids: Sequence[str], *, creates: bool) -> JobOutcome:
    """Name what failed by our ids, given in the order of the request.

    Failures that Klaviyo counts but does not name fall on every record that no error names: writing a state twice is
    harmless, taking a failure for a success is not.
    """
    status = attributes["status"]
    if status == "cancelled":
        return JobOutcome(finished=True, all_failed="Klaviyo cancelled the job.")
    if status != "complete":
        return JobOutcome(finished=False)
    failed: dict[str, RecordFailure] = {}
    for error in attributes["errors"] or ():
        pointer = (error.get("source") or {}).get("pointer") or ""
        place = RECORD_INDEX.search(pointer)
        if place is not None and int(place[1]) < len(ids):
            failed.setdefault(ids[int(place[1])], _failure(error, creates=creates, of_the_record=place[2] is None))
    if (attributes["failed_count"] or 0) > len(failed):
        unnamed = RecordFailure("Klaviyo counted more failures than it named; this record may be one of them.")
        failed |= {id_: unnamed for id_ in ids if id_ not in failed}
    return JobOutcome(finished=True, failed=failed)


def _failure(error: Mapping[str, Any], *, creates: bool, of_the_record: bool) -> RecordFailure:
    reason = error["detail"] or error["title"] or error["code"] or "Klaviyo gave no reason."
    words = reason.lower()
    duplicate = error["code"] in DUPLICATE_CODES or "already exists" in words
    missing = error["code"] in MISSING_CODES or "does not exist" in words or "not found" in words
    return RecordFailure(
        reason,
        exists_already=creates and of_the_record and duplicate,
        unknown=not creates and of_the_record and missing,
    )
