"""Repairs of the generated OpenAPI document, so that it says what the application does."""

from typing import Any

from gateway.web.answers import ANSWERS, PROBLEM
from gateway.web.contract import BODIES, CONFLICTING, KEY, OPTIONAL_BODIES, QUERIES, STATUSES
from gateway.web.feed_contract import FILES, PATHS
from gateway.web.feed_contract import UNKEYED as UNKEYED_FEEDS
from gateway.web.policy_contract import CONFLICTS, UNKEYED
from gateway.web.waitlist_contract import UNKEYED as UNKEYED_WAITLIST

NEVER_KEYED = (*UNKEYED, *UNKEYED_FEEDS, *UNKEYED_WAITLIST)
METHODS = ("get", "post", "put", "patch", "delete")
OF_EVERY_CALL = ("404", "422", "429", "500", "503")
OF_A_TOKEN = ("401", "403")
OF_A_WRITE = ("400", "401", "413", "415")
WORDS = {
    "409": "It is no longer as the request takes it to be",
    "400": "The request cannot be read",
    "401": "Nobody we know",
    "403": "Not for this role",
    "404": "Not known",
    "413": "Too large",
    "415": "Not in a form that is read here",
    "422": "Readable, and wrong",
    "429": "Too often",
    "500": "Our failure",
    "503": "The store is away; nothing was accepted",
}


def repair(spec: dict[str, Any]) -> dict[str, Any]:
    """Describe bodies, queries, answers and statuses; every error is a problem. Health says its own 503 as JSON."""
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                keyed = (
                    method != "get"
                    and path.startswith("/api/")
                    and operations[method]["operationId"] not in NEVER_KEYED
                )
                _describe(operations[method], keyed=keyed)
                if path.startswith(("/api/", "/feeds/", "/webhooks/")):
                    _add_problems(operations[method], writes=method != "get")
    if ready := spec["paths"].get("/readyz"):
        answer = ready["get"]["responses"]["200"]
        ready["get"]["responses"]["503"] = {**answer, "description": "Not ready, with the reasons"}
    if report := spec["paths"].get("/metrics"):
        report["get"]["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
        report["get"]["responses"]["503"] = _problem("503")
    return spec


def _describe(operation: dict[str, Any], *, keyed: bool) -> None:
    name = operation["operationId"]
    if name in BODIES:
        operation["requestBody"] = {"required": True, "content": BODIES[name]}
    if name in OPTIONAL_BODIES:
        operation["requestBody"] = {"required": False, "content": OPTIONAL_BODIES[name]}
    parameters = [*operation.get("parameters", []), *QUERIES.get(name, []), *([KEY] if keyed else [])]
    if parameters:
        operation["parameters"] = [
            {**one, "schema": PATHS.get((name, one["name"]), one["schema"])} if one["in"] == "path" else one
            for one in parameters
        ]
    if name in ANSWERS:
        operation["responses"]["200"] = {
            "description": operation["responses"]["200"]["description"],
            "content": {"application/json": {"schema": ANSWERS[name]}},
        }
    if name in STATUSES:
        operation["responses"][STATUSES[name]] = operation["responses"].pop("200")
    operation["responses"].update({**CONFLICTS.get(name, {}), **FILES.get(name, {})})


def _add_problems(operation: dict[str, Any], *, writes: bool) -> None:
    token = OF_A_TOKEN if operation.get("security") else ()
    conflict = ("409",) if operation["operationId"] in CONFLICTING else ()
    for status in sorted({*OF_EVERY_CALL, *token, *conflict, *(OF_A_WRITE if writes else ())}):
        operation["responses"][status] = _problem(status)


def _problem(status: str) -> dict[str, Any]:
    return {
        "description": WORDS[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
