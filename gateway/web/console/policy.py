"""The policy in words and fields: what is in force, and one's own draft of the next version. Viewers only read.

Every change is kept in the draft at once. With script, typing posts the open part and brings back its problems and a
preview; without, the same form is sent by its button and the page comes back.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.policy_drafts.arranging import NotArranged, add, added, move, part_of, take_out
from gateway.policy_drafts.desk import Desk, Rearranged, Seen, carry_draft, edit_draft
from gateway.policy_drafts.forms import read_part
from gateway.policy_drafts.sections import NAMED, NoSuchSection, Part, name_of, part_named
from gateway.web.console.policy_desk import WRITES, my_desk
from gateway.web.console.policy_fields import Around, fields_of, place_rows
from gateway.web.console.policy_preview import advice_view, shown_preview
from gateway.web.console.policy_view import open_view, page_view, unmapped
from gateway.web.console.policy_words import path_words
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem
from policies.difference import differences

MOVED: Final = "Another window moved, added or took something out. Nothing was changed; here is how it stands now."


@blueprint.get("/policy")
@signed_in()
def policy() -> AnyResponse | str:
    """Show the policy, and the part that is being edited as fields."""
    services, at = house().services, house().services.now()
    desk = my_desk()
    if (named := request.args.get("rule")) is not None:
        return redirect(url_for("console.policy") + _anchor_of(named, desk))
    edit = request.args.get("edit", "") if person().may(WRITES) else ""
    view = page_view(desk, edit, at) | {"writes": person().may(WRITES), "edit": edit}
    view["in_force"] = services.store.policies.get(desk.in_force or 0)
    view["previewed"] = bool(desk.draft) and "preview" in request.args
    if view["previewed"]:
        view |= shown_preview(desk) | advice_view(desk)
    if desk.stale:
        view |= _published_meanwhile(desk)
    return render_template("console/policy.html", **view)


@blueprint.post("/policy/draft/<path:name>")
@signed_in(WRITES)
def keep_policy_draft(name: str) -> AnyResponse | str:
    """Keep what a form says of one part; answer with its problems and a preview, or with the page."""
    form = request.form.to_dict(flat=False)
    try:
        part = part_named(name)
        desk = _edit(lambda document: read_part(document, part, form))
    except (NoSuchSection, Rearranged):
        return _answer_moved()
    if not request.headers.get("HX-Request"):
        return redirect(url_for("console.policy", edit=name, preview=1) + f"#{_anchor(part)}", 303)
    return render_template("console/_policy_kept.html", **_kept(desk, part), **shown_preview(desk))


@blueprint.post("/policy/arrange")
@signed_in(WRITES)
def arrange_policy() -> AnyResponse:
    """Add a rule, guard, pool or place, take one out, or move it."""
    asked, document = request.form, my_desk().document
    kind, action = asked.get("kind", ""), asked.get("action", "")
    try:
        if action == "add":
            return _add(kind, asked.get("key", "").strip(), document)
        part = part_of(kind, asked.get("key", ""))
        if action == "take out":
            desk = _edit(lambda document: take_out(document, part), arranges=True)
            flash(f"Taken out of the draft: {_called(document, part)}.", "success")
            return redirect(url_for("console.policy") + f"#{kind}", 303)
        to = _target(action, part)
        desk = _edit(lambda document: move(document, part, to), arranges=True)
    except (NoSuchSection, Rearranged):
        return _answer_moved()
    except NotArranged as refused:
        flash(str(refused), "error")
        return redirect(url_for("console.policy") + f"#{kind}", 303)
    there = min(to, len(desk.document[kind]) - 1)
    flash(f"{_called(desk.document, Part(kind, there))} is now number {there + 1}.", "success")
    return redirect(url_for("console.policy") + f"#{_anchor(Part(kind, there))}", 303)


@blueprint.post("/policy/discard")
@signed_in(WRITES)
def discard_policy_draft() -> AnyResponse:
    """Forget the draft."""
    house().services.store.drafts.discard(person().holder)
    flash("The draft is gone; this is the policy in force.", "success")
    return redirect(url_for("console.policy"), 303)


@blueprint.post("/policy/carry")
@signed_in(WRITES)
def carry_policy_draft() -> AnyResponse:
    """Bring the draft over to the version that somebody published meanwhile."""
    services = house().services
    carried = carry_draft(services, person().holder, services.now())
    if carried is not None:
        flash("Your changes now stand on the version in force.", "success")
    if carried is not None and carried.both:
        both = ", ".join(_both_words(path) for path in carried.both)
        flash(f"Both of you changed: {both}. Yours is kept; look at it again.", "warning")
    return redirect(url_for("console.policy", preview=1), 303)


def _edit(edit: Callable[[Mapping[str, Any]], dict[str, Any]], *, arranges: bool = False) -> Desk:
    services = house().services
    numbers = [request.form.get(key, "") for key in ("based_on", "arrangement")]
    if any(not (text.isascii() and text.isdigit() and len(text) <= 9) for text in numbers):  # noqa: PLR2004
        raise Problem(400, "The form was not sent whole: load the page again.")
    seen = Seen(int(numbers[0]) or None, int(numbers[1]))
    return edit_draft(services, person().holder, seen, edit, services.now(), arranges=arranges)


def _add(kind: str, key: str, document: Mapping[str, Any]) -> AnyResponse:
    if kind not in ("rules", "guards", *NAMED):
        raise NoSuchSection(kind)
    part = added(document, kind, key)
    label = next((one["label"] for one in unmapped(house().services, document) if one["id"] == key), "")
    _edit(lambda document: add(document, part, {"label": label} if label else {}), arranges=True)
    name = "locations" if kind == "locations" else name_of(part)
    return redirect(url_for("console.policy", edit=name) + f"#{_anchor(part)}", 303)


def _target(action: str, part: Part) -> int:
    position = part.key if isinstance(part.key, int) else 0
    if action in ("up", "down"):
        return max(0, position + (1 if action == "down" else -1))
    text = request.form.get("to", "")
    if action != "move" or not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004
        raise Problem(400, "That is no way to move it.")
    return int(text)


def _kept(desk: Desk, part: Part) -> dict[str, Any]:
    around = Around(desk.document, desk.problems())
    view = page_view(desk, "", house().services.now())
    fields = [field for _, row in place_rows(around) for field in row.values()]
    opened = open_view(name_of(part), around)
    shown = fields if part.kind == "locations" else fields_of(part, around)
    return {**view, "shown": shown, "opened": opened, "writes": True}


def _published_meanwhile(desk: Desk) -> dict[str, Any]:
    services = desk.services
    versions = [version for version in services.store.policies.versions() if version.number > (desk.based_on or 0)]
    before, after = (services.policies.document(number or 0) for number in (desk.based_on, desk.in_force))
    theirs = [] if before is None or after is None else differences(before, after)
    return {"meanwhile": versions, "theirs": theirs}


def _answer_moved() -> AnyResponse:
    if request.headers.get("HX-Request"):
        shown = render_template("console/_policy_moved.html", sentence=MOVED)
        return make_response(shown, 409)
    flash(MOVED, "error")
    return redirect(url_for("console.policy"), 303)


def _anchor(part: Part) -> str:
    return "locations" if part.kind == "locations" else name_of(part)


def _anchor_of(rule: str, desk: Desk) -> str:
    """Find a rule by its name, as explanations of decisions give it."""
    names = [one.get("name") for one in desk.document.get("rules", [])]
    return f"#rule-{names.index(rule) + 1}" if rule in names else "#rules"


def _both_words(path: str) -> str:
    """Say a path that both changed; entries of lists are in it by their names."""
    kind, _, rest = path.partition(".")
    said = path_words(path, kind if rest else "head", "")
    return f"{said} ({rest.split('.')[0]})" if rest else said


def _called(document: Mapping[str, Any], part: Part) -> str:
    entry = part.of(document)
    return str(entry.get("name") or part.key) if isinstance(part.key, int) else str(part.key)
