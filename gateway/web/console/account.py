"""One's own account: the password, and where one is signed in."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import people, signing_in
from gateway.accounts.passwords import LEAST_LETTERS
from gateway.store.users import ChangedError, User
from gateway.web.console.session import address, begin, end, person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem


@blueprint.get("/account")
@signed_in()
def account() -> AnyResponse:
    """Show the account."""
    return _page()


@blueprint.post("/account/password")
@signed_in()
def change_own_password() -> AnyResponse:
    """Change the password; everywhere else the person is signed out."""
    user, form = _user(), request.form
    if user is None:
        raise Problem(403, "You are signed in by a token, which has no password.")
    checked = signing_in.by_password(house().services, user.email, form.get("current", ""), address())
    if not isinstance(checked, User):
        return _page("The present password is wrong." if checked == "wrong" else "Wrong too often: wait a while.", 422)
    if form.get("password", "") != form.get("again", ""):
        return _page("The two are not the same.", 422)
    try:
        people.change_password(house().services, checked, form.get("password", ""))
    except (people.RefusedError, ChangedError) as error:
        return _page(str(error), 422)
    begin(user.holder, user.name, "password")
    flash("Your password is changed. You are signed out everywhere else.", "good")
    return redirect(url_for("console.account"), 303)


@blueprint.post("/account/sign-out-everywhere")
@signed_in()
def sign_out_everywhere() -> AnyResponse:
    """End all of one's sessions, this one too."""
    who = person()
    people.sign_out_everywhere(house().services, who.holder, who.name, who.name)
    end()
    flash("You are signed out everywhere.", "good")
    return redirect(url_for("console.sign_in"), 303)


def _user() -> User | None:
    kind, _, id_ = person().holder.partition(":")
    return house().services.store.users.get(id_) if kind == "user" else None


def _page(wrong: str = "", status: int = 200) -> AnyResponse:
    services, who = house().services, person()
    sessions = services.store.sessions.of(who.holder, services.now())
    page = render_template(
        "console/account.html", user=_user(), sessions=sessions, wrong=wrong, least=LEAST_LETTERS, this=who.session
    )
    return make_response(page, status)
