"""The clean-up list before a move: complete, by chapter, and as a file that a spreadsheet may open."""

import csv
import io
import re
from html import unescape

from flask.testing import FlaskClient

from gateway.doubts.clean_up import CHAPTERS, COLUMNS
from gateway.doubts.kinds import KINDS
from gateway.doubts.looking import look_for_doubts
from policies.values import LocationFacts
from tests.builders.people import by_token
from tests.builders.web import AT, POLICY, House, product, row


def untidy(house: House) -> None:
    """A shop with one thing of every chapter."""
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    variants = [{"id": "tee-m", "sku": "TEE", "title": "M", "barcode": "4006381333932"},
                {"id": "tee-l", "sku": "TEE", "title": "=L()", "barcode": "73513537"}]  # fmt: skip
    house.put_catalog(product(title="Tee", published=False, variants=variants))
    house.store.catalog.put_locations(
        [LocationFacts("soho", "wms", "Soho", active=False), LocationFacts("soho-2", "wms", "SOHO")], at=AT
    )
    house.send(row(), row(location="soho"), row(location="annex", variant="tee-l", quantities={"available": -4}))
    house.send(row(variant="ghost"), row(variant="tee-l", quantities={"available": 10**9}))
    look_for_doubts(house.services, AT)


def shown(client: FlaskClient) -> str:
    page = client.get("/sources/migration")
    assert page.status_code == 200
    return unescape(re.sub(r"\s+", " ", page.text))


def test_a_tidy_shop_has_nothing_to_clean_up(house: House) -> None:
    viewer = by_token(house, "reader")
    assert "this list is not whole before it" in shown(viewer)
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    look_for_doubts(house.services, AT)
    assert "Nothing is left to clean up." in shown(viewer)
    assert ">clean</span>" in shown(viewer)


def test_every_chapter_names_what_is_untidy(house: House) -> None:
    untidy(house)
    page = shown(by_token(house, "reader"))
    for part in (
        "The SKU TEE is on tee-l, tee-m", "The last digit of a barcode does not fit: tee-m.",
        "wms tells of stock of 1 variant whose product is not published. <span class=\"muted\">34 units.",
        "1 level of variants that the catalogue does not name, as ghost", "a place annex that the policy does not know",
        "wms says that Soho (soho) is closed, and tells of 17 units there.",
        "wms has 2 places named Soho: soho, soho-2",
        "At annex, wms says less than 0 of 1 variant.", "wms says 1000000000 units of available: absurd.",
        '<a href="/stock/tee-m">Tee / M</a>', '<a href="/policy#locations">Give it a purpose in the policy</a>',
    ):  # fmt: skip
        assert part in page, part
    assert ">clean</span>" not in page


def test_the_file_has_a_row_for_every_variant_and_no_formula(house: House) -> None:
    untidy(house)
    answer = by_token(house, "reader").get("/sources/migration.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="clean-up-2026-11-23.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == COLUMNS
    assert {one["chapter"] for one in rows} == {chapter.title for chapter in CHAPTERS}
    twice = [(one["variant"], one["product"], one["sku"]) for one in rows if one["kind"] == "duplicate_sku"]
    assert twice == [("tee-l", "Tee / =L()", "TEE"), ("tee-m", "Tee / M", "TEE")]
    closed = next(one for one in rows if one["kind"] == "closed_location")
    assert (closed["location"], closed["source"], closed["units"]) == ("soho", "wms", "17")
    house.store.doubts.raise_("duplicate_sku", "=1+1", "=1+1", {"variants": ["-x"]}, AT)
    text = by_token(house, "reader").get("/sources/migration.csv").text
    assert ",'=1+1,'-x," in text


def test_what_people_settled_is_counted(house: House) -> None:
    untidy(house)
    (doubt,) = [one for one in house.store.doubts.every() if one.kind == "duplicate_sku"]
    house.store.doubts.settle(doubt, "dismissed", by="ann", note="", at=AT, silence=True)
    page = shown(by_token(house, "reader"))
    assert '>clean</span> <span class="muted">1 settled</span>' in page


def test_the_chapters_are_of_kinds_that_exist() -> None:
    kinds = [kind for chapter in CHAPTERS for kind in chapter.kinds]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) <= KINDS.keys()
