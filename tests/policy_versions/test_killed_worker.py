"""With real processes: a worker killed right after a publication; the next one decides again all that it touches."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.store import Store, open_store
from tests.builders.processes import call, served, until
from tests.builders.store import reading

VARIANTS = [f"v{number}" for number in range(3000)]


@pytest.mark.timeout(120)
def test_a_worker_killed_after_a_publication_loses_nothing(redis_url: str, tmp_path: Path) -> None:
    with served(redis_url, tmp_path) as house:
        store = open_store(redis_url, "gateway")
        at = datetime.now(UTC)
        store.ledger.record([reading(name, "1", source="shopify", observed_at=at) for name in VARIANTS], at=at)
        house.start("worker")
        until(lambda: decided_by(store, 1) == len(VARIANTS), within_s=40)

        current = call(f"{house.web}/api/v1/policy")
        document = current["document"]
        document["rules"][0]["set"]["buffer_units"] = 7
        body = {"document": document, "based_on": current["version"], "note": "A larger buffer."}
        assert call(f"{house.web}/api/v1/policy/versions", body)["version"] == 2
        house.kill("worker")
        house.start("worker")

        until(lambda: decided_by(store, 2) == len(VARIANTS), within_s=60)
        until(lambda: store.redecisions.waiting() == 0, within_s=15)
        assert [entry.target for entry in store.audit.page(10)[0]].count("policy 2") == 1
        store.close()


def decided_by(store: Store, number: int) -> int:
    return int((store.ledger.read(VARIANTS).policies == number).sum())
