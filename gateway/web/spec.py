"""Repairs of the generated OpenAPI document, so that it says what the application does."""

from typing import Any

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
METHODS = ("get", "post", "put", "delete")
ALWAYS = ("429", "500", "503")


def repair(spec: dict[str, Any]) -> dict[str, Any]:
    """Describe every error as a problem, and require the bodies that are required."""
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in spec["paths"].values():
        for method in METHODS:
            if method in path:
                _repair_operation(path[method], writes=method in ("post", "put"))
    return spec


def _repair_operation(operation: dict[str, Any], *, writes: bool) -> None:
    responses = operation.setdefault("responses", {})
    expected = [*ALWAYS, "404"]
    if operation.get("security"):
        expected += ["401", "403"]
    if writes:
        expected += ["400", "409", "413", "415", "422"]
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
    for status in sorted(expected):
        responses[status] = {
            "description": "A problem",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
