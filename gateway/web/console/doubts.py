"""The worklist: what was set aside, by kind, and a person's word on it."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.doubts.kinds import KINDS, kind_of
from gateway.store.values import DoubtState
from gateway.web.api.root import OFFSET, page_cursor
from gateway.web.console.doubts_view import ON_A_PAGE, digest, groups, matching, read_query, settled
from gateway.web.console.session import person, place_after, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LONGEST_NOTE = 1000
GONE = "It is on the list no more: somebody was quicker, or its cause went away."
CHANGED = "It says something else by now, so nothing was done: read it again, then decide."


@blueprint.get("/doubts")
@signed_in()
def doubts() -> str:
    """List what was set aside, or what people said of it."""
    services, query = house().services, read_query(request.args)
    start = int(page_cursor(OFFSET) or 0)
    every = services.store.doubts.every()
    common = {"query": query, "open": len(every), "kinds": {name: kind.title for name, kind in KINDS.items()}}
    if query.state == "settled":
        words, following = settled(services, query, person().name, start)
        lines = [(word, kind_of(word.kind).title) for word in words]
        return render_template("console/doubts_settled.html", lines=lines, cursor=following, first=start > 0, **common)
    mine = matching(every, query, person().name)
    counts = Counter(doubt.kind for doubt in mine)
    following = start + ON_A_PAGE if query.kind and counts[query.kind] > start + ON_A_PAGE else None
    return render_template(
        "console/doubts.html",
        groups=groups(services, mine, query, start, services.now()),
        counts=counts,
        owners=sorted({doubt.owner for doubt in every if doubt.owner} - {person().name}),
        back=query.address(cursor=start or None),
        cursor=following,
        first=start > 0,
        **common,
    )


@blueprint.post("/doubts/confirm")
@signed_in("marketer")
def confirm_doubt() -> AnyResponse:
    """Say that it is as it was told."""
    return _settle("confirmed")


@blueprint.post("/doubts/dismiss")
@signed_in("marketer")
def dismiss_doubt() -> AnyResponse:
    """Say that it is not so, or matters to nobody."""
    return _settle("dismissed")


@blueprint.post("/doubts/assign")
@signed_in("marketer")
def take_doubt() -> AnyResponse:
    """Take a doubt, or give it back."""
    back = request.form.get("back") == "1"
    assigned = house().stages.assign_doubt(
        house().services, request.form.get("id", ""), None if back else person().name,
        by=person().name, at=house().services.now(),
    )  # fmt: skip
    done = "Given back: it is nobody's now." if back else "It is yours now."
    return _answer(done if assigned else None)


def _settle(state: DoubtState) -> AnyResponse:
    """Take a word, unless the doubt says something else by now than the page that it was given on."""
    doubt = house().services.store.doubts.get(request.form.get("id", ""))
    if doubt is not None and request.form.get("says") != digest(doubt):
        return _answer(None, CHANGED)
    effect = house().stages.settle_doubt(
        house().services, request.form.get("id", ""), state, by=person().name,
        note=request.form.get("note", "").strip()[:LONGEST_NOTE], at=house().services.now(),
    )  # fmt: skip
    return _answer(effect and f"{'Confirmed' if state == 'confirmed' else 'Dismissed'}. {effect}")


def _answer(done: str | None, otherwise: str = GONE) -> AnyResponse:
    flash(done or otherwise, "good" if done else "error")
    return redirect(place_after(request.form.get("next") or url_for("console.doubts")), 303)
