"""Where a benchmark runs: the embedded server as the product starts it, and houses opened on it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import redis

from gateway import clock
from gateway.documents import read_document, to_json
from gateway.embedded.server import embedded_server
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store

DEFAULT_POLICY = Path("config/policies/default.toml")


@dataclass(frozen=True, slots=True)
class Ground:
    """One server for one benchmark: AOF with everysec, on a socket, empty at first."""

    url: str
    folder: Path
    long: bool = False
    namespace: str = "bench"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a process of this house."""
        return {
            "REDIS_URL": self.url,
            "GATEWAY_NAMESPACE": self.namespace,
            "GATEWAY_SECRET_KEY": "k" * 32,
            "GATEWAY_DATA_DIR": str(self.folder),
        }

    def release(self) -> None:
        """Let processes trust the server, as `gateway release` does."""
        services = self.services()
        services.store.epoch.write("bench")
        services.store.close()

    @property
    def client(self) -> redis.Redis:
        """A plain client, for what the references do."""
        return redis.Redis.from_url(self.url)

    def services(self, namespace: str | None = None, **changes: Any) -> Services:
        """Open a house of our own on the server, as a worker would."""
        namespace = namespace or self.namespace
        store = open_store(self.url, namespace, timeout_s=30.0)
        opened = Services(
            Settings(namespace=namespace), store, PolicyLibrary(store), now=clock.now, elapsed=clock.elapsed
        )
        return replace(opened, **changes)


@contextmanager
def fresh_ground(*, long: bool = False, copy_of: Path | None = None) -> Iterator[Ground]:
    """Start a server on an empty folder, or on a copy of one that a server was stopped on; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if copy_of is not None:
            shutil.copytree(copy_of, folder, dirs_exist_ok=True)
        with embedded_server(Path(folder)) as url:
            yield Ground(url, Path(folder), long)


def default_policy(locations: int, **changes: Any) -> dict[str, Any]:
    """The policy a new house starts with, every location of the benchmark's shop being a warehouse that counts."""
    document = to_json(read_document(DEFAULT_POLICY))
    place = document["locations"]["main"]
    return {**document, "locations": {location_name(n): {**place, "label": f"Place {n}"} for n in range(locations)}} | (
        changes
    )


def location_name(number: int) -> str:
    """Name a location as Shopify would."""
    return str(60_000_000_000 + number)


def publish(services: Services, document: dict[str, Any], at: datetime) -> None:
    """Put a policy in force over whatever is in force."""
    number = services.store.policies.current_number() or None
    services.store.policies.publish(document, based_on=number, author="bench", note="", at=at)
