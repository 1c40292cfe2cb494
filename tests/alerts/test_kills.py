"""A process that dies between telling and noting it: told again at most once, and never lost."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from gateway.pipeline.destinations import ALERTS
from tests.alerts.conftest import AlertHouse

ROOT = Path(__file__).resolve().parents[2]


def process(house: AlertHouse, redis_url: str, **later: float) -> int:
    """Let another process look and tell, so much later; return how it ended."""
    house.house.clock.forward(**later)
    arguments = [redis_url, house.receiver.url(), house.house.clock.at.isoformat()]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.alerts.teller_process", *arguments], cwd=ROOT, stdin=subprocess.PIPE
    ) as teller:
        house.receiver.victim = teller.pid
        teller.communicate(b"\n", timeout=30)
        return teller.returncode


def test_killed_between_telling_and_noting_it_is_told_once_more(house: AlertHouse, redis_url: str) -> None:
    house.campaigns(1)
    house.house.stock(tee_m=0, tee_l=0)
    house.house.turn()
    house.receiver.answers = {"room": "kill"}
    assert process(house, redis_url, seconds=1) == -9
    assert house.receiver.titles() == ["1 message was held"]
    house.receiver.answers = {}
    assert process(house, redis_url, seconds=30) == 0
    assert len(house.receiver.came) == 1  # the dead one's lease still stands: it may be at it yet
    assert process(house, redis_url, seconds=31) == 0
    first, again = (message["message"] for message in house.receiver.at())
    assert again == f"{first}\n\nThis may have reached you before."
    for _ in range(3):
        assert house.tell(minutes=5) == []
    assert house.store.outbox.depth(ALERTS, house.house.clock.at + timedelta(days=1)).waiting == 0


def test_what_is_over_when_the_next_one_looks_is_not_told_late_and_the_next_time_is(
    house: AlertHouse, redis_url: str
) -> None:
    house.campaigns(1)
    house.house.stock(tee_m=0, tee_l=0)
    house.house.turn()
    house.receiver.answers = {"room": "kill"}
    process(house, redis_url, seconds=1)
    house.house.stock(tee_m=50, tee_l=50)
    house.house.turn()
    house.receiver.answers = {}
    assert house.tell(minutes=2) == []
    house.house.clock.forward(hours=1)  # the cap forgets what it counted
    house.house.stock(tee_m=0, tee_l=0)
    house.house.turn()
    (text,) = house.tell()
    assert text.startswith("1 message was held") and "before." not in text
