"""Steps out of `out` in the default pool: why, whom they may alert, and what of the number waits for a person.

Few variants take one at a time, so these are judged one by one after the many were decided in bulk.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import orjson

from gateway.pipeline.causes import raise_of_one, raises_since
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.columns import Note
from gateway.store.restocks import Restock, RestockState
from policies.causes import Raises, cause_of, joined
from policies.columns import AWAITS_RESTOCK, AWAITS_RETURN, PROVEN, WAS_UNLIMITED, from_us, to_us
from policies.confirm import Kind, releases, step_up
from policies.values import Band

WAITS = AWAITS_RESTOCK | AWAITS_RETURN
States = npt.NDArray[Any]


def settle_restock(
    services: Services,
    variant: str,
    episode: int,
    state: Literal["confirmed", "dismissed"],
    *,
    by: str,
    note: str,
    at: datetime,
) -> bool:
    """Take a person's word on a restock or a return that waits; tell whether it still did."""
    settled = services.store.restocks.settle(variant, episode, state, by=by, note=note, at=at)
    if settled:
        services.store.audit.append(by, f"restock.{state}", variant, {"episode": episode, "note": note}, at)
        services.store.wake.ring()
    return settled


def steps_judged(
    services: Services, version: CompiledVersion, rows: Rows, before: States, after: States, at: datetime
) -> tuple[Note, ...]:
    """Judge what steps out of `out`, rises towards it or waits; `after` is changed in place where a number must wait.

    `before` and `after` are the default pool's states. Where a number that waited may go, its wait flags are taken off
    `before`: the caller decides those variants once more.
    """
    rising = (before["band"] == Band.OUT) & (after["flags"] & WAS_UNLIMITED == 0)
    rising &= (after["rise_us"] != 0) | (after["band"] > Band.OUT)
    waiting = before["flags"] & WAITS != 0
    concerned = np.flatnonzero(rising | waiting).tolist()
    forgotten = np.flatnonzero((before["rise_us"] != 0) & (before["band"] == Band.OUT) & ~rising).tolist()
    notes = [Note(index, "rise", b"") for index in forgotten]
    if not concerned:
        return tuple(notes)
    names = [rows.variants[index] for index in concerned]
    earlier, known = services.store.restocks.rises(names), services.store.restocks.get(names)
    news = _raises(services, version, rows, concerned, before=before, after=after, at=at)
    for index, raised, restock, new in zip(concerned, earlier, known, news, strict=True):
        if waiting[index]:
            notes += _waited(index, before, after, new, restock, version)
        else:
            notes += _risen(index, before, after, joined(raised, new) if before["rise_us"][index] else new, version, at)
    return tuple(notes)


def _raises(
    services: Services,
    version: CompiledVersion,
    rows: Rows,
    concerned: list[int],
    *,
    before: States,
    after: States,
    at: datetime,
) -> list[Raises]:
    """Find what raised the units of each since its last decision. Where one input moved, the states say it all."""
    journal, policy, epoch = services.store.journal, version.compiled, version.compiled.epoch_at(at)
    moves, began_us = journal.moved(rows.places[concerned].tolist()), services.store.epoch.began_us()
    found: dict[int, Raises] = {}
    for index, moved in zip(concerned, moves, strict=True):
        same = (rows.policies[index], rows.locations[index]) == (version.number, version.locations_revision)
        if (
            same
            and moved.complete
            and len(moved.listed) <= 1
            and policy.epoch_at(from_us(rows.decided_us[index])) == epoch
        ):
            units = int(max(0, before["units"][index])), int(max(0, after["units"][index]))
            found[index] = raise_of_one(moved.listed[0], *units, began_us=began_us) if moved.listed else {}
    names = [rows.variants[index] for index in concerned if index not in found]
    others = [index for index in concerned if index not in found]
    for index, name, last in zip(others, names, journal.last(names), strict=True):
        units = int(max(0, before["units"][index])), int(max(0, after["units"][index]))
        found[index] = (
            {} if last is None else raises_since(services, version, name, last, at, before=units[0], now=units[1])
        )
    return [found[index] for index in concerned]


def _risen(
    index: int, before: States, after: States, raises: Raises, version: CompiledVersion, at: datetime
) -> Iterator[Note]:
    if after["band"][index] == Band.OUT:
        yield Note(index, "rise", orjson.dumps(raises))
        return
    kind: Kind = "restock" if before["flags"][index] & PROVEN else "return"
    cause = cause_of(raises, version.document.restock.causes)
    step = step_up(kind, cause, version.document)
    if step.waits:
        after["flags"][index] |= AWAITS_RETURN if kind == "return" or cause == "first_sight" else AWAITS_RESTOCK
        after["promised"][index] = 0
    state: RestockState = "awaits_confirmation" if step.waits else "alerts" if step.alerts else "silent"
    yield Note(index, "rise", b"")
    yield Note(index, "restock", Restock(int(before["episode"][index]), kind, cause, state, to_us(at)).pack())


def _waited(
    index: int, before: States, after: States, raises: Raises, restock: Restock | None, version: CompiledVersion
) -> Iterator[Note]:
    if not after["flags"][index] & WAITS:  # the stock ran out again, or is no longer counted
        if restock:
            yield Note(index, "restock", replace(restock, state="over").pack())
        return
    confirmed = restock is None or restock.state == "confirmed"
    freed = before["flags"][index] & AWAITS_RESTOCK and releases(raises, version.document.restock.causes)
    if confirmed or freed:
        before["flags"][index] &= ~np.uint8(WAITS)
        if restock and not confirmed:
            yield Note(index, "restock", replace(restock, state="silent").pack())
