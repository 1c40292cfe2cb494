"""How far an audit is and what it has found so far: plain values, kept between any two requests."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from integrations.ports import Records
from policies.columns import from_us, to_us

PHASES: Final = ("compare items", "compare variants", "list items", "list variants", "wait for deletions")
KINDS: Final = ("missing", "number", "published", "edited", "extra", "foreign", "pending", "deleted")
"""What can be found: four kinds of drift; ours but never noted; not ours; told meanwhile anyway; deleted by us."""
MOST_EXAMPLES: Final = 20


@dataclass
class Progress:
    """One audit under way."""

    started_at: datetime
    phase: int = 0
    partition: int = 0
    place: int = 0  # within the partition
    cursor: str | None = None  # of Klaviyo's list
    checked: int = 0
    requests: int = 0
    to_delete: int = 0  # also those beyond the cap, which stay
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    examples: list[list[str]] = field(default_factory=list)

    @property
    def kind(self) -> Records:
        """The records of this phase."""
        return "items" if PHASES[self.phase].endswith("items") else "variants"

    def found(self, kind: str, record: str) -> None:
        """Count one finding, and keep the first few by name."""
        self.counts[kind] += 1
        if len(self.examples) < MOST_EXAMPLES and kind != "pending":
            self.examples.append([self.kind, record, kind])

    def next_phase(self) -> None:
        """Go on with the next phase from its beginning."""
        self.phase, self.partition, self.place, self.cursor = self.phase + 1, 0, 0, None

    def plain(self) -> dict[str, Any]:
        """Write it as it is kept."""
        return asdict(self) | {"started_at": to_us(self.started_at)}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Progress":
        """Read what was kept."""
        return cls(**{**stored, "started_at": from_us(stored["started_at"])})
