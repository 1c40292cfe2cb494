"""Who is signed in: every page of the console asks here. A session is looked up in the store at every request."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Response, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.access import BOOTSTRAP, Caller
from gateway.web.context import house
from gateway.web.errors import Problem

P = ParamSpec("P")
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux")


@dataclass(frozen=True, slots=True)
class Person(Caller):
    """Who is signed in: name and role, as everywhere; `holder` owns the sessions, `session` is this one's id."""

    holder: str
    session: str


def signed_in(role: str = "reader") -> Callable[[Callable[P, AnyResponse | str]], Callable[P, AnyResponse | str]]:
    """Let only people of a role (or one that includes it) see a page; others sign in first, or are told why not."""

    def decorate(view: Callable[P, AnyResponse | str]) -> Callable[P, AnyResponse | str]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse | str:
            who = recognised()
            if who is None:
                return _sign_in_first()
            if not who.may(role):
                raise Problem(403, f"This needs the role {role}; you are signed in as {who.role}.")
            return view(*args, **kwargs)

        return guarded

    return decorate


def person() -> Person:
    """Return who is signed in, inside a view that requires it."""
    who: Person = g.person
    return who


def recognised() -> Person | None:
    """Find who is signed in; None without a session, or when it was ended or its owner is gone."""
    holder, secret = session.get("holder"), session.get("secret")
    if not isinstance(holder, str) or not isinstance(secret, str):
        return None
    store = house().services.store
    found = store.sessions.find(holder, secret, house().services.now())
    caller = _owner(holder) if found else None
    if found is None or caller is None:
        return None
    who = Person(caller.name, caller.role, holder, found.id)
    g.person = who
    return who


def begin(holder: str) -> None:
    """Open a session for a holder in this browser; the one before is ended, and nothing of it is kept."""
    end()
    services = house().services
    session.permanent = True
    session["holder"] = holder
    session["secret"] = services.store.sessions.open(holder, device(), services.now())


def end() -> None:
    """End this browser's session."""
    holder, secret = session.get("holder"), session.get("secret")
    if isinstance(holder, str) and isinstance(secret, str):
        services = house().services
        if found := services.store.sessions.find(holder, secret, services.now()):
            services.store.sessions.end(holder, found.id)
    session.clear()


def device() -> str:
    """Say coarsely which browser asks, for the list of one's own sessions."""
    agent = request.user_agent.string
    browser = next((name for name in BROWSERS if name in agent), "A browser")
    system = next((name for name in SYSTEMS if name in agent), "")
    return f"{ {'Edg': 'Edge', 'OPR': 'Opera'}.get(browser, browser) }{f' on {system}' if system else ''}"


def place_after(wanted: str | None) -> str:
    """Return where to go after signing in: a path of ours, never another site."""
    parts = urlsplit(wanted or "")
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and "\\" not in (wanted or "")
    return wanted if wanted and ours and not wanted.startswith("//") else url_for("console.today")


def _owner(holder: str) -> Caller | None:
    kind, _, name = holder.partition(":")
    services = house().services
    if kind == "token" and name == BOOTSTRAP:
        return Caller(BOOTSTRAP, "admin") if services.settings.admin_token else None
    if kind == "token":
        known = {one.name: one.role for one in services.store.accounts.tokens()}
        return Caller(name, known[name]) if name in known else None
    return None


def _sign_in_first() -> AnyResponse:
    asked = request.full_path.rstrip("?") if request.method == "GET" else ""
    page = url_for("console.sign_in", next=asked) if asked not in ("", "/") else url_for("console.sign_in")
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": page})
    return redirect(page)
