"""Two documents compared in plain words: one sentence for each thing that a person would say has changed.

Equal documents give nothing, and documents that differ at all give at least one sentence. Called for a version's
history and by `gateway policy diff`. The words of rules are in `policies.rule_words`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.document import Authority, Document, Guard, Limits, LocationPurpose, Pool, Receiving, RestockTerms
from policies.rule_words import rule_differences
from policies.words import Difference, Words, changed, listed, moved_items, order_words, told

FIELD_WORDS: Final[Mapping[str, Words]] = {
    "name": Words("The policy's name"),
    "time_zone": Words("The time zone of dated rules"),
    "default_pool": Words("The pool that the catalogue promises from"),
    "catalog_restock": Words("A restock that may not alert, in the catalogue"),
    "catalog_return": Words("A return, in the catalogue"),
}
AUTHORITY_WORDS: Final[Mapping[str, Words]] = {
    "products": Words("The source of products"),
    "variants": Words("The source of variants"),
    "levels": Words("The source of levels"),
    "transfers": Words("The source of transfers"),
    "adjustments": Words("The source of adjustments"),
    "reporting": Words("Whose numbers reports quote"),
}
POOL_WORDS: Final[Mapping[str, Words]] = {
    "method": Words("method"),
    "states": Words("counted states"),
    "kinds": Words("kinds of location"),
    "include": Words("locations included by name"),
    "exclude": Words("locations left out by name"),
}
RESTOCK_WORDS: Final[Mapping[str, Words]] = {
    "causes": Words("Causes that alert"),
    "customers_per_unit": Words("Customers told per unit"),
    "wave_minutes": Words("Time between waves", "minutes"),
    "max_wave": Words("Customers in one wave at most"),
    "again_after_hours": Words("Nobody is told again within", "hours"),
    "order": Words("Who is told first"),
}
GUARD_WORDS: Final[Mapping[str, Words]] = {
    "pool": Words("pool"),
    "hold_when": Words("holds when"),
    "release_when": Words("releases when"),
    "channels": Words("channels"),
    "lead_minutes": Words("judges a message from", "minutes before its send"),
    "mode": Words("mode"),
    "release": Words("release"),
    "max_hold_hours": Words("asks again after", "hours"),
    "cancel_when_sending": Words("may cancel a message that is already sending"),
}
LIMIT_WORDS: Final[Mapping[str, Words]] = {
    "holds_per_hour_percent": Words("Holds within an hour at most", "%"),
    "source_moves_percent": Words("Variants that one source or policy version may move in or out of out at most", "%"),
}
FACT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "sells_online": ("now sells online", "no longer sells online"),
    "ships_online_orders": ("now ships online orders", "no longer ships online orders"),
    "offers_pickup": ("now offers pickup", "no longer offers pickup"),
    "hidden": ("is now hidden from customer promises", "is no longer hidden from customer promises"),
}


def differences(before: Document, after: Document) -> tuple[Difference, ...]:
    """Say what `after` changes, in the order of the document."""
    return tuple(_all(before, after))


def _all(before: Document, after: Document) -> Iterator[Difference]:
    yield from _fields("", "", FIELD_WORDS, before, after)
    yield from _authority(before.authority, after.authority)
    yield from _locations(before.locations, after.locations)
    yield from _pools(before.pools, after.pools)
    yield from rule_differences(before.rules, after.rules)
    yield from _fields("restock.", "", RESTOCK_WORDS, before.restock, after.restock)
    yield from _guards(before.guards, after.guards)
    yield from _fields("limits.", "", LIMIT_WORDS, before.limits, after.limits)


Section = Document | Authority | Pool | RestockTerms | Guard | Limits


def _fields(
    path: str, subject: str, words: Mapping[str, Words], before: Section, after: Section
) -> Iterator[Difference]:
    for name, of_field in words.items():
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            key = "except" if name == "exclude" else name
            yield Difference(f"{path}{key}", f"{subject}{changed(of_field, was, becomes)}")


def _authority(before: Authority, after: Authority) -> Iterator[Difference]:
    yield from _fields("authority.", "", AUTHORITY_WORDS, before, after)
    for location in {**before.levels_at, **after.levels_at}:
        was, becomes = before.levels_at.get(location), after.levels_at.get(location)
        if was != becomes:
            path = f"authority.levels_at.{location}"
            sentence = f"The source of levels at {location}: {was or before.levels} -> {becomes or after.levels}"
            if becomes is None:
                sentence += ", as everywhere"
            elif was is None:
                sentence += ", an exception"
            yield Difference(path, sentence)


def _locations(before: Mapping[str, LocationPurpose], after: Mapping[str, LocationPurpose]) -> Iterator[Difference]:
    for location in {**before, **after}:
        path, was, becomes = f"locations.{location}", before.get(location), after.get(location)
        if becomes is None:
            yield Difference(path, f"Location {location} is no longer in the policy: nothing there counts")
        elif was is None:
            yield Difference(path, f"Location {location} is new: {_purpose(becomes)}")
        else:
            yield from _location(path, location, was, becomes)


def _location(path: str, location: str, was: LocationPurpose, becomes: LocationPurpose) -> Iterator[Difference]:
    if was.label != becomes.label:
        yield Difference(f"{path}.label", f"Location {location} is called {told(was.label)} -> {told(becomes.label)}")
    if was.kind != becomes.kind:
        yield Difference(f"{path}.kind", f"Location {location}: kind {told(was.kind)} -> {told(becomes.kind)}")
    if was.receiving != becomes.receiving:
        counts = f"{received(was.receiving)} -> {received(becomes.receiving)}"
        sentence = f"Location {location}: received units count {counts}"
        yield Difference(f"{path}.receiving", sentence)
    for fact, (gained, lost) in FACT_WORDS.items():
        if getattr(was, fact) != getattr(becomes, fact):
            yield Difference(f"{path}.{fact}", f"Location {location} {gained if getattr(becomes, fact) else lost}")


def received(terms: Receiving) -> str:
    """Say when received units count."""
    words = {"as_accepted": "as accepted", "on_complete": "once all of a shipment are there"}
    return words.get(str(terms), f"{terms} minutes after they were accepted")


def _purpose(location: LocationPurpose) -> str:
    facts = [gained.replace("is now ", "").replace("now ", "") for fact, (gained, _) in FACT_WORDS.items()]
    holds = [getattr(location, fact) for fact in FACT_WORDS]
    said = [fact for fact, holding in zip(facts, holds, strict=True) if holding]
    kind = location.kind or "no kind"
    said += [f"received units count {received(location.receiving)}"] if location.receiving != "as_accepted" else []
    return ", ".join([f"{kind} called {location.label}" if location.label else kind, *said])


def _pools(before: Mapping[str, Pool], after: Mapping[str, Pool]) -> Iterator[Difference]:
    for name in {**before, **after}:
        path, was, becomes = f"pools.{name}", before.get(name), after.get(name)
        if becomes is None:
            yield Difference(path, f"Pool {name} is no longer in the policy")
        elif was is None:
            places = listed([*becomes.kinds, *becomes.include])
            sentence = f"Pool {name} is new: {becomes.method}, counts {listed(becomes.states)} at {places}"
            yield Difference(path, sentence + (f" but not {listed(becomes.exclude)}" if becomes.exclude else ""))
        else:
            yield from _fields(f"{path}.", f"Pool {name}: ", POOL_WORDS, was, becomes)


def _guards(before: tuple[Guard, ...], after: tuple[Guard, ...]) -> Iterator[Difference]:
    was, becomes = {guard.name: guard for guard in before}, {guard.name: guard for guard in after}
    for name, guard in was.items():
        if name not in becomes:
            yield Difference(f"guards.{name}", f"Guard '{name}' is gone")
        else:
            yield from _fields(f"guards.{name}.", f"Guard '{name}': ", GUARD_WORDS, guard, becomes[name])
    for name, guard in becomes.items():
        if name not in was:
            sentence = (
                f"Guard '{name}' is new: watches {listed(guard.channels)} in pool {guard.pool}, mode {guard.mode}"
            )
            conditions = f"holds when {told(guard.hold_when)}, releases when {told(guard.release_when)}"
            yield Difference(f"guards.{name}", f"{sentence}, {conditions}")
    for name, place in moved_items(list(was), list(becomes)):
        yield Difference("guards", f"Guard '{name}' moved: {order_words(place)}")
