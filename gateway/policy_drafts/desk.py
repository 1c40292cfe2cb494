"""One person's draft: begun from the version in force, kept at every change, published or discarded."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.documents import DocumentProblems, Problem, check_document, load_document
from gateway.policy_drafts.carrying import Carried, carry_over
from gateway.services import Services
from gateway.store.drafts import PolicyDraft
from policies.difference import differences
from policies.document import Document
from policies.words import Difference

Edit = Callable[[Mapping[str, Any]], dict[str, Any]]


class Rearranged(Exception):  # noqa: N818  (the answer, rather than a mistake)
    """Another window moved, added or took something out, so that positions no longer mean the same."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed when something on it was changed: the version, and the arrangement of the draft."""

    based_on: int | None
    arrangement: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person has before them: the draft, or the version in force as long as there is none."""

    services: Services
    holder: str
    draft: PolicyDraft | None
    in_force: int | None

    @property
    def based_on(self) -> int | None:
        """The version that what is shown was made from."""
        return self.draft.based_on if self.draft else self.in_force

    @property
    def stale(self) -> bool:
        """Whether somebody published since the draft was begun."""
        return self.based_on != self.in_force

    @property
    def seen(self) -> Seen:
        """What forms send back."""
        return Seen(self.based_on, self.draft.arrangement if self.draft else 0)

    @property
    def document(self) -> dict[str, Any]:
        """The document as JSON; valid or not."""
        return self.draft.document if self.draft else _published(self.services, self.in_force)

    def read(self) -> tuple[Document | None, tuple[Problem, ...]]:
        """Return the document as a value, or everything that is wrong with it."""
        try:
            return load_document(self.document), ()
        except DocumentProblems as refused:
            return None, refused.problems

    def problems(self) -> tuple[Problem, ...]:
        """List everything that is wrong with the document."""
        return check_document(self.document)

    def changes(self) -> tuple[Difference, ...]:
        """Say what the draft changes of the version it was begun from; nothing where that cannot be said."""
        before = self.services.policies.document(self.based_on or 0)
        after = self.read()[0] if self.draft else None
        return () if before is None or after is None else differences(before, after)


def open_desk(services: Services, holder: str) -> Desk:
    """Look at what a person has before them; a draft that was published before its answer was lost is forgotten."""
    current, draft = services.store.policies.current(), services.store.drafts.get(holder)
    if current and draft and current.request == request_name(holder, draft.id):
        services.store.drafts.discard(holder)
        draft = None
    return Desk(services, holder, draft, current.number if current else None)


def request_name(holder: str, draft: str) -> str:
    """Name the request that publishes a draft, so that it is known again."""
    return f"{holder} {draft}"


def edit_draft(
    services: Services, holder: str, seen: Seen, edit: Edit, at: datetime, *, arranges: bool = False
) -> Desk:
    """Keep an edit. Raises Rearranged where positions have moved since; then nothing is changed."""

    def edited(draft: PolicyDraft | None) -> PolicyDraft:
        begun = draft or _begun(services, seen.based_on, at)
        if begun.arrangement != seen.arrangement:
            raise Rearranged
        return replace(begun, document=edit(begun.document), arrangement=begun.arrangement + arranges, saved_at=at)

    services.store.drafts.change(holder, edited)
    return open_desk(services, holder)


def carry_draft(services: Services, holder: str, at: datetime) -> Carried | None:
    """Bring a person's draft over to the version in force; None where there is nothing to bring."""
    number = services.store.policies.current_number() or None
    theirs = _published(services, number)
    carried: list[Carried] = []

    def edited(draft: PolicyDraft | None) -> PolicyDraft:
        begun = draft or _begun(services, number, at)
        carried.append(carry_over(_published(services, begun.based_on), theirs, begun.document))
        arrangement = begun.arrangement + 1
        return replace(begun, document=carried[-1].document, based_on=number, arrangement=arrangement, saved_at=at)

    if services.store.drafts.get(holder) is None:
        return None
    services.store.drafts.change(holder, edited)
    return carried[-1]


def _begun(services: Services, based_on: int | None, at: datetime) -> PolicyDraft:
    if based_on is not None and services.store.policies.get(based_on) is None:
        raise Rearranged  # no page ever showed that version
    return PolicyDraft(secrets.token_hex(8), based_on, _published(services, based_on), 0, at)


def _published(services: Services, number: int | None) -> dict[str, Any]:
    version = services.store.policies.get(number) if number else None
    return {"schema": 1} if version is None else version.document
