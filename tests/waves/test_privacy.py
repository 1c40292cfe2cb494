"""Planted people appear in no log, metric, error, key, audit entry, URL or plain value; and erasing leaves no trace."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from gateway import observability
from gateway.metrics import exposition
from tests.builders.waves import TEE, Waiting

WHO = "".join(("can", "ary"))  # in pieces: tracebacks quote our own source lines
EMAIL, PHONE = f"{WHO}.person@shop.example", "+14155550987"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    observability.configure_logging("worker", stream=stream, level=logging.DEBUG)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def everything(waiting: Waiting) -> dict[str, Any]:
    """All that the server holds, by key."""
    client = waiting.store._connection.client
    readers: dict[bytes, Any] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"list": lambda key: client.lrange(key, 0, -1),
        b"stream": client.xrange,
    }
    keys: Any = client.keys()
    return {key.decode(): readers[client.type(key)](key) for key in keys}  # type: ignore[index]


def said(text: str) -> bool:
    return WHO in text.lower() or PHONE[1:] in text


def test_planted_people_show_nowhere(waiting: Waiting, log: io.StringIO) -> None:
    assert waiting.join(EMAIL).status_code == 200
    assert waiting.join(PHONE).status_code == 200
    answers = [
        waiting.join(EMAIL),
        waiting.join(f"{EMAIL} {EMAIL}"),
        waiting.join(EMAIL, variant="none"),
        waiting.join(EMAIL, extra=EMAIL),
        waiting.join(EMAIL, phone=PHONE),
        waiting.join(EMAIL, channels=[EMAIL]),
        waiting.join(EMAIL, shopper_address=EMAIL),
    ]
    waiting.shop.order(refuse_people=[EMAIL], lose_answers=1)
    waiting.has(5)
    answers.append(waiting.join(EMAIL))
    waiting.works()
    waiting.passes(minutes=1)
    waiting.works()
    assert waiting.told() == [PHONE]
    pages = ("restocks", "doubts", "audit", "outbox", f"variants/{TEE}/history")
    reader = waiting.house.bearer("reader")
    answers += [waiting.house.client.get(f"/api/v1/{page}", headers=reader) for page in pages]
    answers.append(waiting.house.client.get("/metrics"))
    answers.append(
        waiting.house.client.get(f"/api/v1/restocks/1.{TEE}/waves", headers=waiting.house.bearer("marketer"))
    )
    assert [answer.status_code for answer in answers[:8]] == [200, 422, 404, 422, 422, 422, 422, 409]
    for answer in answers:
        assert not said(answer.text), answer.text
    assert not said(log.getvalue())
    assert not said(exposition({}).decode())
    assert not said(str(everything(waiting)))


def test_erasing_leaves_no_trace(waiting: Waiting) -> None:
    waiting.join("other@shop.example")
    before = everything(waiting)
    waiting.join(EMAIL)
    assert str(everything(waiting)) != str(before)
    assert erase(waiting, email=EMAIL.upper()).json == {"erased_from": 1}
    after = everything(waiting)
    for key in before.keys() | after.keys():
        if ":audit" not in key and not key.endswith("waitlist:due"):
            assert after.get(key) == before.get(key), key
    (entry, *_) = waiting.store.audit.page(1)[0]
    assert (entry.action, entry.target, entry.facts) == ("waitlist.erased", "one person", {"variants": 1})


def test_one_who_was_told_is_erased_too(waiting: Waiting) -> None:
    waiting.join(EMAIL)
    waiting.has(5)
    waiting.works()
    assert waiting.store.waitlist.told(TEE)
    assert erase(waiting, email=EMAIL).json == {"erased_from": 1}
    assert not waiting.store.waitlist.told(TEE)
    assert waiting.view("admin")["people"] == []


def test_one_who_is_erased_while_a_wave_goes_is_not_told(waiting: Waiting) -> None:
    waiting.join(EMAIL)
    waiting.has(5)
    waiting.works(1)  # the wave is meant
    erase(waiting, email=EMAIL)
    waiting.works()
    assert waiting.told() == []
    assert not waiting.store.waitlist.told(TEE)


def test_one_who_is_erased_while_klaviyo_answers_leaves_no_trace_either(waiting: Waiting) -> None:
    real = waiting.services.messenger
    assert real is not None

    class Interrupted:
        def tell_many(self, alerts: Any) -> None:
            real.tell_many(alerts)
            erase(waiting, email=EMAIL)

    waiting.join(EMAIL, "other@shop.example")
    waiting._use(replace(waiting.services, messenger=Interrupted()))  # type: ignore[arg-type]
    waiting.has(5)
    waiting.works()
    assert len(waiting.told()) == 2
    assert [len(waiting.store.waitlist.told(TEE)), waiting.store.waitlist.waiting(TEE)] == [1, 0]


@pytest.mark.parametrize("role", ["reader", "source"])
def test_only_marketers_erase(waiting: Waiting, role: str) -> None:
    assert erase(waiting, role, email=EMAIL).status_code == 403


def erase(waiting: Waiting, role: str = "marketer", **contact: str) -> Any:
    headers = {**waiting.house.bearer(role), "Content-Type": "application/json"}
    return waiting.house.client.delete("/api/v1/waitlist", data=json.dumps(contact), headers=headers)
