"""Names that the document and the shop do not share: places, sources, attributes, states."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from policies.document import Rule
from policies.lint.dates import conflicts_of_dates, cross
from policies.lint.live import Live
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import listed, quoted
from policies.rules import VARIANT_KEYS, fold, values_of
from policies.units import available_told


def places_that_no_one_mapped(live: Live) -> Iterator[PolicyWarning]:
    """Find open locations that the source with authority there reports and the document lacks."""
    authority = live.document.authority
    for facts in live.shop.locations:
        if facts.id in live.document.locations or facts.active is False:
            continue
        if facts.source == authority.levels_source(facts.id):
            name = f"{facts.label} ({facts.id})" if facts.label else facts.id
            sentence = f"{facts.source} reports {name}, and no [locations.{facts.id}] says what it is for."
            yield PolicyWarning(WarningCode.LOCATION_UNMAPPED, f"locations.{facts.id}", sentence)


def places_that_no_one_reports(live: Live) -> Iterator[PolicyWarning]:
    """Find locations that the source with authority there does not know, though it reports others."""
    authority = live.document.authority
    reported = {(facts.source, facts.id) for facts in live.shop.locations}
    reporting = {source for source, _ in reported}
    seen = {(level.source, level.location) for levels in live.shop.levels.values() for level in levels}
    for place in live.document.locations:
        source = authority.levels_source(place)
        if source in reporting and (source, place) not in reported | seen:
            sentence = f"{source} reports no location {place}: its id may be mistyped, or it is gone."
            yield PolicyWarning(WarningCode.LOCATION_NOBODY_REPORTS, f"locations.{place}", sentence)


def places_that_are_closed(live: Live) -> Iterator[PolicyWarning]:
    """Find locations that a pool draws on and their source says are closed."""
    serving = {place for places in live.subject.places.values() for place in places}
    for facts in live.shop.locations:
        mine = facts.source == live.document.authority.levels_source(facts.id)
        if mine and facts.active is False and facts.id in serving:
            sentence = f"{facts.source} says that {facts.label or facts.id} is closed, so nothing there counts."
            yield PolicyWarning(WarningCode.LOCATION_CLOSED, f"locations.{facts.id}", sentence)


def sources_that_nobody_is(live: Live) -> Iterator[PolicyWarning]:
    """Find authorities that were never heard."""
    authority, known = live.document.authority, live.shop.sources
    named = {"products": authority.products, "variants": authority.variants, "levels": authority.levels}
    named |= {f"levels_at.{place}": source for place, source in authority.levels_at.items()}
    for key, source in named.items():
        if known and source not in known:
            sentence = f"Nothing was ever heard of a source {source}; {listed(sorted(known))} spoke."
            yield PolicyWarning(WarningCode.SOURCE_UNKNOWN, f"authority.{key}", sentence)


def rules_that_match_nothing(live: Live) -> Iterator[PolicyWarning]:
    """Find rules that no product of the shop falls under, and listed values that none has."""
    if not live.shop.complete or not live.shop.variants:
        return
    matched = Counter(number for matching in live.subject.matching for number in matching)
    held = {
        key: {fold(key, value) for variant in live.shop.variants for value in values_of(variant, key)}
        for key in VARIANT_KEYS
    }
    for number, rule in enumerate(live.document.rules):
        if live.subject.is_over(rule):
            continue
        if not matched[number]:
            sentence = f"No product of the shop falls under {quoted(rule.name)} today{_why(rule, held)}."
            yield PolicyWarning(WarningCode.RULE_MATCHES_NOTHING, f"rules[{number}]", sentence)
            continue
        for key in VARIANT_KEYS:
            values = rule.when.get(key, ())
            missing = [index for index, value in enumerate(values) if fold(key, value) not in held[key]]
            if missing:
                names = listed(quoted(values[index]) for index in missing)
                sentence = f"{quoted(rule.name)} lists {names} under {key}, which no product of the shop has."
                path = f"rules[{number}].when.{key}[{missing[0]}]"
                yield PolicyWarning(WarningCode.VALUE_NOBODY_HAS, path, sentence)


def _why(rule: Rule, held: dict[str, set[str]]) -> str:
    for key, values in rule.when.items():
        if key in held and not any(fold(key, value) in held[key] for value in values):
            return f": none has {listed(map(quoted, values))} under {key}"
    return ": none has all that it asks for at once"


def dates_that_fight_over_products(live: Live) -> Iterator[PolicyWarning]:
    """Find dated rules with some days in common that set one thing differently for products of the shop."""
    subject = live.subject
    dated = [
        (number, rule)
        for number, rule in enumerate(live.document.rules)
        if rule.starts_at and rule.ends_at and not subject.is_over(rule)
    ]
    for (first, earlier), (second, later) in combinations(dated, 2):
        if cross(earlier, later) and any(first in both and second in both for both in subject.matching):
            yield from conflicts_of_dates(subject, earlier, later)


def states_that_are_never_told(live: Live) -> Iterator[PolicyWarning]:
    """Find states that a pool counts and no level at its places has."""
    for pool in live.document.pools.values():
        places = live.subject.places[pool.name]
        told: set[str] = set()
        for variant in live.chosen:
            for level in live.levels_of(live.document, variant):
                if level.location in places:
                    told |= level.quantities.keys() | available_told(level.quantities).keys()
        for index, state in enumerate(pool.states):
            if told and state not in told:
                sentence = f"No source tells {state} at a location of {pool.name}, so it adds nothing there."
                yield PolicyWarning(WarningCode.STATE_NEVER_TOLD, f"pools.{pool.name}.states[{index}]", sentence)
