"""The page for operators names every setting."""

from dataclasses import fields
from pathlib import Path

from gateway.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
OURS = {"data_dir", "namespace", "secret_key", "previous_secret_keys", "admin_token", "public_url", "policy_file"}


def test_every_setting_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [("GATEWAY_" if field.name in OURS else "") + field.name.upper() for field in fields(Settings)]
    assert [name for name in names if f"`{name}`" not in text] == []
