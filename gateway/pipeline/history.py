"""The read side of the journal: what happened to a variant, as a person reads it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.services import Services
from gateway.store.journal import DecisionRecord, entry_id, entry_of
from gateway.store.moves import BlockMove, CatalogMove, Cell, Move, RateMove, ReadingMove
from policies.columns import LEVEL_ACTIVE, LEVEL_INACTIVE, NULL, POOL_STATE, STAMP_SHIFT, Slot, from_us
from policies.conversion import units_from_number
from policies.explain import time_text
from policies.values import Band


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Lines, newest first, and the entry to go on from; None: there is no more."""

    lines: tuple[dict[str, Any], ...]
    cursor: str | None


def history(services: Services, variant: str, limit: int, before: str | None) -> HistoryPage:
    """Return what happened to a variant before an entry (None: up to now); no decision is torn from its readings."""
    journal, slots, names = services.store.journal, services.store.ledger.slots(), services.store.pools.names()
    last = journal.now(variant)
    if last is None:
        return HistoryPage((), None)
    newest = None if before is None else entry_of(before)
    lines: list[tuple[int, dict[str, Any]]] = []
    if newest is None:
        lines += [(2**63, line) for line in _moves(reversed(last.record.moves.listed), slots, None)]
    oldest, more = 0, False
    for record in journal.decisions(variant, last.record.entry):
        if newest is not None and record.entry >= newest:
            continue
        if len(lines) >= limit:
            more = True
            break
        oldest = record.entry
        lines += [(record.entry, line) for line in _decision(record, slots, names)]
    lines += [(note.entry, _noted(note.kind, note.facts, note.at)) for note in journal.notes(variant, newest, oldest)]
    lines.sort(key=lambda line: -line[0])
    return HistoryPage(tuple(line for _, line in lines), entry_id(oldest) if more else None)


def _noted(kind: str, facts: dict[str, Any], at: Any) -> dict[str, Any]:
    return {"kind": kind, "at": time_text(at), "facts": facts}


def _decision(record: DecisionRecord, slots: Sequence[Slot], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    at = time_text(record.at)
    if record.pools is not None:
        pools = {name: _pool(state) for name, state in zip(names, record.pools, strict=False) if state["band"]}
        facts = {"decision": entry_id(record.entry), "policy_version": record.policy, "pools": pools}
        yield {"kind": "decision", "at": at, "facts": facts}
    yield from _moves(reversed(record.moves.listed), slots, at)


def _moves(moves: Iterator[Move], slots: Sequence[Slot], at: str | None) -> Iterator[dict[str, Any]]:
    for move in moves:
        match move:
            case ReadingMove():
                yield _reading(move, slots)
            case CatalogMove():
                yield {"kind": "input", "at": at, "facts": {"input": "catalog"}}
            case RateMove():
                yield {"kind": "input", "at": at, "facts": {"input": "rate", "was": move.rate.decode() or None}}
            case BlockMove():
                yield {"kind": "input", "at": at, "facts": {"input": "block", "blocked": not move.blocked}}


def _reading(move: ReadingMove, slots: Sequence[Slot]) -> dict[str, Any]:
    slot, new = slots[move.slot], _level(move.new)
    facts = {"source": slot.source, "location": slot.location, "cause": move.cause, "old": _level(move.old), "new": new}
    return {"kind": "reading", "at": new["observed_at"] if new else None, "facts": facts}


def _level(cell: Cell) -> dict[str, Any] | None:
    if not cell.stamp:
        return None
    active = True if cell.stamp & LEVEL_ACTIVE else False if cell.stamp & LEVEL_INACTIVE else None
    quantities = {state: None if figure == NULL else figure for state, figure in cell.figures.items()}
    observed_at = time_text(from_us(cell.stamp >> STAMP_SHIFT))
    return {"observed_at": observed_at, "active": active, "quantities": quantities}


def _pool(state: Any) -> dict[str, Any]:
    names: Sequence[str] = POOL_STATE.names or ()
    figures = {name: int(state[name]) for name in names}
    return {
        "units": units_from_number(figures["units"]),
        "promised_units": units_from_number(figures["promised"]),
        "band": Band(figures["band"]).word,
        "was": Band(figures["before_band"]).word,
        "episode": figures["episode"],
    }
