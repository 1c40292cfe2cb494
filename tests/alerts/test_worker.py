"""A worker as it is started tells staff, and says nothing of the address anywhere."""

import os
import signal
import subprocess
from pathlib import Path

from gateway.store import open_store
from tests.builders.alert_receiver import Receiver
from tests.builders.klaviyo_campaigns import START
from tests.builders.processes import OURS, ROOT, command, until


def test_a_worker_tells_what_needs_a_person_and_keeps_its_addresses_to_itself(
    redis_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    store = open_store(redis_url, "gateway")
    store.epoch.write("first")
    store.doubts.raise_("held_back", "wms", "wms would move 40 variants; 10 are allowed.", {}, START)
    receiver.answers["hush"] = 500
    environment = {key: value for key, value in os.environ.items() if not key.startswith((*OURS, "ALERT_"))}
    environment |= {
        "REDIS_URL": redis_url,
        "GATEWAY_DATA_DIR": str(tmp_path),
        "GATEWAY_PUBLIC_URL": "https://gateway.shop.example/",
        "ALERT_URLS": f"{receiver.url()}, {receiver.url('hush')}",
    }
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(command("worker"), env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            until(lambda: receiver.at() and len(receiver.at("hush")) > 1, within_s=60)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=30) == 0
            store.close()
    (message,) = receiver.at()
    assert message["title"] == "1 source is held back"
    assert message["message"].splitlines() == [
        "1 source is held back",
        "- wms would move 40 variants; 10 are allowed.",
        "  If nobody answers: They keep their last value, right or wrong.",
        "https://gateway.shop.example/doubts",
    ]
    said = (tmp_path / "log").read_text("utf-8")
    assert "staff not told yet" in said and "answered 500" in said
    assert "hush" not in said and str(receiver.port) not in said
