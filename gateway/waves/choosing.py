"""Choosing whom a wave tells, in the policy's order."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from gateway.services import Services
from policies.document import RestockTerms
from policies.restock import in_order, may_be_told

ASKED_AT_ONCE: Final = 500


def choose(services: Services, variant: str, episode: int, terms: RestockTerms, most: int, at: datetime) -> list[str]:
    """Return the hashes of those whom a wave of an episode tells, at most so many."""
    waitlist = services.store.waitlist
    people = in_order(
        terms.order,
        waitlist.people(variant, "vips"),
        waitlist.people(variant, "order"),
        waitlist.people(variant, "order", newest=True),
    )
    chosen: dict[str, None] = {}  # a list that is read page by page may show one person twice
    for some in _pages(people):
        told = waitlist.told(variant, some)
        for person in some:
            last = told[person].last if person in told else None
            if may_be_told(last, terms, episode, at):
                chosen[person] = None
                if len(chosen) == most:
                    return list(chosen)
    return list(chosen)


def _pages(people: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(people, ASKED_AT_ONCE)):
        yield some
