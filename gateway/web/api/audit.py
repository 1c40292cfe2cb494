"""The audit trail over HTTP, and how its filters are read; the console reads them the same way."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import request
from marshmallow import ValidationError

from gateway.store.audit import Wanted
from gateway.web.access import Caller, current_caller, requires
from gateway.web.api.fields import read_time
from gateway.web.api.root import ENTRY, blueprint, page_cursor, page_limit, time_text
from gateway.web.context import house
from gateway.web.errors import Problem

OF_ACCOUNTS: Final = ("session.", "user.", "token.")
"""Who signs in, who may, and with what: for marketers and admins."""
DAY: Final = r"\d{4}-\d\d-\d\d"


@blueprint.get("/audit")
@requires("reader")
@blueprint.doc(operation_id="list_audit", summary="List who did what", tags=["lists"])
def list_audit() -> dict[str, Any]:
    """List the newest first; each entry's hash covers the one before it. Readers do not see what is of accounts."""
    wanted = wanted_by(current_caller())
    entries, cursor = house().services.store.audit.page(page_limit(), page_cursor(ENTRY), wanted)
    lines = [
        {
            "id": entry.id,
            "at": time_text(entry.at),
            "actor": entry.actor,
            "action": entry.action,
            "target": entry.target,
            "facts": entry.facts,
            "hash": entry.hash,
        }
        for entry in entries
    ]
    return {"entries": lines, "next_cursor": cursor}


def wanted_by(caller: Caller) -> Wanted:
    """Read the filters of this request, as far as the caller may see."""
    told = {name: request.args.get(name, "").strip() for name in ("actor", "action", "target")}
    without = () if caller.may("marketer") else OF_ACCOUNTS
    return Wanted(**told, since=_time("since"), until=_time("until", whole_day=True), without=without)


def _time(name: str, *, whole_day: bool = False) -> datetime | None:
    """Read a day in UTC or a time with its zone; the last day is meant whole."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        if re.fullmatch(DAY, text, re.ASCII):
            return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=whole_day)
        return read_time(text)
    except (ValidationError, ValueError, OverflowError):
        message = "Must be a day such as 2026-11-23, or a time with its zone such as 2026-11-23T12:00:00Z."
        raise Problem(422, "This cannot be looked for.", [{"path": name, "message": message}]) from None
