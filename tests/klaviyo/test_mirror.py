"""The mirror in Klaviyo is complete: pictures, prices, pools, places, categories; and what causes no sending."""

from typing import Any

from gateway.pipeline.destinations import CATEGORIES, VARIANTS
from tests.builders.feeds import POLICY, stock, stock_many, tee
from tests.builders.mirror import Mirror


def test_it_says_all_that_templates_need_and_nothing_hidden(mirror: Mirror) -> None:
    mirror.put(tee(1, description="A tee.", vendor="Acme", collections=["tees", "summer"]))
    stock(mirror.house, "v1", 4)
    stock_many(mirror.house, {"v1": 2}, location="soho")
    stock_many(mirror.house, {"v1": 50}, location="vault")
    mirror.settle()
    variant, item = mirror.variant("v1"), mirror.item("p1")
    assert (variant["inventory_quantity"], variant["inventory_policy"], variant["price"]) == (4, 1, 19.9)
    assert variant["image_full_url"] == "https://shop.example/1.jpg" and variant["images"] == [
        variant["image_full_url"]
    ]
    assert variant["custom_metadata"] == {
        "ship_band": "low",
        "ship_units": 4,
        "pickup_band": "low",
        "pickup_units": 2,
        "pickup_locations": "Soho",
        "policy_version": 1,
        "decision": variant["custom_metadata"]["decision"],
    }
    assert item["description"] == "A tee." and item["published"] is True
    assert sorted(item["categories"]) == ["$custom:::$default:::summer", "$custom:::$default:::tees"]
    assert set(mirror.shop.see("catalog")["category"]) == set(item["categories"])


def test_a_policy_or_a_decision_that_moves_nothing_sends_nothing(mirror: Mirror) -> None:
    mirror.put(tee(1), tee(2))
    stock_many(mirror.house, {"v1": 4, "v2": 20})
    mirror.settle()
    effects = len(mirror.shop.see("journal"))
    store = mirror.house.store
    document: Any = store.policies.current()
    store.policies.publish(
        {**document.document, "name": "Renamed"}, based_on=1, author="a", note="n", at=mirror.feeds.at
    )
    store.due.mark(["v1", "v2"], mirror.feeds.at)
    store.outbox.put(VARIANTS, ["v1", "v2"], 2, mirror.feeds.at)
    mirror.settle()
    assert len(mirror.shop.see("journal")) == effects
    stock(mirror.house, "v1", 3, seconds=5)
    mirror.settle()
    assert mirror.variant("v1")["custom_metadata"]["policy_version"] == 2  # it rides along with what did move
    assert len(mirror.shop.see("journal")) == effects + 1


def test_a_picture_or_a_price_that_is_gone_is_cleared(mirror: Mirror) -> None:
    mirror.put(tee(1))
    stock(mirror.house, "v1", 4)
    mirror.settle()
    mirror.put(tee(1, image_url=None, variants=[{"id": "v1", "sku": "TEE-1", "tracked": True}]))
    mirror.settle()
    for record in (mirror.variant("v1"), mirror.item("p1")):
        assert (record["image_full_url"], record["images"], record["price"]) == (None, [], None)


def test_an_item_is_hidden_while_all_its_variants_are_out_where_that_is_wanted(mirror: Mirror) -> None:
    mirror.set(klaviyo_unpublish_out=True)
    variants = [{"id": name, "sku": name, "title": name, "tracked": True} for name in ("s", "m")]
    mirror.put(tee(1, variants=variants))
    stock_many(mirror.house, {"s": 4, "m": 0})
    mirror.settle()
    assert mirror.item("p1")["published"] is True
    stock(mirror.house, "s", 0, seconds=5)
    mirror.settle()
    assert mirror.item("p1")["published"] is False and mirror.variant("s")["published"] is True
    stock(mirror.house, "m", 9, seconds=6)
    mirror.settle()
    assert mirror.item("p1")["published"] is True


def test_unless_it_is_wanted_an_item_stays_visible(mirror: Mirror) -> None:
    mirror.put(tee(1))
    stock(mirror.house, "v1", 0)
    mirror.settle()
    assert mirror.item("p1")["published"] is True


