"""The policy in force, its history, what another would change, and publishing the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import g, request

from gateway.documents import DocumentProblems
from gateway.documents.advice import warnings_result
from gateway.policy_versions.checking import read_proposal
from gateway.policy_versions.preview import preview_policy
from gateway.policy_versions.publishing import (
    AlreadyInForce,
    LargeChange,
    RefusedPublication,
    Signature,
    UnknownVersion,
    publish_policy,
    rollback_policy,
)
from gateway.policy_versions.views import (
    impact_view,
    preview_view,
    version_line,
    version_view,
)
from gateway.store.values import PolicyVersion
from gateway.web.access import requires
from gateway.web.api.policy_bodies import document_problems, read_document_body, read_publication, read_rollback
from gateway.web.api.root import OFFSET, blueprint, page_cursor, page_limit
from gateway.web.context import house
from gateway.web.errors import Problem
from gateway.web.idempotency import idempotent
from policies.document import Document
from policies.lint import PolicyWarning

TAGS = ["policy"]
STATUSES: Final[dict[type[RefusedPublication], int]] = {UnknownVersion: 404, AlreadyInForce: 409}
CONFIRM = "Look at the impact, then send the same again with confirm_large true"


@blueprint.get("/policy")
@requires("reader")
@blueprint.doc(operation_id="current_policy", summary="Get the policy in force", tags=TAGS)
def current_policy() -> dict[str, Any]:
    """Return the document with its version."""
    version = _found(house().services.store.policies.current())
    return {**version_line(version), "document": version.document}


@blueprint.get("/policy/versions")
@requires("reader")
@blueprint.doc(operation_id="policy_versions", summary="List the versions", tags=TAGS)
def policy_versions() -> dict[str, Any]:
    """List who published what, when and why, newest first."""
    cursor = page_cursor(OFFSET)
    versions = house().services.store.policies.versions(page_limit(), int(cursor) if cursor else None)
    more = bool(versions) and versions[-1].number > 1
    lines = [version_line(version) for version in versions]
    return {"versions": lines, "next_cursor": str(versions[-1].number) if more else None}


@blueprint.get("/policy/versions/<int:number>")
@requires("reader")
@blueprint.doc(operation_id="policy_version", summary="Get one version", tags=TAGS)
def policy_version(number: int) -> dict[str, Any]:
    """Return a document of the past, and in words how it differs from the one before it."""
    services = house().services
    return version_view(services, _found(services.store.policies.get(number)))


@blueprint.post("/policy/check")
@requires("marketer")
@blueprint.doc(operation_id="check_policy", summary="Check a document", tags=TAGS)
def check_policy() -> dict[str, Any]:
    """List everything that is wrong with a document, by path, or what is odd about a valid one."""
    data = read_document_body()
    try:
        document = read_proposal(data).document
    except DocumentProblems as refused:
        return {"problems": document_problems(refused), "warnings": []}
    return {"problems": [], "warnings": warnings_result(_warnings(document))}


@blueprint.post("/policy/preview")
@requires("marketer")
@blueprint.doc(operation_id="preview_policy", summary="Preview a document", tags=TAGS)
def preview() -> dict[str, Any]:
    """Tell what would change on today's stock, now and when dated rules begin or end. Changes nothing."""
    services = house().services
    with _refusals():
        document = read_proposal(read_document_body()).document
    based_on = services.store.policies.current_number()
    impact = preview_policy(services, document, services.now())
    return preview_view(services, document, impact, _warnings(document), based_on=based_on)


@blueprint.post("/policy/versions")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="publish_policy", summary="Publish a document", tags=TAGS)
def publish() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put a document in force, if the version that it was made from still is."""
    asked = read_publication()
    with _refusals():
        version = publish_policy(house().services, asked["document"], _signature(asked), based_on=asked["based_on"])
    return _published(version)


@blueprint.post("/policy/rollback")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="rollback_policy", summary="Bring back a version", tags=TAGS)
def rollback() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Publish the document of an old version as a new one."""
    asked = read_rollback()
    with _refusals():
        version = rollback_policy(house().services, asked["to"], _signature(asked), based_on=asked["based_on"])
    return _published(version)


def _warnings(document: Document) -> tuple[PolicyWarning, ...]:
    return house().advisor.advise(document, at=house().services.now())


def _signature(asked: dict[str, Any]) -> Signature:
    key = request.headers.get("Idempotency-Key")
    return Signature(
        author=g.caller.name,
        note=asked["note"],
        at=house().services.now(),
        confirm_large=asked["confirm_large"],
        request=f"{g.caller.name} {key}" if key else None,
    )


def _published(version: PolicyVersion) -> tuple[dict[str, Any], int, dict[str, str]]:
    return version_line(version), 201, {"Location": f"/api/v1/policy/versions/{version.number}"}


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what publishing may say into problems."""
    try:
        yield
    except DocumentProblems as refused:
        raise Problem(422, "The document is refused.", document_problems(refused)) from None
    except RefusedPublication as refused:
        status = STATUSES.get(type(refused), 422)
        errors = [{"path": refused.path, "message": refused.message}]
        more = (
            {"current": house().services.store.policies.current_number()} if isinstance(refused, AlreadyInForce) else {}
        )
        raise Problem(status, f"{refused.message} The policy in force stays as it is.", errors, more=more) from None
    except LargeChange as large:
        errors = [{"path": "confirm_large", "message": f"{reason} {CONFIRM}."} for reason in large.impact.reasons]
        more = {"impact": impact_view(house().services, large.impact)}
        raise Problem(422, f"This is a large change. {CONFIRM}.", errors, more=more) from None


def _found(version: PolicyVersion | None) -> PolicyVersion:
    if version is None:
        raise Problem(404, "No such policy was published.")
    return version
