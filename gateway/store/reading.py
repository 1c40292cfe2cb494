"""The read side of the ledger: one consistent look at each variant, for a batch in one round trip."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gateway.store.columns import Rows
from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.pages import HEAD, Layout, state_row
from policies.columns import ABSENT, POOL_STATE, LevelColumns

Place = tuple[int, int]


def read_rows(
    connection: Connection,
    keys: Keys,
    variants: Sequence[str],
    places: Sequence[Place | None],
    slots: int,
    pools: int,
) -> Rows:
    """Read variants at their places (None: unknown); columns cover `slots` and `pools` at least."""
    wanted: dict[int, list[int]] = {}
    for index, place in enumerate(places):
        if place is not None:
            wanted.setdefault(place[0], []).append(index)
    calls = []
    for partition, indexes in wanted.items():
        rows = np.array([places[index][1] for index in indexes], "<u4")  # type: ignore[index]
        calls.append(("read", [keys.of(partition, "")], [rows.tobytes()]))
    answers = connection.scripts(calls)
    parsed: list[tuple[int, bytes, bytes, bytes, bytes]] = []
    for indexes, answer in zip(wanted.values(), answers, strict=True):
        headers, states = answer[0], answer[1]
        levels = answer[2]
        parsed += [(index, headers[2 * n], levels[n], headers[2 * n + 1], states[n]) for n, index in enumerate(indexes)]
    return _assemble(variants, places, parsed, slots, pools)


def _assemble(
    variants: Sequence[str],
    places: Sequence[Place | None],
    parsed: list[tuple[int, bytes, bytes, bytes, bytes]],
    slots: int,
    pools: int,
) -> Rows:
    bitmap = 0
    by_layout: dict[tuple[Layout, int], list[tuple[int, bytes, bytes]]] = {}
    for index, level_header, level, state_header, state in parsed:
        layout = Layout.of(level_header)
        bitmap |= layout.bitmap
        slots = max(slots, layout.stride)
        width = int.from_bytes(state_header[2:4], "little")
        pools = max(pools, width)
        by_layout.setdefault((layout, width), []).append((index, level, state))
    names = Layout(0, bitmap).states
    n = len(variants)
    stamps = np.zeros((n, slots), np.uint64)
    quantities = np.full((n, slots, len(names)), ABSENT, np.int32)
    heads = np.zeros(n, HEAD)
    states = np.zeros((n, pools), POOL_STATE)
    for (layout, width), members in by_layout.items():
        at = np.array([index for index, _, _ in members])
        kind: Any = state_row(width)
        decoded = np.frombuffer(b"".join(s.ljust(kind.itemsize, b"\0")[: kind.itemsize] for _, _, s in members), kind)
        heads[at] = decoded["head"]
        states[at, :width] = decoded["pools"]
        if layout.stride:
            size = layout.stride * layout.cell.itemsize
            body = b"".join(level.ljust(size, b"\0") for _, level, _ in members)
            table = np.frombuffer(body, layout.cell).reshape(len(members), layout.stride)
            stamps[at, : layout.stride] = table["stamp"]
            for place, state in enumerate(layout.states):
                quantities[at, : layout.stride, names.index(state)] = table["figures"][:, :, place]
    return Rows(
        variants=tuple(variants),
        known=np.array([place is not None for place in places], np.bool_),
        revisions=heads["revision"].copy(),
        sequences=heads["sequence"].copy(),
        facts=heads["facts"].copy(),
        policies=heads["policy"].copy(),
        decided_us=heads["decided_us"].copy(),
        due_us=heads["due_us"].copy(),
        levels=LevelColumns(states=names, stamps=stamps, quantities=quantities),
        pools=states,
    )
