"""A house, and windows of Chromium onto it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page

from gateway.accounts import passwords
from tests.builders.browser import serving
from tests.builders.web import House, house_on

Opener = Callable[..., Page]


@pytest.fixture
def house(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house without a policy; passwords are hashed with little effort."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    opened = house_on(redis_url)
    yield opened
    opened.store.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where the house is served."""
    with serving(house) as at:
        yield at


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Opener]:
    """Open windows that share nothing. Scripts that fail and requests that leave the house fail the test."""
    faults: list[str] = []
    contexts = []

    def open_window(**options: Any) -> Page:
        context = chromium.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if _is_fault(line) else None)
        page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else faults.append(sent.url))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(line: Any) -> bool:
    # A page that was refused on purpose is told by its status; everything else is a fault.
    return line.type == "error" and "the server responded with a status of 4" not in line.text
