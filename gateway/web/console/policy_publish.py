"""Publishing a draft: what changes in words, why, and a large change only to who has read how large it is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.documents import DocumentProblems
from gateway.policy_drafts.desk import Desk, request_name
from gateway.policy_versions.preview import preview_policy
from gateway.policy_versions.publishing import (
    LONGEST_NOTE,
    LargeChange,
    RefusedPublication,
    Signature,
    publish_policy,
)
from gateway.policy_versions.views import impact_view
from gateway.store.errors import StalePolicy
from gateway.store.values import PolicyVersion
from gateway.web.console.policy_desk import WRITES, my_desk
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from policies.document import Document
from policies.impact import Impact

GROWN_PERCENT: Final = 10
"""Stock moves while a person reads: a change that is larger by more than this is shown again."""
JUST: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person who publishes has written."""

    note: str
    typed: str  # how many variants move, where that is asked for
    shown: str  # the number that was asked for

    @classmethod
    def sent(cls) -> "Asked":
        """Read the form."""
        form = request.form
        return cls(form.get("note", ""), form.get("typed", "").replace(",", "").strip(), form.get("shown", ""))

    def confirms(self, number: int) -> bool:
        """Tell whether the number that was shown was typed, and still says how large the change is."""
        if not self.shown.isdigit() or self.typed != self.shown:
            return False
        return number * 100 <= int(self.shown) * (100 + GROWN_PERCENT)


@blueprint.get("/policy/publish")
@signed_in(WRITES)
def review_policy() -> AnyResponse | str:
    """Show what would be published, and ask why."""
    desk = my_desk()
    if desk.draft is None or desk.stale:
        return redirect(url_for("console.policy"))
    document, _ = desk.read()
    if document is None:
        return redirect(url_for("console.policy", preview=1))
    impact = preview_policy(desk.services, document, desk.services.now())
    return _review(desk, impact)


@blueprint.post("/policy/publish")
@signed_in(WRITES)
def publish_draft() -> AnyResponse | str:
    """Put the draft in force, or say why not yet."""
    desk, asked = my_desk(), Asked.sent()
    if desk.draft is None or request.form.get("draft") != desk.draft.id:
        return redirect(url_for("console.policy"), 303)
    try:
        version = publish(desk, desk.document, asked, based_on=desk.draft.based_on, request_id=desk.draft.id)
    except (StalePolicy, DocumentProblems):
        return redirect(url_for("console.policy", preview=1), 303)
    except RefusedPublication as refused:
        return _again(desk, asked, refused.message)
    except LargeChange as large:
        return make_response(_review(desk, large.impact, asked, number_wrong=bool(asked.typed)), 422)
    desk.services.store.drafts.discard(person().holder)
    return redirect(url_for("console.policy_version", number=version.number), 303)


def publish(desk: Desk, data: dict[str, Any], asked: Asked, *, based_on: int | None, request_id: str) -> PolicyVersion:
    """Publish a document; a large change needs its number. Raises as `publish_policy` does."""
    services, signature = desk.services, signature_of(asked, request_id)
    try:
        return publish_policy(services, data, signature, based_on=based_on)
    except LargeChange as large:
        if not asked.confirms(moving(large.impact)):
            raise
    confirmed = signature_of(asked, request_id, confirm_large=True)
    return publish_policy(services, data, confirmed, based_on=based_on)


def signature_of(asked: Asked, request_id: str, *, confirm_large: bool = False) -> Signature:
    """Sign with the person's name; the request is known again when it is sent twice."""
    name, at = person().name, house().services.now()
    named = request_name(person().holder, request_id)
    return Signature(author=name, note=asked.note, at=at, confirm_large=confirm_large, request=named)


def moving(impact: Impact) -> int:
    """Count the variants that a large change moves: in or out of `out` at its worst moment, or else all it touches."""
    return max(moment.moves for moment in (impact.now, *impact.later)) or impact.looked_at


def impact_facts(desk: Desk, impact: Impact) -> dict[str, Any]:
    """Describe an impact for the pages that publish."""
    return {"impact": impact_view(desk.services, impact), "number": moving(impact), "longest_note": LONGEST_NOTE}


def _again(desk: Desk, asked: Asked, message: str) -> AnyResponse:
    document: Document | None = desk.read()[0]
    if document is None:
        return redirect(url_for("console.policy", preview=1), 303)
    impact = preview_policy(desk.services, document, desk.services.now())
    return make_response(_review(desk, impact, asked, note_wrong=message), 422)


def _review(desk: Desk, impact: Impact, asked: Asked | None = None, **wrong: Any) -> str:
    facts = impact_facts(desk, impact) | {"asked": asked, **wrong}
    return render_template("console/policy_publish.html", desk=desk, changes=desk.changes(), **facts)
