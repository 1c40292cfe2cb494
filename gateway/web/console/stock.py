"""The list of variants: filtered, sorted, kept under a name, exported; it follows the shop while it is open."""

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Response, flash, make_response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from gateway.stock_index import Line, Listing
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.console.stock_query import BANDS, COLUMNS, LONGEST, ROWS, Query, read_query
from gateway.web.console.stock_words import WHY_WORDS, by_weight, plain_time
from gateway.web.context import house

LOOK_S: Final = 0.1
POLL_S: Final = 0.5
"""How long a request may count what moved: a person waits for the page, nobody for the poll behind it. The rest is
counted by those that follow, and the page says how far."""
OFFERED: Final = 500
"""Values offered for a field that completes itself."""
FILTERS_KEPT: Final = 50
LONGEST_QUERY: Final = 2000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
KIND: Final = "stock"


@blueprint.get("/stock")
@signed_in()
def stock() -> AnyResponse:
    """Show the list."""
    query = read_query(request.args)
    return make_response(render_template("console/stock.html", **list_view(query, LOOK_S), **_form(query)))


@blueprint.get("/console/stock/board")
@signed_in()
def stock_board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    view = list_view(read_query(request.args), POLL_S)
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/stock_list.html", **view))


@blueprint.get("/stock.csv")
@signed_in()
def stock_file() -> AnyResponse:
    """Export all that the filters match, every column."""
    services, query = house().services, read_query(request.args)
    lines = services.stock.every(services.store, services.policies, query.wanted, elapsed=services.elapsed)
    headers = {"Content-Disposition": f'attachment; filename="stock-{services.now():%Y-%m-%d}.csv"'}
    return Response(stream_with_context(_written(lines)), mimetype="text/csv", headers=headers)


@blueprint.post("/console/stock/filters")
@signed_in("marketer")
def keep_filter() -> AnyResponse:
    """Keep what the list is asked for under a name of one's own; the same name again replaces it."""
    name, query = request.form.get("name", "").strip()[:LONGEST], request.form.get("query", "")[:LONGEST_QUERY]
    store, holder = house().services.store, person().holder
    kept = store.saved_filters.all(holder, KIND)
    if not name:
        flash("A filter needs a name to be found again.", "error")
    elif name not in kept and len(kept) >= FILTERS_KEPT:
        flash(f"There are {FILTERS_KEPT} filters already: remove one first.", "error")
    else:
        store.saved_filters.put(holder, KIND, name, query)
        flash(f"Kept as “{name}”.", "good")
    return redirect(_asked(query).address(), 303)


@blueprint.post("/console/stock/filters/drop")
@signed_in("marketer")
def drop_filter() -> AnyResponse:
    """Forget a filter."""
    house().services.store.saved_filters.drop(person().holder, KIND, request.form.get("name", ""))
    return redirect(url_for("console.stock"), 303)


def list_view(query: Query, budget_s: float) -> dict[str, Any]:
    """Gather what the list shows."""
    services = house().services
    found: Listing = services.stock.listing(
        services.store, services.policies, query.wanted, offset=(query.page - 1) * ROWS, limit=ROWS,
        elapsed=services.elapsed, budget_s=budget_s,
    )  # fmt: skip
    shown = (query, found)
    return {
        "query": query,
        "found": found,
        "lines": found.lines,
        "bands": BANDS,
        "columns": COLUMNS,
        "why_words": WHY_WORDS,
        "by_weight": by_weight,
        "first": (query.page - 1) * ROWS + 1,
        "more": query.page * ROWS < found.total,
        "policy": services.store.policies.current_number(),
        "mark": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }


def _form(query: Query) -> dict[str, Any]:
    """Gather what the form offers."""
    services = house().services
    version = services.policies.current()
    document = version.document if version else None
    places = version.compiled.labels if version else {}
    saved = services.store.saved_filters.all(person().holder, KIND)
    return {
        "pools": () if document is None else tuple(document.pools),
        "default_pool": document.default_pool if document else None,
        "locations": sorted(places.items(), key=lambda place: place[1].casefold()),
        "choices": {
            kind: services.stock.choices(kind)[:OFFERED] for kind in ("tag", "collection", "vendor", "product_type")
        },
        "saved": [(name, _asked(text).address()) for name, text in saved.items()],
        "kept_query": query.address().partition("?")[2],
    }


def _asked(query: str) -> Query:
    """Read a kept query: what it was is asked in the words of today."""
    return read_query(MultiDict(parse_qsl(query)))


def _written(lines: Iterator[Line]) -> Iterator[str]:
    names = ("variant", "sku", "title", "on_hand", "units", "promised_units", "band", "kept_back")
    yield _row([*names, "tags", "collections", "vendor", "product_type", "decided_at"])
    for line in lines:
        figures = [line.on_hand, line.units, line.promised_units]
        shown = ["" if figure is None else str(figure) for figure in figures]
        yield _row(
            [
                *map(_safe, (line.variant, line.sku or "", line.title or "")),
                *shown,
                line.band,
                "; ".join(WHY_WORDS[reason] for reason in line.reasons),
                *map(_safe, ("; ".join(line.tags), "; ".join(line.collections), line.vendor or "")),
                _safe(line.product_type or ""),
                plain_time(line.decided_at),
            ]
        )


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(cells: list[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue()
