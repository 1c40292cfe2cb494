"""The read side of the ledger: one consistent look at each variant, for many in one round trip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import UNKNOWN_PLACE, Rows
from gateway.store.connection import Connection
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, ROW_MASK, Keys
from gateway.store.pages import HEAD, HEADER, Layout, state_row
from policies.columns import ABSENT, POOL_STATE, LevelColumns

RUN: Final = np.dtype([("headers", "V16"), ("count", "<u4")])
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Variants whose pages are laid out alike, as bytes: their rows follow each other."""

    indexes: Ints  # of the variants in the answer
    layout: Layout
    pools: int
    states: bytes
    levels: bytes


def read_rows(
    connection: Connection, keys: Keys, variants: Sequence[str], places: Ints, width: tuple[int, int]
) -> Rows:
    """Read variants at their places; columns cover so many slots and pools at least."""
    order = np.argsort(places, kind="stable")
    order = order[np.searchsorted(places[order], 0) :]  # unknown places sort first
    ascending = places[order]
    cuts = np.flatnonzero(np.diff(ascending >> PARTITION_SHIFT)) + 1
    calls, parts = [], [part for part in np.split(order, cuts) if len(part)]
    for part in parts:
        rows = (places[part] & ROW_MASK).astype("<u4").tobytes()
        calls.append(("read", [keys.of(int(places[part[0]]) >> PARTITION_SHIFT, "")], [rows]))
    answers = connection.scripts(calls)
    chunks = [chunk for part, answer in zip(parts, answers, strict=True) for chunk in chunks_of(part, answer)]
    return assemble(variants, places, chunks, width)


def chunks_of(indexes: Ints, answer: Sequence[Any]) -> Iterator[Chunk]:
    """Cut the answer of a script that read rows into chunks of one layout."""
    runs, states, levels = answer[0], b"".join(answer[1]), b"".join(answer[2])
    headers = [runs[at : at + 16] for at in range(0, len(runs), RUN.itemsize)]
    starts = np.concatenate([[0], np.cumsum(np.frombuffer(runs, RUN)["count"])]).astype(np.int64)
    state_at = level_at = first = 0
    for run, header in enumerate(headers):
        if headers[run + 1 : run + 2] == [header]:
            continue
        layout, pools = Layout.of(header), int.from_bytes(header[10:12], "little")
        count = int(starts[run + 1] - starts[first])
        state_bytes, level_bytes = count * state_row(pools).itemsize, count * layout.row_bytes
        yield Chunk(
            indexes[starts[first] : starts[run + 1]],
            layout,
            pools,
            states[state_at : state_at + state_bytes],
            levels[level_at : level_at + level_bytes],
        )
        state_at, level_at, first = state_at + state_bytes, level_at + level_bytes, run + 1


def chunks_of_pages(pages: Sequence[tuple[bytes | None, bytes | None]], variants: int) -> Iterator[Chunk]:
    """Cut whole pages, (states, levels) each, into chunks; `variants` rows of them are in use."""
    for number, page in enumerate(pages):
        count = min(PAGE_ROWS, variants - number * PAGE_ROWS)
        state_page, level_page = page[0] or b"", page[1] or b""
        layout, pools = Layout.of(level_page), int.from_bytes(state_page[2:4], "little")
        size = count * state_row(pools).itemsize
        states = state_page[HEADER : HEADER + size].ljust(size, b"\0")
        indexes = np.arange(number * PAGE_ROWS, number * PAGE_ROWS + count)
        yield Chunk(indexes, layout, pools, states, level_page[HEADER : HEADER + count * layout.row_bytes])


def read_pages(
    connection: Connection, prefix: str, first: int, variants: int
) -> list[tuple[bytes | None, bytes | None]]:
    """Read whole pages, (states, levels) each, from one on until so many variants are covered; at one moment."""
    numbers = range(first, first + -(-variants // PAGE_ROWS))
    names = [f"{prefix}{kind}:{page}" for page in numbers for kind in ("states", "levels")]
    found = connection.command("MGET", *names)
    return list(zip(found[::2], found[1::2], strict=True))


def assemble(variants: Sequence[str], places: Ints, chunks: Sequence[Chunk], width: tuple[int, int]) -> Rows:
    """Put chunks together as columns over all slots, states and pools that any of them has."""
    slots, pools, bitmap = *width, 0
    alike: dict[tuple[Layout, int], list[Chunk]] = {}
    for chunk in chunks:
        bitmap |= chunk.layout.bitmap
        slots, pools = max(slots, chunk.layout.stride), max(pools, chunk.pools)
        alike.setdefault((chunk.layout, chunk.pools), []).append(chunk)
    names, n = Layout(0, bitmap).states, len(variants)
    stamps = np.zeros((n, slots), np.uint64)
    quantities = np.full((n, slots, len(names)), ABSENT, np.int32)
    heads, states = np.zeros(n, HEAD), np.zeros((n, pools), POOL_STATE)
    for (layout, count), some in alike.items():
        at = np.concatenate([chunk.indexes for chunk in some])
        decoded: Any = np.frombuffer(b"".join(chunk.states for chunk in some), state_row(count))
        heads[at] = decoded["head"]
        states[at, :count] = decoded["pools"]
        if layout.stride:
            table = np.frombuffer(b"".join(chunk.levels for chunk in some), layout.cell).reshape(-1, layout.stride)
            stamps[at, : layout.stride] = table["stamp"]
            for place, name in enumerate(layout.states):
                quantities[at, : layout.stride, names.index(name)] = table["figures"][:, :, place]
    return Rows(
        variants=tuple(variants),
        places=places,
        sequences=heads["sequence"].copy(),
        facts=heads["facts"].copy(),
        policies=heads["policy"].copy(),
        locations=heads["locations"].copy(),
        decided_us=heads["decided_us"].copy(),
        due_us=heads["due_us"].copy(),
        entries=heads["entry"].copy(),
        levels=LevelColumns(states=names, stamps=stamps, quantities=quantities),
        pools=states,
    )


def places_of(known: dict[str, int], variants: Sequence[str]) -> Ints:
    """Look places up; one never heard of is UNKNOWN_PLACE."""
    return np.array([known.get(variant, UNKNOWN_PLACE) for variant in variants], np.int64)
