"""Signing in, as people do it: by mouse, by keyboard only, without script, and in several browsers."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.builders.people import PASSWORD, user
from tests.builders.web import House

pytestmark = pytest.mark.browser


def sign_in(page: Page, email: str = "bo@shop.example", password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_wrong_password_then_the_right_one(window: Opener, house: House) -> None:
    user(house)
    page = window()
    sign_in(page, password="not that")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail")).to_have_value("bo@shop.example")
    expect(page.get_by_label("Password")).to_have_value("")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_by_keyboard_only(window: Opener, house: House) -> None:
    user(house)
    page = window()
    page.goto("/sign-in?next=/audit")
    keys = page.keyboard  # the first field has the focus
    keys.type("bo@shop.example")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Audit", level=1)).to_be_visible()
    keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Export as CSV")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is must be seen"
    for _ in range(40):
        if page.evaluate("document.activeElement.textContent") == "Sign out":
            break
        keys.press("Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_everywhere_reaches_the_other_browser(window: Opener, house: House) -> None:
    user(house)
    here, there = window(), window()
    for page in (here, there):
        sign_in(page)
        expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    here.get_by_role("link", name="Your account").click()
    expect(here.get_by_text("this one")).to_be_visible()
    here.get_by_role("button", name="Sign out everywhere").click()
    expect(here.get_by_role("status")).to_contain_text("signed out everywhere")
    there.get_by_role("link", name="Audit", exact=True).click()
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_admin_invites_somebody_who_then_works(window: Opener, house: House) -> None:
    user(house, "Ann", "admin")
    admin, guest = window(), window()
    sign_in(admin, "ann@shop.example")
    admin.get_by_role("link", name="Users").click()
    admin.get_by_label("E-mail").fill("cy@shop.example")
    admin.get_by_label("Role", exact=True).select_option("marketer")
    admin.get_by_role("button", name="Make a link").click()
    guest.goto(admin.get_by_label("One-time link for cy").input_value())
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("The same again").fill(PASSWORD)
    guest.get_by_role("button", name="Keep this password").click()
    expect(guest.get_by_role("status")).to_contain_text("Your password is kept")
    sign_in(guest, "cy@shop.example")
    expect(guest.get_by_text("marketer", exact=True).first).to_be_visible()
    expect(guest.get_by_role("link", name="Users")).to_have_count(0)
    admin.goto("/audit?actor=cy")
    expect(admin.get_by_role("cell", name="chose a password")).to_be_visible()


def test_everything_works_without_script_on_a_phone(window: Opener, house: House) -> None:
    user(house, "Ann", "admin")
    bo = user(house)
    page = window(java_script_enabled=False, viewport={"width": 390, "height": 800})
    sign_in(page, "ann@shop.example")
    page.get_by_text("Menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_text("Menu").click()
    page.get_by_role("link", name="Users").click()
    page.get_by_label("Role of Bo", exact=True).select_option("reader")
    page.get_by_role("button", name="Change the role of Bo").click()
    expect(page.get_by_role("status")).to_contain_text("Bo: done.")
    found = house.store.users.get(bo.id)
    assert found
    assert found.role == "reader"


def test_times_are_the_viewers_own_with_utc_on_hover(window: Opener, house: House) -> None:
    user(house)
    page = window(timezone_id="Asia/Tokyo", locale="en-GB")
    sign_in(page)
    page.goto("/audit")
    at = page.locator("tbody time").first
    expect(at).to_contain_text("21:00")
    expect(at).to_have_attribute("title", "23 Nov 2026, 12:00:00 UTC")
