"""Stock in Chromium: the list follows typing and the shop, the page draws its chart, both fit and are accessible."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.builders.browser import EVERY_LOOK, serving
from tests.builders.web import House, row

pytestmark = pytest.mark.browser


@pytest.fixture
def address(shop: House) -> Iterator[str]:
    with serving(shop) as at:
        yield at


def opened(chromium: Browser, house: House, address: str, page: str, **context: Any) -> tuple[Page, list[str]]:
    """Sign in as a marketer and open a page; also what the console of the browser complains about."""
    tab = chromium.new_context(**context).new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    tab.on("request", lambda asked: None if asked.url.startswith(address) else errors.append(asked.url))
    tab.goto(f"{address}/sign-in?next={page}")
    tab.fill("#token", house.tokens["marketer"])
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{address}{page}")
    return tab, errors


def test_typing_narrows_the_list_and_the_address_follows(chromium: Browser, shop: House, address: str) -> None:
    tab, errors = opened(chromium, shop, address, "/stock")
    expect(tab.locator("tbody tr")).to_have_count(4)
    tab.get_by_label("Title, SKU or id").press_sequentially("tee")
    expect(tab.locator("tbody tr")).to_have_count(2)
    expect(tab).to_have_url(re.compile("q=tee"))
    expect(tab.get_by_label("Title, SKU or id")).to_be_focused()
    tab.get_by_role("link", name=re.compile("^Low")).click()
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.get_by_role("link", name="Remove the filter q: tee").click()
    expect(tab).to_have_url(re.compile(r"/stock\?band=low$"))
    assert errors == []


def test_a_row_changes_while_it_is_looked_at(chromium: Browser, shop: House, address: str) -> None:
    tab, errors = opened(chromium, shop, address, "/stock?q=tee-m")
    expect(tab.locator("tbody")).to_contain_text("37")
    shop.send(row(variant="tee-m", observed_at="2026-11-23T11:59:30Z", quantities={"available": 20, "on_hand": 20}))
    shop.decide()
    expect(tab.locator("tbody")).to_contain_text("17", timeout=8_000)
    assert errors == []


def test_a_number_leads_to_its_reason_in_one_click(chromium: Browser, shop: House, address: str) -> None:
    tab, errors = opened(chromium, shop, address, "/stock")
    tab.locator("tr", has_text="Bag").get_by_role("link", name="location not in the pool").click()
    expect(tab.locator("#why")).to_contain_text("location not in the pool")
    expect(tab.locator(".chart canvas")).to_be_visible()
    assert errors == []


def test_a_filter_is_kept_and_found_again(chromium: Browser, shop: House, address: str) -> None:
    tab, errors = opened(chromium, shop, address, "/stock?store_only=1")
    tab.get_by_text("Keep this filter").click()
    tab.get_by_label("Name", exact=True).fill("Only in stores")
    tab.get_by_role("button", name="Keep", exact=True).click()
    tab.goto(f"{address}/stock")
    tab.get_by_role("link", name="Only in stores").click()
    expect(tab.locator("tbody tr")).to_have_count(1)
    assert errors == []


def test_a_variant_is_blocked_by_keyboard_alone(chromium: Browser, shop: House, address: str) -> None:
    tab, errors = opened(chromium, shop, address, "/stock/tee-m")
    tab.locator("summary", has_text="Block").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.type("recall")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator(".flash-good")).to_contain_text("Blocked")
    shop.decide()
    assert shop.store.audit.page(1)[0][0].facts == {"note": "recall"}
    assert errors == []


def test_the_list_works_without_script(chromium: Browser, shop: House, address: str) -> None:
    tab, _ = opened(chromium, shop, address, "/stock", java_script_enabled=False)
    tab.get_by_label("Has units at").select_option("soho")
    tab.get_by_role("button", name="Show").click()
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.goto(f"{address}/stock/bag-1")
    expect(tab.locator("#happened")).to_contain_text("available – → 5")


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_page_is_accessible_and_fits(
    chromium: Browser, shop: House, address: str, theme: Any, width: int
) -> None:
    tab, errors = opened(
        chromium, shop, address, "/stock", color_scheme=theme, viewport={"width": width, "height": 900}
    )
    for page in (
        "/stock?tag=summer&show=on_hand&show=promised&show=band",
        "/stock?q=zzz",
        "/stock/tee-m",
        "/stock/bag-1",
    ):
        tab.goto(f"{address}{page}")
        if "/stock/" in page:
            tab.wait_for_selector(".chart canvas")
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page
        found = [one["id"] for one in Axe().run(tab).response["violations"]]
        assert found == [], page
    assert errors == []
