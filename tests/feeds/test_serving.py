"""Who may fetch, what a request costs, and what is served while something is wrong."""

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.feeds.keeper import FeedKeeper
from gateway.feeds.serving import FeedServer
from gateway.redaction import redact_text
from gateway.store import StoreUnavailable, open_store
from gateway.store.store import Store
from gateway.web import create_app
from tests.builders.feeds import FeedHouse, stock, stock_many, tee


def filled(feeds: FeedHouse, count: int = 30) -> FeedHouse:
    feeds.house.put_catalog(*(tee(number) for number in range(count)))
    stock_many(feeds.house, {f"v{number}": 20 for number in range(count)})
    feeds.house.store.feeds.put_web("best", {"bands": ["healthy"]})
    feeds.pass_time()
    return feeds


def calls_of(store: Store) -> list[Any]:
    """Record every call to the server from now on."""
    calls: list[Any] = []
    connection: Any = store._connection

    def recorded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append((name, arguments))
            return real(*arguments, **options)

        return call

    for name in ("command", "many", "scripts"):
        setattr(connection, name, recorded(name, getattr(connection, name)))
    return calls


def test_a_request_costs_one_round_trip_of_three_look_ups(feeds: FeedHouse) -> None:
    filled(feeds)
    calls = calls_of(feeds.house.store)
    for path in ("catalog.json", "web/best.json"):
        assert feeds.get(path).status_code == 200
    assert [name for name, _ in calls] == ["many", "many"]
    assert all([command[0] for command in arguments[0]] == ["HGET", "HGET", "GET"] for _, arguments in calls)


def test_a_wrong_token_and_an_unknown_feed_look_the_same(feeds: FeedHouse) -> None:
    filled(feeds)
    wrong = feeds.house.client.get("/feeds/gw_feed_wrong/catalog.json")
    unknown = feeds.get("web/nothing.json")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.get_json() == unknown.get_json()


def test_a_renewed_token_overlaps_with_its_predecessor_and_a_revoked_one_ends(feeds: FeedHouse) -> None:
    filled(feeds)
    admin, client = feeds.house.bearer("admin"), feeds.house.client
    answer = client.post("/api/v1/feeds/tokens/klaviyo/rotate", json={"overlap_hours": 2}, headers=admin)
    assert answer.status_code == 201
    renewed = answer.get_json()["token"]

    def statuses() -> list[int]:
        return [
            client.get(f"/feeds/{token}/catalog.json", buffered=True).status_code for token in (feeds.token, renewed)
        ]

    assert statuses() == [200, 200]
    feeds.at += timedelta(hours=2)
    assert statuses() == [404, 200]
    assert client.delete("/api/v1/feeds/tokens/klaviyo", headers=admin).status_code == 200
    assert statuses() == [404, 404]
    assert client.post("/api/v1/feeds/tokens/klaviyo/rotate", json={}, headers=admin).status_code == 404


def test_a_token_is_stored_hashed_shown_once_and_redacted(feeds: FeedHouse) -> None:
    headers, client = feeds.house.bearer("marketer"), feeds.house.client
    made = client.post("/api/v1/feeds/tokens", json={"name": "other"}, headers=headers)
    secret = made.get_json()["token"]
    filled(feeds)
    listed = client.get("/api/v1/feeds/tokens", headers=headers).get_data()
    keys: Any = feeds.house.store._connection.command("KEYS", "*")
    stored = b"".join(feeds.house.store._connection.command("DUMP", key) for key in keys)
    on_disk = b"".join(path.read_bytes() for path in feeds.data_dir.rglob("*") if path.is_file())
    assert secret.encode() not in listed + stored + on_disk
    assert secret not in redact_text(f"GET /feeds/{secret}/catalog.json failed; token {secret}")
    again = client.post("/api/v1/feeds/tokens", json={"name": "other"}, headers=headers)
    assert again.status_code == 409
    for role in ("reader", "source"):
        assert (
            client.post("/api/v1/feeds/tokens", json={"name": "x"}, headers=feeds.house.bearer(role)).status_code == 403
        )


