"""Steps of flows that send. Each is held for itself, never its flow as a whole.

Setting a flow's status sets every step of it (Klaviyo, Update Flow), which would turn on what people had left off. A
held step is set to `manual`: people keep moving through the flow and the message waits for review, while a `draft`
would be skipped for good (Klaviyo help, "Understanding flow statuses"). A back-in-stock flow is never touched.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from integrations.errors import PermanentError, TemporaryError
from integrations.klaviyo.campaigns import content_of, digest
from integrations.klaviyo.client import KlaviyoClient, UnknownResourceError, next_cursor
from integrations.klaviyo.schedules import instant
from integrations.ports import FLOW_STEP, Inspection, Message
from policies.guard import Schedule

SENDING: Final[Mapping[str, str]] = {
    "send-email": "email",
    "send-sms": "sms",
    "send-push-notification": "push",
}
WAITS_FOR_STOCK: Final = "back-in-stock-delay"
PAGE: Final = 50
HELD: Final = "manual"


class KlaviyoFlows:
    """Implements `MessageDesk` for the sending steps of live flows."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Speak through a client that is already paced."""
        self._client = client

    def upcoming(self) -> Sequence[Message]:
        """Read every live step that sends, but those of back-in-stock flows: one request for each live flow."""
        return [message for flow in self._flows() for message in self._steps(flow) if message.status == "live"]

    def messages(self, ids: Sequence[str]) -> Mapping[str, Message]:
        """Read some steps, one request for each."""
        found = {id_: self._step(id_) for id_ in ids}
        return {id_: _message(record, "", "") for id_, record in found.items() if record is not None}

    def inspect(self, message: str, *, urgent: bool = False) -> Inspection | None:
        """Read a step and its template."""
        record = self._step(message, urgent=urgent)
        if record is None:
            return None
        shown = dict((_data(record).get("message")) or {})
        template, html = shown.get("template_id"), ""
        kind = SENDING.get(str(_definition(record).get("type")), "other")
        if template and kind == "email":
            try:
                page = self._client.ask("template.read", "Templates", "get_template", template, urgent=urgent)
                html = str(((page.get("data") or {}).get("attributes") or {}).get("html") or "")
            except UnknownResourceError:
                html = ""
        details = {**shown, "channel": kind, "subject": shown.get("subject_line") or shown.get("title")}
        worked_on = {**_definition(record), "data": {**_data(record), "status": None}, "links": None}
        return Inspection(_message(record, "", ""), (content_of(details, html),), digest([worked_on, html]))

    def hold(self, message: str) -> None:
        """Let a step's message wait for review."""
        self._set(message, HELD)

    def cancel(self, message: str) -> None:
        """Refuse: a flow has nothing to cancel."""
        raise PermanentError(f"The step {message} of a flow cannot be cancelled, only held.")

    def release(self, message: str, schedule: Schedule | None) -> None:
        """Let a step send again."""
        self._set(message, "live")

    def _set(self, message: str, status: str) -> None:
        """Change the status in the whole definition, unknown keys kept: the endpoint takes no part of one."""
        record = self._step(message, urgent=True)
        if record is None:
            raise UnknownResourceError(f"The step {message} is gone.")
        definition = copy.deepcopy(dict(_definition(record)))
        if status == HELD and (definition.get("data") or {}).get("status") != "live":
            raise PermanentError(f"The step {message} does not send now.")
        if status == "live" and (definition.get("data") or {}).get("status") != HELD:
            raise PermanentError(f"The step {message} is not as we left it.")
        definition.setdefault("data", {})["status"] = status
        id_ = message.removeprefix(FLOW_STEP)
        data = {"type": "flow-action", "id": id_, "attributes": {"definition": definition}}
        self._client.tell("flow", "Flows", "update_flow_action", id_, {"data": data})

    def _step(self, message: str, *, urgent: bool = False) -> Mapping[str, Any] | None:
        try:
            page = self._client.ask("flow", "Flows", "get_flow_action", message.removeprefix(FLOW_STEP), urgent=urgent)
        except UnknownResourceError:
            return None
        record: Mapping[str, Any] = page.get("data") or {}
        if not record:
            raise TemporaryError("Klaviyo answered without the step that was asked for.")
        return record

    def _flows(self) -> Iterator[Mapping[str, Any]]:
        yield from self._pages("get_flows", filter='equals(status,"live")', page_size=PAGE)

    def _steps(self, flow: Mapping[str, Any]) -> list[Message]:
        records = list(self._pages("get_actions_for_flow", flow["id"]))
        if any(_definition(record).get("type") == WAITS_FOR_STOCK for record in records):
            return []
        name = str((flow.get("attributes") or {}).get("name") or "")
        return [_message(one, str(flow["id"]), name) for one in records if _definition(one).get("type") in SENDING]

    def _pages(self, operation: str, *args: object, **options: Any) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            further: dict[str, Any] = {} if cursor is None else {"page_cursor": cursor}
            page = self._client.ask("flow", "Flows", operation, *args, **options, **further)
            yield from page.get("data") or ()
            cursor = next_cursor(page)
            if cursor is None:
                return


def _message(record: Mapping[str, Any], flow: str, flow_name: str) -> Message:
    definition, data = _definition(record), _data(record)
    status = str(data.get("status") or "draft")
    related = ((record.get("relationships") or {}).get("flow") or {}).get("data") or {}
    return Message(
        id=f"{FLOW_STEP}{record['id']}",
        group=flow or str(related.get("id") or ""),
        name=" / ".join(name for name in (flow_name, str((data.get("message") or {}).get("name") or "")) if name),
        channel=SENDING.get(str(definition.get("type")), "other"),
        status="live" if status == "live" else "draft",
        vendor_status=status,
        updated_at=instant((record.get("attributes") or {}).get("updated")),
        digest=digest({**definition, "data": {**data, "status": None}}),
    )


def _definition(record: Mapping[str, Any]) -> Mapping[str, Any]:
    definition: Mapping[str, Any] = (record.get("attributes") or {}).get("definition") or {}
    return definition


def _data(record: Mapping[str, Any]) -> Mapping[str, Any]:
    data: Mapping[str, Any] = _definition(record).get("data") or {}
    return data
