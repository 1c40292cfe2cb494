"""Users, their links and their sessions, as the store keeps them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gateway.accounts import people, tokens
from gateway.store.sessions import LASTS
from gateway.store.users import LINK_LASTS, ChangedError, TakenError
from tests.builders.people import PASSWORD, actions, user
from tests.builders.web import AT, House


def test_an_email_and_a_name_belong_to_one_user_or_token(house: House) -> None:
    user(house, "Bo", password=None)
    for email, name in (("BO@shop.example", "Other"), ("other@shop.example", "bO")):
        with pytest.raises(TakenError):
            people.invite(house.services, email, name, "reader", "Ann")
    tokens.create(house.services, "nightly", "source", "Ann")
    with pytest.raises(TakenError):
        people.invite(house.services, "n@shop.example", "Nightly", "reader", "Ann")
    with pytest.raises(TakenError):
        tokens.create(house.services, "BO", "source", "Ann")


@pytest.mark.parametrize(
    ("email", "name", "role"),
    [("no address", "", "reader"), ("a@b", "", "reader"), ("a@b.c", "x" * 61, "reader"), ("a@b.c", "a@b", "reader"),
     ("a@b.c", "guard", "reader"), ("a@b.c", "", "source"), ("a@b.c", "", "")],
)  # fmt: skip
def test_an_invitation_that_cannot_be_meant_is_refused(house: House, email: str, name: str, role: str) -> None:
    with pytest.raises(people.RefusedError):
        people.invite(house.services, email, name, role, "Ann")
    assert house.store.users.all() == ()
    assert actions(house) == []


def test_of_two_who_make_a_token_of_one_name_at_once_one_succeeds(house: House) -> None:
    def make(number: int) -> bool:
        try:
            house.store.accounts.create_token("nightly", "source", AT + timedelta(seconds=number))
        except ValueError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(16))) == 1
    assert [token.name for token in house.store.accounts.tokens()].count("nightly") == 1


def test_a_link_works_once_and_only_the_newest_and_not_for_ever(house: House) -> None:
    added, first = people.invite(house.services, "bo@shop.example", "", "reader", "Ann")
    second = people.new_link(house.services, added, "Ann")
    users = house.store.users
    assert users.link(added.id, first, AT) is None
    assert users.link(added.id, second, AT + LINK_LASTS) is None
    link = users.link(added.id, second, AT)
    assert link is not None
    chosen = people.choose_password(house.services, added, link, PASSWORD)
    assert users.link(added.id, second, AT) is None
    with pytest.raises(ChangedError):
        people.choose_password(house.services, chosen, link, "another few unrelated words")


def test_of_two_who_use_a_link_at_once_one_succeeds(house: House) -> None:
    added, secret = people.invite(house.services, "bo@shop.example", "", "reader", "Ann")
    link = house.store.users.link(added.id, secret, AT)
    assert link is not None

    def choose(number: int) -> bool:
        try:
            house.store.users.change(added, link=link, end_sessions=True, password_hash=f"hash {number}")
        except ChangedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(choose, range(8))) == 1


def test_a_new_password_and_switching_off_end_every_session(house: House) -> None:
    bo, sessions = user(house), house.store.sessions
    opened = [sessions.open(bo.holder, "Firefox", AT) for _ in range(3)]
    assert len(sessions.of(bo.holder, AT)) == 3
    bo = people.change_password(house.services, bo, "another few unrelated words")
    assert [sessions.find(bo.holder, secret, AT) for secret in opened] == [None] * 3
    again = sessions.open(bo.holder, "Firefox", AT)
    people.switch(house.services, bo, True, "Ann")
    assert sessions.find(bo.holder, again, AT) is None
    with pytest.raises(people.RefusedError):
        people.new_link(house.services, house.store.users.get(bo.id) or bo, "Ann")


def test_a_session_belongs_to_one_and_runs_out(house: House) -> None:
    sessions = house.store.sessions
    secret = sessions.open("user:a", "Firefox", AT)
    assert sessions.find("user:a", secret, AT + LASTS - timedelta(seconds=1))
    assert sessions.find("user:a", secret, AT + LASTS) is None
    assert sessions.find("user:b", secret, AT) is None
    assert sessions.of("user:a", AT + LASTS) == ()


def test_nobody_changes_their_own_role_or_switches_themselves_off(house: House) -> None:
    ann = user(house, "Ann", "admin", password=None)
    with pytest.raises(people.RefusedError):
        people.change_role(house.services, ann, "reader", "Ann")
    with pytest.raises(people.RefusedError):
        people.switch(house.services, ann, True, "Ann")
    with pytest.raises(people.RefusedError):
        people.change_role(house.services, ann, "owner", "Bo")


def test_who_changes_what_another_changed_meanwhile_is_told(house: House) -> None:
    bo = user(house, password=None)
    people.change_role(house.services, bo, "reader", "Ann")
    with pytest.raises(ChangedError):
        people.change_role(house.services, bo, "admin", "Zoe")
    assert (house.store.users.get(bo.id) or bo).role == "reader"
