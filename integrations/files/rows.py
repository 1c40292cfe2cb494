"""What readers hand out: one stock row or one product at a time, with what is wrong or odd about it."""

from dataclasses import dataclass, field
from typing import Any

from policies.values import ProductFacts

Note = tuple[str, str]
"""A path within the row (a column, `quantities.available`) and a sentence."""


@dataclass(slots=True)
class StockRow:
    """One item at one place, in the words that `POST /readings` takes.

    A row with problems is rejected; remarks are said and stop nothing.
    """

    line: int  # 1 is the header's line, or the first line of a file without one; in a JSON list: the entry, from 1
    value: dict[str, Any] = field(default_factory=dict)
    problems: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    location_name: str | None = None  # the file names the place; the house knows which id has that name
    sku: str | None = None  # beside a variant id that the file itself does not carry


@dataclass(slots=True)
class ProductRows:
    """One product of a catalogue file and the rows it was made of; with problems it is rejected whole."""

    line: int
    rows: int  # that tell a variant
    skipped: int = 0  # that carry only a picture
    product: ProductFacts | None = None
    problems: list[tuple[int, str, str]] = field(default_factory=list)  # line, path, sentence
    remarks: list[tuple[int, str, str]] = field(default_factory=list)