@pytest.fixture
def away(feeds: FeedHouse) -> Iterator[FeedHouse]:
    """A filled house whose store does not answer."""
    filled(feeds)
    connection: Any = feeds.house.store._connection

    def refuse(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("away")

    for name in ("command", "many", "scripts"):
        setattr(connection, name, refuse)
    yield feeds
    for name in ("command", "many", "scripts"):
        delattr(connection, name)


def test_the_last_good_copy_is_served_with_its_age_and_not_for_ever(away: FeedHouse) -> None:
    for minutes, web, catalog in ((50, 200, 200), (20, 503, 200), (6 * 60, 503, 503)):
        away.at += timedelta(minutes=minutes)
        assert (away.get("web/best.json").status_code, away.get().status_code) == (web, catalog)
        if web == 200:
            assert away.get("web/best.json").headers["Age"] == str(minutes * 60)
    assert away.get().headers["Retry-After"]
    assert away.house.client.get("/feeds/gw_feed_wrong/catalog.json").status_code == 404


def test_an_emptied_store_leaves_the_feeds_as_they_are(feeds: FeedHouse) -> None:
    filled(feeds)
    good = feeds.get().get_data()
    feeds.house.store._connection.command("FLUSHALL")
    assert feeds.get().get_data() == good
    with pytest.raises(StoreUnavailable):
        feeds.pass_time()
    feeds.house.store.epoch.write("second")
    with pytest.raises(StoreUnavailable):
        feeds.pass_time()
    assert feeds.get().get_data() == good


def test_decisions_that_are_late_make_a_feed_old(feeds: FeedHouse) -> None:
    filled(feeds)
    feeds.house.store.due.mark(["v1"], feeds.at)
    feeds.at += timedelta(minutes=30)
    feeds.keeper.step(feeds.at)
    assert int(feeds.get().headers["Age"]) == 30 * 60
    feeds.at += timedelta(minutes=31)
    feeds.keeper.step(feeds.at)
    assert feeds.get("web/best.json").status_code == 503


def test_a_host_that_built_nothing_makes_itself_the_same_files(
    feeds: FeedHouse, redis_url: str, tmp_path: Path
) -> None:
    filled(feeds, 300)
    store = open_store(redis_url, "t")
    settings = replace(feeds.house.services.settings, data_dir=tmp_path / "elsewhere")
    services = replace(feeds.house.services, settings=settings, store=store)
    client = create_app(services).test_client()
    for change in (None, 7, 9):
        if change is not None:
            stock(feeds.house, f"v{change}", 3, seconds=change)
            feeds.pass_time()
        for path in ("catalog.json", "web/best.json"):
            there = client.get(f"/feeds/{feeds.token}/{path}", headers={"Accept-Encoding": "gzip"}, buffered=True)
            here = feeds.get(path, **{"Accept-Encoding": "gzip"})
            assert there.get_data() == here.get_data() and there.headers["ETag"] == here.headers["ETag"]
            assert len(orjson.loads(gzip.decompress(there.get_data()))) > 0
    store.close()


def test_readers_get_whole_files_while_they_are_swapped(feeds: FeedHouse) -> None:
    filled(feeds)
    server, stop, wrong = FeedServer(feeds.house.services), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            copy = server._copies.current("catalog.json")
            try:
                raw = copy.path.read_bytes() if copy else b""
            except FileNotFoundError:
                continue  # swapped this moment: the next look finds the new one
            if len(orjson.loads(gzip.decompress(raw))) != 30:
                wrong.append(raw)

    reader = threading.Thread(target=read)
    reader.start()
    for change in range(20):
        stock(feeds.house, "v1", change + 1, seconds=change)
        feeds.pass_time()
    stop.set()
    reader.join()
    assert not wrong


def test_a_paused_builder_does_not_undo_its_successors_work(feeds: FeedHouse) -> None:
    filled(feeds)
    parts = feeds.house.store.feed_parts
    old = {
        place: (head, parts.bodies("json", [place])[0] or b"") for place, head in parts.heads("json", range(64)).items()
    }
    stock(feeds.house, "v1", 3, seconds=5)
    feeds.pass_time()
    new = parts.heads("json", range(64))
    parts.put("json", [(place, head, body) for place, (head, body) in old.items()])
    assert parts.heads("json", range(64)) == new != {place: head for place, (head, _) in old.items()}


def test_of_several_keepers_one_leads_and_another_takes_over(feeds: FeedHouse) -> None:
    filled(feeds)
    other = FeedKeeper(feeds.house.services, "first")
    stock(feeds.house, "v1", 3, seconds=5)
    assert other.step(feeds.at) == 0
    feeds.keeper._lease.release()
    feeds.keeper = other
    feeds.pass_time()
    assert {item["id"]: item for item in feeds.items()}["v1"]["inventory_quantity"] == 3
