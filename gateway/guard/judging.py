"""Verdicts on messages from the decisions of what they feature. Reads the store; touches nothing outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from gateway.guard.features import Known
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.campaigns import FeatureLine, Features
from gateway.store.values import CatalogEntry
from integrations.ports import Message
from policies.columns import AWAITS_RESTOCK, AWAITS_RETURN, BLIND, BLIND_UNITS, UNLIMITED_UNITS
from policies.document import Guard
from policies.guard import Featured, SendWindow, Verdict, is_due, judge, send_window
from policies.values import UNLIMITED, Band, Units

MODES = {"watch": 0, "ask": 1, "act": 2}


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with the verdict that counts, of all guards that watch it."""

    message: Message
    features: Features | None
    guard: Guard
    verdict: Verdict
    window: SendWindow | None
    due: bool
    fresh: bool  # every decision behind it was made by the policy in force


class Decisions:
    """The last decisions of some variants, read once."""

    def __init__(self, services: Services, version: CompiledVersion, variants: Iterable[str]) -> None:
        """Read them, with the catalogue's names for them."""
        self._version = version
        names = list(dict.fromkeys(variants))
        self._rows: Rows | None = services.store.ledger.read(names) if names else None
        self._index = {name: place for place, name in enumerate(names)}
        self._entries: Mapping[str, CatalogEntry] = services.store.catalog.entries(names) if names else {}

    def featured(self, line: FeatureLine, pool: str) -> Featured:
        """Put one featured variant together with its decision in a pool."""
        label = _label(self._entries.get(line.variant))
        place = self._index.get(line.variant)
        if self._rows is None or place is None or not self._rows.sequences[place]:
            return Featured(line.variant, line.role, cancels_alone=line.cancels_alone, label=label)
        state = self._state(place, pool)
        if state is None:
            return Featured(line.variant, line.role, cancels_alone=line.cancels_alone, label=label)
        told = self._rows.pools[place, self._version.default_column]
        return Featured(
            line.variant,
            line.role,
            band=Band(int(state["band"])),
            blind=bool(int(state["flags"]) & BLIND),
            awaits_confirmation=bool(int(told["flags"]) & (AWAITS_RESTOCK | AWAITS_RETURN)),
            units=_units(int(state["units"])),
            cancels_alone=line.cancels_alone,
            label=label,
        )

    def fresh(self, lines: Sequence[FeatureLine]) -> bool:
        """Tell whether no decision is of an older policy than the one in force."""
        if self._rows is None:
            return True
        places = [self._index[line.variant] for line in lines if line.variant in self._index]
        decided = [place for place in places if self._rows.sequences[place]]
        return all(int(self._rows.policies[place]) == self._version.number for place in decided)

    def sequences(self) -> dict[str, int]:
        """Return how often each variant was decided."""
        if self._rows is None:
            return {}
        return {name: int(self._rows.sequences[place]) for name, place in self._index.items()}

    def _state(self, place: int, pool: str) -> Any | None:
        try:
            column = self._version.pool_columns[list(self._version.compiled.pools).index(pool)]
        except ValueError:
            return None
        state: np.void = self._rows.pools[place, column]  # type: ignore[union-attr]
        return state


def judge_messages(
    services: Services, version: CompiledVersion, messages: Sequence[Message], known: Known, at: datetime
) -> tuple[dict[str, Judged], dict[str, int]]:
    """Judge messages, but those that no guard watches; also return how often the featured variants were decided."""
    features = {message.id: known.of(message) for message in messages}
    lines = [line for found in features.values() if found is not None for line in found.lines]
    decisions = Decisions(services, version, (line.variant for line in lines))
    found = (judge_one(version, decisions, message, features[message.id], at) for message in messages)
    return {one.message.id: one for one in found if one is not None}, decisions.sequences()


def judge_one(
    version: CompiledVersion, decisions: Decisions, message: Message, features: Features | None, at: datetime
) -> Judged | None:
    """Judge one message by every guard of its channel: any that would hold counts, else any that would not release."""
    guards = [guard for guard in version.document.guards if message.channel in guard.channels]
    if not guards:
        return None
    lines = features.lines if features is not None else ()
    window = None if message.schedule is None else send_window(message.schedule)
    judged = []
    for guard in guards:
        shown = [decisions.featured(line, guard.pool) for line in lines]
        demand = features.demand if features is not None else None
        due = message.status == "live" or (window is not None and is_due(window, guard.lead_minutes, at))
        judged.append((guard, judge(shown, guard, at, demand=demand), due))
    guard, verdict, due = _strictest(judged)
    return Judged(message, features, guard, verdict, window, due, decisions.fresh(lines))


def _strictest(judged: Sequence[tuple[Guard, Verdict, bool]]) -> tuple[Guard, Verdict, bool]:
    holding = [one for one in judged if one[1].word == "hold"]
    if holding:
        return max(holding, key=lambda one: (one[2], MODES[one[0].mode]))
    return next((one for one in judged if one[1].word != "release"), judged[0])


def _units(number: int) -> Units:
    if number == BLIND_UNITS:
        return None
    return UNLIMITED if number == UNLIMITED_UNITS else number


def _label(entry: CatalogEntry | None) -> str | None:
    if entry is None:
        return None
    return " / ".join(part for part in (entry.product_title, entry.title) if part) or None
