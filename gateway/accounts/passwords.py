"""Passwords: what is asked of one, and how it is kept and compared."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LETTERS: Final = 12
MOST_LETTERS: Final = 1000
# Of a password that nobody knows: an unknown account takes as long to refuse as a wrong password.
NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$sWgg9YdobCo2FpOSyMfaSA$y8VOgjaV6SivK5KsOiWfh2hcvEav4wuulIHLpfjhgzI"
)
HASHER: Final = PasswordHasher()
_one_at_a_time = threading.Lock()  # a hash takes 64 MiB; as many as there are threads would outgrow a small machine


def why_not(password: str, *names: str) -> str | None:
    """Say why a password cannot be chosen; None when it can."""
    if len(password) < LEAST_LETTERS:
        return f"Choose at least {LEAST_LETTERS} characters; a few unrelated words are easy to keep in mind."
    if len(password) > MOST_LETTERS:
        return f"Choose at most {MOST_LETTERS} characters."
    if len(set(password)) < LEAST_LETTERS // 3 or password.casefold() in {name.casefold() for name in names}:
        return "This is too easy to guess."
    return None


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _one_at_a_time:
        return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Compare a password; without anything kept it takes as long and is wrong."""
    try:
        with _one_at_a_time:
            return HASHER.verify(kept or NOBODYS_HASH, password[: MOST_LETTERS + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Tell whether a kept hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(kept)
