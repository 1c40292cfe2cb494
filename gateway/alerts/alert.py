"""An alert as a value: what it is about, which crossing it is, and what happens when nobody answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.store.values import Told


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of alert: how several are headed, and where they are answered. Pages are of the console."""

    name: str
    one: str
    several: str
    page: str

    def heading(self, count: int) -> str:
        """Head so many alerts of this kind."""
        return f"{count} {self.one if count == 1 else self.several}"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that staff should know for as long as it is so."""

    kind: Kind
    about: str  # a message, a source, an account
    mark: str  # which time it came about: with another mark it is told anew
    sentence: str  # why, with numbers
    otherwise: str  # what happens when nobody answers
    lasts: timedelta = timedelta(0)  # it is told only when it has lasted so long
    again: timedelta | None = None  # one that is still so is told again after so long

    @property
    def key(self) -> str:
        """Name it among all alerts."""
        return f"{self.kind.name}:{self.about}"

    def is_news(self, last: Told | None, at: datetime) -> bool:
        """Tell whether one who was told so last should hear of it."""
        if last is None or last.digest != self.mark:
            return True
        return self.again is not None and at - last.at >= self.again
