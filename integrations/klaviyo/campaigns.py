"""Campaign messages: what is about to send, what it shows, holding it and putting it back.

Speaks the model of revision 2026-10-15: a campaign has messages, a message has variations, status and send options
belong to the message. `revert` sends a scheduled message back to draft and forgets its schedule (Klaviyo, Update
Campaign Message Schedule), so whoever holds must have remembered it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from integrations.errors import TemporaryError
from integrations.klaviyo.client import KlaviyoClient, UnknownResourceError, next_cursor
from integrations.klaviyo.schedules import attributes_of, instant, restorable, schedule_of
from integrations.ports import Inspection, Message, MessageContent
from policies.guard import Schedule, Status

PAGE: Final = 100
INCLUDED: Final = ["campaign", "campaign-variations"]
CHANNELS: Final[Mapping[str, str]] = {"email": "email", "sms": "sms", "push": "push", "mobile_push": "push"}
BODIES: Final = ("body", "dynamic_media_template")
LINKS: Final = ("web_url", "ios_deep_link", "android_deep_link")


class KlaviyoCampaigns:
    """Implements `MessageDesk` for campaign messages."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Speak through a client that is already paced."""
        self._client = client

    def upcoming(self) -> Sequence[Message]:
        """Read what is scheduled and what sends; one request for every hundred of each, at least two."""
        return [message for status in ("scheduled", "sending") for message in self._list(f'equals(status,"{status}")')]

    def messages(self, ids: Sequence[str]) -> Mapping[str, Message]:
        """Read some messages; one request for every hundred."""
        found: dict[str, Message] = {}
        for start in range(0, len(ids), PAGE):
            quoted = ",".join(json.dumps(id_) for id_ in ids[start : start + PAGE])
            found.update((message.id, message) for message in self._list(f"any(id,[{quoted}])"))
        return found

    def inspect(self, message: str, *, urgent: bool = False) -> Inspection | None:
        """Read a message, its variations, its audience and its templates: two requests and one for each template."""
        try:
            page = self._ask("get_campaign_message", message, include=INCLUDED, urgent=urgent)
            audience = self._ask("get_audience_for_campaign_message", message, urgent=urgent)
        except UnknownResourceError:
            return None
        if not page.get("data"):
            raise TemporaryError("Klaviyo answered without the message that was asked for.")
        variations = _variations(page["data"], page)
        contents, seen = [], []
        for variation in variations:
            details = _details(variation)
            html = self._html(details, urgent=urgent)
            contents.append(content_of(details, html))
            seen.append([variation["id"], _definition(variation), html])
        group = _definition(audience.get("data") or {})
        worked_on = [
            seen,
            group,
            _definition(page["data"]).get("name"),
            _definition(page["data"]).get("tracking_options"),
        ]
        return Inspection(_message(page["data"], page), tuple(contents), digest(worked_on))

    def hold(self, message: str) -> None:
        """Revert a scheduled message to draft."""
        self._act(message, "revert")

    def cancel(self, message: str) -> None:
        """Cancel a message for good."""
        self._act(message, "cancel")

    def release(self, message: str, schedule: Schedule | None) -> None:
        """Schedule a draft again."""
        if schedule is None:
            raise ValueError("A campaign message is released to a schedule.")
        relationship = {"campaign-message": {"data": {"type": "campaign-message", "id": message}}}
        data = {
            "type": "campaign-message-schedule",
            "attributes": attributes_of(schedule),
            "relationships": relationship,
        }
        self._client.tell("campaign.write", "Campaigns", "schedule_campaign_message", {"data": data})

    def _act(self, message: str, action: str) -> None:
        data = {"type": "campaign-message-schedule", "id": message, "attributes": {"action": action}}
        self._client.tell("campaign.write", "Campaigns", "update_campaign_message_schedule", message, {"data": data})

    def _ask(self, operation: str, *args: object, urgent: bool = False, **options: Any) -> Mapping[str, Any]:
        return self._client.ask("campaign.read", "Campaigns", operation, *args, urgent=urgent, **options)

    def _list(self, chosen: str) -> Iterator[Message]:
        cursor: str | None = None
        while True:
            further: dict[str, Any] = {} if cursor is None else {"page_cursor": cursor}
            page = self._ask("get_campaign_messages", filter=chosen, include=INCLUDED, page_size=PAGE, **further)
            yield from (_message(record, page) for record in page.get("data") or ())
            cursor = next_cursor(page)
            if cursor is None:
                return

    def _html(self, details: Mapping[str, Any], *, urgent: bool) -> str:
        template = details.get("template_id")
        if not template or details.get("channel") not in (None, "email"):
            return ""
        try:
            page = self._client.ask("template.read", "Templates", "get_template", template, urgent=urgent)
        except UnknownResourceError:
            return ""
        return str(((page.get("data") or {}).get("attributes") or {}).get("html") or "")


def content_of(details: Mapping[str, Any], html: str) -> MessageContent:
    """Put one variation's details into our words."""
    channel = CHANNELS.get(str(details.get("channel") or "email"), "other")
    texts = [str(details[key]) for key in BODIES if details.get(key)]
    return MessageContent(
        channel,
        subject=str(details.get("subject") or details.get("title") or ""),
        preview=str(details.get("preview_text") or ""),
        body=html if channel == "email" else "\n".join(texts),
        links=tuple(str(details[key]) for key in LINKS if details.get(key)),
    )


def digest(value: object) -> str:
    """Digest anything that JSON can say; times as they are written."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:20]


def _message(record: Mapping[str, Any], page: Mapping[str, Any]) -> Message:
    definition = _definition(record)
    options = definition.get("send_options") or {}
    campaign = ((record.get("relationships") or {}).get("campaign") or {}).get("data") or {}
    group = _included(page).get(("campaign", str(campaign.get("id"))), {})
    schedule = schedule_of(options, _definition(group).get("send_settings") or {})
    variations = _variations(record, page)
    channel = next((str(_details(one).get("channel") or "email") for one in variations), "other")
    status = str(definition.get("status") or "draft")
    return Message(
        id=str(record["id"]),
        group=str(campaign.get("id") or ""),
        name=" / ".join(name for name in (_definition(group).get("name"), definition.get("name")) if name),
        channel=CHANNELS.get(channel, channel),
        status=cast(Status, status),
        vendor_status=status,
        updated_at=instant((record.get("attributes") or {}).get("updated")),
        schedule=schedule,
        restorable=len(variations) == 1 and restorable(options.get("send_strategy"), schedule),
        digest=digest([[one["id"], one.get("attributes")] for one in variations]),
    )


def _variations(record: Mapping[str, Any], page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    named = ((record.get("relationships") or {}).get("campaign-variations") or {}).get("data") or ()
    included = _included(page)
    return [included[key] for one in named if (key := ("campaign-variation", str(one["id"]))) in included]


def _included(page: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(str(one["type"]), str(one["id"])): one for one in page.get("included") or ()}


def _definition(record: Mapping[str, Any]) -> Mapping[str, Any]:
    definition: Mapping[str, Any] = (record.get("attributes") or {}).get("definition") or {}
    return definition


def _details(variation: Mapping[str, Any]) -> Mapping[str, Any]:
    details: Mapping[str, Any] = _definition(variation).get("details") or {}
    return details
