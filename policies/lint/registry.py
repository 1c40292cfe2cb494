"""Every check, and the one function that runs them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from policies.document import Document
from policies.lint import alerts, dates, guards, live_facts, live_numbers, pools, rules, thresholds
from policies.lint.examples import example_of
from policies.lint.live import Live
from policies.lint.shop import ShopView
from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning

Check = Callable[[Subject], Iterator[PolicyWarning]]
LiveCheck = Callable[[Live], Iterator[PolicyWarning]]

CHECKS: Final[tuple[Check, ...]] = (
    pools.pools_without_places,
    pools.included_places_that_cannot_serve,
    pools.exceptions_of_what_is_not_there,
    pools.pools_that_are_alike,
    pools.pools_that_promise_the_same_units,
    pools.places_that_ship_what_they_do_not_sell,
    pools.places_without_a_kind,
    pools.exceptions_of_authority_that_say_nothing,
    pools.receiving_where_nothing_counts,
    dates.rules_that_are_over,
    dates.rules_of_another_age,
    rules.names_that_are_alike,
    rules.rules_that_count_nowhere,
    rules.rules_that_never_win,
    rules.ids_that_are_not_mapped,
    dates.dates_that_fight,
    thresholds.thresholds_that_were_changed,
    thresholds.thresholds_below_a_floor,
    thresholds.floors_above_a_cap,
    thresholds.caps_below_a_restock,
    thresholds.rises_that_settle_after_they_are_stale,
    thresholds.buffers_that_keep_everything,
    thresholds.low_days_of_zero,
    thresholds.more_places_asked_for_than_there_are,
    thresholds.everything_excluded,
    thresholds.every_place_excluded,
    guards.guards_of_pools_without_places,
    guards.guards_without_a_gap,
    guards.guards_that_see_no_low,
    guards.guards_without_lead,
    guards.guards_that_repeat,
    guards.guards_that_only_watch,
    alerts.restocks_that_never_alert,
    alerts.waves_that_tell_nobody,
    alerts.alerts_that_nobody_asked_for,
    alerts.percentages_that_look_like_shares,
    alerts.limits_that_protect_nothing,
)
"""What is asked of a document alone; one function per kind of mistake."""


LIVE_CHECKS: Final[tuple[LiveCheck, ...]] = (
    live_facts.places_that_no_one_mapped,
    live_facts.places_that_no_one_reports,
    live_facts.places_that_are_closed,
    live_facts.sources_that_nobody_is,
    live_facts.rules_that_match_nothing,
    live_facts.dates_that_fight_over_products,
    live_facts.states_that_are_never_told,
    live_numbers.settings_that_keep_everything_back,
    live_numbers.figures_that_are_mostly_stale,
    live_numbers.thresholds_that_nothing_reaches,
    live_numbers.settings_that_wait_for_facts,
    live_numbers.guards_that_always_or_never_hold,
)
"""What is asked of a document in a shop."""

MOST_EXAMPLES: Final = 20
"""Warnings that are shown on a product; whoever has more of them reads no examples."""


def lint(document: Document, shop: ShopView | None = None, *, at: datetime) -> tuple[PolicyWarning, ...]:
    """List what is worth a second look, at most once per code and path, section by section.

    With a shop the lines are also held against its products, and each warning shows one where it can.
    """
    live = Live(document, shop or ShopView(), at)
    found: dict[tuple[str, str], PolicyWarning] = {}
    for warning in _all(live):
        found.setdefault((warning.code, warning.path), warning)
    listed = tuple(found.values())
    if shop is None:
        return listed
    shown = (replace(warning, example=example_of(live, warning)) for warning in listed[:MOST_EXAMPLES])
    return (*shown, *listed[MOST_EXAMPLES:])


def _all(live: Live) -> Iterator[PolicyWarning]:
    for check in CHECKS:
        yield from check(live.subject)
    for live_check in LIVE_CHECKS:
        yield from live_check(live)
