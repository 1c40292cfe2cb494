"""What changed of a variant between two decisions, as the scripts remember it, and how to take it back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gateway.store.catalog_codec import unpack_variant
from gateway.store.pages import Layout
from gateway.store.values import CatalogEntry
from policies.columns import ABSENT, LEVEL_FIGURED, STAMP_SHIFT, LevelColumns
from policies.values import CAUSES, STATES


@dataclass(frozen=True, slots=True)
class Cell:
    """One level as the ledger holds it; stamp 0: there is none."""

    stamp: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)  # ABSENT ones left out

    @property
    def observed_us(self) -> int:
        """When its source saw it so."""
        return self.stamp >> STAMP_SHIFT

    @property
    def flags(self) -> int:
        """What is said of it beside figures and time."""
        return self.stamp & ((1 << STAMP_SHIFT) - 1)

    @property
    def ever_figured(self) -> bool:
        """Tell whether a source ever gave a figure for it."""
        return bool(self.stamp & LEVEL_FIGURED)


@dataclass(frozen=True, slots=True)
class ReadingMove:
    """A level that a source told anew."""

    slot: int
    cause: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class CatalogMove:
    """Catalogue facts that changed: how they were."""

    raw: bytes
    delisted: bool


@dataclass(frozen=True, slots=True)
class BlockMove:
    """A block that a person set or took away: how it was."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class RateMove:
    """Units sold a day that were learned anew: what they were, as text; empty: not known."""

    rate: bytes


Move = ReadingMove | CatalogMove | BlockMove | RateMove


@dataclass(frozen=True, slots=True)
class Moves:
    """Moves in the order they happened; not `complete`: there were too many to remember them all."""

    listed: tuple[Move, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a decision of one variant is made of, but policy and time."""

    cells: Mapping[int, Cell]  # by slot
    raw: bytes  # catalogue facts; empty: none
    delisted: bool
    blocked: bool
    rate: bytes  # units sold a day, as text; empty: not known

    @property
    def entry(self) -> CatalogEntry | None:
        """Read the catalogue facts."""
        if not self.raw:
            return None
        return unpack_variant(self.raw, delisted=self.delisted, blocked=self.blocked, rate=self.rate)

    def before(self, move: Move) -> "Inputs":
        """Take one move back."""
        match move:
            case ReadingMove():
                return replace(self, cells={**self.cells, move.slot: move.old})
            case CatalogMove():
                return replace(self, raw=move.raw, delisted=move.delisted)
            case BlockMove():
                return replace(self, blocked=move.blocked)
            case RateMove():
                return replace(self, rate=move.rate)

    def levels(self, slots: int) -> LevelColumns:
        """Write the levels as the columns of one variant."""
        stamps = np.zeros((1, slots), np.uint64)
        quantities = np.full((1, slots, len(STATES)), ABSENT, np.int32)
        for slot, cell in self.cells.items():
            if slot < slots:
                stamps[0, slot] = cell.stamp
                for state, figure in cell.figures.items():
                    quantities[0, slot, STATES.index(state)] = figure
        return LevelColumns(STATES, stamps, quantities)


def cells_of(levels: LevelColumns, index: int) -> dict[int, Cell]:
    """Read one variant's levels by slot."""
    return {
        slot: Cell(int(levels.stamps[index, slot]), _told(levels.states, levels.quantities[index, slot].tolist()))
        for slot in np.flatnonzero(levels.stamps[index]).tolist()
    }


def read_moves(packed: bytes) -> Moves:
    """Read what the scripts remembered (variant.lua)."""
    listed, complete = [], True
    for move in _walk(packed):
        if move is None:
            complete = False
        else:
            listed.append(move)
    return Moves(tuple(listed), complete)


def _walk(packed: bytes) -> Iterator[Move | None]:
    at = 0
    while at < len(packed):
        kind = packed[at : at + 1]
        if kind == b"r":
            layout = Layout(1, int.from_bytes(packed[at + 1 : at + 3], "little"))
            slot, cause, size = int.from_bytes(packed[at + 3 : at + 5], "little"), packed[at + 5], layout.row_bytes
            old, new = (_cell(packed[at + 6 + n * size : at + 6 + (n + 1) * size], layout) for n in (0, 1))
            yield ReadingMove(slot, CAUSES[cause], old, new)
            at += 6 + 2 * size
        elif kind == b"c":
            size = int.from_bytes(packed[at + 2 : at + 6], "little")
            yield CatalogMove(packed[at + 6 : at + 6 + size], packed[at + 1 : at + 2] == b"1")
            at += 6 + size
        elif kind == b"u":
            size = int.from_bytes(packed[at + 1 : at + 5], "little")
            yield RateMove(packed[at + 5 : at + 5 + size])
            at += 5 + size
        elif kind == b"b":
            yield BlockMove(packed[at + 1 : at + 2] == b"1")
            at += 2
        else:  # "x": what came before it was too much to keep
            yield None
            at += 1


def _cell(packed: bytes, layout: Layout) -> Cell:
    one = np.frombuffer(packed, layout.cell)[0]
    stamp = int(one["stamp"])
    return Cell(stamp, _told(layout.states, one["figures"].tolist())) if stamp else Cell()


def _told(states: tuple[str, ...], figures: list[int]) -> dict[str, int]:
    return {state: figure for state, figure in zip(states, figures, strict=True) if figure != ABSENT}
