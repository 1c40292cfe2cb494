"""Is one value what its key asks for? Each check is given the value and answers whether it will do."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from .shapes import Check

ZONES = available_timezones()
NOT_IANA = ["localtime", "posixrules"]  # links that a machine makes for itself
DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")


def text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def zone(value: Any) -> bool:
    return text(value) and value in ZONES and value not in NOT_IANA


def one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def whole(most: int, least: int = 0) -> Check:
    return lambda value: is_whole(value) and least <= value <= most


def decimal(most: int, above: int | None = None) -> Check:
    """A number with at most two decimals."""

    def check(value: Any) -> bool:
        if not is_whole(value) and not isinstance(value, float):
            return False
        number = Decimal(repr(value))
        if not number.is_finite() or not 0 <= number <= most or number * 100 != int(number * 100):
            return False
        return above is None or number > above

    return check


def either(word: str, check: Check) -> Check:
    return lambda value: (isinstance(value, str) and value == word) or check(value)


def receiving(value: Any) -> bool:
    """When received units count: a word, or minutes of a week at most."""
    return one_of("as_accepted", "on_complete")(value) or whole(10_080, least=1)(value)


def local(value: Any) -> datetime | None:
    """The date-time that a document writes, or None."""
    if not isinstance(value, str) or not DATE_TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def date_time(value: Any) -> bool:
    moment = local(value)
    return moment is not None and 1970 <= moment.year <= 9998
