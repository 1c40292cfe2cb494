"""Who may do what: bearer tokens and roles, for the API and for signing in to the console."""

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from flask import g, request

from gateway.web.context import house
from gateway.web.errors import Problem

RANKS = {"reader": 1, "marketer": 2, "admin": 3}
BOOTSTRAP = "bootstrap"
SOURCE = "source"
STOREFRONT = "storefront"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Tell whether the caller's role includes another; a source and a storefront are their own and an admin's."""
        if role in (SOURCE, STOREFRONT):
            return self.role in (role, "admin")
        return RANKS.get(self.role, 0) >= RANKS[role]


def recognise(secret: str) -> Caller | None:
    """Find whom a token speaks for; None for one that is unknown or revoked."""
    services = house().services
    bootstrap = services.settings.admin_token or ""
    if bootstrap and hmac.compare_digest(secret.encode(), bootstrap.encode()):
        return Caller(BOOTSTRAP, "admin")
    token = services.store.accounts.token(secret)
    return None if token is None else Caller(token.name, token.role)


def requires(role: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only callers of a role (or one that includes it) pass; 401 without a token, 403 with the wrong one."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            g.caller = _caller(role)
            return view(*args, **kwargs)

        spec: dict[str, Any] = view.__dict__.setdefault("_spec", {})
        spec["security"] = "bearer"
        guarded.__dict__["_spec"] = spec
        return guarded

    return decorate


def current_caller() -> Caller:
    """Return who asks, inside a view that requires a role."""
    caller: Caller = g.caller
    return caller


def _caller(role: str) -> Caller:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    caller = recognise(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if caller is None:
        raise Problem(401, "Send a valid token: Authorization: Bearer TOKEN.", headers={"WWW-Authenticate": "Bearer"})
    if not caller.may(role):
        raise Problem(403, f"This needs the role {role}; this token has {caller.role}.")
    return caller
