"""The worklist as people and tools read it."""

from datetime import datetime
from typing import Any

from gateway.doubts.kinds import kind_of
from gateway.services import Services
from gateway.store.held_back import KIND as HELD_BACK
from gateway.store.values import Doubt, SettledDoubt
from policies.explain import time_text


def open_line(services: Services, doubt: Doubt, at: datetime) -> dict[str, Any]:
    """Describe an open doubt: what it is, how old, whose, what it costs, and what a word on it does."""
    kind, facts = kind_of(doubt.kind), dict(doubt.facts)
    if doubt.kind == HELD_BACK:
        facts["waiting"] = services.store.held_back.counts(doubt.key).waiting
    return {
        "id": doubt.id,
        "kind": doubt.kind,
        "key": doubt.key,
        "title": kind.title,
        "sentence": doubt.sentence,
        "facts": facts,
        "state": "open",
        "first_at": time_text(doubt.first_at),
        "last_at": time_text(doubt.last_at),
        "age_s": max(0, int((at - doubt.first_at).total_seconds())),
        "count": doubt.count,
        "owner": doubt.owner,
        "units": doubt.facts.get("units"),
        "confirm": kind.confirm,
        "dismiss": kind.dismiss,
    }


def settled_line(doubt: SettledDoubt) -> dict[str, Any]:
    """Describe what a person said of a doubt."""
    return {
        "id": doubt.id,
        "kind": doubt.kind,
        "key": doubt.key,
        "title": kind_of(doubt.kind).title,
        "sentence": doubt.sentence,
        "state": doubt.state,
        "settled_by": doubt.by,
        "settled_at": time_text(doubt.at),
        "note": doubt.note,
    }
