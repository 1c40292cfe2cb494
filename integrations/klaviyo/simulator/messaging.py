"""The simulated campaigns over HTTP: routes, filters, pages, and the orders that people give by hand."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from integrations.klaviyo.simulator.campaigns import STARTS_WITH, Messaging, Record, StateError, UnknownError

Answer = tuple[int, Any]
"""Status and body; None: no body."""

MESSAGE_FILTER: Final = re.compile(r'equals\(status,"(\w+)"\)|any\(id,(\[.*\])\)')
STATUS_FILTER: Final = re.compile(r'equals\(status,"(\w+)"\)')
READ: Final = (10, 150)
SLOW: Final = (3, 60)
LARGE: Final = (75, 750)


class MessagingRoutes:
    """Answers for the paths it knows."""

    def __init__(self, messaging: Messaging) -> None:
        """Serve one account's messages."""
        self._own = messaging
        self._routes: tuple[tuple[str, re.Pattern[str], Callable[..., Answer]], ...] = (
            ("GET", re.compile(r"/api/campaign-messages"), self._list),
            ("GET", re.compile(r"/api/campaign-messages/([^/]+)"), self._one),
            ("GET", re.compile(r"/api/campaign-messages/([^/]+)/campaign-audience"), self._audience),
            ("POST", re.compile(r"/api/campaign-message-schedule"), self._schedule),
            ("PATCH", re.compile(r"/api/campaign-message-schedule/([^/]+)"), self._act),
            ("GET", re.compile(r"/api/templates/([^/]+)"), self._template),
            ("GET", re.compile(r"/api/tags"), self._tags),
            ("POST", re.compile(r"/api/tags"), self._add_tag),
            ("DELETE", re.compile(r"/api/tags/([^/]+)"), self._drop_tag),
            ("GET", re.compile(r"/api/tags/([^/]+)/relationships/(campaigns|flows)"), self._tagged),
            ("POST", re.compile(r"/api/tags/([^/]+)/relationships/(campaigns|flows)"), self._put_tag),
            ("GET", re.compile(r"/api/flows"), self._flows),
            ("PATCH", re.compile(r"/api/flows/([^/]+)"), self._set_flow),
            ("GET", re.compile(r"/api/flows/([^/]+)/flow-actions"), self._steps),
            ("GET", re.compile(r"/api/flow-actions/([^/]+)"), self._step),
            ("PATCH", re.compile(r"/api/flow-actions/([^/]+)"), self._set_step),
        )

    def answer(self, method: str, path: str, query: Mapping[str, str], raw: bytes) -> Answer | None:
        """Answer a request; None where the path is not one of ours."""
        for verb, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is None or verb != method:
                continue
            try:
                body = json.loads(raw)["data"] if method in ("POST", "PATCH") else query
                return handler(body, *match.groups())
            except UnknownError:
                return problem(404, "not_found", "No such resource.")
            except StateError as error:
                return problem(409, "conflict", str(error))
            except (ValueError, KeyError, TypeError) as error:
                return problem(400, "invalid", str(error) or "The body cannot be used.")
        return None

    def order(self, page: str, told: Record) -> Any:
        """Do what a person would do in Klaviyo; return what became of it, or None for an unknown page."""
        match page:
            case "campaigns":
                return self._own.add_campaign(told)
            case "flows":
                return self._own.add_flow(told)
            case "edit":
                self._own.edit(told)
            case "edit_step":
                self._own.edit_step(told)
            case "arrive":
                self._own.arrive(told["flow"])
            case _:
                return None
        return {}

    def state(self) -> Any:
        """Show everything."""
        own = self._own
        tags = [
            {"name": t["name"], "campaigns": sorted(t["campaigns"]), "flows": sorted(t["flows"])}
            for t in own.tags.values()
        ]
        return {
            "messages": own.messages,
            "steps": own.steps,
            "flows": own.flows,
            "tags": tags,
            "campaigns": own.campaigns,
        }

    def _list(self, query: Mapping[str, str]) -> Answer:
        match = MESSAGE_FILTER.fullmatch(query.get("filter", ""))
        if match is None:
            raise ValueError("Messages are filtered by status or id here.")
        wanted = None if match[2] is None else set(json.loads(match[2]))
        found = [
            id_
            for id_, message in self._own.messages.items()
            if (message["status"] == match[1] if wanted is None else id_ in wanted)
        ]
        size, start = int(query.get("page[size]", "20")), int(query.get("page[cursor]", "0"))
        page = found[start : start + size]
        following = f"http://a/?page%5Bcursor%5D={start + size}" if start + size < len(found) else None
        return 200, self._document([self._resource(id_) for id_ in page], page, query) | {"links": {"next": following}}

    def _one(self, query: Mapping[str, str], id_: str) -> Answer:
        if id_ not in self._own.messages:
            raise UnknownError
        return 200, self._document(self._resource(id_), [id_], query)

    def _document(self, data: Any, ids: list[str], query: Mapping[str, str]) -> Record:
        wanted = (query.get("include") or "").split(",")
        included: dict[str, Record] = {}
        for id_ in ids:
            message = self._own.messages[id_]
            if "campaign" in wanted:
                definition = {**self._own.campaigns[message["campaign"]], "builder": "canvas", "archived": False}
                campaign = message["campaign"]
                included[f"c{campaign}"] = resource("campaign", campaign, definition=definition)
            if "campaign-variations" in wanted:
                variation = message["variation"]
                definition = {"name": "A", "details": self._own.variations[variation]["details"]}
                included[f"v{variation}"] = resource("campaign-variation", variation, definition=definition)
        return {"data": data, "included": list(included.values())}

    def _resource(self, id_: str) -> Record:
        message = self._own.messages[id_]
        definition = {"name": message["name"], "status": message["status"], "tracking_options": {"is_add_utm": True}}
        definition["send_options"] = message["send_options"] or None
        times = {"created": message["created"].isoformat(), "updated": message["updated"].isoformat()}
        return resource("campaign-message", id_, definition=definition, **times) | {
            "relationships": {
                "campaign": {"data": {"type": "campaign", "id": message["campaign"]}},
                "campaign-variations": {"data": [{"type": "campaign-variation", "id": message["variation"]}]},
            }
        }

    def _audience(self, query: Mapping[str, str], id_: str) -> Answer:
        if id_ not in self._own.messages:
            raise UnknownError
        audience = self._own.messages[id_]["audience"]
        return 200, {"data": resource("campaign-audience", audience, definition=self._own.audiences[audience])}

    def _schedule(self, body: Record) -> Answer:
        id_ = body["relationships"]["campaign-message"]["data"]["id"]
        options = self._own.schedule(id_, body["attributes"])
        return 201, {
            "data": resource("campaign-message-schedule", id_, strategy=body["attributes"]["strategy"], **options)
        }

    def _act(self, body: Record, id_: str) -> Answer:
        if body["attributes"]["action"] not in ("cancel", "revert") or body["id"] != id_:
            raise ValueError("The action is cancel or revert, of the message in the address.")
        self._own.act(id_, body["attributes"]["action"])
        return 204, None

    def _template(self, query: Mapping[str, str], id_: str) -> Answer:
        if id_ not in self._own.templates:
            raise UnknownError
        return 200, {"data": resource("template", id_, name=id_, editor_type="CODE", html=self._own.templates[id_])}

    def _tags(self, query: Mapping[str, str]) -> Answer:
        match = STARTS_WITH.fullmatch(query.get("filter", ""))
        if match is None:
            raise ValueError("Tags are filtered by the beginning of their names here.")
        prefix = json.loads(f'"{match[1]}"')
        found = [(id_, tag["name"]) for id_, tag in self._own.tags.items() if tag["name"].startswith(prefix)]
        start = int(query.get("page[cursor]", "0"))
        following = f"http://a/?page%5Bcursor%5D={start + 50}" if start + 50 < len(found) else None
        page = [resource("tag", id_, name=name) for id_, name in found[start : start + 50]]
        return 200, {"data": page, "links": {"next": following}}

    def _add_tag(self, body: Record) -> Answer:
        name = body["attributes"]["name"]
        return 201, {"data": resource("tag", self._own.add_tag(name), name=name)}

    def _drop_tag(self, query: Mapping[str, str], id_: str) -> Answer:
        self._own.drop_tag(id_)
        return 204, None

    def _tagged(self, query: Mapping[str, str], id_: str, kind: str) -> Answer:
        if id_ not in self._own.tags:
            raise UnknownError
        noun = kind.removesuffix("s")
        return 200, {"data": [{"type": noun, "id": one} for one in sorted(self._own.tags[id_][kind])]}

    def _put_tag(self, body: Any, id_: str, kind: str) -> Answer:
        self._own.put_tag(id_, kind, [one["id"] for one in body])
        return 204, None

    def _flows(self, query: Mapping[str, str]) -> Answer:
        match = STATUS_FILTER.fullmatch(query.get("filter", ""))
        flows = [
            resource("flow", id_, name=flow["name"], status=flow["status"])
            for id_, flow in self._own.flows.items()
            if match is None or flow["status"] == match[1]
        ]
        return 200, {"data": flows, "links": {"next": None}}

    def _set_flow(self, body: Record, id_: str) -> Answer:
        self._own.set_flow(id_, body["attributes"]["status"])
        return 200, {"data": resource("flow", id_, **self._own.flows[id_])}

    def _steps(self, query: Mapping[str, str], id_: str) -> Answer:
        if id_ not in self._own.flows:
            raise UnknownError
        steps = [step_resource(key, step) for key, step in self._own.steps.items() if step["flow"] == id_]
        return 200, {"data": steps, "links": {"next": None}}

    def _step(self, query: Mapping[str, str], id_: str) -> Answer:
        if id_ not in self._own.steps:
            raise UnknownError
        return 200, {"data": step_resource(id_, self._own.steps[id_])}

    def _set_step(self, body: Record, id_: str) -> Answer:
        return 200, {"data": step_resource(id_, self._own.set_step(id_, body["attributes"]["definition"]))}


def limits_of(path: str) -> tuple[int, int] | None:
    """Return an endpoint's requests per second and minute (Klaviyo's OpenAPI); None where it is not one of ours."""
    for prefix, limits in (
        ("/api/campaign-", READ),
        ("/api/tags", SLOW),
        ("/api/flow", SLOW),
        ("/api/templates", LARGE),
    ):
        if path.startswith(prefix):
            return limits
    return None


def resource(kind: str, id_: str, **attributes: Any) -> Record:
    """Write one resource."""
    return {"type": kind, "id": id_, "attributes": attributes, "links": {"self": ""}}


def step_resource(id_: str, step: Record) -> Record:
    """Write one step of a flow."""
    shown = resource("flow-action", id_, definition=step["definition"], updated=step["updated"].isoformat())
    return shown | {"relationships": {"flow": {"data": {"type": "flow", "id": step["flow"]}}}}


def problem(status: int, code: str, detail: str) -> Answer:
    """Write an error document."""
    error = {
        "id": code,
        "status": status,
        "code": code,
        "title": detail,
        "detail": detail,
        "source": {"pointer": "/data"},
    }
    return status, {"errors": [error]}
