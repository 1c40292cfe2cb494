"""The blueprint that every part of the API adds its operations to, and how its lists are paged."""

import re
from datetime import UTC, datetime
from typing import Final

from apiflask import APIBlueprint
from flask import request

from gateway.web.errors import Problem

blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")
LARGEST_PAGE = 200
OFFSET: Final = r"[0-9]{1,9}"
ROW: Final = r"[0-9]{1,5}-[0-9]{1,9}"  # partition-row
ENTRY: Final = r"[1-9][0-9]{0,15}-[0-9]{1,16}"  # an id of the journal
TARGET: Final = r"[^\x00-\x1f\x7f]{1,300}"  # an id of ours


def page_limit() -> int:
    """Read `?limit=`, 1 to 200."""
    text = request.args.get("limit", "50")
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PAGE)) and 1 <= int(text) <= LARGEST_PAGE
    ):
        message = f"Must be a whole number from 1 to {LARGEST_PAGE}."
        raise Problem(422, "The page size cannot be used.", [{"path": "limit", "message": message}])
    return int(text)


def page_cursor(form: str) -> str | None:
    """Read `?cursor=`, which must look like one that this list gives out."""
    text = request.args.get("cursor")
    if text is not None and not re.fullmatch(form, text, re.ASCII):
        raise Problem(
            422, "The cursor is from another list.", [{"path": "cursor", "message": "Must be a next_cursor."}]
        )
    return text


def time_text(at: datetime | None) -> str | None:
    """Write a time as RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
