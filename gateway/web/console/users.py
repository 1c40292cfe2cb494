"""The people who may sign in, for admins: invite, change a role, make a new link, sign out, switch off."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import people
from gateway.store.users import ChangedError, TakenError, User
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem


@blueprint.get("/users")
@signed_in("admin")
def users() -> AnyResponse:
    """List the people."""
    return _page()


@blueprint.post("/users")
@signed_in("admin")
def invite_user() -> AnyResponse:
    """Invite somebody; the link is shown once, on this page."""
    form = request.form
    try:
        user, secret = people.invite(
            house().services, form.get("email", ""), form.get("name", ""), form.get("role", ""), person().name
        )
    except (people.RefusedError, TakenError) as error:
        return _page(wrong=str(error), form=form, status=422)
    return _page(made=(user, _address(user, secret)), status=201)


@blueprint.post("/users/<user>/link")
@signed_in("admin")
def new_user_link(user: str) -> AnyResponse:
    """Make another link, shown once."""
    found = _found(user)
    try:
        secret = people.new_link(house().services, found, person().name)
    except people.RefusedError as error:
        return _page(wrong=str(error), status=422)
    return _page(made=(found, _address(found, secret)), status=201)


@blueprint.post("/users/<user>/role")
@signed_in("admin")
def change_user_role(user: str) -> AnyResponse:
    """Give another role."""
    found, role = _found(user), request.form.get("role", "")
    return _changed(lambda: people.change_role(house().services, found, role, person().name), f"{found.name}: done.")


@blueprint.post("/users/<user>/switch")
@signed_in("admin")
def switch_user(user: str) -> AnyResponse:
    """Switch an account off or on."""
    found, off = _found(user), request.form.get("off") == "1"
    done = f"{found.name} is switched {'off, and signed out everywhere' if off else 'on'}."
    return _changed(lambda: people.switch(house().services, found, off, person().name), done)


@blueprint.post("/users/<user>/sign-out")
@signed_in("admin")
def sign_user_out(user: str) -> AnyResponse:
    """End all sessions of somebody."""
    found = _found(user)
    people.sign_out_everywhere(house().services, found.holder, found.name, person().name)
    flash(f"{found.name} is signed out everywhere.", "good")
    return redirect(url_for("console.users"), 303)


def _found(user: str) -> User:
    found: User | None = house().services.store.users.get(user)
    if found is None:
        raise Problem(404, "There is no such user.")
    return found


def _changed(change: Any, done: str) -> AnyResponse:
    try:
        change()
    except (people.RefusedError, ChangedError) as error:
        return _page(wrong=str(error), status=422)
    flash(done, "good")
    return redirect(url_for("console.users"), 303)


def _address(user: User, secret: str) -> str:
    public = house().services.settings.public_url
    path = url_for("console.welcome", user=user.id, secret=secret)
    return f"{public.rstrip('/')}{path}" if public else f"{request.host_url.rstrip('/')}{path}"


def _page(status: int = 200, wrong: str = "", made: Any = None, form: Any = None) -> AnyResponse:
    services = house().services
    at = services.now()
    links = services.store.users.links(at)
    lines = [
        {"user": user, "link_until": links.get(user.id), "sessions": len(services.store.sessions.of(user.holder, at))}
        for user in services.store.users.all()
    ]
    page = render_template(
        "console/users.html", lines=lines, wrong=wrong, made=made, form=form or {}, roles=people.ROLES
    )
    return make_response(page, status)
