"""The audit page: who did what, filtered, exported, and whether the chain of hashes is whole."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from flask import Response, render_template, request, stream_with_context, url_for

from gateway.store.values import AuditEntry
from gateway.web.api.audit import wanted_by
from gateway.web.api.root import ENTRY, page_cursor, time_text
from gateway.web.console.audit_words import KINDS, facts_in_words, said
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LISTED = 50
CHECKED_UNASKED = 5_000
"""Up to so many entries the whole chain is checked with every page; beyond, when somebody asks."""
FILTERS = ("actor", "action", "target", "since", "until")
COLUMNS = ("id", "at", "actor", "action", "target", "facts", "hash")


@blueprint.get("/audit")
@signed_in()
def audit() -> str:
    """List who did what, newest first."""
    trail, wanted = house().services.store.audit, wanted_by(person())
    cursor = page_cursor(ENTRY)
    entries, following = trail.page(LISTED, cursor, wanted)
    asked: dict[str, Any] = {name: told for name in FILTERS if (told := request.args.get(name, "").strip())}
    count = trail.count()
    return render_template(
        "console/audit.html",
        entries=[(entry, said(entry.action), facts_in_words(entry.facts)) for entry in entries],
        asked=asked,
        kinds=[kind for kind in KINDS.items() if not f"{kind[0]}.".startswith(wanted.without or ("-",))],
        count=count,
        intact=trail.intact() if count <= CHECKED_UNASKED or request.args.get("check") else None,
        following=url_for("console.audit", cursor=following, **asked) if following else None,
        first=url_for("console.audit", **asked) if cursor else None,
    )


@blueprint.get("/audit.csv")
@signed_in()
def audit_csv() -> Response:
    """Export what the filters ask for, all of it."""
    entries = house().services.store.audit.each(wanted_by(person()))
    headers = {"Content-Disposition": "attachment; filename=audit.csv"}
    return Response(stream_with_context(_lines(entries)), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    yield _line(COLUMNS)
    for entry in entries:
        facts = orjson.dumps(entry.facts, option=orjson.OPT_SORT_KEYS).decode()
        cells = (entry.id, time_text(entry.at), entry.actor, entry.action, entry.target, facts, entry.hash)
        yield _line([_harmless(str(cell)) for cell in cells])


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
