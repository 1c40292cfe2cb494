"""The feeds' pages: what Klaviyo gets, definitions with a preview, and tokens; who may do which."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.builders.feeds import FeedHouse, stock_many, tee
from tests.builders.outside import text
from tests.builders.people import actions, by_token, csrf, post
from tests.builders.web import AT, house_on

FORM = {"sent": "1", "bands": ["healthy", "low"], "sort": "units_desc", "limit": "10", "fields": ["title", "units"]}
NEW = {**FORM, "is_new": "1", "name": "picks", "one_per_product": "true"}


def test_the_page_says_what_the_catalogue_feed_holds_and_shows_its_first_items(feeds: FeedHouse) -> None:
    page = text(by_token(feeds.house, "reader").get("/feeds"))
    assert "fresh It says what may be promised now." in page
    assert "Items 3 Left out: no link, picture or title 0" in page
    assert "Tee 1 / M" in page
    assert "Make a token" not in page
    assert "No web feed is defined" in page


def test_a_feed_that_ages_says_since_when_and_for_how_much_longer(feeds: FeedHouse) -> None:
    reader = by_token(feeds.house, "reader")
    feeds.at += timedelta(hours=1)
    assert "ages Last known to be true 60 min ago; served for another 5 h" in text(reader.get("/feeds"))
    feeds.at += timedelta(hours=6)
    assert "too old Unchecked for 7 h" in text(reader.get("/feeds"))


def test_without_a_token_the_page_says_what_to_do(feeds: FeedHouse) -> None:
    feeds.house.store.feeds.revoke_token("klaviyo")
    assert "Make a token : its address goes into Klaviyo" in text(by_token(feeds.house, "marketer").get("/feeds"))
    assert "A marketer can make a token." in text(by_token(feeds.house, "reader").get("/feeds"))


def test_a_new_feed_is_previewed_by_its_address_and_nothing_is_kept(feeds: FeedHouse) -> None:
    marketer = by_token(feeds.house, "marketer")
    page = text(marketer.get("/feeds/new", query_string=NEW))
    assert "2 items." in page
    assert page.index("Tee 1 / M 50") < page.index("Tee 2 / M 3")
    assert "Tee 3" not in page
    assert feeds.house.store.feeds.web() == {}
    low = marketer.get("/feeds/new", query_string={**NEW, "bands": "low"})
    assert ("Tee 1 / M" in text(low), "Tee 2 / M" in text(low)) == (False, True)
    tagged = text(marketer.get("/feeds/new", query_string={**NEW, "tags": "Summer"}))
    assert ("Tee 1 / M" in tagged, "Tee 2 / M" in tagged) == (True, False)
    none = text(marketer.get("/feeds/new", query_string={**NEW, "vendors": "nobody"}))
    assert "Nothing matches now. Messages that use it would wait." in none


def test_the_preview_lists_what_the_feed_then_lists(feeds: FeedHouse) -> None:
    marketer = by_token(feeds.house, "marketer")
    feeds.house.put_catalog(*(tee(number, vendor="Acme" if number % 2 else "Bolt") for number in range(4, 20)))
    stock_many(feeds.house, {f"v{number}": number % 7 for number in range(4, 20)}, seconds=5)
    feeds.pass_time()
    definition = {**NEW, "fields": ["variant"], "vendors": "Acme", "sort": "units_asc"}
    shown = re.findall(r"<td>(v\d+)</td>", marketer.get("/feeds/new", query_string=definition).get_data(as_text=True))
    post(marketer, "/feeds/web", "/feeds/new", **definition)
    feeds.pass_time()
    assert shown == [item["variant"] for item in feeds.items("web/picks.json")["items"]]
    assert len(shown) > 5


def test_a_preset_fills_the_form(feeds: FeedHouse) -> None:
    page = (
        by_token(feeds.house, "marketer").get("/feeds/new?preset=last_pieces&name=last_pieces").get_data(as_text=True)
    )
    assert 'value="last_pieces"' in page
    assert 'value="low" checked' in page
    assert 'value="healthy" checked' not in page
    assert "Tee 2 / M" in page


def test_a_feed_is_kept_shown_with_its_block_changed_and_dropped(feeds: FeedHouse) -> None:
    marketer = by_token(feeds.house, "marketer")
    assert post(marketer, "/feeds/web", "/feeds/new", **NEW).status_code == 303
    assert "being built" in text(marketer.get("/feeds/web/picks"))
    feeds.pass_time()
    page = text(marketer.get("/feeds/web/picks"))
    assert "Tee 1 / M 50" in page
    assert "{% for item in feeds.picks.items %}" in page
    assert "/feeds/TOKEN/web/picks.json" in page
    changed = {**FORM, "name": "picks", "limit": "1"}
    assert post(marketer, "/feeds/web", "/feeds/new", **changed).status_code == 303
    assert feeds.house.store.feeds.web()["picks"]["limit"] == 1
    assert post(marketer, "/feeds/web/picks/drop", "/feeds/new").status_code == 303
    assert marketer.get("/feeds/web/picks").status_code == 404
    done = [(actor, action) for actor, action, target in actions(feeds.house) if target == "picks"]
    assert done == [("marketer", "feed.define"), ("marketer", "feed.define"), ("marketer", "feed.drop")]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("limit", "201", "Must be greater than or equal to 1 and less than or equal to 200."),
        ("limit", "many", "Must be a whole number."),
        ("limit", "", "Field may not be null."),
        ("bands", [], "Length must be between 1 and 2."),
        ("sort", "by_name", "Must be one of"),
        ("name", "Best Sellers", "small letters, digits and underscores"),
        ("pickup_location", "x" * 301, "300 printable characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(feeds: FeedHouse, field: str, value: Any, told: str) -> None:
    marketer = by_token(feeds.house, "marketer")
    answer = post(marketer, "/feeds/web", "/feeds/new", **{**NEW, "tags": "kept", field: value})
    assert answer.status_code == 422
    assert told in text(answer)
    assert ">kept</textarea>" in answer.get_data(as_text=True)
    assert feeds.house.store.feeds.web() == {}


def test_a_new_feed_never_replaces_one_of_the_same_name(feeds: FeedHouse) -> None:
    marketer = by_token(feeds.house, "marketer")
    post(marketer, "/feeds/web", "/feeds/new", **NEW)
    answer = post(marketer, "/feeds/web", "/feeds/new", **{**NEW, "limit": "3"})
    assert answer.status_code == 422
    assert "There is a feed of this name already" in text(answer)
    assert feeds.house.store.feeds.web()["picks"]["limit"] == 10


def test_a_feed_that_is_empty_and_may_not_be_says_so(feeds: FeedHouse) -> None:
    marketer = by_token(feeds.house, "marketer")
    post(marketer, "/feeds/web", "/feeds/new", **{**NEW, "tags": "nothing has it"})
    feeds.pass_time()
    page = text(marketer.get("/feeds"))
    assert "not served Nothing matches this feed now, and its definition does not let it be empty." in page
    assert "Messages that use it wait." in page


def test_a_token_is_made_once_renewed_with_an_overlap_and_ended(feeds: FeedHouse) -> None:
    admin, marketer = by_token(feeds.house, "admin"), by_token(feeds.house, "marketer")
    made = post(marketer, "/feeds/tokens", "/feeds", name="other")
    assert made.status_code == 201
    first = re.findall(r"/feeds/(gw_feed_[\w-]+)/catalog.json", made.get_data(as_text=True))[0]
    assert "gw_feed_" not in marketer.get("/feeds").get_data(as_text=True)
    assert post(marketer, "/feeds/tokens", "/feeds", name="other").status_code == 409
    renewed = post(admin, "/feeds/tokens/renew", "/feeds", name="other", overlap_hours="2")
    second = re.findall(r"/feeds/(gw_feed_[\w-]+)/catalog.json", renewed.get_data(as_text=True))[0]

    def statuses() -> list[int]:
        client = feeds.house.client
        return [client.get(f"/feeds/{one}/catalog.json", buffered=True).status_code for one in (first, second)]

    assert statuses() == [200, 200]
    feeds.at += timedelta(hours=2)
    assert statuses() == [404, 200]
    assert post(admin, "/feeds/tokens/end", "/feeds", name="other").status_code == 303
    assert statuses() == [404, 404]
    done = [action for _, action, target in actions(feeds.house) if target == "other"]
    assert done == ["feed_token.create", "feed_token.rotate", "feed_token.revoke"]


@pytest.mark.parametrize("hours", ["soon", "-1", "2161"])
def test_an_overlap_that_is_no_number_of_hours_is_refused(feeds: FeedHouse, hours: str) -> None:
    admin = by_token(feeds.house, "admin")
    answer = post(admin, "/feeds/tokens/renew", "/feeds", name="klaviyo", overlap_hours=hours)
    assert answer.status_code == 422
    assert "Hours the old one still works" in text(answer)
    assert len(feeds.house.store.feeds.tokens()) == 1


def test_renewing_and_ending_is_for_admins_and_defining_for_marketers(feeds: FeedHouse) -> None:
    marketer, reader = by_token(feeds.house, "marketer"), by_token(feeds.house, "reader")
    for path in ("/feeds/tokens/renew", "/feeds/tokens/end"):
        assert post(marketer, path, "/feeds", name="klaviyo").status_code == 403
    assert reader.get("/feeds/new").status_code == 403
    token = csrf(by_token(feeds.house, "marketer"), "/feeds/new")
    assert reader.post("/feeds/web", data={**NEW, "csrf_token": token}).status_code in (400, 403)
    assert "Renew" not in marketer.get("/feeds").get_data(as_text=True)
    feeds.house.store.feeds.put_web("picks", {"limit": 5})
    page = text(reader.get("/feeds/web/picks"))
    assert "limit 5" in page
    assert "Keep the change" not in page


def test_a_house_without_a_policy_shows_its_feeds(redis_url: str) -> None:
    bare = house_on(redis_url)
    bare.store.feeds.create_token("klaviyo", AT)
    marketer = by_token(bare, "marketer")
    assert marketer.get("/feeds").status_code == 200
    assert "No policy is published" in text(marketer.get("/feeds/new", query_string=NEW))
    bare.store.close()
