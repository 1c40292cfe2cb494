"""API tokens, for admins: made (shown once) and revoked."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import tokens as made_tokens
from gateway.accounts.people import RefusedError
from gateway.store.users import TakenError
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

MEANINGS = {
    "reader": "reads everything",
    "source": "writes stock and catalogue",
    "storefront": "puts customers on the waitlist, and nothing else",
    "marketer": "also publishes policies and decides on holds",
    "admin": "may do everything",
}


@blueprint.get("/tokens")
@signed_in("admin")
def tokens() -> AnyResponse:
    """List the tokens."""
    return _page()


@blueprint.post("/tokens")
@signed_in("admin")
def create_token() -> AnyResponse:
    """Make a token; its secret is shown once, on this page."""
    name, role = request.form.get("name", ""), request.form.get("role", "")
    try:
        secret = made_tokens.create(house().services, name, role, person().name)
    except (RefusedError, TakenError) as error:
        return _page(422, wrong=str(error))
    return _page(201, secret=secret, name=name.strip())


@blueprint.post("/tokens/revoke")
@signed_in("admin")
def revoke_token() -> AnyResponse:
    """Revoke a token: from now on it opens nothing."""
    name = request.form.get("name", "")
    gone = made_tokens.revoke(house().services, name, person().name)
    flash(*((f"{name} opens nothing any more.", "good") if gone else ("There is no such token.", "error")))
    return redirect(url_for("console.tokens"), 303)


def _page(status: int = 200, wrong: str = "", secret: str = "", name: str = "") -> AnyResponse:
    found = house().services.store.accounts.tokens()
    page = render_template(
        "console/tokens.html", tokens=found, wrong=wrong, secret=secret, name=name, meanings=MEANINGS
    )
    return make_response(page, status)
