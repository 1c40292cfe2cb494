"""Which addresses staff may be told at, and taking one apart."""

import importlib
from collections.abc import Callable
from typing import Any, Final

import apprise

KINDS: Final = {
    "slack": "slack:NotifySlack",
    "workflows": "workflows:NotifyWorkflows",
    "discord": "discord:NotifyDiscord",
    "gchat": "google_chat:NotifyGoogleChat",
    "mmost": "mattermost:NotifyMattermost",
    "mmosts": "mattermost:NotifyMattermost",
    "rocket": "rocketchat:NotifyRocketChat",
    "rockets": "rocketchat:NotifyRocketChat",
    "webex": "webexteams:NotifyWebexTeams",
    "tgram": "telegram:NotifyTelegram",
    "mailto": "email.base:NotifyEmail",
    "mailtos": "email.base:NotifyEmail",
    "mailgun": "mailgun:NotifyMailgun",
    "sendgrid": "sendgrid:NotifySendGrid",
    "pagerduty": "pagerduty:NotifyPagerDuty",
    "opsgenie": "opsgenie:NotifyOpsgenie",
    "splunk": "splunk:NotifySplunk",
    "pover": "pushover:NotifyPushover",
    "ntfy": "ntfy:NotifyNtfy",
    "ntfys": "ntfy:NotifyNtfy",
    "json": "custom_json:NotifyJSON",
    "jsons": "custom_json:NotifyJSON",
}
"""Chat rooms, mailboxes, pagers and webhooks, by scheme; `workflows` is Microsoft Teams. Of the 255 schemes that are
known to apprise, some run programs, write to this machine or wake devices beside it: what is not here is not loaded."""
NATIVE: Final = ("slack", "workflows", "discord", "gchat")
"""Kinds that may also be given as the https address which the service itself shows."""


class AddressError(Exception):
    """An address cannot be used. The text says which by its place, and shows nothing of it: addresses hold secrets."""


Make = Callable[[apprise.AppriseAsset], Any]


def read_address(address: str, number: int) -> tuple[str, Make]:
    """Return the kind of an address, the `number`th of its list, and how to make its sender. Raises AddressError."""
    scheme = address.partition("://")[0].lower()
    kinds = NATIVE if scheme == "https" else (scheme,) if scheme in KINDS else ()
    for kind in kinds:
        plugin = _plugin(kind)
        told = plugin.parse_native_url(address) if scheme == "https" else plugin.parse_url(_kept_together(address))
        if told:
            return kind, lambda asset: _made(plugin, told, asset, kind, number)  # noqa: B023  (returned at once)
    if not kinds or scheme == "https":
        raise AddressError(f"Address {number} is none of {', '.join(sorted(KINDS))}.")
    raise AddressError(_half(scheme, number))


def _plugin(kind: str) -> Any:
    module, _, name = KINDS[kind].partition(":")
    return getattr(importlib.import_module(f"apprise.plugins.{module}"), name)


def _made(plugin: Any, told: dict[str, Any], asset: apprise.AppriseAsset, kind: str, number: int) -> Any:
    try:
        return plugin(**told, asset=asset)
    except TypeError:  # so plugins say that something is missing; their text may show the rest
        raise AddressError(_half(kind, number)) from None


def _half(kind: str, number: int) -> str:
    return f"Address {number} is no whole {kind} address: something is missing or mistyped."


def _kept_together(address: str) -> str:
    """Write the `#` of a room such that it does not end the address, as apprise itself does."""
    return address.replace("/#", "/%23")
