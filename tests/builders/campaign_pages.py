"""A guard house with people in front of it: browsers' cookies, forms, and what a page says."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient

from gateway.web import create_app
from tests.builders.guard_house import GuardHouse

WITH_CAP = '<a href="https://shop.example/products/tee">Tee</a><p>{% catalog "cap" %}x{% endcatalog %}</p>'


class Visitor:
    """Somebody signed in to the console by a token of their role."""

    def __init__(self, house: GuardHouse, role: str = "marketer") -> None:
        self.client: FlaskClient = create_app(house.services).test_client()
        secret = house.store.accounts.create_token(f"{role}-ann", role, house.clock.at)
        self.client.post("/sign-in", data={"csrf_token": self._token("/sign-in"), "token": secret})

    def see(self, path: str = "/campaigns/MSG1", status: int = 200) -> str:
        """What a page says, without its markup."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return text_of(answer.text)

    def html(self, path: str) -> str:
        return self.client.get(path).text

    def send(self, action: str, message: str = "MSG1", **form: Any) -> Any:
        """Send a form of a message's page as its browser would; `status` and `says` of the answer."""
        page = self.client.get(f"/campaigns/{message}").text
        seen = re.search(r'name="seen" value="(\w+)"', page)
        told = {"csrf_token": self._token("/account"), "seen": seen[1] if seen else ""} | form
        return self.client.post(f"/campaigns/{message}/{action}", data=told, headers={"Accept": "text/html"})

    def follow(self, action: str, message: str = "MSG1", **form: Any) -> str:
        """Send a form and read the page that it leads to."""
        answer = self.send(action, message, **form)
        assert answer.status_code == 303, answer.text
        return self.see(answer.location)

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found is not None, page
        return found[1]


def text_of(html: str) -> str:
    main = html.partition('<main id="main"')[2] or html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
