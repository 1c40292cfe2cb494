"""What is about to send and what is held, put together for those who look: the API, Today, the console's pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.guard.check import stand_in
from gateway.guard.features import Known, known_features
from gateway.guard.judging import Decisions, Judged, judge_messages
from gateway.guard.views import waits_for_a_person
from gateway.services import Services
from gateway.store import Store
from gateway.store.campaigns import Features
from gateway.store.holds import Hold
from integrations.ports import FLOW_STEP, Message
from policies.guard import Featured, Phase, SendWindow, send_window

IN_DRAFT: Final = (Phase.HELD, Phase.RELEASING)
"""What the listing of what is about to send does not show, since we hold it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message with all that is known of it."""

    message: Message
    features: Features | None
    verdict: Mapping[str, Any]  # as it was judged last; empty: not yet, or nobody watches it
    hold: Hold | None
    asked_for: bool = False  # a tag says that it must be guarded

    @property
    def window(self) -> SendWindow | None:
        """Return when it sends, or was to send; None for a flow's step, or where the schedule does not tell."""
        return None if self.message.schedule is None else send_window(self.message.schedule)

    @property
    def is_step(self) -> bool:
        """Tell a flow's step from a campaign's message."""
        return self.message.id.startswith(FLOW_STEP)

    @property
    def waits(self) -> bool:
        """Tell whether a person is asked: for a decision, or what it features."""
        unwatched = self.asked_for and self.verdict.get("guarded") is False
        return unwatched or (self.hold is not None and waits_for_a_person(self.hold))


def entries(store: Store) -> list[Entry]:
    """List what is about to send and what is held, first to send first."""
    holds, known, verdicts = store.holds.all(), known_features(store), store.campaigns.verdicts()
    held = {id_: stand_in(hold) for id_, hold in holds.items() if hold.phase in IN_DRAFT}
    messages = {**held, **store.campaigns.messages()}
    found = [_entry(one, known, verdicts.get(id_, {}), holds.get(id_)) for id_, one in messages.items()]
    return sorted(found, key=_first_to_send)


def entry(store: Store, message: str) -> tuple[Entry, Known] | None:
    """Return one message with what is known of contents; None where it neither sends soon nor has an episode."""
    hold = store.holds.get(message)
    found = store.campaigns.messages().get(message) or (None if hold is None else stand_in(hold))
    if found is None:
        return None
    known = known_features(store)
    return _entry(found, known, store.campaigns.verdicts().get(message, {}), hold), known


def judged_now(services: Services, message: Message, known: Known, at: datetime) -> Judged | None:
    """Judge one message as it is at this moment; None where no guard watches it. Changes nothing."""
    version = services.policies.current()
    if version is None:
        return None
    return judge_messages(services, version, [message], known, at)[0].get(message.id)


def featured_now(services: Services, one: Entry, judged: Judged | None) -> list[Featured]:
    """Put everything that a message features together with its decision now, in the pool that it is judged in."""
    lines = () if one.features is None else one.features.lines
    version = services.policies.current()
    if judged is not None:
        return [judged.decisions.featured(line, judged.guard.pool) for line in lines]
    if version is None:
        return [Featured(line.variant, line.role) for line in lines]
    decisions = Decisions(services, version, [line.variant for line in lines])
    return [decisions.featured(line, version.document.default_pool) for line in lines]


def _entry(message: Message, known: Known, verdict: Mapping[str, Any], hold: Hold | None) -> Entry:
    return Entry(message, known.of(message), verdict, hold, known.must_be_guarded(message))


def _first_to_send(one: Entry) -> tuple[str, str]:
    window = one.window
    return "" if window is None else window.first_at.isoformat(), one.message.id
