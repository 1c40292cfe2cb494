"""What a snapshot must not do: half of one, a false one or an old one changes nothing at all."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.builders.snapshots import AS_OF, body, known, level, send
from tests.builders.web import House, row

BEFORE = "2026-11-23T11:50:00Z"


@pytest.fixture
def stocked(house: House) -> House:
    """A house that knows two levels."""
    house.send(row(observed_at=BEFORE), row(variant="tee-l", observed_at=BEFORE))
    return house


def nothing_happened(house: House) -> bool:
    """Whether the two levels are as they were, no variant came, and nothing is left staged."""
    import redis

    client: Any = redis.Redis.from_url(house.store._connection.url)
    staged = list(client.scan_iter("*snapshot*"))
    client.close()
    levels = known(house, "tee-m", "tee-l", "new")
    return levels == {(v, "wh"): {"available": 14, "on_hand": 17} for v in ("tee-m", "tee-l")} and not staged


WHOLE = body(level("new"), level("tee-m"), level("tee-l"))
CUT_ROWS = b"\n".join(WHOLE.split(b"\n")[:3]) + b"\n"
REFUSED: Mapping[str, tuple[bytes, str]] = {
    "a row fewer than promised": (CUT_ROWS, "promises 3 rows and 2 came"),
    "cut within a row": (WHOLE[:-9], "not those that the manifest's sha256"),
    "cut within a row, unsigned": (body(level("new"), level("tee-m"), signed=False)[:-9], "1 rows cannot be read"),
    "a row more than promised": (WHOLE + json.dumps(level("more")).encode(), "promises 3 rows and 4 came"),
    "only a manifest": (WHOLE.split(b"\n")[0], "promises 3 rows and 0 came"),
    "another digest": (body(level("new"), sha256="0" * 64), "not those that the manifest's sha256"),
    "a row that is no JSON": (body(level("new"), b"{nonsense"), "1 rows cannot be read"),
    "a row without a location": (body(level("new"), {"variant": "x", "quantities": {}}), "1 rows cannot be read"),
    "a row of another source": (body(level("new", source="erp")), "1 rows cannot be read"),
    "a figure in quotes": (body(level("new", quantities={"available": "4"})), "1 rows cannot be read"),
    "no manifest": (json.dumps(level("new")).encode(), "manifest in the first line"),
    "a manifest that is a list": (b"[]\n", "manifest in the first line"),
    "a manifest that is no JSON": (b"source,as_of\n", "no JSON"),
    "an empty body": (b"", "no JSON"),
    "a digest in other words": (body(level("new"), sha256="md5"), "manifest in the first line"),
    "negative rows": (body(rows=-1), "manifest in the first line"),
    "more rows than any may have": (body(rows=10**9), "manifest in the first line"),
    "rows as a text": (body(level("new"), rows="1"), "manifest in the first line"),
    "a time without its offset": (body(level("new"), as_of="2026-11-23T11:55:00"), "manifest in the first line"),
    "a time to come": (body(level("new"), as_of="2026-11-24T00:00:00Z"), "dated ahead"),
    "an unknown key": (body(level("new"), locations=["wh"]), "manifest in the first line"),
    "a line of a megabyte": (body(level("new", "x" * 1_100_000)), "A line may have"),
    "bytes": (bytes(range(256)) * 8, "no JSON"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_whole(stocked: House, name: str) -> None:
    content, told = REFUSED[name]
    answer = send(stocked, content)
    assert answer.status_code in (400, 422), answer.json
    assert told in answer.json["detail"]
    assert nothing_happened(stocked)


def test_problems_are_named_by_row_and_path(stocked: House) -> None:
    answer = send(stocked, body(level(), level(quantities={"avail": 1}), level(colour="red")))
    assert [(one["index"], one["path"]) for one in answer.json["errors"]] == [(1, "quantities.avail"), (2, "colour")]


def test_a_body_shorter_than_it_says_is_refused(stocked: House) -> None:
    content = body(level("new"), signed=False)
    answer = stocked.client.post(
        "/api/v1/snapshots",
        data=content,
        headers=stocked.bearer() | {"Content-Type": "application/x-ndjson"},
        environ_overrides={"CONTENT_LENGTH": str(len(content) + 50)},
    )
    assert answer.status_code == 400
    assert nothing_happened(stocked)


def test_other_media_and_packed_bodies_are_refused(stocked: House) -> None:
    assert send(stocked, WHOLE, **{"Content-Type": "application/json"}).status_code == 415
    assert send(stocked, WHOLE, **{"Content-Encoding": "gzip"}).status_code == 415
    assert nothing_happened(stocked)


def test_an_older_one_than_the_last_is_refused(stocked: House) -> None:
    assert send(stocked, body(level("tee-m"), level("tee-l"))).status_code == 200
    answer = send(stocked, body(level("new"), as_of="2026-11-23T11:54:00Z"))
    assert answer.status_code == 409 and "later time" in answer.json["detail"]
    assert known(stocked, "new") == {}


def test_while_another_of_its_source_is_merged_it_is_asked_to_wait(stocked: House) -> None:
    lease = stocked.store.lease("snapshot:wms")
    assert lease.acquire(blocking=False)
    answer = send(stocked, body(level("new")))
    lease.release()
    assert answer.status_code == 503 and "send this one again" in answer.json["detail"]
    assert nothing_happened(stocked)
    assert send(stocked, body(level("new"))).json["as_of"] == AS_OF
