"""The worklists as people work them: doubts, sources, the clean-up list, and what is back in stock."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

from gateway.accounts import passwords
from tests.browser.conftest import Opener
from tests.browser.test_every_page import assert_good
from tests.browser.test_signing_in import sign_in
from tests.builders.browser import COLOURS, EVERY_LOOK
from tests.builders.people import user
from tests.builders.web import House, house_on
from tests.builders.worklists import connected, fill

pytestmark = pytest.mark.browser
PAGES = ("/doubts", "/doubts?state=settled", "/sources", "/sources/migration", "/restocks")


@pytest.fixture
def house(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house with something on every worklist, and a marketer."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    opened = connected(house_on(redis_url))
    user(opened)
    yield opened
    opened.store.close()


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_worklist_fits_and_is_accessible(window: Opener, house: House, theme: Any, width: int) -> None:
    rules = None if theme == "light" else COLOURS
    page = window(color_scheme=theme, viewport={"width": width, "height": 900})
    sign_in(page)
    for path in PAGES if rules is None and width < 600 else ():
        assert_good(page, path, rules)
    fill(house)
    for path in PAGES:
        assert_good(page, path, rules)
    page.goto("/doubts")
    page.get_by_text("Decide", exact=True).first.click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_person_takes_a_doubt_reads_what_a_word_does_and_gives_it(window: Opener, house: House) -> None:
    fill(house)
    page = window()
    sign_in(page)
    page.goto("/doubts?kind=jump_up")
    doubt = page.get_by_role("listitem").filter(has_text="from 12 to 4000 units")
    doubt.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status")).to_have_text("It is yours now.")
    page.get_by_label("In whose hands").select_option("me")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url("/doubts?kind=jump_up&owner=me")
    doubt.get_by_text("Decide").click()
    expect(doubt.get_by_role("button", name="Dismiss")).to_have_accessible_description(
        "The figure is wrong: it is read again now, where its source can be asked. Until it is told anew it counts."
    )
    doubt.get_by_label("Note, kept with your name").fill("Counted: it is right")
    doubt.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed. The figure is right")
    page.get_by_role("link", name="Settled").click()
    expect(page.get_by_role("cell", name="Bo Counted: it is right")).to_be_visible()


def test_a_source_is_read_again_and_the_page_follows_by_itself(window: Opener, house: House) -> None:
    fill(house)
    page = window()
    sign_in(page)
    page.goto("/sources")
    expect(page.get_by_text("12,000 of 41,200 records are merged.")).to_be_visible()
    page.get_by_role("button", name="Read everything again now from shopify").click()
    expect(page.get_by_role("status")).to_contain_text("is being read already")
    house.store.tasks.progress("shopify.full_load", 40_000, 41_200, house.services.now() + timedelta(seconds=1))
    expect(page.get_by_text("40,000 of 41,200 records are merged.")).to_be_visible()
    house.store.reconciles.drop_run("shopify")
    expect(page.get_by_text("A full read is wanted: Bo asked for it.")).to_be_visible()


def test_a_doubt_is_dismissed_on_a_phone_without_script(window: Opener, house: House) -> None:
    fill(house)
    page = window(java_script_enabled=False, viewport={"width": 390, "height": 800})
    sign_in(page)
    page.goto("/sources/migration")
    page.get_by_role("link", name="Work them in Doubts").click()
    page.get_by_label("Kind").select_option("duplicate_sku")
    page.get_by_role("button", name="Show", exact=True).click()
    doubt = page.get_by_role("listitem").filter(has_text="The SKU TEE-s is on tee-s, tote")
    doubt.get_by_text("Decide").click()
    doubt.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("They share it on purpose.")
    page.goto("/sources/migration")
    expect(page.get_by_role("listitem").filter(has_text="Duplicate SKUs")).to_contain_text("clean 1 settled")
