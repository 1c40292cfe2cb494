"""Who may sign in: judged by password, by token, or by what an identity provider vouches for."""

from typing import Final, Literal

from gateway.accounts.passwords import hashed, matches, outdated
from gateway.services import Services
from gateway.store.users import ChangedError, User

Refusal = Literal["wrong", "wait"]
TRIES_OF_AN_ACCOUNT: Final = 10
TRIES_OF_AN_ADDRESS: Final = 50
UNKNOWN: Final = "unknown"


def by_password(services: Services, email: str, password: str, address: str) -> User | Refusal:
    """Judge an e-mail and a password; `wait` once an account or an address was wrong too often."""
    store, at = services.store, services.now()
    user = store.users.by_email(email)
    name = user.name if user else UNKNOWN
    tries = {f"account:{email.strip().casefold()}": TRIES_OF_AN_ACCOUNT, f"address:{address}": TRIES_OF_AN_ADDRESS}
    if too_many(services, name, tries, address):
        return "wait"
    right = matches(user.password_hash if user and not user.disabled else None, password)
    if user is None or not right:
        refused(services, name, _reason(user), address)
        return "wrong"
    account, place = tries
    store.attempts.forget(account, at)
    store.attempts.forgive(place, at)
    return _fresh(services, user, password)


def too_many(services: Services, name: str, tries: dict[str, int], address: str) -> bool:
    """Count an attempt of each; tell whether one has had its share. Only the first refusal is in the audit."""
    counts = services.store.attempts.count(list(tries), services.now())
    over = [count - most for count, most in zip(counts, tries.values(), strict=True) if count > most]
    if over and 1 in over:
        refused(services, name, "too many attempts", address)
    return bool(over)


def refused(services: Services, name: str, reason: str, address: str) -> None:
    """Note in the audit that somebody was not let in."""
    services.store.audit.append(name, "session.refused", "console", _facts(reason, address), services.now())


def opened(services: Services, name: str, way: str, address: str) -> None:
    """Note in the audit that somebody is let in, before the session is there."""
    facts = {"way": way, "address": address}
    services.store.audit.append(name, "session.open", "console", facts, services.now())


def _facts(reason: str, address: str) -> dict[str, str]:
    return {"reason": reason, "address": address}


def _reason(user: User | None) -> str:
    if user is None:
        return "unknown account"
    if user.disabled:
        return "account switched off"
    return "wrong password" if user.password_hash else "no password chosen yet"


def _fresh(services: Services, user: User, password: str) -> User:
    if user.password_hash is None or not outdated(user.password_hash):
        return user
    try:
        return services.store.users.change(user, password_hash=hashed(password))
    except ChangedError:
        return user  # another change came first; the next sign-in does it
