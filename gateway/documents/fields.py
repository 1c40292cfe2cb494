"""The kinds of values a policy document has, each refusing everything else in plain words."""

# ruff: noqa: RUF012 - marshmallow declares a class's messages as variables of its instances

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from marshmallow import fields

from gateway.documents.dates import FIRST_YEAR, LAST_YEAR, find_zone, parse_local

MOST_UNITS: Final = 10_000_000
MOST_MINUTES: Final = 5_256_000
MOST_RECEIVING_MINUTES: Final = 10_080
MOST_HOURS: Final = 87_600
MOST_DAYS: Final = 3_650
MOST_PERCENT: Final = 100

HUNDREDTH: Final = Decimal("0.01")


class Strict(fields.Field[Any]):
    """A value that is what it says, never converted from something alike."""

    default_error_messages: dict[str, str | list[Any] | dict[Any, Any]] = {"required": "is missing"}
    may_be_null = False
    """Whether null is a value too: nobody has told."""

    def read(self, value: Any) -> Any:
        """Check a value and return it, or raise `ValidationError`."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.read(value)  # whoever loads a schema of such fields is refused as strictly


class Text(Strict):
    """A text that says something; as written, or trimmed where it is compared folded."""

    default_error_messages = {
        "type": "must be a text",
        "empty": "must not be empty",
        "unicode": "holds half a surrogate pair, which is no character",
    }

    def __init__(self, *, trimmed: bool = False, required: bool = False) -> None:
        super().__init__(required=required)
        self.trimmed = trimmed

    def read(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise self.make_error("type")
        if not value.strip():
            raise self.make_error("empty")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise self.make_error("unicode")
        return value.strip() if self.trimmed else value


class Zone(Text):
    """The IANA name of a time zone."""

    default_error_messages = {"zone": "is not a time zone; write an IANA name such as Europe/London"}

    def read(self, value: Any) -> str:
        """Return the name."""
        name = super().read(value)
        if find_zone(name) is None:
            raise self.make_error("zone")
        return name


class Word(Strict):
    """One of a few words."""

    default_error_messages = {"word": "must be one of: {words}"}

    def __init__(self, words: Collection[str], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.words = tuple(words)

    def read(self, value: Any) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.words:
            raise self.make_error("word", words=", ".join(self.words))
        return value


class Switch(Strict):
    """True or false."""

    default_error_messages = {"type": "must be true or false"}

    def read(self, value: Any) -> bool:
        """Return the switch."""
        if not isinstance(value, bool):
            raise self.make_error("type")
        return value


class SchemaVersion(Strict):
    """The version of the policy language, of which there is one."""

    default_error_messages = {"version": "must be 1, the one version of the policy language there is"}

    def read(self, value: Any) -> int:
        """Return 1."""
        if isinstance(value, bool) or not isinstance(value, int) or value != 1:
            raise self.make_error("version")
        return value


class Count(Strict):
    """A whole number within its ceiling, or the one word that may stand for it."""

    default_error_messages = {
        "type": "must be a whole number, without a decimal point{or_word}",
        "range": "must be from {least} to {most}",
    }

    def __init__(self, most: int, *, least: int = 0, word: str | None = None) -> None:
        super().__init__()
        self.least, self.most, self.word = least, most, word

    def read(self, value: Any) -> int | str:
        """Return the number or the word."""
        if self.word is not None and isinstance(value, str) and value == self.word:
            return self.word
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("type", or_word=or_word(self.word))
        if not self.least <= value <= self.most:
            raise self.make_error("range", least=self.least, most=f"{self.most:,}")
        return value


class WordOrCount(Strict):
    """One of a few words, or a whole number within its ceiling."""

    default_error_messages = {"either": "must be one of: {words}, or a whole number from 1 to {most}"}

    def __init__(self, words: Collection[str], most: int) -> None:
        super().__init__()
        self.words, self.most = tuple(words), most

    def read(self, value: Any) -> int | str:
        """Return the word or the number."""
        whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= self.most
        if not whole and not (isinstance(value, str) and value in self.words):
            raise self.make_error("either", words=", ".join(self.words), most=f"{self.most:,}")
        return value  # type: ignore[no-any-return]


class Hundredths(Strict):
    """An exact decimal of at most two places: a percentage, or days. A float stands for its shortest decimal."""

    default_error_messages = {
        "type": "must be a number{or_word}",
        "range": "must be from 0 to {most}",
        "above": "must be above 0 and at most {most}",
        "places": "must not have more than two decimals",
    }

    def __init__(self, most: int, *, above_zero: bool = False, word: str | None = None, required: bool = False) -> None:
        super().__init__(required=required)
        self.most, self.above_zero, self.word = most, above_zero, word

    def read(self, value: Any) -> Decimal | str:
        """Return the decimal or the word."""
        if self.word is not None and isinstance(value, str) and value == self.word:
            return self.word
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.make_error("type", or_word=or_word(self.word))
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite():
            raise self.make_error("type", or_word=or_word(self.word))
        if not 0 <= exact <= self.most or (self.above_zero and exact == 0):
            raise self.make_error("above" if self.above_zero else "range", most=f"{self.most:,}")
        if exact != exact.quantize(HUNDREDTH):
            raise self.make_error("places")
        return abs(exact)  # -0.0 is 0


class LocalTime(Strict):
    """A date-time in the document's time zone: a TOML local date-time, or its text."""

    default_error_messages = {
        "type": "must be a local date-time such as 2026-11-27T00:00:00",
        "date": "must be a date with a time, such as 2026-11-27T00:00:00",
        "offset": "must not carry an offset; it is read in the document's time_zone",
        "years": f"must be from the year {FIRST_YEAR} to {LAST_YEAR}",
    }

    def read(self, value: Any) -> datetime:
        """Return the local date-time, naive."""
        local = parse_local(value) if isinstance(value, str) else value
        if isinstance(local, datetime):
            if local.tzinfo is not None:
                raise self.make_error("offset")
            if not FIRST_YEAR <= local.year <= LAST_YEAR:
                raise self.make_error("years")
            return local
        raise self.make_error("date" if isinstance(local, date | time) else "type")


def or_word(word: str | None) -> str:
    """Say which word may stand in the place of a number."""
    return f', or "{word}"' if word else ""
