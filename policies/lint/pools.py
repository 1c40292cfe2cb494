"""Pools, the places they draw on, and whose word counts there."""

from collections.abc import Iterator
from itertools import combinations

from policies.document import Pool
from policies.eligibility import offers
from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import listed
from policies.terms import LocationTerms

METHODS = {
    "ship": "sells online and ships online orders",
    "pickup": "offers pickup",
    "in_store": "is a store or a popup",
}


def pools_without_places(subject: Subject) -> Iterator[PolicyWarning]:
    """Find pools that no location can serve."""
    for pool in subject.document.pools.values():
        if not subject.places[pool.name]:
            sentence = (
                f"No location can serve {pool.name}: none that it draws on is shown to customers and "
                f"{METHODS[pool.method]}. It will promise nothing."
            )
            yield PolicyWarning(WarningCode.POOL_WITHOUT_PLACES, f"pools.{pool.name}", sentence)


def included_places_that_cannot_serve(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations that a pool includes by name and that are hidden, or do not offer its method."""
    for pool in subject.document.pools.values():
        for index, place in enumerate(pool.include):
            purpose, path = subject.document.locations[place], f"pools.{pool.name}.include[{index}]"
            if purpose.hidden:
                sentence = f"{place} is included in {pool.name} and hidden: it is never behind a promise."
                yield PolicyWarning(WarningCode.INCLUDED_IS_HIDDEN, path, sentence)
            if not offers(pool.method, purpose):
                sentence = f"{place} is included in {pool.name}, which needs a location that {METHODS[pool.method]}."
                yield PolicyWarning(WarningCode.INCLUDED_CANNOT_OFFER, path, sentence)


def exceptions_of_what_is_not_there(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations that a pool excepts and would not have drawn on."""
    for pool in subject.document.pools.values():
        for index, place in enumerate(pool.exclude):
            if subject.document.locations[place].kind not in pool.kinds:
                sentence = f"{place} is excepted from {pool.name}, which does not draw on its kind anyway."
                path = f"pools.{pool.name}.except[{index}]"
                yield PolicyWarning(WarningCode.EXCEPT_SAYS_NOTHING, path, sentence)


def pools_that_are_alike(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a pool that repeats another, with no rule that treats them differently."""
    for one, other in combinations(subject.document.pools.values(), 2):
        if _same_draw(subject, one, other) and not any(
            (one.name in pools) != (other.name in pools)
            for rule in subject.document.rules
            if (pools := rule.when.get("pools")) is not None
        ):
            sentence = f"{other.name} promises the same as {one.name}: method, states, places and rules agree."
            yield PolicyWarning(WarningCode.POOLS_ALIKE, f"pools.{other.name}", sentence)


def _same_draw(subject: Subject, one: Pool, other: Pool) -> bool:
    return (
        one.method == other.method
        and set(one.states) == set(other.states)
        and subject.places[one.name] == subject.places[other.name]
    )


def pools_that_promise_the_same_units(subject: Subject) -> Iterator[PolicyWarning]:
    """Find two pools that promise the last unit of one shelf to different customers, with nothing kept back."""
    plain = {cell.pool.name: cell.terms for cell in subject.plain_cells if cell.at == subject.at}
    for one, other in combinations(subject.document.pools.values(), 2):
        if _same_draw(subject, one, other) or not set(one.states) & set(other.states):
            continue
        terms = plain[one.name], plain[other.name]
        limits = [of.thresholds for of in terms]
        if any(of.excluded or of.buffer_units or of.buffer_hundredths for of in limits):
            continue
        shared = [place for place in subject.places[one.name] if place in subject.places[other.name]]
        bare = [place for place in shared if all(_keeps_nothing(of.at_location(place)) for of in terms)]
        if bare:
            sentence = (
                f"{one.name} and {other.name} both promise the last unit at {listed(bare)}: neither keeps any back. "
                "A reserve there, or a buffer, leaves room for two customers at once."
            )
            yield PolicyWarning(WarningCode.POOLS_SHARE_UNITS, f"pools.{other.name}", sentence)


def _keeps_nothing(there: LocationTerms) -> bool:
    return there.reserve == 0 and there.excluded_by is None


def places_that_ship_what_they_do_not_sell(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations in a pool of shipping that ship online orders and do not sell online; it takes both."""
    for place, purpose in subject.document.locations.items():
        drawn = [pool.name for pool in subject.document.pools.values() if pool.draws_on(place, purpose.kind)]
        shipping = [name for name in drawn if subject.document.pools[name].method == "ship"]
        if shipping and purpose.ships_online_orders and not purpose.sells_online:
            sentence = f"{place} ships online orders and does not sell online: {listed(shipping)} needs both."
            yield PolicyWarning(WarningCode.SHIPS_WITHOUT_SELLING, f"locations.{place}.sells_online", sentence)


def places_without_a_kind(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations that are said to serve customers and that no pool can draw on, for want of a kind."""
    included = {place for pool in subject.document.pools.values() for place in pool.include}
    for place, purpose in subject.document.locations.items():
        serves = purpose.sells_online or purpose.ships_online_orders or purpose.offers_pickup
        if purpose.kind is None and serves and not purpose.hidden and place not in included:
            sentence = f"{place} has no kind and no pool includes it, so nothing there is ever promised."
            yield PolicyWarning(WarningCode.LOCATION_WITHOUT_KIND, f"locations.{place}.kind", sentence)


def receiving_where_nothing_counts(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations whose received units are to wait, and where no pool counts what is available."""
    for place, purpose in subject.document.locations.items():
        counted = any(
            pool.draws_on(place, purpose.kind) and "available" in pool.states
            for pool in subject.document.pools.values()
        )
        if purpose.receiving != "as_accepted" and not counted:
            sentence = f"No pool counts what is available at {place}, so it makes no difference when units count there."
            yield PolicyWarning(WarningCode.RECEIVING_SAYS_NOTHING, f"locations.{place}.receiving", sentence)


def exceptions_of_authority_that_say_nothing(subject: Subject) -> Iterator[PolicyWarning]:
    """Find locations whose levels are said to have the authority that all levels have."""
    authority = subject.document.authority
    for place, source in authority.levels_at.items():
        if source == authority.levels:
            sentence = f"{source} has the last word on levels anyway, so naming it for {place} changes nothing."
            yield PolicyWarning(WarningCode.EXCEPTION_SAYS_NOTHING, f"authority.levels_at.{place}", sentence)
