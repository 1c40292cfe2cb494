"""A process that keeps the feeds of a house until it is killed: `python -m tests.feeds.builder_process URL FOLDER`."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from gateway.feeds.keeper import FeedKeeper
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store


def main(url: str, folder: str) -> None:
    store = open_store(url, "t")
    settings = Settings(data_dir=Path(folder))
    services = Services(settings, store, PolicyLibrary(store), now=lambda: datetime.now(UTC), elapsed=time.monotonic)
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    while True:
        keeper = FeedKeeper(services, "first")
        store._connection.command("DEL", "{t}:lease:feeds")
        keeper.step(datetime.now(UTC))


if __name__ == "__main__":
    main(*sys.argv[1:])
