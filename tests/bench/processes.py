"""Real processes: gunicorn as the product starts it, waited for until it answers, and stopped."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.embedded.house import free_port

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "config/gunicorn.conf.py"
ANSWERS_WITHIN_S = 30.0
OURS = "gateway.web:create_app()"


@dataclass(frozen=True, slots=True)
class Served:
    """A web server of ours or of a reference, and how long it took to its first answer."""

    url: str
    pid: int
    first_answer_s: float


@contextmanager
def served(application: str, environment: dict[str, str], *, probe: str = "/livez") -> Iterator[Served]:
    """Serve a WSGI application under the product's gunicorn configuration until the block ends."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", CONFIG, "--log-level", "warning", application],
        env={**os.environ, **environment, "PORT": str(port), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url + probe, process)
        yield Served(url, process.pid, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker process until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", "gateway", "worker"], env={**os.environ, **environment}, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + ANSWERS_WITHIN_S
    while process.poll() is None and time.perf_counter() < deadline:
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.002)
    raise RuntimeError(f"{url} does not answer (exit code {process.poll()}).")


def descendants(pid: int) -> list[int]:
    """Return a process and all that it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds, as the kernel counts it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"Process {pid} is gone.")