def test_a_variant_that_is_not_known_hides_no_item(mirror: Mirror) -> None:
    mirror.set(klaviyo_unpublish_out=True)
    mirror.put(tee(1))  # never counted
    mirror.settle()
    assert mirror.item("p1")["published"] is True


def test_a_collection_is_created_once_and_found_when_it_is_there_already(mirror: Mirror) -> None:
    mirror.put(tee(1, collections=["tees"]))
    mirror.settle()
    mirror.house.store.told.forget(CATEGORIES, ["tees"])
    mirror.put(tee(2, collections=["tees"]), tee(3, collections=["tees"]))
    mirror.settle()
    made = [line for line in mirror.shop.see("journal") if line["kind"] == "category"]
    assert len(made) == 1
    assert mirror.item("p3")["categories"] == ["$custom:::$default:::tees"]
    assert mirror.house.store.outbox.depth(CATEGORIES, mirror.feeds.at).waiting == 0


def test_in_feed_mode_no_catalogue_job_is_sent(mirror: Mirror) -> None:
    mirror.set(klaviyo_catalog="feed")
    mirror.put(tee(1))
    stock(mirror.house, "v1", 4)
    mirror.settle()
    assert mirror.shop.see("journal") == []
    assert [item["inventory_quantity"] for item in mirror.feeds.items()] == [4]


def two_stores(mirror: Mirror, label: str = "Camden") -> None:
    """Let a second store offer pickup."""
    store = mirror.house.store
    places = POLICY["locations"] | {"camden": {"label": label, "kind": "store", "offers_pickup": True}}
    number = store.policies.current_number()
    store.policies.publish(POLICY | {"locations": places}, based_on=number, author="a", note="n", at=mirror.feeds.at)
    store.due.mark(["v1", "v2"], mirror.feeds.at)


def test_places_that_move_while_their_sum_stays_are_told_at_once(mirror: Mirror) -> None:
    two_stores(mirror)
    mirror.put(tee(1), tee(2))
    stock_many(mirror.house, {"v1": 4, "v2": 4})
    stock_many(mirror.house, {"v1": 2, "v2": 2}, location="soho")
    stock_many(mirror.house, {"v1": 0, "v2": 0}, location="camden")
    mirror.settle()
    effects = len(mirror.shop.see("journal"))
    stock_many(mirror.house, {"v1": 0}, location="soho", seconds=5)
    stock_many(mirror.house, {"v1": 2}, location="camden", seconds=5)
    decisions = mirror.house.store.ledger.read(["v1"]).pools["promised"].tolist()
    mirror.settle()
    assert mirror.house.store.ledger.read(["v1"]).pools["promised"].tolist() == decisions
    assert mirror.variant("v1")["custom_metadata"]["pickup_locations"] == "Camden"
    assert mirror.variant("v2")["custom_metadata"]["pickup_locations"] == "Soho"
    assert len(mirror.shop.see("journal")) == effects + 1


def test_a_place_that_holds_fewer_and_still_some_causes_no_sending(mirror: Mirror) -> None:
    two_stores(mirror)
    mirror.put(tee(1))
    stock_many(mirror.house, {"v1": 4})
    stock_many(mirror.house, {"v1": 2}, location="soho")
    stock_many(mirror.house, {"v1": 2}, location="camden")
    mirror.settle()
    told = mirror.house.store.outbox.depth(VARIANTS, mirror.feeds.at)
    stock_many(mirror.house, {"v1": 1}, location="soho", seconds=5)
    stock_many(mirror.house, {"v1": 3}, location="camden", seconds=5)
    mirror.feeds.decide()
    assert mirror.house.store.outbox.depth(VARIANTS, mirror.feeds.at) == told
    assert mirror.variant("v1")["custom_metadata"]["pickup_locations"] == "Camden, Soho"


def test_a_place_under_another_name_is_told_with_the_next_decision(mirror: Mirror) -> None:
    two_stores(mirror)
    mirror.put(tee(1))
    stock_many(mirror.house, {"v1": 4})
    stock_many(mirror.house, {"v1": 2}, location="camden")
    mirror.settle()
    two_stores(mirror, "Camden Lock")
    mirror.settle()
    assert mirror.variant("v1")["custom_metadata"]["pickup_locations"] == "Camden Lock"
