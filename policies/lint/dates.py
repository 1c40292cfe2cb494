"""Dated rules: over, of another age, or fighting over the same days."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from typing import Final

from policies.document import Rule, SettingValue
from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import quoted
from policies.rules import VARIANT_KEYS, fold

FAR_AHEAD: Final = timedelta(days=3 * 365)


def rules_that_are_over(subject: Subject) -> Iterator[PolicyWarning]:
    """Find dated rules of the past."""
    for number, rule in enumerate(subject.document.rules):
        if subject.is_over(rule):
            sentence = f"{quoted(rule.name)} ended and will never hold again; it can be taken out."
            yield PolicyWarning(WarningCode.RULE_IS_OVER, f"rules[{number}].until", sentence)


def rules_of_another_age(subject: Subject) -> Iterator[PolicyWarning]:
    """Find dated rules that begin so late that the year may be mistyped."""
    for number, rule in enumerate(subject.document.rules):
        if rule.starts_at is not None and rule.starts_at - subject.at > FAR_AHEAD:
            sentence = f"{quoted(rule.name)} begins in {rule.starts_at.year}: the year may be mistyped."
            yield PolicyWarning(WarningCode.RULE_FAR_AHEAD, f"rules[{number}].from", sentence)


def dates_that_fight(subject: Subject) -> Iterator[PolicyWarning]:
    """Find dated rules that share some days, neither lying within the other, and set one thing differently."""
    dated = [rule for rule in subject.document.rules if rule.starts_at and rule.ends_at and not subject.is_over(rule)]
    for earlier, later in combinations(dated, 2):
        if cross(earlier, later) and (_within(earlier, later) or _within(later, earlier)):
            yield from conflicts_of_dates(subject, earlier, later)


def conflicts_of_dates(subject: Subject, earlier: Rule, later: Rule) -> Iterator[PolicyWarning]:
    """Name what two rules set differently at a place and in a pool that both speak of."""
    if not _meet(subject, earlier, later):
        return
    for setting, value in later.set.items():
        if _differs(earlier, setting, value):
            sentence = (
                f"{quoted(earlier.name)} and {quoted(later.name)} share some days and set {setting} differently; "
                f"{quoted(later.name)} wins while both hold, and {quoted(earlier.name)} only before or after."
            )
            path = f"rules[{subject.numbers[later.name]}].set.{setting}"
            yield PolicyWarning(WarningCode.DATES_FIGHT, path, sentence)


def _differs(earlier: Rule, setting: str, value: SettingValue) -> bool:
    return setting in earlier.set and earlier.set[setting] != value


def cross(one: Rule, other: Rule) -> bool:
    """Tell whether two spans overlap and neither contains the other; one that is open at an end never does."""
    if one.starts_at is None or one.ends_at is None or other.starts_at is None or other.ends_at is None:
        return False
    first, second = sorted([(one.starts_at, one.ends_at), (other.starts_at, other.ends_at)])
    return first[0] < second[0] < first[1] < second[1]


def _meet(subject: Subject, one: Rule, other: Rule) -> bool:
    """Tell whether two rules speak of one pool and, where they speak of places, of one place."""
    if ("locations" in one.when) != ("locations" in other.when):
        return False
    places = set(one.when.get("locations", ("",))) & set(other.when.get("locations", ("",)))
    pools = set(subject.pools_of(one)) & set(subject.pools_of(other))
    return bool(places and pools)


def _within(narrow: Rule, wide: Rule) -> bool:
    """Tell whether every variant that one rule matches the other matches too."""
    return all(
        key in narrow.when
        and {fold(key, value) for value in narrow.when[key]} <= {fold(key, value) for value in wide.when[key]}
        for key in VARIANT_KEYS
        if key in wide.when
    )
