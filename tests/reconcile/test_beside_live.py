"""A whole read of a large shop beside live webhooks, and one that is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.store.values import TaskState
from tests.bench.processes import OURS, served
from tests.builders.processes import until
from tests.builders.reconcile import DOMAIN, SECRET, Beside, beside
from tests.reconcile.test_pace import ROOT, large_shop, read_whole, report

IDLE_S = 10.0
Levels = dict[tuple[int, int], tuple[int | None, bool]]


class Live:
    """Webhooks on their way to a web process; their answers' times are known once it is over."""

    def __init__(self, url: str, pair: Beside) -> None:
        items = sorted(pair.shop.variant_of_item)
        run = [sys.executable, "-m", "tests.reconcile.live_process", url, str(items[0]), str(min(len(items), 5_000))]
        self._process = subprocess.Popen(run, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def p99_ms(self) -> float:
        told, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0
        taken = json.loads(told)
        return float(taken[int(len(taken) * 0.99)])


@contextmanager
def web(redis_url: str, folder: Path) -> Iterator[str]:
    environment = {
        "REDIS_URL": redis_url,
        "GATEWAY_NAMESPACE": "t",
        "GATEWAY_SECRET_KEY": "k" * 32,
        "GATEWAY_DATA_DIR": str(folder),
        "SHOPIFY_SHOP": DOMAIN,
        "SHOPIFY_ACCESS_TOKEN": "shpat_simulated",
        "SHOPIFY_WEBHOOK_SECRETS": SECRET,
        "WEB_CONCURRENCY": "1",
    }
    with served(OURS, environment) as one:
        yield one.url


def full_load(pair: Beside) -> TaskState | None:
    return next((state for state in pair.services.store.tasks.all() if state.name == "shopify.full_load"), None)


def killed_in_the_middle(redis_url: str, pair: Beside, levels: int) -> None:
    """Begin a whole read in another process, and end it between any two of its instructions."""
    run = [sys.executable, "-m", "tests.reconcile.reader_process", redis_url, DOMAIN, pair.url]
    reader = subprocess.Popen(run, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def halfway() -> bool:
        state = full_load(pair)
        assert reader.poll() is None, "it ended before it was killed"
        return state is not None and state.total is not None and levels * 0.3 < state.done < levels * 0.9

    until(halfway, within_s=1800, step_s=0.02)
    os.kill(reader.pid, signal.SIGKILL)
    reader.wait()


def changed_everywhere(pair: Beside) -> None:
    with pair.shop.lock:
        for level in pair.shop.levels.values():
            level.quantities["available"] += 1


def mixed(before: Levels, held: Levels, after: Levels) -> bool:
    return held.keys() == before.keys() and all(held[key] in (before[key], after[key]) for key in held)


@pytest.mark.timeout(300)
def test_a_read_that_is_killed_in_the_middle_leaves_only_true_levels_and_the_next_one_succeeds(redis_url: str) -> None:
    with beside(redis_url, large_shop(10_000)) as pair:
        read_whole(redis_url, pair.url)
        before = pair.held()
        changed_everywhere(pair)
        killed_in_the_middle(redis_url, pair, 10_000)
        assert pair.services.store.reconciles.run("shopify") is not None
        assert mixed(before, pair.held(), pair.truth())
        assert len(pair.services.store.reconciles.reports("shopify")) == 1
        read_whole(redis_url, pair.url)
        assert pair.held() == pair.truth()


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("levels", [100_000, 1_000_000])
def test_a_million_levels_are_read_beside_live_webhooks_that_hardly_notice(
    redis_url: str, tmp_path: Path, levels: int
) -> None:
    with beside(redis_url, large_shop(levels)) as pair, web(redis_url, tmp_path) as url:
        live = Live(url, pair)
        time.sleep(IDLE_S)
        idle_ms = live.p99_ms()
        live = Live(url, pair)
        told = read_whole(redis_url, pair.url)
        busy_ms = live.p99_ms()
        load = os.getloadavg()[0]
        report(
            f"{levels} levels beside webhooks of {idle_ms:.1f} ms idle, {busy_ms:.1f} ms busy, load {load:.1f}", told
        )
        assert told["seen"] == levels
        assert told["peak_mib"] < 400
        assert told["seconds"] < 300
        assert busy_ms <= max(2 * idle_ms, 25)
        assert pair.held() == pair.truth()
