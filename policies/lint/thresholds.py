"""Numbers that cannot work together, in the settings that some variant ends up with."""

from collections.abc import Iterator

from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import listed, quoted

RAISED_ABOVE = {
    "low_at_units": "out_at_units",
    "restock_at_units": "out_at_units",
    "healthy_at_units": "low_at_units",
}
"""Which setting each threshold is made consistent with."""
WHOLE_HUNDREDTHS = 100 * 100


def thresholds_that_were_changed(subject: Subject) -> Iterator[PolicyWarning]:
    """Find thresholds that contradict the ones below them, so that other numbers are used than were written."""
    for cell in subject.counting_cells:
        for change in cell.terms.changes:
            name, used = str(change.facts["setting"]), change.facts["used"]
            base = RAISED_ABOVE[name]
            path, rule = subject.latest(cell, name, base)
            sentence = (
                f"With {quoted(rule)}, {name} {change.facts['written']} does not fit {base} "
                f"{cell.terms.settings[base].value}: {used} is used."
            )
            yield PolicyWarning(WarningCode.THRESHOLD_CHANGED, path, sentence)


def thresholds_below_a_floor(subject: Subject) -> Iterator[PolicyWarning]:
    """Find thresholds that are never asked, since fewer units than the floor count as none."""
    for cell in subject.counting_cells:
        floor, out_at = cell.terms.thresholds.floor_units, cell.terms.thresholds.out_at
        for name, least in (("low_at_units", out_at), ("restock_at_units", out_at + 1)):
            setting = cell.terms.settings[name]
            if setting.rule is None or not least < int(setting.value) < floor:
                continue
            path, rule = subject.latest(cell, name, "floor_units")
            what = (
                "the stock is never low before it is out"
                if name == "low_at_units"
                else f"it takes {floor} to come back from `out`"
            )
            sentence = (
                f"With {quoted(rule)}, fewer than {floor} units count as none, so {name} {setting.value} "
                f"is never asked: {what}."
            )
            yield PolicyWarning(WarningCode.THRESHOLD_BELOW_FLOOR, path, sentence)


def floors_above_a_cap(subject: Subject) -> Iterator[PolicyWarning]:
    """Find floors that ask for more units than the cap ever promises."""
    for cell in subject.counting_cells:
        limits = cell.terms.thresholds
        if limits.cap_units is not None and limits.floor_units > limits.cap_units:
            path, rule = subject.latest(cell, "floor_units", "cap_units")
            sentence = (
                f"With {quoted(rule)}, {limits.floor_units} units are needed to promise any, "
                f"and never more than {limits.cap_units} are promised."
            )
            yield PolicyWarning(WarningCode.FLOOR_ABOVE_CAP, path, sentence)


def caps_below_a_restock(subject: Subject) -> Iterator[PolicyWarning]:
    """Find caps that promise less than what a restock needs."""
    for cell in subject.counting_cells:
        limits = cell.terms.thresholds
        if limits.cap_units is not None and limits.cap_units < limits.restock_at:
            path, rule = subject.latest(cell, "cap_units", "restock_at_units")
            sentence = (
                f"With {quoted(rule)}, {limits.restock_at} units are needed to come back from `out`, and only "
                f"{limits.cap_units} are promised then: whoever trusts the promise takes a restock for a trickle."
            )
            yield PolicyWarning(WarningCode.CAP_BELOW_RESTOCK, path, sentence)


def rises_that_settle_after_they_are_stale(subject: Subject) -> Iterator[PolicyWarning]:
    """Find rises that must hold for longer than a reading counts."""
    for cell in subject.counting_cells:
        limits = cell.terms.thresholds
        if limits.fresh_us is not None and limits.settle_us >= limits.fresh_us:
            path, rule = subject.latest(cell, "settle_minutes", "fresh_for_minutes")
            sentence = (
                f"With {quoted(rule)}, a rise must hold {cell.terms.settings['settle_minutes'].value} minutes and a "
                f"figure counts for {cell.terms.settings['fresh_for_minutes'].value}: a rise can be forgotten "
                "before it ever counts."
            )
            yield PolicyWarning(WarningCode.SETTLES_AFTER_STALE, path, sentence)


def buffers_that_keep_everything(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a buffer of all that there is."""
    for cell in subject.counting_cells:
        if cell.terms.thresholds.buffer_hundredths == WHOLE_HUNDREDTHS:
            path, rule = subject.latest(cell, "buffer_percent")
            sentence = f"{quoted(rule)} keeps all of the stock back: nothing is ever promised."
            yield PolicyWarning(WarningCode.BUFFER_KEEPS_ALL, path, sentence)


def low_days_of_zero(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a `low_days` that no stock is ever within."""
    for cell in subject.counting_cells:
        if cell.terms.thresholds.low_days == 0:
            path, rule = subject.latest(cell, "low_days")
            sentence = f'{quoted(rule)} asks for stock that lasts 0 days, which is out already; "none" says so plainly.'
            yield PolicyWarning(WarningCode.LOW_DAYS_ZERO, path, sentence)


def more_places_asked_for_than_there_are(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a `min_locations` that a pool cannot reach with the locations it has."""
    for cell in subject.counting_cells:
        wanted = cell.terms.thresholds.min_locations
        places = subject.places[cell.pool.name]
        left = [place for place in places if cell.terms.at_location(place).excluded_by is None]
        if left and len(left) < wanted and cell.terms.settings["min_locations"].rule is not None:
            path, rule = subject.latest(cell, "min_locations")
            sentence = (
                f"{quoted(rule)} asks for {wanted} locations that have units, and {listed(left)} "
                f"{'is' if len(left) == 1 else 'are'} all that can serve {cell.pool.name}: it never promises anything."
            )
            yield PolicyWarning(WarningCode.TOO_FEW_PLACES, path, sentence)


def everything_excluded(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a pool from which every variant is excluded for good, with no rule that takes any back."""
    for pool in subject.document.pools.values():
        cells = [cell for cell in subject.cells if cell.pool is pool]
        if all(cell.terms.thresholds.excluded for cell in cells) and all(subject.witnesses):
            plain = next(cell for cell in subject.plain_cells if cell.pool is pool)
            path, rule = subject.latest(plain, "excluded")
            sentence = f"{quoted(rule)} excludes every product from {pool.name}, and no rule takes one back."
            yield PolicyWarning(WarningCode.EVERYTHING_EXCLUDED, path, sentence)


def every_place_excluded(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a pool of which every location is excluded for good, whatever the variant."""
    for pool in subject.document.pools.values():
        places = subject.places[pool.name]
        cells = [cell for cell in subject.cells if cell.pool is pool]
        by = [cell.terms.at_location(place).excluded_by for cell in cells for place in places]
        if places and None not in by and all(subject.witnesses):
            numbers = {subject.numbers[name] for name in by if name is not None}
            number = max(numbers)
            sentence = (
                f"{quoted(subject.document.rules[number].name)} leaves {pool.name} without a location: "
                f"{listed(places)} {'is' if len(places) == 1 else 'are'} all that can serve it."
            )
            yield PolicyWarning(WarningCode.EVERY_PLACE_EXCLUDED, f"rules[{number}].set.excluded", sentence)
