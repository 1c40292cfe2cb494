"""Rules that say nothing: always beaten, or about places that do not count."""

from collections.abc import Iterator

from policies.document import Rule
from policies.lint.subject import Cell, Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import listed, quoted

Beaten = dict[str, set[str]]
"""Setting -> the rules that beat it wherever its own rule holds; a setting that is missing wins somewhere."""


def names_that_are_alike(subject: Subject) -> Iterator[PolicyWarning]:
    """Find rules, and guards, whose names a reader cannot tell apart: explanations name them."""
    rules = [rule.name for rule in subject.document.rules]
    guards = [guard.name for guard in subject.document.guards]
    for section, names in (("rules", rules), ("guards", guards)):
        seen: dict[str, str] = {}
        for number, name in enumerate(names):
            earlier = seen.setdefault(" ".join(name.split()).casefold(), name)
            if earlier != name:
                sentence = f"{quoted(name)} and {quoted(earlier)} are two names that read the same."
                yield PolicyWarning(WarningCode.NAMES_ALIKE, f"{section}[{number}].name", sentence)


def rules_that_count_nowhere(subject: Subject) -> Iterator[PolicyWarning]:
    """Find rules about locations of which none may serve a pool that they speak of."""
    mapped = subject.document.locations
    for number, rule in enumerate(subject.document.rules):
        places = rule.when.get("locations", ())
        if not any(place in mapped for place in places) or _fit_places(subject, rule):
            continue
        pools = listed(subject.pools_of(rule))
        sentence = f"{quoted(rule.name)} speaks of {listed(places)}, which can never serve {pools}: it changes nothing."
        yield PolicyWarning(WarningCode.RULE_COUNTS_NOWHERE, f"rules[{number}].when.locations", sentence)


def ids_that_are_not_mapped(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations that rules or `levels_at` name and `[locations]` lacks."""
    document = subject.document
    named = [(f"authority.levels_at.{place}", place) for place in document.authority.levels_at]
    for number, rule in enumerate(document.rules):
        places = rule.when.get("locations", ())
        named += [(f"rules[{number}].when.locations[{index}]", place) for index, place in enumerate(places)]
    for path, place in named:
        if place not in document.locations:
            sentence = f"There is no [locations.{place}], so nothing at {place} counts, whatever is said of it here."
            yield PolicyWarning(WarningCode.ID_NOT_MAPPED, path, sentence)


def rules_that_never_win(subject: Subject) -> Iterator[PolicyWarning]:
    """Find settings that later rules beat in every case, from now on."""
    for number, rule in enumerate(subject.document.rules):
        if subject.is_over(rule) or not subject.witnesses[number]:
            continue
        if "locations" in rule.when and not _fit_places(subject, rule):
            continue
        beaten = _beaten(subject, number)
        path = f"rules[{number}]"
        if beaten.keys() == rule.set.keys():
            by_all = _always_win(subject, set().union(*beaten.values()))
            sentence = f"{quoted(rule.name)} changes nothing: below it {by_all}."
            yield PolicyWarning(WarningCode.RULE_NEVER_WINS, path, sentence)
            continue
        for setting, by in beaten.items():
            sentence = f"{setting} of {quoted(rule.name)} never holds: below it {_always_win(subject, by)}."
            yield PolicyWarning(WarningCode.SETTING_NEVER_WINS, f"{path}.set.{setting}", sentence)


def _always_win(subject: Subject, winners: set[str]) -> str:
    in_order = sorted(winners, key=subject.numbers.__getitem__)
    return f"{listed(map(quoted, in_order))} always {'wins' if len(in_order) == 1 else 'win'}"


def _beaten(subject: Subject, number: int) -> Beaten:
    rule = subject.document.rules[number]
    beaten: Beaten = {setting: set() for setting in rule.set}
    for matching in {subject.index.matching(witness) for witness in subject.witnesses[number]}:
        for cell in subject.cells_of(matching):
            if number not in cell.rules:
                continue
            for setting in tuple(beaten):
                winners = _winners(subject, cell, number, setting)
                if number in winners:
                    del beaten[setting]
                else:
                    beaten[setting] |= {subject.document.rules[winner].name for winner in winners}
    return beaten


def _winners(subject: Subject, cell: Cell, number: int, setting: str) -> set[int]:
    """Name the rules that win a setting where a rule of the cell could: as a whole, or location by location."""
    rules = subject.document.rules
    setting_it = [other for other in cell.rules if setting in rules[other].set]
    places = rules[number].when.get("locations")
    if places is None:
        # A place that no rule names is always possible, so rules for some places do not beat one for all.
        return {max(other for other in setting_it if "locations" not in rules[other].when)}
    found = set()
    for place in (place for place in places if place in subject.places[cell.pool.name]):
        of_place = [other for other in setting_it if place in rules[other].when.get("locations", (place,))]
        if setting == "excluded":
            of_place = [other for other in of_place if "locations" in rules[other].when]
        found.add(max(of_place))
    return found


def _fit_places(subject: Subject, rule: Rule) -> bool:
    return any(
        place in subject.places[pool] for pool in subject.pools_of(rule) for place in rule.when.get("locations", ())
    )
