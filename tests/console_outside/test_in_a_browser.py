"""The pages of the world outside, as people use them: a feed by keyboard, a word explained, a job; and accessible."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect

from gateway.accounts import passwords
from gateway.store.values import TaskRun
from tests.browser.test_every_page import assert_good, violations
from tests.browser.test_signing_in import sign_in
from tests.builders.browser import COLOURS, EVERY_LOOK, serving
from tests.builders.feeds import FeedHouse
from tests.builders.outside import KEYED, connected, refused
from tests.builders.people import user
from tests.builders.web import AT

pytestmark = pytest.mark.browser
PAGES = ("/feeds", "/feeds/new?preset=last_pieces&name=late", "/feeds/web/picks", "/connection", "/jobs", "/help")


@pytest.fixture
def address(feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a house with a key, a shop, feeds, refusals and people is served."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    services = feeds.house.services
    feeds.house = replace(feeds.house, services=replace(services, settings=replace(services.settings, **KEYED)))
    house = feeds.house
    user(house, "Ann", "admin")
    user(house)
    connected(house, "klaviyo", "The key may not read flows: add flows:read.")
    connected(house, "shopify", name="sample.myshopify.com")
    refused(house, "v1", "v2")
    house.store.feeds.put_web("picks", {"limit": 5})
    house.store.job_states.put_run("shopify.full_load", TaskRun(AT, 3.0, "Shopify did not answer."))
    house.store.tasks.progress("redecide", 3, 64, AT)
    house.store.tasks.mark(["redecide"], AT)
    feeds.pass_time()
    with serving(house) as at:
        yield at


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A window whose scripts do not fail and whose requests stay in the house."""
    faults: list[str] = []
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else faults.append(sent.url))
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_page_fits_and_is_accessible(page: Page, theme: Any, width: int) -> None:
    rules = None if theme == "light" else COLOURS
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "ann@shop.example")
    for path in PAGES:
        assert_good(page, path, rules)


def test_a_marketer_previews_a_feed_by_keyboard_and_keeps_it(page: Page, feeds: FeedHouse) -> None:
    sign_in(page)
    page.goto("/feeds")
    page.get_by_role("link", name="Last pieces").press("Enter")
    preview = page.get_by_role("region", name="Items of the preview")
    expect(preview).to_contain_text("Tee 2 / M")
    page.get_by_label("healthy: enough for a campaign").press("Space")
    page.get_by_label("How many at most").fill("7")
    page.get_by_label("How many at most").press("Enter")
    expect(preview).to_contain_text("Tee 1 / M")
    assert "limit=7" in page.url
    assert "csrf" not in page.url
    assert set(feeds.house.store.feeds.web()) == {"picks"}, "Enter previews; it keeps nothing"
    page.get_by_role("button", name="Make this feed").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    assert page.get_by_label("Block").input_value().startswith("{% for item in feeds.last_pieces.items %}")
    assert feeds.house.store.feeds.web()["last_pieces"]["limit"] == 7


def test_a_word_is_explained_by_keyboard_where_it_stands(page: Page) -> None:
    sign_in(page)
    page.goto("/stock")
    word = page.get_by_role("button", name="buffer")
    meaning = page.get_by_text("Taken off the sum of all places")
    expect(meaning).to_be_hidden()
    word.press("Enter")
    expect(meaning).to_be_visible()
    assert violations(page, None) == []
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    word.press("Enter")
    meaning.get_by_role("link", name="All words").click()
    expect(page.get_by_role("heading", name="Help", level=1)).to_be_visible()
    expect(page.locator("#term-buffer")).to_be_in_viewport()


def test_an_admin_pauses_a_job_and_tries_again_what_was_refused(page: Page, feeds: FeedHouse) -> None:
    sign_in(page, "ann@shop.example")
    page.get_by_role("link", name="Jobs").click()
    page.get_by_role("button", name="Pause: Read the whole shop").click()
    line = page.get_by_role("row").filter(has_text="Read the whole shop")
    expect(line).to_contain_text("paused")
    assert "shopify.full_load" in feeds.house.store.job_states.paused()
    page.get_by_role("link", name="Connection").click()
    page.get_by_role("button", name="Try all again: variants").click()
    expect(page.get_by_role("status")).to_contain_text("2 are tried again now.")
