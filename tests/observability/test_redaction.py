"""Logs and error reports carry ids and reasons, never secrets or people."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
import structlog

from gateway import observability
from gateway.metrics import READINGS, exposition, samples

CANARY = "".join(("can", "ary"))  # in pieces: error reports quote our own source lines
SENTENCE = (
    f"key pk_{CANARY}0123456789, Bearer gw_{CANARY}0123456789, shpat_{CANARY}0123456789 for "
    f"{CANARY}.person@shop.example at /feeds/{CANARY}-feed/catalog.json via redis://:{CANARY}-password@cache:6379"
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    observability.configure_logging("worker", stream=stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def test_a_log_line_is_json_with_its_process_and_the_ids_it_is_about(log: io.StringIO) -> None:
    with observability.about(variant="tee-m"):
        observability.logger("test").info("decided", units=3)
    observability.logger("test").info("later")
    first, second = map(json.loads, log.getvalue().splitlines())
    assert (first["event"], first["variant"], first["units"], first["process"]) == ("decided", "tee-m", 3, "worker")
    assert "variant" not in second


def test_no_log_line_shows_a_planted_secret(log: io.StringIO) -> None:
    secret_by_name = f"{CANARY}-by-name"
    observability.logger("test").warning(
        SENTENCE, admin_token=secret_by_name, nested=[{"Authorization": f"{CANARY}-by-name"}]
    )
    logging.getLogger("library").error("it said %s", SENTENCE)
    try:
        raise ValueError(SENTENCE)
    except ValueError:
        observability.logger("test").exception("failed")
    assert len(log.getvalue().splitlines()) == 3
    assert CANARY not in log.getvalue()


def test_no_error_report_shows_a_planted_secret() -> None:
    sent: list[Any] = []
    observability.init_sentry(
        "http://public@127.0.0.1:9/1",
        "worker",
        before_send=lambda event, hint: sent.append(observability._scrubbed(event, hint)),
        default_integrations=False,
        auto_session_tracking=False,
    )
    try:
        _fail_holding_secrets(f"{CANARY}-local", SENTENCE)
    except ValueError:
        sentry_sdk.add_breadcrumb(message=SENTENCE, data={"api_key": f"{CANARY}-crumb"})
        sentry_sdk.capture_exception()
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
    (event,) = sent
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert CANARY not in json.dumps(event, default=str)


def _fail_holding_secrets(webhook_secret: str, text: str) -> None:
    raise ValueError(text)


def test_samples_of_other_processes_stand_beside_ours_in_the_exposition() -> None:
    READINGS.labels(outcome="accepted").inc(3)
    mine = samples()
    assert mine['gateway_readings_total{outcome="accepted"}'] >= 3
    assert not [name for name in mine if name.startswith("python_")]
    text = exposition({"worker-1": {"gateway_due_depth{}": 7.0}}).decode()
    assert 'gateway_due_depth{process="worker-1"} 7.0' in text
