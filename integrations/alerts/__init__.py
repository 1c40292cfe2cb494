"""Telling staff: chat rooms, mailboxes, pagers and webhooks, by addresses that apprise understands."""

from collections.abc import Sequence

from integrations.alerts.addresses import AddressError
from integrations.alerts.channel import Channel

__all__ = ["AddressError", "Channel", "open_channels"]


def open_channels(addresses: Sequence[str]) -> tuple[Channel, ...]:
    """Open a channel for each address; nothing connects yet. Raises AddressError."""
    return tuple(Channel(address, number) for number, address in enumerate(dict.fromkeys(addresses), start=1))
