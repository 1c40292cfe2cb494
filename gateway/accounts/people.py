"""Inviting people, changing what they may do, and their passwords; every step in the audit."""

import re
from typing import Any, Final

from gateway.accounts.passwords import hashed, why_not
from gateway.services import Services
from gateway.store.users import ChangedError, User

ROLES: Final = ("reader", "marketer", "admin")
EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}\.[^@\s.\x00-\x1f]{1,60}")
NAME: Final = re.compile(r"[^\x00-\x1f\x7f@]{1,60}")

RESERVED: Final = ("bootstrap", "command line", "guard", "release", "unknown")  # they mean somebody in the audit


class RefusedError(ValueError):
    """What was asked cannot be done; the message says why."""


def invite(services: Services, email: str, name: str, role: str, by: str) -> tuple[User, str]:
    """Add a user and return the secret of the link to choose a password. Raises RefusedError or TakenError."""
    email, name = email.strip(), name.strip() or email.strip().partition("@")[0]
    if not EMAIL.fullmatch(email):
        raise RefusedError("This is no e-mail address.")
    if not NAME.fullmatch(name) or name.lower() in RESERVED:
        raise RefusedError("A name has 1 to 60 characters, no @, and is nobody's yet.")
    if role not in ROLES:
        raise RefusedError(f"The role must be one of {', '.join(ROLES)}.")
    user = services.store.users.add(email, name, role, services.now())
    _note(services, by, "user.add", user, {"role": role})
    return user, new_link(services, user, by)


def new_link(services: Services, user: User, by: str) -> str:
    """Make a one-time link to choose a password; the one before works no more. Raises RefusedError."""
    if user.disabled:
        raise RefusedError("This account is switched off.")
    _note(services, by, "user.link", user, {})
    return services.store.users.make_link(user, services.now())


def choose_password(services: Services, user: User, link: bytes, password: str) -> User:
    """Set a password by an open link, which ends, as do all sessions. Raises RefusedError or ChangedError."""
    _check(user, password)
    changed = services.store.users.change(user, link=link, end_sessions=True, password_hash=hashed(password))
    _note(services, user.name, "user.password", user, {"way": "link"})
    return changed


def change_password(services: Services, user: User, password: str) -> User:
    """Set another password; all sessions end. Raises RefusedError or ChangedError."""
    _check(user, password)
    changed = services.store.users.change(user, end_sessions=True, password_hash=hashed(password))
    _note(services, user.name, "user.password", user, {"way": "own"})
    return changed


def change_role(services: Services, user: User, role: str, by: str) -> User:
    """Give a user another role, at once and in open sessions. Raises RefusedError or ChangedError."""
    if role not in ROLES:
        raise RefusedError(f"The role must be one of {', '.join(ROLES)}.")
    if user.name == by:
        raise RefusedError("Nobody changes their own role: ask another admin.")
    changed = services.store.users.change(user, role=role)
    _note(services, by, "user.role", user, {"was": user.role, "is": role})
    return changed


def switch(services: Services, user: User, disabled: bool, by: str) -> User:
    """Switch an account off, which ends its sessions and links, or on again. Raises RefusedError or ChangedError."""
    if user.name == by:
        raise RefusedError("Nobody switches their own account off: ask another admin.")
    changed = services.store.users.change(user, end_sessions=disabled, disabled=disabled)
    _note(services, by, "user.off" if disabled else "user.on", user, {})
    return changed


def sign_out_everywhere(services: Services, holder: str, name: str, by: str) -> None:
    """End every session of a holder."""
    services.store.sessions.end_all(holder)
    services.store.audit.append(by, "session.end_all", name, {}, services.now())


def _check(user: User, password: str) -> None:
    if user.disabled:
        raise ChangedError("This account is switched off.")
    if reason := why_not(password, user.email, user.name):
        raise RefusedError(reason)


def _note(services: Services, by: str, action: str, user: User, facts: dict[str, Any]) -> None:
    services.store.audit.append(by, action, user.name, facts, services.now())
