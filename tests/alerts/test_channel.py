"""A webhook that answers, refuses, hangs, drips, leads elsewhere or is not there: real HTTP."""

import logging
import time
from collections.abc import Iterator
from io import StringIO

import pytest

from integrations.alerts import open_channels
from integrations.errors import PermanentError, TemporaryError
from tests.builders.alert_receiver import Receiver


@pytest.fixture
def our_log() -> Iterator[StringIO]:
    """What reaches the handlers of the root logger, as ours are set up; pytest's own listen everywhere."""
    handler = logging.StreamHandler(StringIO())
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


def test_a_message_arrives_as_it_was_written(receiver: Receiver) -> None:
    (channel,) = open_channels([receiver.url()])
    channel.tell("1 message was held", "Tee <b> & {x} \\n: 1 of 2\nhttps://gateway.example/campaigns")
    (message,) = receiver.at()
    assert message["title"] == "1 message was held"
    assert message["message"] == "Tee <b> & {x} \\n: 1 of 2\nhttps://gateway.example/campaigns"


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302])
def test_what_may_pass_is_temporary(receiver: Receiver, status: int) -> None:
    receiver.answers["hush"] = status
    (channel,) = open_channels([receiver.url("hush")])
    with pytest.raises(TemporaryError, match=rf"^json-\w{{6}} answered {status}\.$") as caught:
        channel.tell("t", "x")
    assert not caught.value.outcome_unknown and len(receiver.came) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_refuses_is_permanent_and_not_shown(receiver: Receiver, status: int) -> None:
    receiver.answers["hush"] = status
    (channel,) = open_channels([receiver.url("hush")])
    with pytest.raises(PermanentError, match=f"answered {status}") as caught:
        channel.tell("t", "x")
    assert "hush" not in str(caught.value) and "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("way", ["hang", "drip"])
def test_one_that_does_not_come_to_an_end_is_left_and_may_have_heard(
    receiver: Receiver, way: str, monkeypatch: pytest.MonkeyPatch, our_log: StringIO
) -> None:
    monkeypatch.setattr("integrations.alerts.channel.WHOLE_S", 1.0)
    receiver.answers["hush"] = way
    (channel,) = open_channels([f"{receiver.url('hush')}?rto=0.5"])
    began = time.monotonic()
    with pytest.raises(TemporaryError, match="No answer") as caught:
        channel.tell("t", "x")
    assert caught.value.outcome_unknown and time.monotonic() - began < 5
    receiver.over.set()
    assert "hush" not in our_log.getvalue() and "127.0.0.1" not in our_log.getvalue()


def test_nobody_there_is_temporary(receiver: Receiver, our_log: StringIO) -> None:
    (channel,) = open_channels(["json://127.0.0.1:1/hush"])
    with pytest.raises(TemporaryError, match="No answer"):
        channel.tell("t", "x")
    assert "hush" not in our_log.getvalue() and "127.0.0.1" not in our_log.getvalue()
