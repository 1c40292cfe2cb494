"""Web feeds: what a definition lists, in which order, and what happens when nothing is left."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.feeds import selection
from tests.builders.feeds import FeedHouse, stock, stock_many, tee
from tests.builders.web import product


def define(feeds: FeedHouse, name: str = "some", **definition: Any) -> Any:
    headers = feeds.house.bearer("marketer")
    return feeds.house.client.put(f"/api/v1/feeds/web/{name}", json=definition, headers=headers)


def listed(feeds: FeedHouse, name: str = "some") -> list[str]:
    return [item["variant"] for item in feeds.items(f"web/{name}.json")["items"]]


def test_presets_list_what_their_names_say(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(*(tee(number) for number in (1, 2, 3)))
    stock_many(feeds.house, {"v1": 50, "v2": 2, "v3": 0})
    stock_many(feeds.house, {"v2": 1, "v3": 4}, location="soho")
    assert define(feeds, "best", preset="safe_best_sellers").status_code == 200
    define(feeds, "last", preset="last_pieces")
    define(feeds, "soho", preset="pickup_at_store", pickup_location="soho", fields=["variant", "pickup_locations"])
    define(feeds, "vault", preset="pickup_at_store", pickup_location="vault", may_be_empty=True)
    feeds.pass_time()
    assert (listed(feeds, "best"), listed(feeds, "last")) == (["v1"], ["v2"])
    assert feeds.items("web/soho.json")["items"] == [
        {"variant": "v3", "pickup_locations": ["Soho"]},
        {"variant": "v2", "pickup_locations": ["Soho"]},
    ]
    assert listed(feeds, "vault") == []


def test_filters_sort_limit_and_fields_do_what_they_say(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(
        tee(1, tags=["Summer"], vendor="Acme"), tee(2, tags=["summer"], vendor="Bolt"), tee(3, vendor="acme ")
    )
    stock_many(feeds.house, {"v1": 20, "v2": 30, "v3": 40})
    define(feeds, "tagged", tags=["SUMMER"], sort="units_desc", fields=["variant", "units"])
    define(feeds, "vendor", vendors=["ACME"], sort="units_asc")
    define(feeds, "short", limit=1, sort="units_desc")
    define(feeds, "other", collections=["none such"])
    feeds.pass_time()
    assert feeds.items("web/tagged.json")["items"] == [{"variant": "v2", "units": 30}, {"variant": "v1", "units": 20}]
    assert (listed(feeds, "vendor"), listed(feeds, "short")) == (["v1", "v3"], ["v3"])
    assert feeds.get("web/other.json").status_code == 503


def test_of_a_product_the_best_variant_is_listed_unless_all_are_wanted(feeds: FeedHouse) -> None:
    variants = [{"id": name, "sku": name, "title": name, "tracked": True} for name in ("s", "m", "l")]
    feeds.house.put_catalog(product(variants=variants))
    stock_many(feeds.house, {"s": 20, "m": 40, "l": 30})
    define(feeds, "one", sort="units_desc")
    define(feeds, "all", sort="units_desc", one_per_product=False)
    feeds.pass_time()
    assert (listed(feeds, "one"), listed(feeds, "all")) == (["m"], ["m", "l", "s"])


def test_what_sells_out_leaves_at_once_and_an_empty_list_is_trouble(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1), tee(2))
    stock_many(feeds.house, {"v1": 20, "v2": 20})
    define(feeds)
    define(feeds, "patient", may_be_empty=True)
    feeds.pass_time()
    assert set(listed(feeds)) == {"v1", "v2"}
    stock(feeds.house, "v1", 0, seconds=5)
    feeds.pass_time(3)
    assert listed(feeds) == ["v2"]
    stock(feeds.house, "v2", 0, seconds=6)
    feeds.pass_time(3)
    answer = feeds.get("web/some.json")
    assert answer.status_code == 503 and "Nothing matches" in answer.get_json()["detail"]
    assert listed(feeds, "patient") == []
    stock(feeds.house, "v2", 9, seconds=7)
    feeds.pass_time(3)
    assert listed(feeds) == ["v2"]


def test_back_this_week_lists_what_came_back_from_a_proven_episode(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1), tee(2), tee(3))
    stock_many(feeds.house, {"v1": 0, "v2": 20})
    define(feeds, preset="back_this_week", may_be_empty=True)
    define(feeds, "by_price", back_within_days=7, sort="price_asc", may_be_empty=True)
    feeds.pass_time()
    assert listed(feeds) == []
    stock_many(feeds.house, {"v1": 20, "v3": 20}, seconds=5)  # v3 is seen for the first time: it was never away
    feeds.pass_time()
    assert listed(feeds) == ["v1"]
    back_at = feeds.at
    assert feeds.items("web/some.json")["items"][0]["back_at"] == back_at.isoformat().replace("+00:00", "Z")
    feeds.pass_time(timedelta(days=7).total_seconds())
    assert listed(feeds) == listed(feeds, "by_price") == ["v1"]
    feeds.pass_time(30)
    assert listed(feeds) == listed(feeds, "by_price") == []


def test_another_definition_lists_anew_and_a_dropped_feed_is_gone(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(tee(1), tee(2))
    stock_many(feeds.house, {"v1": 20, "v2": 3})
    define(feeds, bands=["healthy"])
    feeds.pass_time()
    assert listed(feeds) == ["v1"]
    define(feeds, bands=["low"])
    feeds.pass_time()
    assert listed(feeds) == ["v2"]
    headers = feeds.house.bearer("marketer")
    assert feeds.house.client.delete("/api/v1/feeds/web/some", headers=headers).status_code == 200
    assert feeds.get("web/some.json").status_code == 404
    feeds.pass_time()
    assert feeds.get("web/some.json").status_code == 404
    assert feeds.house.client.delete("/api/v1/feeds/web/some", headers=headers).status_code == 404


def test_a_shortlist_that_was_cut_is_filled_again_when_too_many_leave(
    feeds: FeedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_KEPT", 10)
    feeds.house.put_catalog(*(tee(number) for number in range(60)))
    stock_many(feeds.house, {f"v{number}": 100 - number for number in range(60)})
    define(feeds, sort="units_desc", limit=3)
    feeds.pass_time()
    lists = feeds.house.store.shortlists
    assert lists.count("some") == 10 and lists.floor("some") == -91.0
    assert listed(feeds) == ["v0", "v1", "v2"]
    stock_many(feeds.house, {f"v{number}": 0 for number in range(8)}, seconds=5)
    feeds.pass_time()
    assert lists.count("some") == 2
    feeds.pass_time()
    assert listed(feeds) == ["v8", "v9", "v10"]
    stock(feeds.house, "v59", 99, seconds=9)
    feeds.pass_time()
    assert listed(feeds)[0] == "v59"


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"limit": 201}, "limit"),
        ({"limit": True}, "limit"),
        ({"fields": ["cost"]}, "fields[0]"),
        ({"sort": "random"}, "sort"),
        ({"bands": ["out"]}, "bands[0]"),
        ({"preset": "pickup_at_store"}, "pickup_location"),
        ({"back_within_days": 0}, "back_within_days"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_definition_that_cannot_be_used_is_refused_with_its_path(
    feeds: FeedHouse, definition: dict[str, Any], path: str
) -> None:
    answer = define(feeds, **definition)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.get_json()["errors"]] == [path]
    assert define(feeds, "Bad-Name").status_code == 422
    assert feeds.house.store.feeds.web() == {}
