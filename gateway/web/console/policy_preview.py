"""What a draft would do on today's stock, and what is odd about it: fragments beside the editor."""

from typing import Any, Final

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from gateway.documents.advice import warnings_result
from gateway.policy_drafts.desk import Desk
from gateway.policy_versions.preview import preview_policy
from gateway.policy_versions.views import impact_view
from gateway.web.console.policy_desk import my_desk
from gateway.web.console.policy_fields import element_id
from gateway.web.console.policy_view import part_of_path
from gateway.web.console.policy_words import SETTINGS, plain, said
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

SHOWN_EXAMPLES: Final = 5


@blueprint.get("/policy/preview")
@signed_in()
def policy_preview() -> AnyResponse | str:
    """Answer with the preview of the draft."""
    return render_template("console/_policy_preview.html", **shown_preview(my_desk()))


@blueprint.get("/policy/advice")
@signed_in()
def policy_advice() -> AnyResponse | str:
    """Answer with what is odd about the draft, or the policy in force."""
    return render_template("console/_policy_advice.html", **advice_view(my_desk()))


def shown_preview(desk: Desk) -> dict[str, Any]:
    """Describe what would change; nothing can be said of a document with problems, or where nothing is changed."""
    document, problems = desk.read()
    if document is None or desk.draft is None or not desk.document:
        return {"impact": None, "wrong": len(problems)}
    impact = preview_policy(desk.services, document, desk.services.now())
    return {"impact": impact_view(desk.services, impact), "wrong": 0, "examples": SHOWN_EXAMPLES}


def advice_view(desk: Desk) -> dict[str, Any]:
    """Describe the warnings, each with the part that it is about."""
    document, _ = desk.read()
    if document is None:
        return {"warnings": None}
    found = warnings_result(house().advisor.advise(document, at=desk.services.now()))
    return {"warnings": [one | {"part": part_of_path(one["path"], desk.document)} for one in found]}


@blueprint.app_template_filter("setting")
def setting_words(name: str) -> str:
    """Say the name of a setting, where it is one."""
    return SETTINGS[name].label if name in SETTINGS else name


blueprint.app_template_filter("said")(said)
blueprint.app_template_filter("plain")(plain)
blueprint.app_template_filter("element")(element_id)
