"""The differences between two lists of rules in plain words: what each sets, for what, when, and in which order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from policies.document import Rule
from policies.words import Difference, Words, changed, listed, moved_items, order_words, told

SETTING_WORDS: Final[Mapping[str, Words]] = {
    "excluded": Words("excluded"),
    "reserve_units_per_location": Words("reserve at each location", "units"),
    "buffer_units": Words("buffer", "units"),
    "buffer_percent": Words("buffer", "%"),
    "min_locations": Words("locations with units at least"),
    "floor_units": Words("floor", "units"),
    "cap_units": Words("promise at most", "units"),
    "out_at_units": Words("out at", "units"),
    "restock_at_units": Words("restock at", "units"),
    "low_at_units": Words("low at", "units"),
    "healthy_at_units": Words("healthy at", "units"),
    "settle_minutes": Words("a rise settles for", "minutes"),
    "fresh_for_minutes": Words("a reading counts for", "minutes"),
    "sell_when_out": Words("keeps selling when out, where the source says so"),
    "low_days": Words("low when the units last", "days"),
}
WHEN_WORDS: Final[Mapping[str, str]] = {
    "variants": "variants",
    "skus": "SKUs",
    "products": "products",
    "tags": "tags",
    "collections": "collections",
    "vendors": "vendors",
    "product_types": "product types",
    "pools": "pools",
    "locations": "locations",
}


def rule_differences(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[Difference]:
    """Say what has changed; a rule is known by its name, and one that only changed its name is recognised."""
    new_names = _renamed(before, after)
    for old_name, new_name in new_names.items():
        yield Difference(f"rules.{new_name}.name", f"Rule '{old_name}' is now called '{new_name}'")
    was = {new_names.get(rule.name, rule.name): rule for rule in before}
    becomes = {rule.name: rule for rule in after}
    for name, rule in was.items():
        if name not in becomes:
            yield Difference(f"rules.{name}", f"Rule '{name}' is gone: it set {_settings(rule)}{_scope(rule)}")
        else:
            yield from _rule(rule, becomes[name])
    names = list(becomes)
    for place, (name, rule) in enumerate(becomes.items()):
        if name not in was:
            stands = order_words(names[place - 1] if place else None).removeprefix("it now ")
            sentence = f"Rule '{name}' is new and {stands}: it sets {_settings(rule)}{_scope(rule)}"
            yield Difference(f"rules.{name}", sentence)
    for name, follows in moved_items(list(was), names):
        yield Difference("rules", f"Rule '{name}' moved: {order_words(follows)} (the last matching rule wins)")


def _renamed(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> dict[str, str]:
    """Find rules that kept everything but their name; old name -> new name."""
    old_names, new_names = {rule.name for rule in before}, {rule.name for rule in after}
    gone = [rule for rule in before if rule.name not in new_names]
    new = [rule for rule in after if rule.name not in old_names]
    found: dict[str, str] = {}
    for rule in gone:
        twin = next((one for one in new if replace(one, name=rule.name) == rule), None)
        if twin is not None:
            new.remove(twin)
            found[rule.name] = twin.name
    return found


def _rule(was: Rule, becomes: Rule) -> Iterator[Difference]:
    path, subject = f"rules.{becomes.name}", f"Rule '{becomes.name}'"
    for name in SETTING_WORDS:
        if was.set.get(name) != becomes.set.get(name):
            yield Difference(f"{path}.set.{name}", f"{subject}: {_setting_change(name, was, becomes)}")
    for key, words in WHEN_WORDS.items():
        if was.when.get(key) != becomes.when.get(key):
            yield Difference(f"{path}.when.{key}", f"{subject}: {_when_change(key, words, was, becomes)}")
    for key, words, old, new in (
        ("from", "begins", was.starts_at, becomes.starts_at),
        ("until", "ends", was.ends_at, becomes.ends_at),
    ):
        if old != new:
            always = {"begins": "it always held", "ends": "it never ended"}[words]
            shown = (
                told(new) if new else {"begins": "no date, it always holds", "ends": "no date, it never ends"}[words]
            )
            yield Difference(f"{path}.{key}", f"{subject}: {words} {told(old) if old else always} -> {shown}")


def _setting_change(name: str, was: Rule, becomes: Rule) -> str:
    words = SETTING_WORDS[name]
    if name not in becomes.set:
        return f"no longer sets {words.name} ({_value(name, was)})"
    if name not in was.set:
        return f"now sets {words.name} {_value(name, becomes)}"
    return changed(words, was.set[name], becomes.set[name])


def _when_change(key: str, words: str, was: Rule, becomes: Rule) -> str:
    if key not in becomes.when:
        return f"no longer asks for {words} ({listed(was.when[key])})"
    if key not in was.when:
        return f"now only for {words} {listed(becomes.when[key])}"
    return changed(Words(words), was.when[key], becomes.when[key])


def _settings(rule: Rule) -> str:
    return ", ".join(f"{SETTING_WORDS[name].name} {_value(name, rule)}" for name in rule.set)


def _value(name: str, rule: Rule) -> str:
    value, unit = rule.set[name], SETTING_WORDS[name].unit
    return told(value) if isinstance(value, str | bool) or not unit else f"{told(value)} {unit}"


def _scope(rule: Rule) -> str:
    parts = [f"{WHEN_WORDS[key]} {listed(values)}" for key, values in rule.when.items()]
    text = f", for {' and '.join(parts)}" if parts else ", for everything"
    text += f", from {told(rule.starts_at)}" if rule.starts_at else ""
    return text + (f", until {told(rule.ends_at)}" if rule.ends_at else "")
