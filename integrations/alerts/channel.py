"""One address at which staff is told, and what each way to fail means."""

import hashlib
import logging
import re
from typing import Final

import apprise

from integrations.alerts.addresses import read_address
from integrations.errors import PermanentError, TemporaryError

WHOLE_S: Final = 15.0
"""So long a message may take, connection and answer together."""
STATUS: Final = re.compile(r"\berror=(\d{3})\b")
"""Apprise tells the status of a refused request in its log only (2.2.0)."""
NOT_NOW: Final = frozenset({408, 423, 425, 429})


class Channel:
    """Implements `integrations.ports.AlertChannel` for one address."""

    def __init__(self, address: str, number: int) -> None:
        """Read an address, the `number`th of its list. Raises AddressError."""
        _keep_to_ourselves()
        kind, make = read_address(address, number)
        asset = apprise.AppriseAsset(
            app_id="Stock-signal gateway",
            app_desc="Stock-signal gateway",
            async_mode=False,
            secure_logging=True,
            http_redirects=False,
        )
        self.kind, self.name = kind, f"{kind}-{hashlib.sha256(address.encode()).hexdigest()[:6]}"
        self._apprise = apprise.Apprise(asset=asset)
        self._apprise.add(make(asset))

    def tell(self, title: str, text: str) -> None:
        """Send one message and wait for the answer."""
        result = self._apprise.notify(
            body=text,
            title=title,
            body_format=apprise.NotifyFormat.TEXT,  # escaped wherever a service would read more into it
            notify_type=apprise.NotifyType.WARNING,
            timeout=WHOLE_S,
        )
        if result:
            return
        statuses = [int(found[1]) for entry in result.logs() if (found := STATUS.search(str(entry)))]
        if not statuses:
            raise TemporaryError(f"No answer from {self.name}.", outcome_unknown=True)
        said = f"{self.name} answered {statuses[-1]}."
        if 400 <= statuses[-1] < 500 and statuses[-1] not in NOT_NOW:  # noqa: PLR2004  (the client errors of HTTP)
            raise PermanentError(f"{said} Look at its address in ALERT_URLS.")
        raise TemporaryError(said)


def _keep_to_ourselves() -> None:
    """Keep apprise's log out of ours: it names hosts and, of addresses it cannot read, all."""
    logging.getLogger("apprise").propagate = False
