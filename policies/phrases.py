"""Small pieces of English: numbers with their noun, lists, quotes, times. Called by all that writes sentences."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from policies.values import UNLIMITED, Units


def number(value: Units) -> str:
    """Write a count with its thousands apart."""
    return f"{value:,}" if isinstance(value, int) else "0" if value is None else str(value)


def units_text(value: Units) -> str:
    """Write a count of units: "1 unit", "1,200 units"."""
    if value == UNLIMITED:
        return "any number of units"
    return "1 unit" if value == 1 else f"{number(value)} units"


def counted(value: int, noun: str) -> str:
    """Write a count of anything whose plural ends in s."""
    return f"1 {noun}" if value == 1 else f"{value:,} {noun}s"


def exact(value: object) -> str:
    """Write a decimal without zeros that say nothing."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def quoted(name: str) -> str:
    """Put a name that a person chose into quotes."""
    return f"“{name}”"


def rule_of(rule: str | None) -> str:
    """Name the rule that won, behind what it brought about; nothing where no rule set it."""
    return "" if rule is None else f" (rule {quoted(rule)})"


def listing(parts: Sequence[str]) -> str:
    """Join parts as a sentence does: "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def clock_text(at: datetime) -> str:
    """Write a moment to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
