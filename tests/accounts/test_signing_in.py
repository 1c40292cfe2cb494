"""Signing in by password: what is refused, how often, and what the audit keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from gateway.accounts import passwords, signing_in
from gateway.accounts.people import RefusedError, choose_password, invite, switch
from gateway.store.attempts import Attempts
from gateway.store.audit import Wanted
from gateway.store.users import User
from tests.builders.people import PASSWORD, actions, user
from tests.builders.web import AT, House


def attempt(
    house: House, email: str = "bo@shop.example", password: str = PASSWORD, address: str = "10.0.0.1"
) -> object:
    return signing_in.by_password(house.services, email, password, address)


def test_the_right_password_lets_in_however_the_address_is_written(house: House) -> None:
    bo = user(house)
    found = attempt(house, "  BO@Shop.Example ")
    assert isinstance(found, User)
    assert found.id == bo.id


@pytest.mark.parametrize("email", ["bo@shop.example", "nobody@shop.example", "", "\x00"])
def test_a_wrong_password_and_an_unknown_account_are_refused_alike(house: House, email: str) -> None:
    user(house)
    assert attempt(house, email, "not it at all") == "wrong"


def test_nobody_signs_in_with_the_password_behind_the_constant_hash() -> None:
    assert not passwords.outdated(passwords.NOBODYS_HASH), "it would take another time than a real one"
    assert not passwords.matches(None, PASSWORD)
    kept = passwords.hashed(PASSWORD)
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, PASSWORD + " ")
    assert not passwords.matches("no hash at all", PASSWORD)


def test_invited_and_switched_off_people_are_not_let_in(house: House) -> None:
    user(house, "Cy", password=None)
    assert attempt(house, "cy@shop.example", "") == "wrong"
    bo = user(house)
    switch(house.services, bo, True, "Ann")
    assert attempt(house) == "wrong"
    reasons = [entry.facts["reason"] for entry in house.store.audit.page(5, None, Wanted(action="session"))[0]]
    assert reasons == ["account switched off", "no password chosen yet"]


def test_an_account_is_closed_for_a_while_after_ten_wrong_passwords(house: House) -> None:
    user(house)
    for _ in range(signing_in.TRIES_OF_AN_ACCOUNT):
        assert attempt(house, password="wrong", address="10.0.0.1") == "wrong"
    assert attempt(house, address="10.9.9.9") == "wait", "the right password does not help now"
    attempt(house)
    limited = [entry for entry in house.store.audit.page(50)[0] if entry.facts.get("reason") == "too many attempts"]
    assert len(limited) == 1, "one who hammers does not fill the audit"
    again = Attempts.again_at(AT)
    assert AT < again <= AT + timedelta(minutes=15)
    assert house.store.attempts.count(["account:bo@shop.example"], again) == [1]


def test_the_right_password_forgives_the_wrong_ones(house: House) -> None:
    user(house)
    for _ in range(2):
        for _ in range(signing_in.TRIES_OF_AN_ACCOUNT - 1):
            assert attempt(house, password="wrong") == "wrong"
        assert isinstance(attempt(house), User)


def test_an_address_is_closed_after_many_wrong_passwords_of_anybody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "TRIES_OF_AN_ADDRESS", 3)
    user(house)
    for number in range(3):
        assert attempt(house, f"guess{number}@shop.example") == "wrong"
    assert attempt(house) == "wait"
    assert isinstance(attempt(house, address="10.0.0.2"), User)


def test_tries_made_at_the_same_time_are_all_counted(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: house.store.attempts.count(["account:x"], AT)[0], range(40)))
    assert sorted(told) == list(range(1, 41))


@pytest.mark.parametrize("password", ["short", "a" * 12, "BO@shop.example", "x" * 1001])
def test_a_password_that_is_easy_to_guess_is_not_taken_and_the_link_stays(house: House, password: str) -> None:
    added, secret = invite(house.services, "bo@shop.example", "", "reader", "test")
    link = house.store.users.link(added.id, secret, AT)
    assert link is not None
    with pytest.raises(RefusedError):
        choose_password(house.services, added, link, password)
    assert house.store.users.link(added.id, secret, AT) == link


def test_the_audit_names_everybody_and_keeps_no_secret(house: House, redis_url: str) -> None:
    added, secret = invite(house.services, "bo@shop.example", "Bo", "marketer", "Ann")
    link = house.store.users.link(added.id, secret, AT)
    assert link is not None
    choose_password(house.services, added, link, PASSWORD)
    attempt(house, password="a wrong one")
    assert actions(house) == [
        ("Ann", "user.add", "Bo"),
        ("Ann", "user.link", "Bo"),
        ("Bo", "user.password", "Bo"),
        ("Bo", "session.refused", "console"),
    ]
    import redis

    client = redis.Redis.from_url(redis_url)
    kept = b"".join(client.dump(key) or b"" for key in client.scan_iter())
    for text in (secret, PASSWORD, "a wrong one"):
        assert text.encode() not in kept
    assert "bo@shop.example" not in str(house.store.audit.page(50)[0])
    client.close()


def test_a_hash_of_weaker_settings_is_made_anew_at_the_next_sign_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = user(house)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    found = attempt(house)
    assert isinstance(found, User)
    assert found.password_hash != bo.password_hash
    assert house.store.users.get(bo.id) == found
    assert isinstance(attempt(house), User)
