"""The settings that hold for one kind of variant in one pool at one time, each with the rule that set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import Final, NamedTuple

from policies.document import SETTING_DEFAULTS, Pool, Rule, SettingValue
from policies.reasons import Reason, ReasonCode

MINUTE_US: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting's effective value, the rule that set it (None: the default) and the rules it beat."""

    value: SettingValue
    rule: str | None = None
    beat: tuple[str, ...] = ()  # in document order


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers that both readers of a compiled policy count with."""

    excluded: bool
    buffer_units: int
    buffer_hundredths: int
    min_locations: int
    floor_units: int
    cap_units: int | None
    out_at: int
    restock_at: int
    low_at: int
    healthy_at: int
    settle_us: int
    fresh_us: int | None
    sell_when_out: bool
    low_days: Decimal | None


@dataclass(frozen=True, slots=True)
class LocationTerms:
    """What rules say of one location: the reserve there and, where it is excluded, by which rule."""

    reserve: int
    reserve_rule: str | None
    excluded_by: str | None


class Place(NamedTuple):
    """What policy, sources and rules together say of one location in a pool."""

    there: tuple[Reason, ...]  # objections to the location, whatever lies there
    excluded_by: str | None
    reserve: int
    reserve_rule: str | None
    objected: bool


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """All that the rules say of a class in one pool during one epoch."""

    pool: Pool
    settings: Mapping[str, Setting]
    thresholds: Thresholds
    changes: tuple[Reason, ...]  # what consistency changed
    active: tuple[Rule, ...]  # matching rules in their dates, in document order
    edge_us: int  # the next beginning or end of a matching rule; 0: none
    edges_at: Mapping[str, int]  # the same for rules that match only where an unmapped location has a level
    places: dict[str, Place] = field(default_factory=dict, compare=False, repr=False)  # kept by whoever asks first
    _locations: dict[str, LocationTerms] = field(default_factory=dict, compare=False, repr=False)
    _by_location: dict[str | None, list[tuple[int, Rule]]] = field(default_factory=dict, compare=False, repr=False)

    def at_location(self, location: str) -> LocationTerms:
        """Resolve the reserve and the second chain of `excluded` at a location."""
        known = self._locations.get(location)
        if known is None:
            if not self._by_location:
                self._by_location.update(_by_location(self.active))
            known = self._locations[location] = _at_location(self._by_location, location)
        return known


def _by_location(active: Sequence[Rule]) -> dict[str | None, list[tuple[int, Rule]]]:
    """File the rules that may say something of a location under it; under None the one reserve that holds anywhere."""
    filed: dict[str | None, list[tuple[int, Rule]]] = {None: []}
    for number, rule in enumerate(active):
        if "locations" not in rule.when:
            if "reserve_units_per_location" in rule.set:
                filed[None] = [(number, rule)]
            continue
        for place in rule.when["locations"]:
            filed.setdefault(place, []).append((number, rule))
    return filed


def _at_location(filed: Mapping[str | None, list[tuple[int, Rule]]], location: str) -> LocationTerms:
    reserve, reserve_rule, excluded_by = SETTING_DEFAULTS["reserve_units_per_location"], None, None
    for _, rule in sorted((*filed[None], *filed.get(location, ())), key=itemgetter(0)):
        if "reserve_units_per_location" in rule.set:
            reserve, reserve_rule = rule.set["reserve_units_per_location"], rule.name
        if "locations" in rule.when and "excluded" in rule.set:
            excluded_by = rule.name if rule.set["excluded"] else None
    return LocationTerms(int(reserve), reserve_rule, excluded_by)


def resolve(active: Sequence[Rule]) -> dict[str, Setting]:
    """Let the last rule win, setting by setting; rules of locations say nothing of the pool as a whole."""
    settings = {name: Setting(value) for name, value in SETTING_DEFAULTS.items()}
    for rule in active:
        if "locations" in rule.when:
            continue
        for name, value in rule.set.items():
            before = settings[name]
            beat = before.beat if before.rule is None else (*before.beat, before.rule)
            settings[name] = Setting(value, rule.name, beat)
    return settings


def make_consistent(settings: dict[str, Setting]) -> tuple[Reason, ...]:
    """Fill "auto" and raise contradicting thresholds in place; name every change that was not an "auto"."""
    changes = []

    def number(name: str) -> int:
        return int(settings[name].value)

    for name, below, gap in (
        ("low_at_units", "out_at_units", 0),
        ("restock_at_units", "out_at_units", 1),
        ("healthy_at_units", "low_at_units", 1),
    ):
        written, least = settings[name], number(below) + gap
        used = least if written.value == "auto" else max(number(name), least)
        if written.value not in ("auto", used):
            facts = {"setting": name, "written": written.value, "used": used}
            changes.append(Reason(ReasonCode.SETTING_CHANGED, facts))
        settings[name] = Setting(used, written.rule, written.beat)
    return tuple(changes)


def thresholds_of(settings: Mapping[str, Setting]) -> Thresholds:
    """Turn consistent settings into the numbers that are counted with."""

    def number(name: str) -> int:
        return int(settings[name].value)

    def optional(name: str) -> int | None:
        return None if settings[name].value == "none" else number(name)

    fresh_minutes = optional("fresh_for_minutes")
    low_days = settings["low_days"].value
    return Thresholds(
        excluded=bool(settings["excluded"].value),
        buffer_units=number("buffer_units"),
        buffer_hundredths=int(Decimal(str(settings["buffer_percent"].value)) * 100),
        min_locations=number("min_locations"),
        floor_units=number("floor_units"),
        cap_units=optional("cap_units"),
        out_at=number("out_at_units"),
        restock_at=number("restock_at_units"),
        low_at=number("low_at_units"),
        healthy_at=number("healthy_at_units"),
        settle_us=number("settle_minutes") * MINUTE_US,
        fresh_us=None if fresh_minutes is None else fresh_minutes * MINUTE_US,
        sell_when_out=bool(settings["sell_when_out"].value),
        low_days=None if low_days == "none" else Decimal(str(low_days)),
    )
