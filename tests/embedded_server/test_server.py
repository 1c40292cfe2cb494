"""The embedded server keeps its data, belongs to one house at a time, and never evicts."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.embedded.server import embedded_server, find_server
from gateway.store import open_store

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_what_was_kept_is_there_after_a_restart_in_a_folder_named_after_the_engine(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as url:
        store = open_store(url, "gateway")
        store.epoch.write("first")
        facts = store.server()
        store.close()
    assert (facts.maxmemory_policy, facts.aof) == ("noeviction", True)
    assert (tmp_path / find_server()[0] / "appendonlydir").is_dir()
    with embedded_server(tmp_path) as url:
        store = open_store(url, "gateway")
        assert store.epoch.read() == "first"
        store.close()


def test_a_folder_named_relative_to_where_we_are_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with embedded_server(Path("data")):
        assert (tmp_path / "data" / find_server()[0] / "server.log").exists()


def test_a_second_house_on_the_same_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with (
        embedded_server(tmp_path),
        pytest.raises(SystemExit, match=r"already runs on .* \(server process \d+\)"),
        embedded_server(tmp_path),
    ):
        pass


def test_a_server_left_behind_by_a_killed_house_still_owns_its_folder(tmp_path: Path) -> None:
    house = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(folder=str(tmp_path))], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert house.stdout is not None
    house.stdout.readline()
    house.kill()
    house.wait()
    house.stdout.close()
    left_behind = int((tmp_path / "lock").read_text())
    try:
        with pytest.raises(SystemExit, match=f"server process {left_behind}"), embedded_server(tmp_path):
            pass
    finally:
        os.kill(left_behind, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while True:
        try:
            with embedded_server(tmp_path):
                return
        except SystemExit:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


HOLD = """
import time
from pathlib import Path
from gateway.embedded.server import embedded_server
with embedded_server(Path({folder!r})):
    print("up", flush=True)
    time.sleep(60)
"""
