"""Signing in to the console: forms, cookies, links, and what ends a session."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from gateway.accounts.people import change_role, invite, sign_out_everywhere, switch
from gateway.accounts.signing_in import TRIES_OF_AN_ACCOUNT
from gateway.web import create_app
from tests.builders.people import PASSWORD, actions, by_token, csrf, post, sign_in, user
from tests.builders.web import AT, House


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


def test_a_person_signs_in_and_lands_where_they_were_going(house: House) -> None:
    user(house)
    asked = house.client.get("/audit?actor=Bo")
    assert asked.location == "/sign-in?next=/audit?actor%3DBo"
    answer = post(house.client, asked.location, asked.location, email="bo@shop.example", password=PASSWORD)
    assert answer.location == "/audit?actor=Bo"
    page = house.client.get("/").text
    assert "Bo" in page
    assert "marketer" in page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\\\\evil",
        "/\t/evil.example",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(house: House, elsewhere: str) -> None:
    user(house)
    answer = house.client.post(
        "/sign-in",
        query_string={"next": elsewhere},
        data={"csrf_token": csrf(house.client), "email": "bo@shop.example", "password": PASSWORD},
    )
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_wrong_password_is_told_in_place_and_opens_nothing(house: House) -> None:
    user(house)
    answer = sign_in(house.client, password="wrong")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert 'value="bo@shop.example"' in answer.text, "what was typed stays, but for the password"
    assert house.client.get("/").status_code == 302


def test_too_many_are_told_when_to_come_back(house: House) -> None:
    user(house)
    for _ in range(TRIES_OF_AN_ACCOUNT):
        sign_in(house.client, password="wrong")
    answer = sign_in(house.client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901


def test_the_session_is_a_new_one_at_every_sign_in_and_an_old_cookie_opens_nothing(house: House) -> None:
    bo = user(house)
    before = csrf(house.client)
    sign_in(house.client)
    first = cookie(house.client)
    assert csrf(house.client, "/account") != before
    sign_in(house.client)
    assert cookie(house.client) != first
    assert len(house.store.sessions.of(bo.holder, AT)) == 1, "the first was ended"
    thief = house.client.application.test_client()
    thief.set_cookie("session", first)
    assert thief.get("/").status_code == 302


def test_signing_out_ends_the_session_in_the_store_too(house: House) -> None:
    bo = user(house)
    sign_in(house.client)
    kept = cookie(house.client)
    assert post(house.client, "/sign-out", "/account").location == "/sign-in"
    assert house.store.sessions.of(bo.holder, AT) == ()
    house.client.set_cookie("session", kept)
    assert house.client.get("/").status_code == 302
    assert [action for actor, action, _ in actions(house) if actor == "Bo"][-2:] == ["session.open", "session.end"]


def test_signing_out_everywhere_ends_all_browsers_at_once(house: House) -> None:
    user(house)
    browsers = [house.client.application.test_client() for _ in range(3)]
    for browser in browsers:
        sign_in(browser)
    assert browsers[0].get("/account").text.count("since") == 3
    post(browsers[0], "/account/sign-out-everywhere", "/account")
    assert [browser.get("/").status_code for browser in browsers] == [302] * 3


def test_what_an_admin_does_to_an_account_holds_for_open_sessions(house: House) -> None:
    bo = user(house)
    sign_in(house.client)
    change_role(house.services, bo, "admin", "Ann")
    assert house.client.get("/users").status_code == 200
    bo = change_role(house.services, house.store.users.get(bo.id) or bo, "reader", "Ann")
    assert house.client.get("/users").status_code == 403
    sign_out_everywhere(house.services, bo.holder, bo.name, "Ann")
    assert house.client.get("/").status_code == 302
    sign_in(house.client)
    switch(house.services, bo, True, "Ann")
    assert house.client.get("/").status_code == 302


def test_a_link_is_looked_at_freely_and_used_once(house: House) -> None:
    added, secret = invite(house.services, "bo@shop.example", "", "marketer", "Ann")
    link = f"/welcome/{added.id}/{secret}"
    for _ in range(2):
        page = house.client.get(link)
        assert "Choose a password" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert post(house.client, link, link, password=PASSWORD, again="another").status_code == 422
    assert post(house.client, link, link, password="short", again="short").status_code == 422
    assert post(house.client, link, link, password=PASSWORD, again=PASSWORD).location == "/sign-in"
    assert "Your password is kept" in house.client.get("/sign-in").text
    assert house.client.get(link).status_code == 404
    assert house.client.get(f"/welcome/{added.id}/gw_guess").status_code == 404
    assert house.client.get(f"/welcome/nobody/{secret}").status_code == 404
    assert sign_in(house.client).status_code == 302


def test_one_changes_the_password_knowing_the_present_one(house: House) -> None:
    user(house)
    other = house.client.application.test_client()
    sign_in(house.client)
    sign_in(other)
    new = {"password": "another few unrelated words", "again": "another few unrelated words"}
    wrong = post(house.client, "/account/password", "/account", current="wrong", **new)
    assert wrong.status_code == 422
    assert "present password is wrong" in wrong.text
    assert post(house.client, "/account/password", "/account", current=PASSWORD, **new).status_code == 303
    assert house.client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(other).status_code == 401
    assert sign_in(other, password=new["password"]).status_code == 302


def test_a_token_signs_in_and_has_no_password(house: House) -> None:
    client = by_token(house, "marketer")
    assert "signed in by a token" in client.get("/account").text
    assert post(client, "/account/password", "/account", current="x", password="x", again="x").status_code == 403
    assert ("marketer", "session.open", "console") in actions(house)


def test_the_cookie_is_for_this_site_over_http_only(house: House) -> None:
    user(house)
    told = sign_in(house.client).headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told


def test_a_theme_is_kept_and_shown(house: House) -> None:
    client = by_token(house, "reader")
    assert post(client, "/console/theme", "/account", theme="dark", next="/audit").location == "/audit"
    assert re.search(r'<html[^>]* data-bs-theme="dark"', client.get("/").text)
    post(client, "/console/theme", "/account", theme="plaid", next="//evil.example")
    assert re.search(r'<html[^>]* data-bs-theme="dark"', client.get("/").text)


def test_a_person_reads_an_error_as_a_page_and_a_tool_as_a_problem(house: House) -> None:
    client = by_token(house, "reader")
    page = client.get("/users", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert "This needs the role admin" in page.text
    assert client.get("/users").mimetype == "application/problem+json"
    part = client.get("/users", headers={"HX-Request": "true"})
    assert part.text.startswith('<div class="flash flash-error"')


@pytest.mark.parametrize(("hops", "told"), [(0, "127.0.0.1"), (1, "10.1.1.1"), (2, "203.0.113.9")])
def test_the_address_is_the_one_that_a_trusted_router_tells(house: House, hops: int, told: str) -> None:
    settings = replace(house.services.settings, trusted_proxies=hops)
    client = create_app(replace(house.services, settings=settings)).test_client()
    form = {"csrf_token": csrf(client), "token": "gw_wrong"}
    client.post("/sign-in", data=form, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.1.1.1"})
    assert house.store.audit.page(1)[0][0].facts["address"] == told
