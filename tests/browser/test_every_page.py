"""Every page of the shell's own: free of axe violations, in both themes, on a phone and on a desk."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from gateway.accounts.people import invite
from gateway.store.campaigns import FeatureLine, Features
from gateway.store.holds import Hold
from integrations.ports import Message
from policies.guard import Phase, Schedule
from tests.browser.conftest import Opener
from tests.browser.test_signing_in import sign_in
from tests.builders.browser import COLOURS, EVERY_LOOK
from tests.builders.people import user
from tests.builders.web import AT, POLICY, House, product, row

Rules = dict[str, Any] | None
pytestmark = pytest.mark.browser


def fill(house: House) -> str:
    """Put something on every page; return a one-time link."""
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product(title="Canvas tote with a rather long name for a bag"))
    house.send(row(), row(location="soho", quantities={"available": 50}))
    house.send(row(observed_at="2026-11-23T13:00:00Z"))
    schedule = Schedule("static", AT + timedelta(hours=5))
    message = Message("M1", "C1", "Autumn sale", "email", "scheduled", "Scheduled", AT, schedule)
    house.store.campaigns.put_messages("campaigns", [message], AT)
    house.store.campaigns.put_verdicts({"M1": {"verdict": "hold", "reasons": [{"sentence": "Half of it is out."}]}})
    house.store.campaigns.choose("M1", Features("person", (FeatureLine("tee-m"),)))
    common: dict[str, Any] = {"group": "C1", "channel": "email", "guard": "House", "by": "guard", "opened_at": AT}
    house.store.holds.write(Hold("M1", name="Autumn sale", phase=Phase.PROPOSED, **common), AT)
    user(house, "Ann", "admin")
    user(house, "Bo", password=None)
    cy, secret = invite(house.services, "cy@shop.example", "Cy", "reader", "Ann")
    return f"/welcome/{cy.id}/{secret}"


def assert_good(page: Page, path: str, rules: Rules) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} is wider than the window"
    assert violations(page, rules) == [], path
    inline = page.evaluate("document.querySelectorAll('[style], style, script:not([src])').length")
    assert inline == 0, path


def violations(page: Page, rules: Rules) -> list[tuple[str, list[str]]]:
    found = Axe().run(page, options=rules).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_page_fits_and_is_accessible(window: Opener, house: House, theme: Any, width: int) -> None:
    link, rules = fill(house), None if theme == "light" else COLOURS
    page = window(color_scheme=theme, viewport={"width": width, "height": 900})
    for path in ("/sign-in", link):
        assert_good(page, path, rules)
    sign_in(page, "ann@shop.example")
    for path in ("/", "/audit", "/audit?actor=nobody", "/users", "/tokens", "/account", "/nothing/here"):
        assert_good(page, path, rules)
    if width < 600:
        page.goto("/")
        page.get_by_text("Menu").click()
        assert violations(page, rules) == []
