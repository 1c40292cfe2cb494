"""What an operator decides by environment variables: read once, in one place, every error told at once.

Called by the commands, which hand the frozen `Settings` on. Nothing else reads the environment.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, cast

from environs import EnvValidationError, FileAwareEnv, validate

from policies.restock import QuietHours

CLOCK_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
HOURS = f"{CLOCK_TIME}-{CLOCK_TIME}"
ABOUT_A_MONTH_S = 31 * 86_400
SECRETS = (
    "secret_key",
    "admin_token",
    "klaviyo_api_key",
    "shopify_access_token",
    "shopify_client_secret",
    "oidc_client_secret",
)


class SettingsError(Exception):
    """Some settings cannot be used. `problems` names each with its reasons; no values, they may be secrets."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        self.problems = problems
        lines = [f"  {name}: {' '.join(reasons)}" for name, reasons in sorted(problems.items())]
        super().__init__("These settings cannot be used:\n" + "\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the gateway. Secrets are left out of `repr`."""

    port: int = 8000
    redis_url: str | None = field(default=None, repr=False)  # may hold a password
    data_dir: Path = Path("data")
    namespace: str = "gateway"
    secret_key: str | None = field(default=None, repr=False)
    admin_token: str | None = field(default=None, repr=False)
    public_url: str | None = None
    policy_file: Path | None = None
    klaviyo_api_key: str | None = field(default=None, repr=False)
    klaviyo_base_url: str | None = None
    klaviyo_catalog: str = "api"  # or "feed": the two exclude each other, so nothing is written then
    klaviyo_unpublish_out: bool = False
    klaviyo_back_in_stock: str = "native"  # Klaviyo's own flow by the catalogue's number; or "waves", told by us
    waves_quiet_hours: QuietHours | None = None  # local, by the policy's time zone
    previous_secret_keys: tuple[str, ...] = field(default=(), repr=False)  # open what older keys sealed
    shopify_shop: str | None = None
    shopify_base_url: str | None = None
    shopify_access_token: str | None = field(default=None, repr=False)
    shopify_client_id: str | None = None
    shopify_client_secret: str | None = field(default=None, repr=False)
    shopify_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    trusted_proxies: int = 0  # routers in front of us: whose address a sign-in comes from
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    sentry_dsn: str | None = field(default=None, repr=False)
    alert_urls: tuple[str, ...] = field(default=(), repr=False)
    guard_interval_s: int = 60
    reconcile_interval_s: int = 900
    catalog_audit_interval_s: int = 86_400

    @classmethod
    def from_environ(cls) -> "Settings":
        """Read the environment, and each NAME from the file that NAME_FILE names. Raises SettingsError."""
        problems: dict[str, list[str]] = {}
        env = FileAwareEnv(eager=False, strip_whitespace=True)
        values = _declare(env)
        problems.update(_unreadable(env))
        _cross_check(values, problems)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @property
    def watch(self) -> bool:
        """Decide and explain only: without a Klaviyo key nothing is sent."""
        return self.klaviyo_api_key is None


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give the environment for a process we start: ours, with `extra` on top."""
    return {**os.environ, **extra}  # noqa: TID251


def _declare(env: FileAwareEnv) -> dict[str, Any]:
    values: dict[str, Any] = {
        "port": _read(env, "int", "PORT", 8000, validate.Range(1, 65_535)),
        "namespace": _read(env, "str", "GATEWAY_NAMESPACE", "gateway", validate.Regexp(r"^[a-z0-9][a-z0-9_-]{0,39}\Z")),
        "trusted_proxies": _read(env, "int", "TRUSTED_PROXIES", 0, validate.Range(0, 9)),
        "data_dir": Path(_text(env, "GATEWAY_DATA_DIR") or "data"),
        "klaviyo_catalog": _read(env, "str", "KLAVIYO_CATALOG", "api", validate.OneOf(("api", "feed"))),
        "klaviyo_unpublish_out": _read(env, "bool", "KLAVIYO_UNPUBLISH_OUT", False, None),
        "klaviyo_back_in_stock": _read(
            env, "str", "KLAVIYO_BACK_IN_STOCK", "native", validate.OneOf(("native", "waves"))
        ),
        "waves_quiet_hours": _hours(_read(env, "str", "WAVES_QUIET_HOURS", "", validate.Regexp(rf"^({HOURS})?\Z"))),
        "previous_secret_keys": _secrets(_read(env, "str", "GATEWAY_PREVIOUS_SECRET_KEYS", None, None)),
        "policy_file": Path(name) if (name := _text(env, "GATEWAY_POLICY_FILE")) else None,
        "shopify_webhook_secrets": _secrets(_read(env, "str", "SHOPIFY_WEBHOOK_SECRETS", None, None)),
        "alert_urls": _addresses(_text(env, "ALERT_URLS") or ""),
    }
    for name in ("GUARD_INTERVAL_S", "RECONCILE_INTERVAL_S", "CATALOG_AUDIT_INTERVAL_S"):
        default = {"GUARD_INTERVAL_S": 60, "RECONCILE_INTERVAL_S": 900, "CATALOG_AUDIT_INTERVAL_S": 86_400}[name]
        values[name.lower()] = _read(env, "int", name, default, validate.Range(1, ABOUT_A_MONTH_S))
    values["public_url"] = _text(env, "GATEWAY_PUBLIC_URL")
    for name in (
        "REDIS_URL",
        "KLAVIYO_BASE_URL",
        "SHOPIFY_SHOP",
        "SHOPIFY_BASE_URL",
        "SHOPIFY_CLIENT_ID",
        "OIDC_ISSUER",
        "OIDC_CLIENT_ID",
        "SENTRY_DSN",
    ):
        values[name.lower()] = _text(env, name)
    for field_name in SECRETS:
        given = _read(env, "str", _variable(field_name), None, None)
        values[field_name] = None if given is None else given.strip()
    return values


def _variable(field_name: str) -> str:
    name = field_name.upper()
    return f"GATEWAY_{name}" if field_name in ("secret_key", "admin_token", "public_url") else name


def _read(env: FileAwareEnv, kind: str, name: str, default: object, check: object) -> Any:
    """Read one value; what cannot be read is collected by `env` until it is sealed."""
    try:
        return getattr(env, kind)(name, default, validate=check)
    except ValueError:  # NAME_FILE cannot be read: environs raises at once
        cast("dict[str, list[str]]", env._errors).setdefault(f"{name}_FILE", []).append("The file cannot be read.")
        return default


def _text(env: FileAwareEnv, name: str) -> str | None:
    return _read(env, "str", name, "", None) or None


def _secrets(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(item.strip() for item in text.split(","))


def _addresses(text: str) -> tuple[str, ...]:
    """Part addresses at blanks and commas; a comma within one, as between recipients, stays."""
    return tuple(re.sub(r",+(?=\s|\Z|[a-z][a-z0-9+.-]*://)", " ", text, flags=re.ASCII | re.IGNORECASE).split())


def _hours(text: str) -> QuietHours | None:
    """Read hours such as `21:00-08:30`; what does not look so is told by the check beside it."""
    if not re.fullmatch(HOURS, text, re.ASCII):
        return None
    begins, ends = map(time.fromisoformat, text.split("-"))
    return QuietHours(begins, ends)


def _unreadable(env: FileAwareEnv) -> dict[str, list[str]]:
    try:
        env.seal()
    except EnvValidationError as error:
        return {name: list(reasons) for name, reasons in cast("dict[str, list[str]]", error.error_messages).items()}
    return {}


def _cross_check(values: Mapping[str, Any], problems: dict[str, list[str]]) -> None:
    def problem(name: str, sentence: str) -> None:
        problems.setdefault(name, []).append(sentence)

    if "" in values["shopify_webhook_secrets"]:
        problem("SHOPIFY_WEBHOOK_SECRETS", "An item is empty: anyone could sign with an empty secret.")
    if "" in values["previous_secret_keys"]:
        problem("GATEWAY_PREVIOUS_SECRET_KEYS", "An item is empty: take it away.")
    if (url := values["redis_url"]) and not url.startswith(("redis://", "rediss://", "unix://")):
        problem("REDIS_URL", "Must begin with redis://, rediss:// or unix://.")
    for name in ("public_url", "klaviyo_base_url", "shopify_base_url", "oidc_issuer", "sentry_dsn"):
        if (url := values[name]) and not url.startswith(("http://", "https://")):
            problem(_variable(name), "Must begin with https:// or http://.")
    for name in SECRETS:
        if values[name] == "":
            problem(_variable(name), "Is set and empty: give it a value, or take it away.")
    _check_shop(values, problem)
    oidc = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
    if any(values[name] for name in oidc) and not all(values[name] for name in oidc):
        problem("OIDC_ISSUER", "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are set together or not at all.")


def _check_shop(values: Mapping[str, Any], problem: Callable[[str, str], None]) -> None:
    if values["shopify_shop"] and not (values["shopify_access_token"] or values["shopify_client_id"]):
        problem("SHOPIFY_SHOP", "Needs SHOPIFY_ACCESS_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET.")
    if bool(values["shopify_client_id"]) != bool(values["shopify_client_secret"]):
        problem("SHOPIFY_CLIENT_ID", "Needs SHOPIFY_CLIENT_SECRET, and the other way round.")
