"""What every page of the console shares: the blueprint, navigation, themes, and errors that a person can read.

A page is a module beside this one: it imports `blueprint`, decorates its views with `session.signed_in`, and is listed
in the package. Its template extends `console/base.html`.
"""

from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import structlog
from apiflask import APIBlueprint
from flask import current_app, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from gateway.store.errors import StalePolicy, StoreUnavailable
from gateway.web.console.session import place_after, recognised
from gateway.web.errors import RETRY_AFTER_S, Problem, problem_response

THEMES: Final = ("auto", "light", "dark")
THEME_KEPT_S: Final = 365 * 86_400
ROLE_WORDS: Final = {"reader": "viewer"}
log = structlog.get_logger(__name__)
blueprint = APIBlueprint("console", __name__, enable_openapi=False)


class Place(NamedTuple):
    """An entry of the navigation. It is shown once a page has its endpoint, to those who may open it."""

    endpoint: str
    label: str
    icon: str
    role: str = "reader"


NAVIGATION: Final = (
    Place("console.today", "Today", "today"),
    Place("console.stock", "Stock", "stock"),
    Place("console.policy", "Policy", "policy"),
    Place("console.campaigns", "Campaigns", "campaigns"),
    Place("console.restocks", "Back in stock", "restocks"),
    Place("console.doubts", "Doubts", "doubts"),
    Place("console.sources", "Sources", "sources"),
    Place("console.feeds", "Feeds", "feeds"),
    Place("console.connection", "Connection", "connection"),
    Place("console.jobs", "Jobs", "jobs"),
    Place("console.audit", "Audit", "audit"),
    Place("console.users", "Users", "users", "admin"),
    Place("console.help", "Help", "help"),
)


@blueprint.post("/console/theme")
def choose_theme() -> AnyResponse:
    """Keep the theme that was chosen in this browser."""
    chosen = request.form.get("theme", "")
    answer = redirect(place_after(request.form.get("next")), 303)
    if chosen in THEMES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie("theme", chosen, max_age=THEME_KEPT_S, samesite="Lax", secure=secure, httponly=True)
    return answer


@blueprint.app_context_processor
def _shared() -> dict[str, Any]:
    who = g.get("person")
    theme = request.cookies.get("theme", "auto")
    return {
        "person": who,
        "role_words": ROLE_WORDS,
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "navigation": [
            place
            for place in NAVIGATION
            if who and who.may(place.role) and place.endpoint in current_app.view_functions
        ],
        "here": _here(),
    }


def _here() -> str | None:
    """Find the entry whose page, or a page below it, is shown."""
    known = {place.endpoint: url_for(place.endpoint) for place in NAVIGATION if _exists(place)}
    under = [name for name, path in known.items() if request.path == path or request.path.startswith(f"{path}/")]
    return max(under, key=lambda name: len(known[name]), default=None)


def _exists(place: Place) -> bool:
    return place.endpoint in current_app.view_functions


@blueprint.app_template_filter("iso")
def iso(at: datetime) -> str:
    """Write a time for a machine."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@blueprint.app_template_filter("utc")
def utc(at: datetime) -> str:
    """Write a time for a person whose zone is unknown."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"


@blueprint.errorhandler(Problem)
def _problem(problem: Problem) -> AnyResponse:
    if not _for_a_person():
        return problem_response(problem)
    template = "console/_problem.html" if request.headers.get("HX-Request") else "console/problem.html"
    page = render_template(template, problem=problem, title=HTTPStatus(problem.status).phrase)
    return make_response(page, problem.status, problem.headers)


@blueprint.errorhandler(HTTPException)
def _refused(error: HTTPException) -> AnyResponse:
    if error.code and error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return _problem(Problem(error.code or 500, error.description or error.name))


@blueprint.app_errorhandler(HTTPStatus.NOT_FOUND)
def _nothing_here(_error: HTTPException) -> AnyResponse:
    """Answer for an address that no page has; a person who is signed in keeps the navigation."""
    if _for_a_person():
        with suppress(StoreUnavailable):
            recognised()
    return _problem(Problem(404, "There is nothing here."))


@blueprint.errorhandler(CSRFError)
def _form_is_stale(_error: CSRFError) -> AnyResponse:
    sentence = (
        "This form was not ours, or it was open for too long: go back, load the page again, and send it once more."
    )
    return _problem(Problem(400, sentence))


@blueprint.errorhandler(StalePolicy)
def _stale(error: StalePolicy) -> AnyResponse:
    return _problem(Problem(409, f"{error} Somebody published in the meantime: look at what changed, then try again."))


@blueprint.errorhandler(StoreUnavailable)
def _unavailable(error: StoreUnavailable) -> AnyResponse:
    log.warning("store.unavailable", reason=type(error.__cause__).__name__)
    sentence = "The store cannot be reached; nothing was changed. Try again in a moment."
    return _problem(Problem(503, sentence, headers={"Retry-After": RETRY_AFTER_S}))


@blueprint.errorhandler(Exception)
def _unexpected(error: Exception) -> AnyResponse:
    log.error("request.failed", exc_info=error)
    return _problem(Problem(500, "Something went wrong on our side; the request id finds it in the logs."))


def _for_a_person() -> bool:
    """Tell a browser from a tool, which is answered as everywhere else."""
    asks_for_a_page = "text/html" in request.headers.get("Accept", "") or "HX-Request" in request.headers
    return asks_for_a_page and not request.path.startswith("/api/")
