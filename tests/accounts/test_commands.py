"""`user add`, `user link` and `token create`, on a real store."""

from typing import Any

import pytest
from click.testing import CliRunner

from gateway.__main__ import commands
from gateway.store import open_store
from tests.builders.people import PASSWORD


@pytest.fixture
def run(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://stock.shop.example/")
    return lambda *words: CliRunner().invoke(commands, words)


def test_a_user_is_added_without_a_password_and_gets_a_link(run: Any, redis_url: str) -> None:
    told = run("user", "add", "ann@shop.example", "--role", "admin")
    assert told.exit_code == 0, told.output
    assert told.output.startswith("https://stock.shop.example/welcome/")
    store = open_store(redis_url, "gateway")
    user = store.users.by_email("ann@shop.example")
    assert user
    assert (user.name, user.role, user.password_hash) == ("ann", "admin", None)
    again = run("user", "link", "ann@shop.example")
    assert again.output != told.output
    assert [entry.actor for entry in store.audit.page(5)[0]] == ["command line"] * 3
    assert PASSWORD not in told.output
    store.close()


@pytest.mark.parametrize(
    "words",
    [("user", "add", "no address", "--role", "admin"), ("user", "link", "nobody@shop.example"),
     ("token", "create", "--role", "source", "--name", "guard"), ("user", "add", "x@shop.example", "--role", "source")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(run: Any, words: tuple[str, ...]) -> None:
    told = run(*words)
    assert told.exit_code in (1, 2)
    assert "Error: " in told.output


def test_a_token_is_made_once_and_the_audit_tells(run: Any, redis_url: str) -> None:
    words = ("token", "create", "--role", "source", "--name", "nightly")
    assert run(*words).output.startswith("gw_")
    assert "already" in run(*words).output
    store = open_store(redis_url, "gateway")
    assert [entry.action for entry in store.audit.page(5)[0]] == ["token.create"]
    store.close()
