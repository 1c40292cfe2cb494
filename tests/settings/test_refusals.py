"""Settings that would leave a door open or a part silently off are refused by name."""

import os

import pytest

from gateway.settings import Settings, SettingsError

SHOP = {"SHOPIFY_SHOP": "harbor-and-pine.myshopify.com"}
OURS = ("GATEWAY_", "SHOPIFY_", "KLAVIYO_", "REDIS_URL", "PORT")
REFUSED = [
    ({"PORT": "eighty"}, "PORT", "Not a valid integer"),
    ({"REDIS_URL": "http://cache"}, "REDIS_URL", "Must begin with"),
    ({"SHOPIFY_WEBHOOK_SECRETS": ""}, "SHOPIFY_WEBHOOK_SECRETS", "An item is empty"),
    ({"SHOPIFY_WEBHOOK_SECRETS": "good,"}, "SHOPIFY_WEBHOOK_SECRETS", "An item is empty"),
    ({"GATEWAY_ADMIN_TOKEN": ""}, "GATEWAY_ADMIN_TOKEN", "Is set and empty"),
    ({"GATEWAY_ADMIN_TOKEN": " \n"}, "GATEWAY_ADMIN_TOKEN", "Is set and empty"),
    ({"GATEWAY_SECRET_KEY": ""}, "GATEWAY_SECRET_KEY", "Is set and empty"),
    ({"KLAVIYO_API_KEY": ""}, "KLAVIYO_API_KEY", "Is set and empty"),
    ({"KLAVIYO_API_KEY_FILE": "/dev/null"}, "KLAVIYO_API_KEY", "Is set and empty"),
    ({"KLAVIYO_API_KEY_FILE": "/nowhere"}, "KLAVIYO_API_KEY_FILE", "cannot be read"),
    (SHOP, "SHOPIFY_SHOP", "Needs SHOPIFY_ACCESS_TOKEN"),
    (SHOP | {"SHOPIFY_ACCESS_TOKEN": ""}, "SHOPIFY_ACCESS_TOKEN", "Is set and empty"),
    (SHOP | {"SHOPIFY_CLIENT_ID": "id"}, "SHOPIFY_CLIENT_ID", "Needs SHOPIFY_CLIENT_SECRET"),
    (SHOP | {"SHOPIFY_CLIENT_ID": "id", "SHOPIFY_CLIENT_SECRET": ""}, "SHOPIFY_CLIENT_SECRET", "Is set and empty"),
]


@pytest.mark.parametrize(("given", "name", "reason"), REFUSED)
def test_a_setting_is_refused(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], name: str, reason: str) -> None:
    for variable in [variable for variable in os.environ if variable.startswith(OURS)]:
        monkeypatch.delenv(variable)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ()
    assert reason in " ".join(caught.value.problems[name])


def test_a_secret_is_kept_without_the_blanks_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_ADMIN_TOKEN", " gw_token\n")
    assert Settings.from_environ().admin_token == "gw_token"


def test_an_identity_provider_is_set_up_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://login.shop.example")
    monkeypatch.setenv("OIDC_CLIENT_ID", "gateway")
    with pytest.raises(SettingsError, match="set together or not at all"):
        Settings.from_environ()
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "hush")
    settings = Settings.from_environ()
    assert settings.oidc_issuer == "https://login.shop.example"
    assert "hush" not in repr(settings)
