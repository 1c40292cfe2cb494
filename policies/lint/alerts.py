"""Alerts that reach nobody or the wrong people, limits that limit nothing, and percentages that are none."""

from collections.abc import Iterator
from decimal import Decimal

from policies.document import SettingValue
from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import listed
from policies.values import CAUSES

WHOLE_PERCENT = 100


def restocks_that_never_alert(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a list of causes of which none brings units."""
    if set(subject.document.restock.causes) == {"sale"}:
        sentence = "Only a sale may alert, and a sale brings no units: nobody is ever told of a restock."
        yield PolicyWarning(WarningCode.RESTOCK_NEVER_ALERTS, "restock.causes", sentence)


def waves_that_tell_nobody(subject: Subject) -> Iterator[PolicyWarning]:
    """Find waves of no people, and waves that all leave at once."""
    restock = subject.document.restock
    for name, most in (("customers_per_unit", restock.customers_per_unit), ("max_wave", restock.max_wave)):
        if most == 0:
            sentence = f"With {name} 0 a wave tells nobody, so no restock is ever announced."
            yield PolicyWarning(WarningCode.WAVE_TELLS_NOBODY, f"restock.{name}", sentence)
    if restock.wave_minutes == 0:
        sentence = "With wave_minutes 0 every wave leaves at once, as if there were no waves."
        yield PolicyWarning(WarningCode.WAVES_WITHOUT_PAUSE, "restock.wave_minutes", sentence)


def alerts_that_nobody_asked_for(subject: Subject) -> Iterator[PolicyWarning]:
    """Find numbers that are published after restocks which may not alert: Klaviyo's own flow alerts all the same."""
    kept_quiet = [cause for cause in CAUSES if cause not in (*subject.document.restock.causes, "sale")]
    if subject.document.catalog_restock == "publish" and kept_quiet:
        sentence = (
            f"Restocks by {listed(kept_quiet)} are to alert nobody, and their number is published at once: a "
            'back-in-stock flow in Klaviyo fires on the number, whatever the cause. "confirm" would wait for a person.'
        )
        yield PolicyWarning(WarningCode.PUBLISH_ALERTS_ANYWAY, "catalog_restock", sentence)


def percentages_that_look_like_shares(subject: Subject) -> Iterator[PolicyWarning]:
    """Find percentages below one, which are often meant as parts of one."""
    document = subject.document
    percentages: list[tuple[str, SettingValue]] = [
        ("limits.holds_per_hour_percent", document.limits.holds_per_hour_percent),
        ("limits.source_moves_percent", document.limits.source_moves_percent),
    ]
    for number, guard in enumerate(document.guards):
        for key, condition in (("hold_when", guard.hold_when), ("release_when", guard.release_when)):
            percentages.append((f"guards[{number}].{key}.share_percent", condition.share_percent))
    for number, rule in enumerate(document.rules):
        percentages.append((f"rules[{number}].set.buffer_percent", rule.set.get("buffer_percent", 0)))
    for path, percent in percentages:
        if 0 < Decimal(percent) < 1:
            sentence = f"{percent} is less than one per cent; a part of one, such as 0.5 for a half, is written 50."
            yield PolicyWarning(WarningCode.PERCENT_LIKE_A_SHARE, path, sentence)


def limits_that_protect_nothing(subject: Subject) -> Iterator[PolicyWarning]:
    """Find limits that everything is within."""
    limits = subject.document.limits
    for name, percent in (
        ("holds_per_hour_percent", limits.holds_per_hour_percent),
        ("source_moves_percent", limits.source_moves_percent),
    ):
        if percent == WHOLE_PERCENT:
            sentence = f"{name} 100 lets everything move at once: one bad figure meets no limit."
            yield PolicyWarning(WarningCode.LIMIT_PROTECTS_NOTHING, f"limits.{name}", sentence)
