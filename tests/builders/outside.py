"""A house with a key, a shop and an outbox, as the pages of the connection and of jobs show it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gateway.store.values import ConnectionState
from gateway.web import create_app
from tests.builders.web import AT, House, house_on

KEYED: dict[str, Any] = {
    "klaviyo_api_key": "pk_test",
    "shopify_shop": "sample.myshopify.com",
    "shopify_access_token": "t",
}


@contextmanager
def outside_house(url: str, **settings: Any) -> Iterator[House]:
    """A house with these settings, by default with a key and a shop."""
    bare = house_on(url)
    services = replace(bare.services, settings=replace(bare.services.settings, **{**KEYED, **settings}))
    yield replace(bare, services=services, client=create_app(services).test_client())
    bare.store.close()


def connected(house: House, system: str = "klaviyo", *problems: str, **changes: Any) -> None:
    """Keep what a check found."""
    state = ConnectionState("A1", "Loom", "f", AT, problems, writable=True, revision="2026-10-15")
    house.store.connections.put_state(system, replace(state, **changes))


def refused(house: House, *targets: str, reason: str = "The price is not a number.") -> None:
    """Let Klaviyo refuse some variants."""
    outbox = house.store.outbox
    outbox.put("klaviyo.variants", targets, 1, AT)
    claimed = outbox.claim("klaviyo.variants", 100, AT, 60.0)
    outbox.park("klaviyo.variants", [entry for entry in claimed if entry.target in targets], reason, AT)


def text(answer: Any) -> str:
    """A page as it is read: without marks, and without runs of blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())
