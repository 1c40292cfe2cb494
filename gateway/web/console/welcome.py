"""The page behind a one-time link: choose a password. Looking at it uses nothing up; choosing does."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts.passwords import LEAST_LETTERS
from gateway.accounts.people import RefusedError, choose_password
from gateway.accounts.signing_in import TRIES_OF_AN_ADDRESS, UNKNOWN, too_many
from gateway.store.users import ChangedError, User
from gateway.web.console.session import address
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem

GONE = "This link was used, replaced or is older than three days. An admin can make you another."


@blueprint.get("/welcome/<user>/<secret>")
def welcome(user: str, secret: str) -> AnyResponse:
    """Ask for a password."""
    found, _ = _opened(user, secret)
    return _page(found)


@blueprint.post("/welcome/<user>/<secret>")
def take_password(user: str, secret: str) -> AnyResponse:
    """Keep the password; the link is over."""
    found, link = _opened(user, secret)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(found, "The two are not the same.", 422)
    try:
        choose_password(house().services, found, link, password)
    except RefusedError as error:
        return _page(found, str(error), 422)
    except ChangedError:
        raise Problem(404, GONE) from None
    flash("Your password is kept. Sign in with it.", "good")
    return redirect(url_for("console.sign_in"), 303)


def _opened(user: str, secret: str) -> tuple[User, bytes]:
    services = house().services
    found, link = services.store.users.get(user), services.store.users.link(user, secret, services.now())
    if found is not None and link is not None and not found.disabled:
        return found, link
    if too_many(services, UNKNOWN, {f"address:{address()}": TRIES_OF_AN_ADDRESS}, address()):
        raise Problem(429, "Too many links were wrong. Wait a quarter of an hour.")
    raise Problem(404, GONE)


def _page(user: User, wrong: str = "", status: int = 200) -> AnyResponse:
    page = render_template("console/welcome.html", user=user, wrong=wrong, least=LEAST_LETTERS)
    return make_response(page, status, {"Referrer-Policy": "no-referrer"})
