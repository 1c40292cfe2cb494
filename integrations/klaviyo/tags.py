"""Tags: how people name groups of campaigns to the guard, and the second home of its holds."""

import json
from collections.abc import Mapping
from typing import Any, Final

from integrations.errors import PermanentError
from integrations.klaviyo.client import KlaviyoClient, UnknownResourceError, next_cursor
from integrations.ports import FLOW_STEP, Message

KINDS: Final[Mapping[bool, tuple[str, str]]] = {False: ("tag_campaigns", "campaign"), True: ("tag_flows", "flow")}


class KlaviyoTags:
    """Implements `TagShelf`."""

    def __init__(self, client: KlaviyoClient) -> None:
        """Speak through a client that is already paced."""
        self._client = client

    def tags(self, prefix: str) -> Mapping[str, str]:
        """Return ids by name; one request for every fifty."""
        found: dict[str, str] = {}
        cursor: str | None = None
        while True:
            further: dict[str, Any] = {} if cursor is None else {"page_cursor": cursor}
            page = self._ask("get_tags", filter=f"starts-with(name,{json.dumps(prefix)})", **further)
            found.update((str(one["attributes"]["name"]), str(one["id"])) for one in page.get("data") or ())
            cursor = next_cursor(page)
            if cursor is None:
                return found

    def campaigns(self, tag: str) -> frozenset[str]:
        """Return the campaigns that carry a tag."""
        try:
            return frozenset(str(one["id"]) for one in self._ask("get_campaign_ids_for_tag", tag).get("data") or ())
        except UnknownResourceError:
            return frozenset()

    def put(self, name: str, message: Message) -> None:
        """Make a tag where there is none, and put it on a campaign or a flow."""
        id_ = self.tags(name).get(name) or self._make(name)
        operation, kind = KINDS[message.id.startswith(FLOW_STEP)]
        try:
            self._client.tell("tag", "Tags", operation, id_, {"data": [{"type": kind, "id": message.group}]})
        except UnknownResourceError:
            raise
        except PermanentError:  # it may be there already: a repeated relationship is refused
            if message.id.startswith(FLOW_STEP) or message.group not in self.campaigns(id_):
                raise

    def drop(self, name: str) -> None:
        """Delete a tag with all that it was on."""
        id_ = self.tags(name).get(name)
        if id_ is not None:
            try:
                self._client.tell("tag", "Tags", "delete_tag", id_)
            except UnknownResourceError:
                return

    def _make(self, name: str) -> str:
        body = {"data": {"type": "tag", "attributes": {"name": name}}}
        return str(self._client.tell("tag", "Tags", "create_tag", body)["data"]["id"])

    def _ask(self, operation: str, *args: object, **options: Any) -> Mapping[str, Any]:
        return self._client.ask("tag", "Tags", operation, *args, urgent=True, **options)
