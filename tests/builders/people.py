"""People who sign in, and browsers' cookies for them."""

import re
from typing import Any

from flask.testing import FlaskClient

from gateway.accounts.people import choose_password, invite
from gateway.store.users import User
from tests.builders.web import AT, House

PASSWORD = "four quite unrelated words"


def user(house: House, name: str = "Bo", role: str = "marketer", password: str | None = PASSWORD) -> User:
    """A user, with a password unless there is none."""
    added, secret = invite(house.services, f"{name.lower()}@shop.example", name, role, "test")
    if password is None:
        return added
    link = house.store.users.link(added.id, secret, AT)
    assert link is not None
    return choose_password(house.services, added, link, password)


def csrf(client: FlaskClient, page: str = "/sign-in") -> str:
    """The token that a page's form carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/sign-in", **form: Any) -> Any:
    """Send a page's form as a browser does."""
    return client.post(path, data={"csrf_token": csrf(client, page), **form}, headers={"Accept": "text/html"})


def sign_in(client: FlaskClient, email: str = "bo@shop.example", password: str = PASSWORD) -> Any:
    """Sign in by password."""
    return post(client, "/sign-in", email=email, password=password)


def by_token(house: House, role: str) -> FlaskClient:
    """A browser that is signed in by the token of a role."""
    client: FlaskClient = house.client.application.test_client()
    assert post(client, "/sign-in", token=house.tokens[role]).status_code == 302
    return client


def actions(house: House) -> list[tuple[str, str, str]]:
    """Who did what, the oldest first."""
    return [(entry.actor, entry.action, entry.target) for entry in reversed(house.store.audit.page(200)[0])]
