"""What a guard judges and what it says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from policies.values import Band, Units

Role = Literal["hero", "supporting"]
Word = Literal["hold", "release", "leave", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Featured:
    """One variant that a message features, with its decision in the guard's pool."""

    variant: str
    role: Role = "supporting"
    band: Band = Band.UNKNOWN  # the kept band where blind; UNKNOWN: never known
    blind: bool = False
    awaits_confirmation: bool = False  # a restock or a return waits for a person: counts as out
    units: Units = None
    cancels_alone: bool = False  # its block carries `unpublished="cancel"`
    label: str | None = None

    @property
    def counted_band(self) -> Band:
        """Return the band that shares are made of."""
        return Band.OUT if self.awaits_confirmation else self.band

    @property
    def certain(self) -> bool:
        """Tell whether the band is known now, rather than kept or never known."""
        return not self.blind and self.band is not Band.UNKNOWN

    @property
    def name(self) -> str:
        """Return what a person calls it."""
        return self.label or self.variant


@dataclass(frozen=True, slots=True)
class Share:
    """Matching of featured variants, exact."""

    matching: int
    of: int

    def reaches(self, percent: Decimal) -> bool:
        """Tell whether the share is so many percent or more; nothing of nothing reaches nothing."""
        return self.of > 0 and Fraction(self.matching, self.of) * 100 >= Fraction(percent)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a send is expected to sell, where both figures are known."""

    recipients: int
    click_to_buy_percent: Decimal
    hold_at_percent: Decimal | None = None  # hold when demand is this share of the units or more

    @property
    def expected_units(self) -> Fraction:
        """Return recipients times rate, exact."""
        return self.recipients * Fraction(self.click_to_buy_percent) / 100


@dataclass(frozen=True, slots=True)
class Headroom:
    """Expected demand against the units of what counts."""

    expected_units: int  # rounded up
    units: int
    short: bool  # demand reaches the percentage that was asked for


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: a code for machines, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a guard says of a message now. `judged` are the variants that counted."""

    word: Word
    guard: str
    at: datetime
    hold_share: Share
    release_share: Share
    reasons: tuple[Reason, ...]
    judged: tuple[Featured, ...] = ()
    headroom: Headroom | None = None

    @property
    def guarded(self) -> bool:
        """Tell whether anything is featured at all."""
        return bool(self.judged)
