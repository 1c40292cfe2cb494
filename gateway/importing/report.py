"""What became of a file, row by row, in a form that stays small however much is wrong with it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

MOST_LISTED: Final = 100
COUNTERS: Final = ("accepted", "unchanged", "superseded", "set_aside", "rejected")
CHECKED: Final = "checked"  # what would have been recorded, had this not been a dry run


@dataclass(slots=True)
class Listing:
    """Sentences with their lines: the first hundred, and how many there are."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    left_off: int = 0

    def add(self, line: int, path: str, message: str) -> None:
        """Keep one, or count it."""
        if len(self.lines) < MOST_LISTED:
            self.lines.append({"line": line, "path": path, "message": message})
        else:
            self.left_off += 1


@dataclass(slots=True)
class FileReport:
    """One file: what it is, and each of its rows counted once."""

    file: str
    kind: str | None = None
    source: str | None = None
    as_of: str | None = None
    refused: str | None = None
    products: int = 0
    pictures: int = 0  # rows of a catalogue that carry only a picture: skipped
    uncatalogued: int = 0  # rows of stock whose variant no catalogue has told
    counts: Counter[str] = field(default_factory=Counter)
    problems: Listing = field(default_factory=Listing)
    remarks: Listing = field(default_factory=Listing)

    @property
    def clean(self) -> bool:
        """Whether nothing was refused, rejected or set aside."""
        return not (self.refused or self.counts["rejected"] or self.counts["set_aside"])

    def as_json(self) -> dict[str, Any]:
        """Describe the file in one object."""
        named = {"file": self.file, "kind": self.kind, "source": self.source, "as_of": self.as_of}
        counted = {name: self.counts[name] for name in (*COUNTERS, CHECKED) if name in COUNTERS or self.counts[name]}
        beside = {"products": self.products, "pictures": self.pictures, "uncatalogued": self.uncatalogued}
        return {
            **named,
            "refused": self.refused,
            **counted,
            **beside,
            "problems": self.problems.lines,
            "problems_left_off": self.problems.left_off,
            "remarks": self.remarks.lines,
            "remarks_left_off": self.remarks.left_off,
        }
