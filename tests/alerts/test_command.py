"""Trying the addresses by hand."""

import pytest
from click.testing import CliRunner

from gateway.commands.alerts import try_alerts
from tests.builders.alert_receiver import Receiver


def tried(monkeypatch: pytest.MonkeyPatch, redis_url: str, addresses: str) -> tuple[int, str]:
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ALERT_URLS", addresses)
    for name in ("KLAVIYO_API_KEY", "SHOPIFY_SHOP"):
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(try_alerts)
    return result.exit_code, result.output


def test_every_address_is_tried_and_named_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, redis_url: str, receiver: Receiver
) -> None:
    receiver.answers["hush"] = 404
    code, said = tried(monkeypatch, redis_url, f"{receiver.url()}, {receiver.url('hush')}")
    assert code == 1 and ": told\n" in said and "answered 404" in said
    assert "hush" not in said and "127.0.0.1" not in said
    assert receiver.titles() == ["The stock-signal gateway can reach you"]


def test_without_addresses_it_says_so(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    code, said = tried(monkeypatch, redis_url, "")
    assert code == 1 and "nobody would be told" in said
