"""The policy in force, its history, and publishing the next one."""

from typing import Any

from gateway.web.access import requires
from gateway.web.api.root import blueprint, time_text
from gateway.web.context import house
from gateway.web.errors import Problem


def _line(version: Any) -> dict[str, Any]:
    return {
        "version": version.number,
        "author": version.author,
        "note": version.note,
        "published_at": time_text(version.published_at),
    }


@blueprint.get("/policy")
@requires("reader")
@blueprint.doc(operation_id="current_policy", summary="Get the policy in force", tags=["policy"])
def current_policy() -> dict[str, Any]:
    """Return the document with its version."""
    return _whole(house().services.store.policies.current())


@blueprint.get("/policy/versions")
@requires("reader")
@blueprint.doc(operation_id="policy_versions", summary="List the versions", tags=["policy"])
def policy_versions() -> dict[str, Any]:
    """List who published what, when and why."""
    return {"versions": [_line(version) for version in house().services.store.policies.versions()]}


@blueprint.get("/policy/versions/<int:number>")
@requires("reader")
@blueprint.doc(operation_id="policy_version", summary="Get one version", tags=["policy"])
def policy_version(number: int) -> dict[str, Any]:
    """Return a document of the past."""
    return _whole(house().services.store.policies.get(number))


def _whole(version: Any) -> dict[str, Any]:
    if version is None:
        raise Problem(404, "No such policy was published.")
    return {**_line(version), "document": version.document}
