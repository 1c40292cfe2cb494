"""What is known and promised of variants, and why."""

import re
from typing import Any

from flask import request

from gateway.web.access import requires
from gateway.web.api.root import ENTRY, ROW, blueprint, page_cursor, page_limit
from gateway.web.context import house
from gateway.web.errors import Problem

FILTERS = ("q", "band", "pool", "tag", "objection")
BANDS = ("unknown", "out", "low", "healthy")


@blueprint.get("/variants")
@requires("reader")
@blueprint.doc(operation_id="list_variants", summary="List variants", tags=["variants"])
def list_variants() -> dict[str, Any]:
    """Filter by text, band, pool, tag and objection."""
    services = house().services
    filters = {name: request.args.get(name) or None for name in FILTERS}
    if request.args.get("band") not in (None, *BANDS):
        raise Problem(422, "No such band.", [{"path": "band", "message": f"Must be one of {', '.join(BANDS)}."}])
    variants, cursor = house().stages.variants_page(
        services, **filters, limit=page_limit(), cursor=page_cursor(ROW), at=services.now()
    )
    return {"variants": variants, "next_cursor": cursor}


@blueprint.get("/variants/<path:variant>")
@requires("reader")
@blueprint.doc(operation_id="get_variant", summary="Get a variant", tags=["variants"])
def get_variant(variant: str) -> dict[str, Any]:
    """Tell what is promised of one variant."""
    services = house().services
    return _found(house().stages.variant_view(services, variant, services.now()))


@blueprint.get("/variants/<path:variant>/explanation")
@requires("reader")
@blueprint.doc(operation_id="explain_variant", summary="Explain a promise", tags=["variants"])
def explain_variant(variant: str) -> dict[str, Any]:
    """Tell why, in the numbers the decision used."""
    services, pool, decision = house().services, request.args.get("pool") or None, request.args.get("decision")
    if decision is not None and not re.fullmatch(ENTRY, decision, re.ASCII):
        raise Problem(422, "No such decision.", [{"path": "decision", "message": "Must be an id from the history."}])
    return _found(house().stages.explanation_view(services, variant, pool, services.now(), decision))


@blueprint.get("/variants/<path:variant>/history")
@requires("reader")
@blueprint.doc(operation_id="variant_history", summary="List what happened to a variant", tags=["variants"])
def variant_history(variant: str) -> dict[str, Any]:
    """List the newest first; `next_cursor` leads further back."""
    page = house().stages.history(house().services, variant, page_limit(), page_cursor(ENTRY))
    return {"entries": list(page.lines), "next_cursor": page.cursor}


def _found(view: dict[str, Any] | None) -> dict[str, Any]:
    if view is None:
        raise Problem(404, "No source has told of this variant.")
    return view
