"""A process that looks and tells once, at a time it is given; it may not live to see what became of it."""

import sys
from datetime import datetime

from gateway.alerts.step import tell_staff
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from integrations.alerts import open_channels


def main(redis_url: str, address: str, at: str) -> None:
    store, moment = open_store(redis_url, "t"), datetime.fromisoformat(at)
    services = Services(
        Settings(secret_key="s" * 32),
        store,
        PolicyLibrary(store),
        lambda: moment,
        lambda: 0.0,
        alert_channels=open_channels([address]),
    )
    sys.stdin.readline()
    tell_staff(services, moment)


if __name__ == "__main__":
    main(*sys.argv[1:])
