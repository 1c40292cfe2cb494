"""A server that records what reaches it, and what Klaviyo's published document says against a request."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

Answer = Callable[[str, str], tuple[int, Any]]


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


@contextmanager
def recording(answer: Answer) -> Iterator[tuple[str, list[Sent]]]:
    """Serve on loopback: record every request, answer what `answer(method, path)` says."""
    sent: list[Sent] = []

    @Request.application
    def application(request: Request) -> Response:
        raw = request.get_data()
        body = json.loads(raw) if raw else None
        query = tuple(request.args.items(multi=True))
        sent.append(Sent(request.method, request.path, query, dict(request.headers), body))
        status, told = answer(request.method, request.path)
        return Response(json.dumps(told), status=status, content_type="application/vnd.api+json")

    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class Contract:
    """The published document, strict: what it does not name is not sent."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = deepcopy(dict(document))
        self._components = _strict(self.document["components"])
        self._validators: dict[int, Any] = {}  # by the schema's place in the document, which lives as long
        self._paths = {
            re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + r"\Z"): operations
            for path, operations in self.document["paths"].items()
        }

    def operation(self, sent: Sent) -> Mapping[str, Any]:
        """Find what a request calls. Raises LookupError."""
        for path, operations in self._paths.items():
            if path.match(unquote(sent.path)) and sent.method.lower() in operations:
                found: Mapping[str, Any] = operations[sent.method.lower()]
                return found
        raise LookupError(f"{sent.method} {sent.path}")

    def problems(self, sent: Sent) -> list[str]:
        """List what is wrong with a request; nothing where it is valid."""
        try:
            operation = self.operation(sent)
        except LookupError as error:
            return [f"no such operation: {error}"]
        return [*self._query(operation, sent), *self._body(operation, sent.body)]

    def _query(self, operation: Mapping[str, Any], sent: Sent) -> Iterator[str]:
        declared = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "query"}
        for name, text in sent.query:
            if name not in declared:
                yield f"query {name} is not offered"
                continue
            schema = declared[name]["schema"]
            for part in text.split(",") if schema["type"] == "array" else [text]:
                wanted = schema.get("items", schema)
                value = int(part) if wanted["type"] == "integer" else part
                yield from self._against(wanted, value, f"query {name}")
            if name == "filter":
                yield from _filter(operation.get("x-klaviyo-filters", {}), text)
        yield from (
            f"query {n} is missing" for n, one in declared.items() if one.get("required") and n not in dict(sent.query)
        )

    def _body(self, operation: Mapping[str, Any], body: Any) -> Iterator[str]:
        declared = operation.get("requestBody")
        if declared is None:
            if body is not None:
                yield "a body is not taken"
            return
        content = next(iter(declared["content"].values()))
        yield from self._against(content["schema"], body, "body")

    def _against(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
        if id(schema) not in self._validators:
            whole = {**_strict(dict(schema)), "components": self._components}
            self._validators[id(schema)] = jsonschema_rs.validator_for(whole)
        for error in self._validators[id(schema)].iter_errors(value):
            yield f"{where} {'/'.join(map(str, error.instance_path))}: {error.message}"


def _strict(schema: Any) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema, where an object takes only what it names."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    turned = {
        name: _strict(value) for name, value in schema.items() if name not in ("nullable", "example", "discriminator")
    }
    if isinstance(turned.get("properties"), dict) and turned.get("type") == "object":
        turned.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        kinds = {name: value for name, value in turned.items() if name not in ("description", "default")}
        return {"anyOf": [kinds, {"type": "null"}]}
    return turned


def _filter(offered: Mapping[str, Any], text: str) -> Iterator[str]:
    for operator, field in re.findall(r"([a-z-]+)\(([a-z_.]+),", text):
        operators = [word for words in offered.get(field, {}).get("operators", {}).values() for word in words]
        if operator not in operators:
            yield f"filter {operator}({field}) is not offered"
