"""Versions of the policy: who, when, why, what changed, and bringing one back."""

from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.policy_drafts.desk import Desk, open_desk
from gateway.policy_versions.preview import preview_policy
from gateway.policy_versions.publishing import (
    AlreadyInForce,
    LargeChange,
    RefusedPublication,
    rollback_policy,
)
from gateway.store.errors import StalePolicy
from gateway.store.values import PolicyVersion
from gateway.web.console.policy_desk import WRITES
from gateway.web.console.policy_publish import JUST, Asked, impact_facts, moving, signature_of
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem
from policies.difference import differences
from policies.words import Difference

PAGE: Final = 20
LONGEST_NUMBER: Final = 9


@blueprint.get("/policy/versions")
@signed_in()
def policy_history() -> AnyResponse | str:
    """List the versions, newest first, each with what it changed."""
    before = request.args.get("before", "")
    first = int(before) if before.isascii() and before.isdigit() and len(before) <= LONGEST_NUMBER else None
    found = house().services.store.policies.versions(PAGE, first)
    lines = [(version, _changed(version)) for version in found]
    older = found[-1].number if found and found[-1].number > 1 else None
    current = house().services.store.policies.current_number()
    return render_template("console/policy_versions.html", lines=lines, older=older, current=current, before=before)


@blueprint.get("/policy/versions/<int:number>")
@signed_in()
def policy_version(number: int) -> AnyResponse | str:
    """Show one version: what it changed, what is still being decided by it, and what bringing it back would do."""
    services = house().services
    version, current = _found(number), services.store.policies.current_number()
    facts: dict[str, Any] = {"version": version, "current": current, "changes": _changed(version)}
    facts["new"] = services.now() - version.published_at <= JUST and number == current
    facts["deciding"] = services.store.redecisions.waiting()
    facts["variants"] = sum(services.store.catalog_columns.counts())
    if number != current and person().may(WRITES):
        facts |= _restoring(version, _desk())
    return render_template("console/policy_version.html", **facts)


@blueprint.post("/policy/versions/<int:number>/restore")
@signed_in(WRITES)
def restore_policy(number: int) -> AnyResponse | str:
    """Publish the document of an old version as a new one."""
    version, desk, asked = _found(number), _desk(), Asked.sent()
    try:
        restored = _restore(version, desk, asked)
    except (AlreadyInForce, StalePolicy):
        return redirect(url_for("console.policy_version", number=number), 303)
    except LargeChange as large:
        return _again(version, desk, asked, number_wrong=bool(asked.typed), impact=large)
    except RefusedPublication as refused:
        return _again(version, desk, asked, note_wrong=refused.message)
    return redirect(url_for("console.policy_version", number=restored.number), 303)


def _restore(version: PolicyVersion, desk: Desk, asked: Asked) -> PolicyVersion:
    based_on = request.form.get("based_on", "")
    if not (based_on.isascii() and based_on.isdigit() and len(based_on) <= LONGEST_NUMBER):
        raise Problem(400, "The form was not sent whole: load the page again.")
    base, name = int(based_on), f"restore {version.number} over {based_on}"
    try:
        return rollback_policy(desk.services, version.number, signature_of(asked, name), based_on=base)
    except LargeChange as large:
        if not asked.confirms(moving(large.impact)):
            raise
    confirmed = signature_of(asked, name, confirm_large=True)
    return rollback_policy(desk.services, version.number, confirmed, based_on=base)


def _again(
    version: PolicyVersion, desk: Desk, asked: Asked, *, impact: LargeChange | None = None, **wrong: Any
) -> AnyResponse:
    facts = _restoring(version, desk) | ({} if impact is None else impact_facts(desk, impact.impact))
    shown = {"version": version, "current": desk.in_force, "changes": _changed(version), "asked": asked}
    return make_response(render_template("console/policy_version.html", **shown, **facts, **wrong), 422)


def _restoring(version: PolicyVersion, desk: Desk) -> dict[str, Any]:
    """Describe what bringing a version back would change of the one in force."""
    policies = desk.services.policies
    before, after = policies.document(desk.in_force or 0), policies.document(version.number)
    if before is None or after is None:
        return {}
    impact = preview_policy(desk.services, after, desk.services.now())
    return impact_facts(desk, impact) | {"restores": differences(before, after), "may_restore": True}


def _desk() -> Desk:
    return open_desk(house().services, person().holder)


def _changed(version: PolicyVersion) -> tuple[Difference, ...]:
    policies = house().services.policies
    before, after = policies.document(version.number - 1), policies.document(version.number)
    return () if before is None or after is None else differences(before, after)


def _found(number: int) -> PolicyVersion:
    version: PolicyVersion | None = house().services.store.policies.get(number)
    if version is None:
        raise Problem(404, f"No version {number} was published.")
    return version
