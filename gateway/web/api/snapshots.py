"""`POST /snapshots`: a full read of a source. Taken whole or refused whole; what it lacks becomes unknown, not 0."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Response, request
from marshmallow import Schema, ValidationError, fields, validate

from gateway.importing.known import Known, why_no_variant
from gateway.importing.snapshots import Intake, Manifest, SnapshotBusy, SnapshotRefused
from gateway.pipeline.read import AHEAD
from gateway.web.access import requires
from gateway.web.api.fields import Identifier, Instant, JsonInteger
from gateway.web.api.reading_rows import Row, row_of
from gateway.web.api.readings import COUNTERS
from gateway.web.api.root import blueprint, time_text
from gateway.web.bodies import NDJSON, read_json
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import LONGEST_KEY, idempotent_for
from gateway.web.streamed import StreamedLines

LARGEST_BYTES: Final = 512 * 1024 * 1024
MOST_ROWS: Final = 2_000_000
MOST_LISTED: Final = 100
STAGED_ROWS: Final = 10_000
"""Rows held at a time: some 20 MB."""


class ManifestSchema(Schema):
    """The first line."""

    source = Identifier(required=True)
    as_of = Instant(required=True)
    rows = JsonInteger(required=True, validate=validate.Range(0, MOST_ROWS))
    sha256 = fields.String(
        validate=validate.Regexp(re.compile(r"[0-9a-fA-F]{64}\Z")), allow_none=True, load_default=None
    )


MANIFEST = ManifestSchema()


@dataclass(slots=True)
class _Told:
    """What the rows had to say, in sum."""

    rows: int = 0
    unplaced: int = 0  # rows of SKUs that name no variant, or several: counted as rejected, they refuse nothing
    broken: int = 0  # rows that cannot be read: they refuse the snapshot
    problems: list[dict[str, Any]] = field(default_factory=list)

    def name(self, index: int, path: str, message: str) -> None:
        """List a problem while there is room."""
        if len(self.problems) < MOST_LISTED:
            self.problems.append({"index": index, "path": path, "message": message})


@blueprint.post("/snapshots")
@requires("source")
@blueprint.doc(operation_id="record_snapshot", summary="Replace all levels of a source", tags=["sources"])
def record_snapshot() -> Response:
    """Stage every row, check the manifest's promises, then swap; a body that breaks off changes nothing."""
    if request.mimetype not in NDJSON:
        raise Problem(415, f"Send {NDJSON[0]}: the manifest in the first line, then one row a line.")
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise Problem(422, f"Idempotency-Key must be 1 to {LONGEST_KEY} characters long.")
    lines = StreamedLines(LARGEST_BYTES)
    manifest = _manifest(lines.first())
    intake = Intake(house().services, manifest)
    try:
        told = _stage(lines, manifest, intake)
        _check(told, manifest, lines)
        return idempotent_for(lines.digest, lambda: _swap(intake, manifest, told))
    finally:
        intake.discard()


def _manifest(line: bytes) -> Manifest:
    try:
        told = read_json(line)
        manifest = Manifest(**MANIFEST.load(told if isinstance(told, dict) else {"": told}))
    except ValidationError as error:
        raise Problem(422, "The manifest in the first line cannot be read.", flatten(error.messages)) from None
    if manifest.as_of > house().services.now() + AHEAD:
        errors = [{"path": "as_of", "message": "Must not be more than 5 minutes ahead."}]
        raise Problem(422, "The snapshot is dated ahead.", errors)
    return manifest


def _stage(lines: StreamedLines, manifest: Manifest, intake: Intake) -> _Told:
    told = _Told()
    waiting: list[tuple[int, Row]] = []
    for line in lines:
        if not line.strip():
            continue
        index, told.rows = told.rows, told.rows + 1
        if told.rows > manifest.rows:
            continue  # refused for their number in the end; only counted
        row = _row(line, manifest)
        for path, message in row.problems:
            told.name(index, path, message)
        if row.problems:
            told.broken += 1
        elif not told.broken:
            waiting.append((index, row))
        if len(waiting) >= STAGED_ROWS:
            _keep(waiting, manifest, intake, told)
    if not told.broken:
        _keep(waiting, manifest, intake, told)
    return told


def _row(line: bytes, manifest: Manifest) -> Row:
    try:
        value = read_json(line)
    except Problem as problem:
        return Row(problems=[("", problem.detail)])
    if isinstance(value, dict):
        if value.get("source", manifest.source) != manifest.source:
            return Row(problems=[("source", f"Must be {manifest.source}, as the manifest says.")])
        if value.get("observed_at") is None:
            value["observed_at"] = time_text(manifest.as_of)
    row = row_of(value, manifest.source)
    if not row.problems:
        # The read confirms an older figure as of its own time; a row that was read later says so.
        row.observed_at = max(row.observed_at, manifest.as_of)
    return row


def _keep(waiting: list[tuple[int, Row]], manifest: Manifest, intake: Intake, told: _Told) -> None:
    by_sku = Known(house().services).by_skus([row.sku for _, row in waiting if row.sku])
    for index, row in waiting:
        if row.sku and len(variants := by_sku[row.sku]) == 1:
            row.variant = variants[0]
        elif row.sku:
            row.problems.append(("sku", why_no_variant(by_sku[row.sku])))
            told.name(index, *row.problems[0])
            told.unplaced += 1
    intake.stage([row.reading() for _, row in waiting if not row.problems])
    waiting.clear()


def _check(told: _Told, manifest: Manifest, lines: StreamedLines) -> None:
    if told.rows != manifest.rows:
        raise Problem(422, f"The manifest promises {manifest.rows} rows and {told.rows} came; nothing was changed.")
    if manifest.sha256 is not None and manifest.sha256.lower() != lines.rest_sha256:
        raise Problem(422, "The rows are not those that the manifest's sha256 was made of; nothing was changed.")
    if told.broken:
        raise Problem(422, f"{told.broken} rows cannot be read; nothing was changed.", told.problems)


def _swap(intake: Intake, manifest: Manifest, told: _Told) -> dict[str, Any]:
    services = house().services
    try:
        swapped = intake.swap(services.now())
    except SnapshotBusy as busy:
        raise Problem(503, str(busy)) from None
    except SnapshotRefused as refused:
        raise Problem(409, str(refused)) from None
    counts = swapped.counts + Counter(rejected=told.unplaced)
    return {
        "snapshot": intake.id,
        "source": manifest.source,
        "as_of": time_text(manifest.as_of),
        "rows": manifest.rows,
        **{name: counts[name] for name in COUNTERS},
        "became_unknown": swapped.unknown_levels,
        "problems": told.problems,
    }
