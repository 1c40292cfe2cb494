"""Putting a policy in force, and bringing an old one back: refused when stale, or when large and not confirmed.

What the new version touches is marked due later, by `marking`; the store keeps that wish in the step that publishes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.policy_versions.checking import read_proposal
from gateway.policy_versions.preview import Progress, preview_policy
from gateway.services import Services
from gateway.store import StalePolicy
from gateway.store.values import PolicyVersion
from policies.impact import Impact

LONGEST_NOTE: Final = 500


class RefusedPublication(Exception):  # noqa: N818  (the answer, rather than a mistake)
    """Something beside the document cannot be used."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


class UnknownVersion(RefusedPublication):
    """No such version was published."""


class AlreadyInForce(RefusedPublication):
    """The version to bring back is the one in force."""


class LargeChange(Exception):  # noqa: N818
    """The document would move so much that a person must confirm it."""

    def __init__(self, impact: Impact) -> None:
        super().__init__(" ".join(impact.reasons))
        self.impact = impact


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who publishes, and what they say about it."""

    author: str
    note: str
    at: datetime
    confirm_large: bool = False
    request: str | None = None  # names the request, where it may be sent twice


def publish_policy(
    services: Services,
    data: Mapping[str, Any],
    signature: Signature,
    *,
    based_on: int | None,
    restores: int | None = None,
    progress: Progress | None = None,
) -> PolicyVersion:
    """Publish a document over the version it was made from (None: there was none).

    Raises DocumentProblems, RefusedPublication, StalePolicy and LargeChange; then the policy in force stays as it is.
    """
    note = checked_note(signature.note)
    proposal = read_proposal(data)
    current = services.store.policies.current()
    if (current.number if current else None) != (based_on or None):
        if current and signature.request and current.request == signature.request:
            return current  # published before its answer was lost
        raise StalePolicy(current.number if current else None)
    if not signature.confirm_large:
        impact = preview_policy(services, proposal.document, signature.at, progress)
        if impact.large:
            raise LargeChange(impact)
    version = services.store.policies.publish(
        proposal.plain,
        based_on=based_on,
        author=signature.author,
        note=note,
        at=signature.at,
        confirmed=signature.confirm_large,
        request=signature.request,
        restores=restores,
    )
    services.store.wake.ring()
    return version


def rollback_policy(
    services: Services,
    to: int,
    signature: Signature,
    *,
    based_on: int | None = None,
    progress: Progress | None = None,
) -> PolicyVersion:
    """Publish the document of an old version as a new one, over the version in force unless another is named."""
    current = services.store.policies.current()
    old = services.store.policies.get(to)
    if current and signature.request and current.request == signature.request:
        return current
    if old is None:
        raise UnknownVersion("to", f"There is no version {to}.")
    if current and current.number == to:
        raise AlreadyInForce("to", f"Version {to} is in force already.")
    base = based_on if based_on is not None else current.number if current else None
    return publish_policy(services, old.document, signature, based_on=base, restores=to, progress=progress)


def checked_note(note: str) -> str:
    """Return a note without blanks around it. Raises RefusedPublication."""
    text = note.strip()
    if not text:
        raise RefusedPublication("note", "Say what changes and why, for those who read the history.")
    if len(text) > LONGEST_NOTE:
        raise RefusedPublication("note", f"Must be at most {LONGEST_NOTE} characters long.")
    return text
