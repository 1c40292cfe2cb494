"""Today: what needs a person now, what sends soon, what was done since yesterday, and how far behind the gateway is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app, render_template, url_for

from gateway.guard.board import entries
from gateway.guard.views import waits_for_a_person
from gateway.store.audit import Wanted
from gateway.store.restocks import LISTED, Restock
from gateway.web.api.audit import OF_ACCOUNTS
from gateway.web.console.audit_words import said
from gateway.web.console.board import board_view
from gateway.web.console.campaign_words import verdict_word
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.health import OUTBOXES
from integrations.ports import Message

AHEAD: Final = timedelta(hours=72)
BACK: Final = timedelta(hours=24)
SILENT_AFTER: Final = timedelta(hours=1)
STEPS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person: how many, in words, why it matters, and where to go."""

    count: int
    words: str
    why: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Sending:
    """A message on the time line."""

    message: Message
    first_at: datetime
    last_at: datetime
    verdict: str
    kind: str
    why: str
    featured: int
    held: str  # what a hold of it is at; empty: none

    @property
    def day(self) -> str:
        """The day in UTC, which orders the time line."""
        return self.first_at.date().isoformat()


@blueprint.get("/")
@signed_in()
def today() -> str:
    """Show the day."""
    services = house().services
    at, holds = services.now(), services.store.holds.all()
    restocks = services.store.restocks.newest(None, LISTED)
    return render_template(
        "console/today.html",
        now=at,
        needs=_needs(at, holds.values(), restocks),
        sending=_sending(at),
        read_at=services.store.campaigns.read_at("campaigns"),
        watch=services.settings.watch,
        done=_done(at, restocks),
        **board_view(),
    )


def _needs(at: datetime, holds: Any, restocks: Sequence[tuple[str, Restock]]) -> list[Need]:
    store = house().services.store
    waiting = sum(waits_for_a_person(hold) for hold in holds)
    doubts = store.doubts.count()
    confirm = sum(restock.state == "awaits_confirmation" for _, restock in restocks)
    silent = [source for source in store.sources.all() if at - source.last_heard_at > SILENT_AFTER]
    parked = sum(store.outbox.depth(name, at).parked for name in OUTBOXES)
    heard = ", ".join(source.name for source in silent)
    found = [
        _need(waiting, "campaign waits|campaigns wait", "for your word: the guard proposes, you decide.", "campaigns"),
        _need(
            confirm, "restock waits|restocks wait", "to be confirmed: nothing new is promised until then.", "restocks"
        ),
        _need(doubts, "doubt|doubts", "to look at: readings or records that do not fit together.", "doubts"),
        _need(len(silent), "source is silent|sources are silent", f"for more than an hour: {heard}.", "sources"),
        _need(
            parked, "signal was refused|signals were refused", "by Klaviyo, and stays untold until then.", "connection"
        ),
    ]
    return [need for need in found if need.count]


def _need(count: int, words: str, why: str, page: str) -> Need:
    one, several = words.split("|")
    return Need(count, one if count == 1 else several, why, _to(page))


def _sending(at: datetime) -> list[Sending]:
    """Put what sends within three days in order; a held message stands at the time it had."""
    lines = []
    for one in entries(house().services.store):
        window = one.window
        if window is None or window.first_at > at + AHEAD or window.last_at < at:
            continue
        verdict, kind = verdict_word(one.verdict)
        why = " ".join(reason["sentence"] for reason in one.verdict.get("reasons", ()))
        state = "" if one.hold is None else one.hold.phase.value.replace("_", " ")
        featured = len(one.features.lines) if one.features else 0
        lines.append(Sending(one.message, window.first_at, window.last_at, verdict, kind, why, featured, state))
    return lines


def _done(at: datetime, restocks: Sequence[tuple[str, Restock]]) -> dict[str, Any]:
    """Tell what was done in the last day: restocks by what became of them, and the newest steps in the audit."""
    since = at - BACK
    recent = Counter(restock.state for _, restock in restocks if restock.at >= since)
    steps, more = house().services.store.audit.page(STEPS_SHOWN, None, Wanted(since=since, without=OF_ACCOUNTS))
    names = house().services.store.catalog.entries(
        [step.target for step in steps if step.action.startswith("restock.")]
    )
    return {
        "restocks": [
            (recent["alerts"], "came back, and those who wait may hear of it"),
            (recent["silent"], "came back without an alert"),
            (recent["confirmed"] + recent["dismissed"], "settled by a person"),
        ],
        "steps": [(step, said(step.action), _target(step.target, step.facts, names)) for step in steps],
        "more": bool(more),
    }


def _target(target: str, facts: dict[str, Any], names: Any) -> str:
    entry = names.get(target)
    return entry.product_title or target if entry else str(facts.get("name") or target)


def _to(page: str) -> str | None:
    """Return where a page is, when there is one."""
    endpoint = f"console.{page}"
    return url_for(endpoint) if endpoint in current_app.view_functions else None
