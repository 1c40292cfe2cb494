"""A marketer at work on campaigns: why one is proposed, holding, dismissing, editing by keyboard, releasing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import assert_good
from tests.builders.browser import COLOURS, EVERY_LOOK
from tests.builders.campaign_pages import WITH_CAP
from tests.builders.guard_house import GuardHouse, guard_house
from tests.builders.klaviyo_campaigns import TEE

pytestmark = pytest.mark.browser


@pytest.fixture
def house(redis_url: str) -> Iterator[GuardHouse]:
    """A guard that asks, and a campaign whose heroes are sold out."""
    with guard_house(redis_url, mode="ask", release="ask") as made:
        made.klaviyo.add(html=WITH_CAP, subject="The Tee")
        made.stock(tee_m=0, tee_l=0)
        made.turn()
        yield made


def sign_in(page: Page, house: GuardHouse, role: str = "marketer") -> None:
    page.goto("/sign-in")
    page.get_by_label("Token").fill(house.store.accounts.create_token("ann", role, house.clock.at))
    page.get_by_role("button", name="Sign in by token").click()


def test_from_the_list_to_the_reason_to_a_hold_that_is_seen_to_happen(window: Opener, house: GuardHouse) -> None:
    page = window()
    sign_in(page, house)
    page.get_by_role("link", name="Campaigns", exact=True).click()
    waiting = page.get_by_role("region", name="Waits for you")
    expect(waiting).to_contain_text("2 of 2 hero variants are out")
    waiting.get_by_role("link", name="Campaign MSG1").click()
    expect(page.locator("#verdict")).to_contain_text("Tee / tee-m is out (0 units).")
    work = page.get_by_role("region", name="Your word")
    expect(work.get_by_text("Klaviyo takes it back to draft")).to_be_hidden()
    work.get_by_text("Hold it", exact=True).click()
    expect(work).to_contain_text("We keep it: on 25 November, 20:00 UTC.")
    work.get_by_label("Why?").first.fill("Sold out")
    work.get_by_role("button", name="Hold it now").click()
    expect(work).to_contain_text("It is being held")
    house.turn(whole=False)  # the worker; the page looks by itself
    expect(work).to_contain_text("It is held by ann: nobody gets it until it is released.")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("ann held a message")
    assert house.klaviyo.message()["status"] == "draft"
    work.get_by_text("Release it", exact=True).click()
    work.get_by_label("Why?").fill("Refilled")
    work.get_by_role("button", name="Release it now").click()
    house.turn(whole=False)
    expect(work).to_contain_text("A person decided otherwise.")
    assert house.klaviyo.message()["status"] == "scheduled"


def test_a_proposal_is_dismissed_with_a_note_and_the_verdict_follows_the_stock(
    window: Opener, house: GuardHouse
) -> None:
    page = window()
    sign_in(page, house)
    page.goto("/campaigns/MSG1")
    work = page.get_by_role("region", name="Your word")
    work.get_by_text("Dismiss the proposal").first.click()
    work.get_by_role("button", name="Dismiss the proposal").click()
    expect(work.get_by_label("Why?").last).to_be_focused()  # the browser asks for the note
    page.keyboard.type("We take orders")
    page.keyboard.press("Enter")
    expect(work).to_contain_text("“We take orders”")
    assert house.phase() == "overridden"
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("should be held")
    house.stock(tee_m=50, tee_l=50)
    expect(verdict).to_contain_text("may send")


def test_what_it_features_is_edited_by_keyboard_alone(window: Opener, house: GuardHouse) -> None:
    page = window()
    sign_in(page, house)
    page.goto("/campaigns/MSG1")
    page.get_by_label("Add a variant").focus()
    page.keyboard.type("cap")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add Cap", exact=False).first.focus()
    page.keyboard.press("Enter")
    features = page.get_by_role("region", name="What it features")
    expect(features).to_contain_text("As ann said.")
    features.get_by_role("button", name="Take Tee / tee-m out").focus()
    page.keyboard.press("Space")
    expect(features.get_by_role("link", name="Tee / tee-m")).to_have_count(0)
    features.get_by_role("button", name="Make Tee / tee-l supporting").press("Enter")
    expect(page.locator("#verdict")).to_contain_text("may send")
    features.get_by_role("button", name="Give it back").press("Enter")
    expect(features).to_contain_text("As its content shows.")


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_the_pages_fit_and_are_accessible(window: Opener, house: GuardHouse, theme: Any, width: int) -> None:
    rules = None if theme == "light" else COLOURS
    house.klaviyo.order("flows", id="F1", name="Welcome", steps=[{"id": "101", "html": TEE, "name": "Step one"}])
    house.klaviyo.add("MSG2", html='<a href="https://shop.example/collections/all-that-is-new">New</a>')
    house.turn()
    page = window(color_scheme=theme, viewport={"width": width, "height": 900})
    sign_in(page, house)
    for path in ("/campaigns", "/campaigns?channel=email&verdict=release", "/campaigns/MSG1?find=cap"):
        assert_good(page, path, rules)
    for path in ("/campaigns/flow-101", "/campaigns/MSG2", "/campaigns/none"):
        assert_good(page, path, rules)
