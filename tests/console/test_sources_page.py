"""Sources as a person looks at them: how late, how complete, how right; what is under way, and reading one again."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.sources.census import count_sources
from gateway.store.reconciles import FullRun, Mark, Report
from gateway.web.context import EXTENSION
from integrations.ports import ReceiptLine, Shipment, Transfer
from policies.values import LocationFacts
from tests.builders.people import actions, by_token, post
from tests.builders.web import AT, POLICY, House, product, row


def shop_of(house: House) -> House:
    """A house that is connected to a shop, so that its source can be asked."""
    application = house.client.application
    settings = replace(house.services.settings, shopify_shop="harbor.myshopify.com")
    services = replace(house.services, settings=settings)
    application.extensions[EXTENSION] = replace(application.extensions[EXTENSION], services=services)
    house.store.sources.heard("shopify", AT, AT - timedelta(seconds=5), accepted=3)
    return house


def shown(client: FlaskClient, path: str = "/sources") -> str:
    page = client.get(path)
    assert page.status_code == 200
    return unescape(re.sub(r"\s+", " ", page.text))


def report(kind: str = "changes", *, minutes: float = 5, seen: int = 200, corrected: int = 0, **more: Any) -> Report:
    return Report(kind, AT - timedelta(minutes=minutes), seen, corrected, **more)


def finished(house: House, *reports: Report) -> None:
    for one in reports:
        house.store.reconciles.finish("shopify", Mark(one.at, None), one)


def test_a_house_that_heard_nobody_says_what_to_do(house: House) -> None:
    assert "Connect Shopify, or send readings to <code>/api/v1/readings</code>" in shown(by_token(house, "reader"))


def test_a_source_shows_its_places_with_what_is_unknown_and_unlike(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product())
    house.store.catalog.put_locations([LocationFacts("wh", "wms", "Main <warehouse>")], at=AT)
    house.send(row(), row(variant="tee-l", quantities={"available": None}))
    house.send(row(quantities={"available": 3}), source="till")
    house.store.doubts.raise_("stale_source", "wms", "Silent.", {"source": "wms"}, AT)
    count_sources(house.services, AT)
    page = shown(by_token(house, "reader"))
    till, wms = page[page.index(">till ") :], page[page.index(">wms ") :]
    assert '<a href="/stock?location=wh">Main <warehouse></a><small>wh</small>' in wms
    assert '<b class="over">50 %</b>' in wms
    assert '<dt>Doubts</dt><dd><a href="/doubts?source=wms">1</a>' in wms
    assert '<td class="units">1</td></tr>' in till[: till.index(">wms ")], "it says otherwise than the one that counts"
    assert "Read everything again now" not in page


def test_a_source_that_fell_silent_is_said_to_be(house: House) -> None:
    house.store.sources.heard("till", AT - timedelta(hours=2), None, accepted=1)
    house.store.sources.heard("wms", AT, None, accepted=1)
    page = shown(by_token(house, "reader"))
    assert page.count(">silent</span>") == page.count(">heard</span>") == 1


def test_what_the_last_comparison_found_says_how_good_the_live_feed_is(house: House) -> None:
    shop_of(house)
    reports = [report(minutes=2000, corrected=200), report("full", minutes=60, seen=9000, corrected=9, withdrawn=2),
               report(minutes=30, corrected=0), report(corrected=3)]  # fmt: skip
    finished(house, *reports)
    page = shown(by_token(house, "reader"))
    assert "<b>3</b> of 200 levels had escaped the live feed and are right now." in page
    assert "99.25 % of changes" in page
    assert "2 levels it lacked became unknown" in page


def test_a_comparison_that_found_nothing_is_good_news(house: House) -> None:
    shop_of(house)
    finished(house, report(seen=0))
    page = shown(by_token(house, "reader"))
    assert "all 0 levels were as the live feed had told" in page
    assert "% of changes" not in page, "nothing changed, so nothing is known of the feed"


def test_a_full_read_under_way_shows_how_far_it_is(house: House) -> None:
    shop_of(house)
    house.store.reconciles.put_run("shopify", FullRun("1", "2", AT, "A gap was noticed."))
    page = shown(by_token(house, "reader"))
    assert "A gap was noticed. It is being prepared." in page
    assert 'hx-trigger="every 2s"' in page
    house.store.tasks.progress("shopify.full_load", 40, None, AT)
    assert "40 records are prepared so far." in shown(by_token(house, "reader"))
    house.store.tasks.progress("shopify.full_load", 400, 1000, AT + timedelta(seconds=1))
    page = shown(by_token(house, "reader"))
    assert "400 of 1,000 records are merged." in page
    assert 'max="1000" value="400"' in page


def test_a_comparison_under_way_shows_how_far_it_is_and_one_that_died_does_not(house: House) -> None:
    shop_of(house)
    house.store.tasks.progress("shopify.reconcile", 70, None, AT - timedelta(minutes=1))
    assert "What changed is being compared: 70 levels so far." in shown(by_token(house, "reader"))
    for done, total, minutes in ((70, 70, 1), (80, None, 3)):
        house.store.tasks.progress("shopify.reconcile", done, total, AT - timedelta(minutes=minutes))
        assert "is being compared" not in shown(by_token(house, "reader"))


def test_open_transfers_show_what_is_still_to_come(house: House) -> None:
    shop_of(house)
    house.store.catalog.put_locations([LocationFacts("7", "shopify", "Soho")], at=AT)
    part = Shipment("s", "S1", True, (ReceiptLine("i", 10, accepted=6, rejected=1, remaining=3),))
    moving = Transfer("t", "#T1", "moving", None, "7", AT - timedelta(days=3), {"i": 10, "j": 5}, (part,))
    house.store.movements.put("shopify", moving)
    page = shown(by_token(house, "reader"))
    assert "1 open transfer, 8 units to come" in page
    assert "<td>a supplier</td><td>Soho</td>" in page


def test_a_marketer_has_a_source_read_again_and_it_is_kept_who_asked(house: House) -> None:
    marketer = by_token(shop_of(house), "marketer")
    answer = post(marketer, "/sources/read", "/sources", source="shopify")
    assert "shopify is read whole now." in shown(marketer, answer.location)
    assert house.store.reconciles.wanted("shopify") == "marketer asked for it."
    assert [lease.member for lease in house.store.tasks.claim(9, AT, 60)] == ["shopify.full_load"]
    assert actions(house)[-1] == ("marketer", "source.read", "shopify")
    house.store.reconciles.put_run("shopify", FullRun("1", "2", AT, "why"))
    answer = post(marketer, "/sources/read", "/sources", source="shopify")
    assert "is being read already" in shown(marketer, answer.location)


@pytest.mark.parametrize("source", ["wms", "", "shopify"])
def test_a_source_that_sends_by_itself_cannot_be_asked(house: House, source: str) -> None:
    house.send(row())
    assert post(by_token(house, "marketer"), "/sources/read", source=source).status_code == 422
    assert house.store.tasks.all() == []


def test_the_poll_answers_only_when_something_changed(house: House) -> None:
    house.send(row())
    viewer = by_token(house, "reader")
    address = re.search(r'hx-get="([^"]+)"', viewer.get("/sources").text)
    assert address
    assert viewer.get(unescape(address[1])).status_code == 204
    house.send(row(variant="tee-l"))
    assert ">wms <" in shown(viewer, unescape(address[1]))
