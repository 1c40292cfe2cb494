"""One row of availability, in any of its three forms, as a `Reading`; what is wrong is named by path."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from gateway.web.api.fields import LONGEST_ID, read_time
from integrations.files.availability import row_from_line
from policies.values import CAUSES, STATES, Reading

SYNONYMS = {
    "allocated": "committed",
    "reserved": "held",
    "quality_hold": "quarantined",
    "quality_control": "quarantined",
    "inbound": "incoming",
}
EVIDENCE = ("on_order", "backordered")
KEYS = {"source", "variant", "sku", "location", "quantities", "active", "observed_at", "cause"}
CSV_REQUIRED = {"source", "location_ref", "observed_at"}


@dataclass(slots=True)
class Row:
    """A row that may become a reading: its problems by path, its SKU while the variant is not known."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    source: str = ""
    variant: str = ""
    sku: str = ""
    location: str = ""
    quantities: dict[str, int | None] = field(default_factory=dict)
    observed_at: Any = None
    active: bool | None = None
    cause: str = "unknown"

    def reading(self) -> Reading:
        """Make the reading, once the row has a variant and no problem."""
        return Reading(
            source=self.source,
            variant=self.variant,
            location=self.location,
            quantities=self.quantities,
            observed_at=self.observed_at,
            active=self.active,
            cause=self.cause,
        )


def row_of(value: Any, source: str | None) -> Row:
    """Read one JSON row; `source` is that of the whole request, where it has one."""
    row = Row()
    if not isinstance(value, dict):
        row.problems.append(("", "Must be an object."))
        return row
    for key in sorted(value.keys() - KEYS):
        row.problems.append((key, "Unknown key."))
    row.source = source if source is not None else _text(row, value, "source")
    row.location = _text(row, value, "location")
    _who(row, value)
    _quantities(row, value.get("quantities"))
    try:
        row.observed_at = read_time(value.get("observed_at"))
    except ValidationError as error:
        row.problems.append(("observed_at", str(error.messages[0])))
    row.active = value.get("active")
    if row.active is not None and not isinstance(row.active, bool):
        row.problems.append(("active", "Must be true, false or null."))
    row.cause = "unknown" if value.get("cause") is None else value["cause"]
    if row.cause not in CAUSES:
        row.problems.append(("cause", f"Must be one of {', '.join(CAUSES)}."))
    return row


def _who(row: Row, value: Mapping[str, Any]) -> None:
    named = [key for key in ("variant", "sku") if value.get(key) is not None]
    if len(named) != 1:
        row.problems.append(("variant", "Name the variant by either `variant` or `sku`."))
    elif named == ["variant"]:
        row.variant = _text(row, value, "variant")
    else:
        row.sku = _text(row, value, "sku").strip()


def _text(row: Row, value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    if isinstance(text, str) and text.strip() == text and 0 < len(text) <= LONGEST_ID and text.isprintable():
        return text
    row.problems.append((key, f"Must be a text of 1 to {LONGEST_ID} printable characters, without blanks around it."))
    return ""


def _quantities(row: Row, told: Any) -> None:
    if not isinstance(told, dict) or not told:
        row.problems.append(("quantities", "Must be an object with at least one state."))
        return
    for word, figure in told.items():
        state = SYNONYMS.get(word, word)
        path = f"quantities.{word}"
        if word in EVIDENCE:
            continue
        if state not in STATES:
            row.problems.append((path, "Is no state we know."))
        elif state in row.quantities:
            row.problems.append((path, f"Says {state} a second time."))
        elif figure is not None and (isinstance(figure, bool) or not isinstance(figure, (int, float)) or figure % 1):
            row.problems.append((path, "Must be a whole number or null."))
        else:
            row.quantities[state] = None if figure is None else int(figure)


def csv_rows(raw: bytes) -> Iterator[Row]:
    """Read an `availability.v1` CSV.

    Quantities are decimal texts, floored; an empty field is null, an absent column is a state the source has not.

    Raises ValueError with a sentence when the header or the encoding cannot be used.
    """
    try:
        lines = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        header = list(lines.fieldnames or ())
        if missing := CSV_REQUIRED - set(header):
            raise ValueError(f"The header lacks {', '.join(sorted(missing))}.")
        if twice := [name for name, count in Counter(header).items() if count > 1]:
            raise ValueError(f"The header names {', '.join(sorted(twice))} twice.")
        yield from (_csv_row(line) for line in lines)
    except UnicodeDecodeError:
        raise ValueError("The file must be UTF-8.") from None
    except csv.Error as error:
        raise ValueError(f"The file is no CSV: {error}.") from None


def _csv_row(line: Mapping[str | None, Any]) -> Row:
    told = {str(key): value or "" for key, value in line.items() if key is not None}
    read = row_from_line(0, told)
    row = row_of(read.value, None)
    row.problems[:0] = read.problems
    if None in line or None in line.values():
        row.problems.insert(0, ("", "Has more or fewer fields than the header."))
    return row
