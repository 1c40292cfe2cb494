"""A process whose settings cannot be used says so in a sentence and does not start."""

import pytest

from tests.builders.processes import refusal

REDIS = {"REDIS_URL": "unix:///nowhere/redis.sock"}
REFUSED = [
    ("web", {}, "Set REDIS_URL"),
    ("web", REDIS | {"SHOPIFY_WEBHOOK_SECRETS": ""}, "SHOPIFY_WEBHOOK_SECRETS: An item is empty"),
    ("web", REDIS | {"GATEWAY_ADMIN_TOKEN": " "}, "GATEWAY_ADMIN_TOKEN: Is set and empty"),
    ("worker", REDIS | {"SHOPIFY_SHOP": "harbor-and-pine.myshopify.com"}, "SHOPIFY_SHOP: Needs SHOPIFY_ACCESS_TOKEN"),
    ("clock", {"REDIS_URL": "http://cache"}, "REDIS_URL: Must begin with"),
    ("release", REDIS | {"KLAVIYO_API_KEY": ""}, "KLAVIYO_API_KEY: Is set and empty"),
]


@pytest.mark.parametrize(("process", "settings", "sentence"), REFUSED)
def test_a_process_refuses_to_start(process: str, settings: dict[str, str], sentence: str) -> None:
    code, said = refusal(process, settings)
    assert code == 1
    assert sentence in said
    assert "Traceback" not in said
