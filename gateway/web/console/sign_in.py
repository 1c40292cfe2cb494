"""Signing in by password or by API token, and signing out."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import signing_in
from gateway.store.attempts import Attempts
from gateway.web.access import recognise
from gateway.web.console.session import address, begin, end, place_after, recognised
from gateway.web.console.shell import blueprint
from gateway.web.context import house

WRONG = "This e-mail and password do not belong together. An admin can send you a link to choose a new password."
WRONG_TOKEN = "No token that may read is written like this. Check that it was copied whole."  # noqa: S105
WAIT = "That was wrong too often. Wait until the quarter of an hour is over, then try again."


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Ask who it is."""
    return _form()


@blueprint.post("/sign-in")
def take_sign_in() -> AnyResponse:
    """Open a session for a password or a token."""
    return _by_token() if "token" in request.form else _by_password()


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Close the session."""
    if who := recognised():
        house().services.store.audit.append(who.name, "session.end", "console", {}, house().services.now())
    end()
    return redirect(url_for("console.sign_in"))


def refuse(status: int, sentence: str) -> AnyResponse:
    """Show the form again, with what was wrong."""
    page = make_response(_form(wrong=sentence), status)
    if status == 429:  # noqa: PLR2004
        at = house().services.now()
        page.headers["Retry-After"] = str(int((Attempts.again_at(at) - at).total_seconds()) + 1)
    return page


def _by_password() -> AnyResponse:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    found = signing_in.by_password(house().services, email, password, address())
    if found == "wait":
        return refuse(429, WAIT)
    if found == "wrong":
        return refuse(401, WRONG)
    begin(found.holder, found.name, "password")
    return redirect(place_after(request.args.get("next")))


def _by_token() -> AnyResponse:
    services, place = house().services, f"address:{address()}"
    if signing_in.too_many(services, signing_in.UNKNOWN, {place: signing_in.TRIES_OF_AN_ADDRESS}, address()):
        return refuse(429, WAIT)
    caller = recognise(request.form.get("token", "").strip())
    if caller is None or not caller.may("reader"):
        name, reason = (caller.name, "token may not read") if caller else (signing_in.UNKNOWN, "unknown token")
        signing_in.refused(services, name, reason, address())
        return refuse(401, WRONG_TOKEN)
    services.store.attempts.forgive(place, services.now())
    begin(f"token:{caller.name}", caller.name, "token")
    return redirect(place_after(request.args.get("next")))


def _form(**more: Any) -> str:
    services = house().services
    shown = {
        "email": request.form.get("email", ""),
        "by_token": "token" in request.form or not services.store.users.any(),
        "provider": bool(services.settings.oidc_issuer),
        "next": request.args.get("next"),
    }
    return render_template("console/sign_in.html", **shown, **more)
