"""Users and tokens, as an admin works them."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.builders.people import PASSWORD, actions, by_token, post, sign_in, user
from tests.builders.web import House


@pytest.fixture
def admin(house: House) -> FlaskClient:
    return by_token(house, "admin")


def shown(text: str) -> str:
    found = re.search(r'readonly aria-label="[^"]*" value="([^"]+)"', text)
    assert found
    return unescape(found[1])


def test_an_admin_invites_somebody_who_chooses_a_password(house: House, admin: FlaskClient) -> None:
    page = post(admin, "/users", "/users", email="bo@shop.example", name="Bo", role="marketer")
    assert page.status_code == 201
    link = shown(page.text).removeprefix("http://localhost")
    assert link not in admin.get("/users").text, "it is shown once"
    assert post(house.client, link, link, password=PASSWORD, again=PASSWORD).status_code == 303
    assert sign_in(house.client).status_code == 302
    assert actions(house)[1:] == [
        ("bootstrap", "user.add", "Bo"),
        ("bootstrap", "user.link", "Bo"),
        ("Bo", "user.password", "Bo"),
        ("Bo", "session.open", "console"),
    ]


def test_a_lost_password_is_chosen_anew_by_a_link(house: House, admin: FlaskClient) -> None:
    bo = user(house)
    sign_in(house.client)
    link = shown(post(admin, f"/users/{bo.id}/link", "/users").text).removeprefix("http://localhost")
    assert house.client.get("/").status_code == 200, "making a link ends nothing yet"
    new = "another few unrelated words"
    post(house.client, link, link, password=new, again=new)
    assert house.client.get("/").status_code == 302
    assert sign_in(house.client).status_code == 401
    assert sign_in(house.client, password=new).status_code == 302


def test_what_cannot_be_done_is_said_and_what_was_typed_stays(house: House, admin: FlaskClient) -> None:
    user(house, password=None)
    page = post(admin, "/users", "/users", email="bo@shop.example", name="Bo Two", role="admin")
    assert page.status_code == 422
    assert "There is a user with this e-mail already." in page.text
    assert 'value="Bo Two"' in page.text
    assert post(admin, "/users/nobody/role", "/users", role="admin").status_code == 404
    assert post(admin, "/tokens", "/tokens", name="reader", role="source").status_code == 422
    assert post(admin, "/tokens", "/tokens", name="x", role="owner").status_code == 422


def test_an_admin_changes_roles_and_switches_accounts_off_and_on(house: House, admin: FlaskClient) -> None:
    bo = user(house)
    for path, form in (("role", {"role": "reader"}), ("switch", {"off": "1"}), ("switch", {"off": "0"})):
        assert post(admin, f"/users/{bo.id}/{path}", "/users", **form).status_code == 303
    post(admin, f"/users/{bo.id}/sign-out", "/users")
    found = house.store.users.get(bo.id)
    assert found
    assert (found.role, found.disabled) == ("reader", False)
    done = [action for actor, action, target in actions(house) if actor == "bootstrap" and target == "Bo"]
    assert done == ["user.role", "user.off", "user.on", "session.end_all"]


def test_a_token_is_shown_once_and_opens_nothing_when_revoked(house: House, admin: FlaskClient) -> None:
    page = post(admin, "/tokens", "/tokens", name="nightly", role="reader")
    secret = shown(page.text)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert house.client.get("/api/v1/doubts", headers=bearer).status_code == 200
    assert secret not in admin.get("/tokens").text
    assert post(house.client, "/sign-in", token=secret).status_code == 302
    assert post(admin, "/tokens/revoke", "/tokens", name="nightly").status_code == 303
    assert house.client.get("/api/v1/doubts", headers=bearer).status_code == 401
    assert house.client.get("/").status_code == 302
    told = [(actor, action) for actor, action, target in actions(house) if target == "nightly"]
    assert told == [("bootstrap", "token.create"), ("bootstrap", "token.revoke")]


def test_names_are_shown_as_text(house: House, admin: FlaskClient) -> None:
    page = post(admin, "/users", "/users", email="x@shop.example", name="<b onclick=x>", role="reader")
    assert "<b onclick" not in page.text
