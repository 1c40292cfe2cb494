"""Settings: one reading, every error at once, no secret shown."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsError

SECRETS = (
    "KLAVIYO_API_KEY",
    "SHOPIFY_ACCESS_TOKEN",
    "GATEWAY_SECRET_KEY",
    "GATEWAY_ADMIN_TOKEN",
    "SHOPIFY_WEBHOOK_SECRETS",
)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRETS, "PORT", "REDIS_URL", "GATEWAY_NAMESPACE", "GATEWAY_POLICY_FILE", "SENTRY_DSN"):
        monkeypatch.delenv(name, raising=False)


def test_an_empty_environment_gives_the_defaults_and_only_watches() -> None:
    settings = Settings.from_environ()
    assert (settings.port, settings.guard_interval_s, settings.reconcile_interval_s) == (8000, 60, 900)
    assert settings.catalog_audit_interval_s == 86_400
    assert settings.redis_url is None
    assert settings.watch


def test_every_error_is_told_at_once_and_no_value_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("GUARD_INTERVAL_S", "0")
    monkeypatch.setenv("REDIS_URL", "http://user:hunter2@cache")
    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRETS", "good,,other")
    monkeypatch.setenv("KLAVIYO_API_KEY_FILE", "/nowhere/at/all")
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ()
    named = set(caught.value.problems)
    assert named == {"PORT", "GUARD_INTERVAL_S", "REDIS_URL", "SHOPIFY_WEBHOOK_SECRETS", "KLAVIYO_API_KEY_FILE"}
    assert "hunter2" not in str(caught.value)
    assert "good" not in str(caught.value)


@pytest.mark.parametrize("text", [",", "a,", " , a", "a, ,b"])
def test_an_empty_webhook_secret_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRETS", text)
    with pytest.raises(SettingsError, match="empty secret"):
        Settings.from_environ()


def test_webhook_secrets_are_a_list_for_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRETS", "new, old")
    assert Settings.from_environ().shopify_webhook_secrets == ("new", "old")


def test_a_secret_is_read_from_the_file_that_name_file_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("pk_from_a_file\n")
    monkeypatch.setenv("KLAVIYO_API_KEY_FILE", str(secret))
    assert Settings.from_environ().klaviyo_api_key == "pk_from_a_file"


def test_repr_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, f"canary-{name}")
    monkeypatch.setenv("REDIS_URL", "redis://:canary-password@cache:6379/0")
    assert "canary" not in repr(Settings.from_environ())
