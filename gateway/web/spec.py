"""Repairs of the generated OpenAPI document, so that it says what the application does."""

from typing import Any

from gateway.web.contract import BODIES, CONFLICTS, QUERIES, STATUSES

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
METHODS = ("get", "post", "put")
OF_EVERY_READ = ("404", "422", "429", "500", "503")
OF_A_TOKEN = ("401", "403")
OF_A_WRITE = ("400", "401", "413", "415")
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 200}}


def repair(spec: dict[str, Any]) -> dict[str, Any]:
    """Describe bodies, queries and statuses; every error is a problem. Health says its own 503 as JSON."""
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                _describe(operations[method], keyed=method != "get" and path.startswith("/api/"))
                if path.startswith(("/api/", "/webhooks/")):
                    _add_problems(operations[method], writes=method != "get")
    if "/readyz" in spec["paths"]:
        spec["paths"]["/readyz"]["get"]["responses"]["503"] = {"description": "Not ready, with the reasons"}
    return spec


def _describe(operation: dict[str, Any], *, keyed: bool) -> None:
    name = operation["operationId"]
    if name in BODIES:
        operation["requestBody"] = {"required": True, "content": BODIES[name]}
    queries = [{"name": query, "in": "query", "schema": {"type": "string"}} for query in QUERIES.get(name, ())]
    parameters = [*operation.get("parameters", []), *queries, *([KEY] if keyed else [])]
    if parameters:
        operation["parameters"] = parameters
    if name in STATUSES:
        operation["responses"][STATUSES[name]] = operation["responses"].pop("200")


def _add_problems(operation: dict[str, Any], *, writes: bool) -> None:
    token = OF_A_TOKEN if operation.get("security") else ()
    conflict = ("409",) if operation["operationId"] in CONFLICTS else ()
    for status in sorted({*OF_EVERY_READ, *token, *conflict, *(OF_A_WRITE if writes else ())}):
        operation["responses"][status] = {
            "description": "A problem",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
