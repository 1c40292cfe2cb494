"""The policy editor in Chromium: live preview, keyboard only, dragging, two people at once, every theme and width."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.builders.browser import EVERY_LOOK, serving
from tests.builders.policy_pages import policy, publish, shop
from tests.builders.web import House
from tests.console_policy.browsing import open_window

pytestmark = pytest.mark.browser
LOW = "rules[1].set.low_at_units"
NARROW, WIDE = 390, 1440


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with serving(house) as served:
        yield served


def test_typing_shows_what_it_would_do_and_publishing_does_it(chromium: Browser, address: str, house: House) -> None:
    shop(house)
    window = open_window(chromium, address, house, "Mia")
    page = window.page
    page.click("#rule-2 >> text=Edit")
    page.fill(f"[name='{LOW}']", "35")
    expect(page.locator("#preview .headline")).to_contain_text("change")
    expect(page.locator("#preview .examples").first).to_contain_text("Runner Size")
    expect(page.locator("#rule-2 .sentence")).to_contain_text("low at 35")
    expect(page.locator("#draft-state")).to_contain_text("1 change against version 1")
    expect(page.locator(f"[name='{LOW}']")).to_be_focused()
    page.fill(f"[name='{LOW}']", "many")
    expect(page.locator("#rule-2")).to_contain_text("Must be a whole number")
    expect(page.locator(f"[name='{LOW}']")).to_have_attribute("aria-invalid", "true")
    page.fill(f"[name='{LOW}']", "33")
    expect(page.locator("#rule-2")).not_to_contain_text("Must be a whole number")
    page.click("text=Review and publish")
    expect(page.locator("main")).to_contain_text("low at 25 -> 33 units")
    page.fill("#note", "Sneakers go faster in December")
    page.click("button >> text=Publish")
    expect(page.locator("h1")).to_have_text("Version 2")
    expect(page.locator("main")).to_contain_text("Version 2 is in force")
    assert window.errors == []


def test_a_warning_appears_at_the_rule_it_is_about(chromium: Browser, address: str, house: House) -> None:
    shop(house)
    page = open_window(chromium, address, house, "Mia").page
    page.goto(f"{address}/policy?edit=rule-2")
    page.fill(f"[name='{LOW}']", "50")
    expect(page.locator("#rule-2 .warnings.in-place")).to_contain_text("Sneakers sell fast")
    expect(page.locator("#advice")).to_contain_text("For example Runner")


def test_a_rule_is_edited_moved_and_published_by_keyboard_only(chromium: Browser, address: str, house: House) -> None:
    shop(house)
    window = open_window(chromium, address, house, "Kim")
    page = window.page

    def go_to(selector: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    go_to("#rule-2 .entry-actions a")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[name='{LOW}']")
    go_to(f"[name='{LOW}']")
    page.keyboard.press("Control+A")
    page.keyboard.type("28")
    expect(page.locator("#draft-state")).to_contain_text("low at 25 -> 28 units")
    page.goto(f"{address}/policy")
    go_to("#rule-2 button[title^='Move'][title$='up']")
    page.keyboard.press("Enter")
    expect(page.locator("#rule-1 h3")).to_contain_text("Sneakers")
    go_to("a[href$='/policy/publish']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#note")
    go_to("#note")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Version 2")
    assert window.errors == []


def test_a_rule_is_dragged_to_another_place(chromium: Browser, address: str, house: House) -> None:
    publish(house, policy())
    window = open_window(chromium, address, house, "Mia")
    window.page.drag_and_drop("#rule-2 .grip", "#rule-1")
    expect(window.page.locator("#rule-1 h3")).to_contain_text("Sneakers")
    expect(window.page.locator("#draft-state")).to_contain_text("the last matching rule wins")
    assert window.errors == []


def test_two_people_edit_the_same_policy_and_nothing_is_lost(chromium: Browser, address: str, house: House) -> None:
    shop(house)
    ann, ben = (open_window(chromium, address, house, name).page for name in ("Ann", "Ben"))
    ben.goto(f"{address}/policy?edit=rule-2")
    ben.fill(f"[name='{LOW}']", "26")
    expect(ben.locator("#draft-state")).to_contain_text("low at 25 -> 26 units")
    ann.goto(f"{address}/policy?edit=rule-1")
    ann.fill("[name='rules[0].set.buffer_units']", "3")
    expect(ann.locator("#draft-state")).to_contain_text("buffer 2 -> 3 units")
    ann.click("text=Review and publish")
    ann.fill("#note", "One more in the cart")
    ann.click("button >> text=Publish")
    expect(ann.locator("h1")).to_have_text("Version 2")
    ben.goto(f"{address}/policy")
    expect(ben.locator("main")).to_contain_text("Ann published version 2 while you edited")
    expect(ben.locator("main")).to_contain_text("Rule 'House': buffer 2 -> 3 units")
    ben.click("text=Carry my draft over")
    expect(ben.locator("#draft-state")).to_contain_text("1 change against version 2")
    ben.click("text=Review and publish")
    ben.fill("#note", "Sneakers")
    ben.click("button >> text=Publish")
    expect(ben.locator("h1")).to_have_text("Version 3")
    version = house.store.policies.current()
    assert version is not None
    rules = version.document["rules"]
    assert (rules[0]["set"]["buffer_units"], rules[1]["set"]["low_at_units"]) == (3, 26)


def dated() -> dict[str, Any]:
    document = policy()
    document["rules"].append(
        {"name": "Black Friday", "from": "2026-11-27T00:00:00", "until": "2026-12-01T00:00:00",
         "when": {"collections": ["doorbusters"]}, "set": {"buffer_units": 20}}
    )  # fmt: skip
    return document


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_page_fits_and_is_accessible(
    chromium: Browser, address: str, house: House, theme: Any, width: int
) -> None:
    shop(house)
    publish(house, dated(), note="Black Friday")
    window = open_window(chromium, address, house, "Mia", color_scheme=theme, viewport={"width": width, "height": 900})
    page = window.page
    page.goto(f"{address}/policy?edit=rule-2")
    page.fill(f"[name='{LOW}']", "many")
    expect(page.locator("#rule-2")).to_contain_text("Must be a whole number")
    page.fill(f"[name='{LOW}']", "35")
    expect(page.locator("#preview .headline")).to_be_visible()
    expect(page.locator("#advice li").first).to_be_visible()
    if width == NARROW:
        expect(page.locator("#peek")).to_be_in_viewport()
        expect(page.locator("#peek")).to_contain_text("11 change band")
    shown = ["", "?edit=rule-2", "/publish"]
    if (theme == "light") == (width == WIDE):  # the other two look at what differs most
        shown += ["?edit=locations", "?edit=guard-1", "?edit=authority", "/versions", "/versions/1"]
    for path in shown:
        page.goto(f"{address}/policy{path}")
        page.wait_for_load_state("networkidle")
        assert window.too_wide() <= 0, path
        assert window.violations() == [], path
    assert window.errors == []


def test_a_viewer_has_nothing_to_press(chromium: Browser, address: str, house: House) -> None:
    shop(house)
    window = open_window(chromium, address, house, "Vic", role="reader")
    expect(window.page.locator("main button:not(.term), main form, main input")).to_have_count(0)
    expect(window.page.locator("#rule-2")).to_contain_text(re.compile("keep back 10 %"))
    assert window.violations() == []
