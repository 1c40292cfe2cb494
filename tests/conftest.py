"""What every test may ask for: a real server, emptied; the vendors' reference files where they are at hand."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.builders.browser import started_chromium
from tests.embedded import serve_embedded

settings.register_profile("dev", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real server for the run: `TEST_REDIS_URL`, else the embedded binary on a socket."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    with serve_embedded(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(server_url: str) -> str:
    """The server's URL, everything in it deleted."""
    import redis

    client = redis.Redis.from_url(server_url)
    client.flushall()
    client.close()
    return server_url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def reference_file() -> Callable[[str], Path]:
    """Find a vendor's reference file, or skip the test where the files are not at hand."""

    def find(name: str) -> Path:
        path = REFERENCE / name
        if not path.exists():
            pytest.skip(f"{name} is not at hand")
        return path

    return find
