"""The parts of a message's page, each gathered for itself: what moves is polled without the rest."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.guard.board import Entry, featured_now, judged_now
from gateway.guard.effects import schedule_words
from gateway.guard.features import Known
from gateway.guard.judging import Judged
from gateway.guard.views import verdict_view
from gateway.store.audit import Wanted
from gateway.store.campaigns import Features
from gateway.web.console.audit_words import said
from gateway.web.console.campaign_words import MOVING, PHASES, actions_of, name_of, state_of, verdict_word
from gateway.web.context import house
from policies.guard import Featured

STEPS: Final = 30


@dataclass(frozen=True, slots=True)
class Sight:
    """One place of a content at which variants of ours were found."""

    why: str
    names: tuple[str, ...]


def verdict_part(one: Entry, known: Known) -> dict[str, Any]:
    """Judge the message at this moment."""
    services = house().services
    judged = judged_now(services, one.message, known, services.now())
    verdict = {} if judged is None else verdict_view(judged, services.policies.current().number)
    shown = (verdict.get("reasons"), verdict.get("verdict"), verdict.get("mode"), verdict.get("due"))
    return {"judged": judged, "verdict": verdict, "word": verdict_word(verdict), "verdict_mark": _mark(shown)}


def work_part(one: Entry, _known: Known) -> dict[str, Any]:
    """Say how its episode stands and what a person may decide."""
    actions = actions_of(one, house().services.now(), zone())
    return {
        "state": state_of(one.hold),
        "phase": None if one.hold is None else PHASES[one.hold.phase],
        "moving": is_moving(one),
        "actions": actions,
        "zone": zone(),
        "work_mark": _mark((one.hold, [action.name for action in actions])),
    }


def steps_part(one: Entry, _known: Known) -> dict[str, Any]:
    """List what happened around the message, newest first."""
    wanted = Wanted(action="guard", target=one.message.id)
    steps, _ = house().services.store.audit.page(STEPS, None, wanted)
    own = [step for step in steps if step.target == one.message.id]
    when = None if one.message.schedule is None else schedule_words(one.message.schedule, zone())
    return {"steps": own, "said": said, "when": when, "moving": is_moving(one), "steps_mark": _mark(own)}


def content_part(one: Entry, known: Known, judged: Judged | None) -> dict[str, Any]:
    """Tell what the message features, how that stands, and what was found in its content."""
    featured = featured_now(house().services, one, judged)
    reading = known.readings.get(one.message.id)
    names = _names(featured, reading)
    return {
        "rows": sorted(featured, key=lambda row: (row.role != "hero", row.counted_band, row.variant)),
        "names": names,
        "reading": reading,
        "sights": _sights(reading, names),
        "seen": seen_of(one.features),
    }


def is_moving(one: Entry) -> bool:
    """Tell whether a worker is about to carry something out."""
    return one.hold is not None and one.hold.phase in MOVING


def zone() -> tzinfo:
    """Return the time zone that the policy speaks in."""
    version = house().services.policies.current()
    return ZoneInfo(version.document.time_zone if version else "UTC")


def seen_of(features: Features | None) -> str:
    """Digest what a message features, so that a form about another state of it is known."""
    if features is None:
        return _mark(None)
    return _mark((features.by, [(line.variant, line.role) for line in features.lines], features.demand))


def _mark(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _names(featured: Sequence[Featured], reading: Features | None) -> Mapping[str, str]:
    variants = [one.variant for one in featured] + [line.variant for line in (reading.lines if reading else ())]
    entries = house().services.store.catalog.entries(list(dict.fromkeys(variants)))
    return {variant: name_of(entries.get(variant), variant) for variant in variants}


def _sights(reading: Features | None, names: Mapping[str, str]) -> list[Sight]:
    """Put what was read together by the place where it was found."""
    by_place: dict[str, list[str]] = {}
    for line in reading.lines if reading else ():
        by_place.setdefault(line.why, []).append(names[line.variant])
    return [Sight(why, tuple(of)) for why, of in by_place.items()]
