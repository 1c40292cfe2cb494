"""Verdicts on messages from the decisions of what they feature. Reads the store; touches nothing outside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
BANDS = tuple(Band)
NAMED = ("hold", "cannot_tell")
"""Verdicts whose reasons name variants: only for those is the catalogue asked what people call them."""
Columns = tuple[list[int], list[int], list[int], list[int]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with the verdict that counts, of all guards that watch it."""

    message: Message
    features: Features | None
    guard: Guard
    verdict: Verdict
    window: SendWindow | None
    due: bool
    decisions: "Decisions"

    def stands(self) -> bool:
        """Tell whether the policy in force agrees with every decision behind the verdict."""
        lines = self.features.lines if self.features is not None else ()
        return self.decisions.stand(line.variant for line in lines)


class Decisions:
    """The last decisions of some variants, read once."""

    def __init__(self, services: Services, version: CompiledVersion, variants: Iterable[str]) -> None:
        """Read them."""
        self._services, self._version = services, version
        self._places = {name: place for place, name in enumerate(dict.fromkeys(variants))}
        rows: Rows | None = services.store.ledger.read(list(self._places)) if self._places else None
        self._sequences: list[int] = [] if rows is None else rows.sequences.tolist()
        self._policies: list[int] = [] if rows is None else rows.policies.tolist()
        self._pools = None if rows is None else rows.pools
        self._columns: dict[str, Columns] = {}
        self._labels: dict[str, str] = {}

    def name(self, variants: Iterable[str]) -> None:
        """Read what people call some variants."""
        names = [variant for variant in dict.fromkeys(variants) if variant not in self._labels]
        entries = self._services.store.catalog.entries(names)
        self._labels.update((name, _label(entry)) for name, entry in entries.items())

    def featured(self, line: FeatureLine, pool: str) -> Featured:
        """Put one featured variant together with its decision in a pool."""
        label = self._labels.get(line.variant)
        place, columns = self._places.get(line.variant), self._of(pool)
        if columns is None or place is None or not self._sequences[place]:
            return Featured(line.variant, line.role, cancels_alone=line.cancels_alone, label=label)
        bands, flags, units, told = columns
        return Featured(
            line.variant,
            line.role,
            band=BANDS[bands[place]],
            blind=bool(flags[place] & BLIND),
            awaits_confirmation=bool(told[place] & (AWAITS_RESTOCK | AWAITS_RETURN)),
            units=_units(units[place]),
            cancels_alone=line.cancels_alone,
            label=label,
        )

    def stand(self, variants: Iterable[str]) -> bool:
        """Tell whether the policy in force agrees with the decisions of some variants.

        It does where it made them, and where it left them alone: nothing it wants decided anew is waiting.
        """
        older = [name for name in variants if (place := self._places.get(name)) is not None and self._is_older(place)]
        if not older:
            return True
        if self._services.store.redecisions.waiting():
            return False
        return all(last is not None and last.stands for last in self._services.store.journal.last(older))

    def _is_older(self, place: int) -> bool:
        return bool(self._sequences[place]) and self._policies[place] != self._version.number

    def sequences(self) -> dict[str, int]:
        """Return how often each variant was decided."""
        return {name: self._sequences[place] for name, place in self._places.items()}

    def _of(self, pool: str) -> Columns | None:
        """Return a pool's bands, flags and units, and the default pool's flags; None for a pool nobody decides."""
        if pool not in self._columns:
            pools = list(self._version.compiled.pools)
            if self._pools is None or pool not in pools:
                return None
            state = self._pools[:, self._version.pool_columns[pools.index(pool)]]
            told = self._pools[:, self._version.default_column]["flags"].tolist()
            self._columns[pool] = (state["band"].tolist(), state["flags"].tolist(), state["units"].tolist(), told)
        return self._columns[pool]


def judge_messages(
    services: Services, version: CompiledVersion, messages: Sequence[Message], known: Known, at: datetime
) -> tuple[dict[str, Judged], dict[str, int]]:
    """Judge messages, but those that no guard watches; also return how often the featured variants were decided."""
    features = {message.id: known.of(message) for message in messages}
    lines = [line for found in features.values() if found is not None for line in found.lines]
    decisions = Decisions(services, version, (line.variant for line in lines))
    judged = {one.id: judge_one(version, decisions, one, features[one.id], at) for one in messages}
    told = [one for one in messages if (found := judged[one.id]) is not None and found.verdict.word in NAMED]
    decisions.name(line.variant for one in told if (own := features[one.id]) is not None for line in own.lines)
    judged.update((one.id, judge_one(version, decisions, one, features[one.id], at)) for one in told)
    return {id_: one for id_, one in judged.items() if one is not None}, decisions.sequences()


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
    return Judged(message, features, guard, verdict, window, due, decisions)


def _strictest(judged: Sequence[tuple[Guard, Verdict, bool]]) -> tuple[Guard, Verdict, bool]:
    holding = [one for one in judged if one[1].word == "hold"]
    if holding:
        return max(holding, key=lambda one: (one[2], MODES[one[0].mode]))
    return next((one for one in judged if one[1].word != "release"), judged[0])


def _units(number: int) -> Units:
    if number == BLIND_UNITS:
        return None
    return UNLIMITED if number == UNLIMITED_UNITS else number


def _label(entry: CatalogEntry) -> str:
    return " / ".join(part for part in (entry.product_title, entry.title) if part) or entry.variant.id
