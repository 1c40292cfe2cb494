"""Looks on after every decision: the ledger holds only what was true once, and every restock is a rise of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.pipeline.widths import fitted
from gateway.store.restocks import Restock
from policies.columns import PROVEN
from policies.values import Band
from tests.builders.convergence import Gateway, Key, Outside, Told, sellable

Seen = Mapping[Key, tuple[Told, datetime]]


@dataclass
class Alert:
    """A restock of which those who wait are told, and the true rises that may be behind it."""

    variant: str
    at: datetime
    rises: list[tuple[Key, datetime]]


@dataclass
class Witness:
    """What was seen of one history; every look is a check."""

    outside: Outside
    smears: dict[datetime, datetime] = field(default_factory=dict)  # a file's beginning -> the latest it can tell of
    alerts: list[Alert] = field(default_factory=list)
    restocks: dict[tuple[str, str, int], Restock] = field(default_factory=dict)  # (filling, variant, episode)
    empty: dict[tuple[str, str, int], list[Seen]] = field(default_factory=dict)  # levels of proven emptiness
    bands: dict[tuple[str, str], int] = field(default_factory=dict)

    def look(self, gateway: Gateway) -> None:
        """Check everything."""
        held = gateway.held()
        self._only_what_was_true(held)
        rows = gateway.store.ledger.read(self.outside.variants())
        version = gateway.services.policies.current()
        assert version is not None
        states = fitted(rows.pools, version.default_column + 1)[:, version.default_column]
        for variant, state, restock in zip(
            rows.variants, states, gateway.store.restocks.get(rows.variants), strict=True
        ):
            band, episode = int(state["band"]), int(state["episode"])
            before = self.bands.get((gateway.name, variant), Band.UNKNOWN)
            self.bands[gateway.name, variant] = band
            if band == Band.OUT and state["flags"] & PROVEN:
                self.empty.setdefault((gateway.name, variant, episode), []).append(held)
            if before == Band.OUT and band > Band.OUT and not int(state["units"]) < 0:
                self._stepped_up(gateway, variant, episode, restock, held)

    def _only_what_was_true(self, held: Seen) -> None:
        for key, (told, observed_at) in held.items():
            book = self.outside.books[key]
            may_be = {book.at(observed_at)}
            may_be |= book.between(observed_at, self._until(observed_at))
            assert told in may_be, f"{key} is held as {told} at {observed_at}, and was {may_be}"

    def _stepped_up(self, gateway: Gateway, variant: str, episode: int, restock: Restock | None, held: Seen) -> None:
        key = gateway.name, variant, episode
        assert restock is not None, f"{variant} came back and nobody wrote it down"
        assert restock.episode == episode
        assert key not in self.restocks, f"{variant} came back twice in episode {episode}"
        self.restocks[key] = restock
        if restock.state != "alerts":
            return
        places = gateway.places_that_count()
        rises = [rise for empty in self.empty.get(key, []) for rise in self._risen(variant, empty, held, places)]
        assert rises, f"{variant} is told at {self.outside.at} and rose nowhere ({restock.cause})"
        self.alerts.append(Alert(variant, self.outside.at, rises))

    def _risen(self, variant: str, empty: Seen, held: Seen, places: frozenset[str]) -> list[tuple[Key, datetime]]:
        """True rises of the variant between what was seen empty and what is seen now."""
        found = []
        for key, (now, now_at) in held.items():
            if key[1] != variant or key[2] not in places or key not in empty:
                continue
            was, was_at = empty[key]
            if sellable(now) > sellable(was):
                found += [(key, at) for at in self.outside.books[key].rises(was_at, self._until(now_at))]
        return found

    def _until(self, observed_at: datetime) -> datetime:
        return self.smears.get(observed_at, observed_at)

    def each_rise_is_told_once(self) -> None:
        """Find a true rise of its own for every alert."""
        owner: dict[tuple[Key, datetime], int] = {}

        def given(number: int, tried: set[tuple[Key, datetime]]) -> bool:
            for rise in self.alerts[number].rises:
                if rise in tried:
                    continue
                tried.add(rise)
                if rise not in owner or given(owner[rise], tried):
                    owner[rise] = number
                    return True
            return False

        for number, alert in enumerate(self.alerts):
            assert given(number, set()), f"{alert.variant} is told again at {alert.at} of a rise that was told before"
