"""`POST /readings`: absolute levels from any source. Every row is counted once; good rows go on when others fail."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import request
from marshmallow import ValidationError

from gateway.pipeline.read import WORDS
from gateway.store import ReadingColumns
from gateway.web.access import requires
from gateway.web.api.fields import read_source
from gateway.web.api.reading_columns import columns_of
from gateway.web.api.reading_rows import Row, csv_rows, row_of
from gateway.web.api.root import blueprint
from gateway.web.bodies import CSV, NDJSON, json_lines, raw_body, read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

COUNTERS = ("accepted", "unchanged", "superseded", "set_aside", "rejected")


@blueprint.post("/readings")
@requires("source")
@idempotent
@blueprint.doc(operation_id="record_readings", summary="Record absolute levels", tags=["sources"])
def record_readings() -> tuple[dict[str, Any], int]:
    """Record each row by itself and answer with what became of all of them."""
    if request.mimetype in NDJSON:
        return _accept_rows([_line(value) for _, value in json_lines(raw_body())]), 202
    if request.mimetype == CSV:
        return _accept_rows(_csv()), 202
    source, told = _envelope(read_object())
    columns = columns_of(told, source, house().services.store.ledger.slot)
    if columns is not None:
        return _accept_columns(source, columns), 202
    return _accept_rows([row_of(value, source) for value in told]), 202


def _accept_columns(source: str, columns: ReadingColumns) -> dict[str, Any]:
    services = house().services
    outcomes = house().stages.accept_columns(services, source, columns, services.now())
    counts = Counter(WORDS[code] for code in outcomes.tolist())
    return {**{name: counts[name] for name in COUNTERS}, "problems": []}


def _accept_rows(rows: list[Row]) -> dict[str, Any]:
    _resolve_skus(rows)
    good = [row for row in rows if not row.problems]
    services = house().services
    outcomes: Sequence[str] = ()
    if good:
        readings = [row.reading() for row in good]
        outcomes = house().stages.accept_readings(services, readings, services.now()).outcomes
    counts = Counter(outcomes)
    counts["rejected"] += len(rows) - len(good)
    problems = [
        {"index": index, "path": path, "message": message}
        for index, row in enumerate(rows)
        for path, message in row.problems
    ]
    return {**{name: counts[name] for name in COUNTERS}, "problems": problems}


def _csv() -> list[Row]:
    try:
        return list(csv_rows(raw_body()))
    except ValueError as error:
        raise Problem(422, str(error)) from None


def _envelope(body: dict[str, Any]) -> tuple[str, list[Any]]:
    """Check what is around the readings; return the source and the rows."""
    errors = [{"path": key, "message": "Unknown key."} for key in sorted(body.keys() - {"source", "readings"})]
    source = ""
    try:
        source = read_source(body.get("source"))
    except ValidationError as error:
        errors += flatten(error.messages, "source")
    if not isinstance(body.get("readings"), list):
        errors.append({"path": "readings", "message": "Must be a list."})
    if errors:
        raise Problem(422, "The readings cannot be taken.", errors)
    return source, body["readings"]


def _line(value: Any) -> Row:
    return Row(problems=[("", value.detail)]) if isinstance(value, Problem) else row_of(value, None)


def _resolve_skus(rows: Sequence[Row]) -> None:
    by_sku = house().services.store.catalog.by_sku
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if not row.sku or row.problems:
            continue
        if row.sku not in found:
            found[row.sku] = by_sku(row.sku)
        variants = found[row.sku]
        if len(variants) == 1:
            row.variant = variants[0]
        else:
            why = f"belongs to {len(variants)} variants; name the variant" if variants else "is in no catalogue we know"
            row.problems.append(("sku", f"The SKU {why}."))
