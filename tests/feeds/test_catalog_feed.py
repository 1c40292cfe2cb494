"""The catalogue feed: what it says, what it never says, and what a change costs."""

import gzip
import xml.etree.ElementTree as ET
from typing import Any

import orjson

from gateway.feeds.layout import CAP_UNITS
from tests.builders.feeds import FeedHouse, stock, stock_many, tee
from tests.builders.web import AT


def by_id(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in items}


def test_it_carries_klaviyos_required_fields_the_promise_and_every_pool(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1, description="A tee."))
    stock(feeds.house, "v1", 4)
    stock(feeds.house, "v1", 2, location="soho")
    feeds.pass_time()
    assert feeds.items() == [
        {
            "id": "v1",
            "title": "Tee 1 / M",
            "link": "https://shop.example/tee",
            "description": "A tee.",
            "image_link": "https://shop.example/1.jpg",
            "price": 19.9,
            "categories": ["tees"],
            "sku": "TEE-1",
            "product_id": "p1",
            "inventory_quantity": 4,
            "inventory_policy": 1,
            "ship_band": "low",
            "ship_units": 4,
            "pickup_band": "low",
            "pickup_units": 2,
            "pickup_locations": "Soho",
        }
    ]


def test_quantities_are_capped_and_hidden_or_unpublished_things_never_appear(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1), tee(2, published=False), tee(3, image_url=None), tee(4))
    stock_many(feeds.house, {f"v{number}": 4321 for number in (1, 2, 3)})
    stock(feeds.house, "v1", 50, location="vault")
    feeds.pass_time()
    items = by_id(feeds.items())
    assert set(items) == {"v1", "v4"}  # v2 is unpublished, v3 has no picture
    assert "inventory_quantity" not in items["v4"]  # never counted: no promise
    assert items["v1"]["inventory_quantity"] == items["v1"]["ship_units"] == CAP_UNITS
    assert items["v1"]["pickup_units"] == 0 and "pickup_locations" not in items["v1"]
    body = feeds.get().get_data()
    assert b"4321" not in body and b"ault" not in body and b"soho" not in body
    assert feeds.house.store.feeds.states()["catalog.json"].left_out == 2


def test_a_promise_that_was_told_stays_while_nothing_is_known(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1))
    stock(feeds.house, "v1", 4)
    feeds.pass_time()
    blind = {"variant": "v1", "location": "wh", "quantities": {"available": None}}
    feeds.house.send({**blind, "observed_at": "2026-11-23T11:59:30Z"})
    feeds.pass_time()
    item = by_id(feeds.items())["v1"]
    assert item["inventory_quantity"] == 4 and item["ship_band"] == "low"


def test_xml_says_the_same_and_is_built_once_somebody_asks(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1, title='Tee <1> & "co"\x0b', collections=["a", "b"]))
    stock(feeds.house, "v1", 4)
    feeds.pass_time()
    assert feeds.get("catalog.xml").status_code == 503
    feeds.pass_time()
    product = ET.fromstring(feeds.get("catalog.xml").get_data())[0]
    assert {part.tag: part.text for part in product} == {
        name: ",".join(value) if isinstance(value, list) else str(value).replace("\x0b", "")
        for name, value in feeds.items()[0].items()
    }
    assert product.findtext("title") == 'Tee <1> & "co" / M'


def test_an_answer_is_gzip_or_identity_and_304_while_nothing_moved(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(*(tee(number) for number in range(200)))
    stock_many(feeds.house, {f"v{number}": number for number in range(200)})
    feeds.pass_time()
    plain, zipped = feeds.get(), feeds.get(**{"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(zipped.get_data()) == plain.get_data()
    assert len(orjson.loads(plain.get_data())) == 200
    assert zipped.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"
    assert int(plain.headers["Content-Length"]) == len(plain.get_data())
    assert plain.headers["ETag"] != zipped.headers["ETag"]
    feeds.pass_time(300)
    for answer, accepted in ((plain, "identity"), (zipped, "gzip")):
        again = feeds.get(**{"If-None-Match": answer.headers["ETag"], "Accept-Encoding": accepted})
        assert again.status_code == 304 and not again.get_data()


def test_a_change_writes_the_parts_it_concerns_and_renews_the_etag(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(*(tee(number) for number in range(500)))
    stock_many(feeds.house, {f"v{number}": 50 for number in range(500)})
    feeds.pass_time()
    parts = feeds.house.store.feed_parts
    before, etag = parts.heads("json", range(64)), feeds.get().headers["ETag"]
    stock(feeds.house, "v77", 3, seconds=10)
    feeds.pass_time()
    after = parts.heads("json", range(64))
    assert sum(before[place] != after[place] for place in after) == 1 < len(after)
    assert feeds.get().headers["ETag"] != etag
    assert by_id(feeds.items())["v77"]["inventory_quantity"] == 3
    assert len(feeds.items()) == 500


def test_new_facts_show_and_a_delisted_variant_goes(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1), tee(2))
    stock_many(feeds.house, {"v1": 7, "v2": 7})
    feeds.pass_time()
    feeds.house.put_catalog(tee(1, title="Renamed"), tee(2, variants=[]))
    feeds.pass_time()
    assert [item["title"] for item in feeds.items()] == ["Renamed / M"]


def test_a_feed_is_never_empty_by_accident(feeds: FeedHouse) -> None:
    feeds.pass_time()
    assert feeds.get().status_code == 503
    feeds.house.put_catalog(tee(1))
    stock(feeds.house, "v1", 4)
    feeds.pass_time()
    good = feeds.get().get_data()
    feeds.house.put_catalog(tee(1, published=False))
    feeds.pass_time()
    assert feeds.get().get_data() == good
    assert int(feeds.get().headers["Age"]) >= 10
    feeds.at = AT.replace(day=24)
    assert feeds.get().status_code == 503


def test_files_of_a_split_catalogue_hold_every_item_once(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(*(tee(number) for number in range(100)))
    stock_many(feeds.house, {f"v{number}": 5 for number in range(100)})
    feeds.pass_time()
    paths = [f"catalog.json?part={part}&of=4" for part in (1, 2, 3, 4)]
    assert [feeds.get(path).status_code for path in paths] == [503] * 4
    feeds.pass_time()
    ids = [item["id"] for path in paths for item in feeds.items(path)]
    assert sorted(ids) == sorted(f"v{number}" for number in range(100))
    for path in ("catalog.json?part=5&of=4", "catalog.json?part=1&of=3", "catalog.json?part=x", "catalog.csv"):
        assert feeds.get(path).status_code == 404


def test_another_policy_writes_every_part_anew(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1))
    stock(feeds.house, "v1", 4)
    feeds.pass_time()
    document = feeds.house.store.policies.current()
    assert document is not None
    changed = {**document.document, "pools": {"ship": document.document["pools"]["ship"]}}
    feeds.house.store.policies.publish(changed, based_on=1, author="a", note="n", at=AT)
    feeds.pass_time()
    assert "pickup_units" not in feeds.items()[0]
