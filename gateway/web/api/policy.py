"""The policy in force, its history, what another would change, and publishing the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, request

from gateway.documents import DocumentProblems
from gateway.policy_versions.checking import read_proposal
from gateway.policy_versions.preview import preview_policy
from gateway.policy_versions.publishing import (
    LargeChange,
    RefusedPublication,
    Signature,
    publish_policy,
    rollback_policy,
)
from gateway.policy_versions.views import (
    impact_view,
    preview_view,
    version_line,
    version_view,
    warnings_view,
)
from gateway.store.values import PolicyVersion
from gateway.web import policy_contract as contract
from gateway.web.access import requires
from gateway.web.api.policy_bodies import document_problems, read_document_body, read_publication, read_rollback
from gateway.web.api.root import OFFSET, blueprint, page_cursor, page_limit
from gateway.web.context import house
from gateway.web.errors import Problem
from gateway.web.idempotency import idempotent

TAGS = ["policy"]
CONFIRM = "Look at the impact, then send the same again with confirm_large true"


@blueprint.get("/policy")
@requires("reader")
@blueprint.doc(
    operation_id="current_policy", summary="Get the policy in force", tags=TAGS, responses=contract.of(contract.CURRENT)
)
def current_policy() -> dict[str, Any]:
    """Return the document with its version."""
    version = _found(house().services.store.policies.current())
    return {**version_line(version), "document": version.document}


@blueprint.get("/policy/versions")
@requires("reader")
@blueprint.doc(
    operation_id="policy_versions", summary="List the versions", tags=TAGS, responses=contract.of(contract.VERSIONS)
)
def policy_versions() -> dict[str, Any]:
    """List who published what, when and why, newest first."""
    cursor = page_cursor(OFFSET)
    versions = house().services.store.policies.versions(page_limit(), int(cursor) if cursor else None)
    more = bool(versions) and versions[-1].number > 1
    lines = [version_line(version) for version in versions]
    return {"versions": lines, "next_cursor": str(versions[-1].number) if more else None}


@blueprint.get("/policy/versions/<int:number>")
@requires("reader")
@blueprint.doc(
    operation_id="policy_version", summary="Get one version", tags=TAGS, responses=contract.of(contract.VERSION)
)
def policy_version(number: int) -> dict[str, Any]:
    """Return a document of the past, and in words how it differs from the one before it."""
    services = house().services
    return version_view(services, _found(services.store.policies.get(number)))


@blueprint.post("/policy/check")
@requires("marketer")
@blueprint.doc(
    operation_id="check_policy", summary="Check a document", tags=TAGS, responses=contract.of(contract.CHECKED)
)
def check_policy() -> dict[str, Any]:
    """List everything that is wrong with a document, by path, or what is odd about a valid one."""
    data = read_document_body()
    try:
        proposal = read_proposal(data)
    except DocumentProblems as refused:
        return {"problems": document_problems(refused), "warnings": []}
    return {"problems": [], "warnings": warnings_view(proposal)}


@blueprint.post("/policy/preview")
@requires("marketer")
@blueprint.doc(
    operation_id="preview_policy", summary="Preview a document", tags=TAGS, responses=contract.of(contract.IMPACT)
)
def preview() -> dict[str, Any]:
    """Tell what would change on today's stock, now and when dated rules begin or end. Changes nothing."""
    services = house().services
    with _refusals():
        proposal = read_proposal(read_document_body())
        return preview_view(services, proposal, preview_policy(services, proposal.document, services.now()))


@blueprint.post("/policy/versions")
@requires("marketer")
@idempotent
@blueprint.doc(
    operation_id="publish_policy", summary="Publish a document", tags=TAGS, responses=contract.published(CONFIRM)
)
def publish() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put a document in force, if the version that it was made from still is."""
    asked = read_publication()
    with _refusals():
        version = publish_policy(house().services, asked["document"], _signature(asked), based_on=asked["based_on"])
    return _published(version)


@blueprint.post("/policy/rollback")
@requires("marketer")
@idempotent
@blueprint.doc(
    operation_id="rollback_policy", summary="Bring back a version", tags=TAGS, responses=contract.published(CONFIRM)
)
def rollback() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Publish the document of an old version as a new one."""
    asked = read_rollback()
    with _refusals():
        version = rollback_policy(house().services, asked["to"], _signature(asked), based_on=asked["based_on"])
    return _published(version)


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
        detail = "The policy stays as it is."
        raise Problem(422, detail, [{"path": refused.path, "message": refused.message}]) from None
    except LargeChange as large:
        errors = [{"path": "confirm_large", "message": f"{reason} {CONFIRM}."} for reason in large.impact.reasons]
        more = {"impact": impact_view(house().services, large.impact)}
        raise Problem(422, f"This is a large change. {CONFIRM}.", errors, more=more) from None


def _found(version: PolicyVersion | None) -> PolicyVersion:
    if version is None:
        raise Problem(404, "No such policy was published.")
    return version
