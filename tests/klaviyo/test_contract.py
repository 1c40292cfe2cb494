"""Every request of the catalogue is valid by Klaviyo's published document, and by the SDK's own models."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.budget import ALLOWANCES
from integrations.klaviyo import KlaviyoCatalog, open_klaviyo
from integrations.klaviyo.account import REVISION
from integrations.klaviyo.catalog import records_of
from integrations.ports import CatalogItem, CatalogJob, CatalogVariant, JobKind
from tests.builders.klaviyo import KEY, RecordingBudget, item, variant
from tests.builders.klaviyo_contract import Contract, Sent, recording

RICH = {"image_url": "https://shop.example/1.jpg", "price": Decimal("19.90"), "metadata": {"ship_band": "low", "n": 3}}
ITEMS = (item(), item("tee-2", **RICH, categories=("tees", "été"), published=False))
VARIANTS = (variant(), variant("v:2", **RICH, units=0, sells_when_out=True))
READ_BACK = {
    "data": {"id": "j1", "type": "job", "attributes": {"status": "complete"}},
    "links": {"next": None},
}


@pytest.fixture(scope="module")
def contract(reference_file: Callable[[str], Path]) -> Contract:
    return Contract(json.loads(reference_file("klaviyo-openapi.json").read_bytes()))


def answered(method: str, path: str) -> tuple[int, Any]:
    if path == "/api/accounts":
        return 200, {"data": [{"id": "A", "type": "account", "attributes": {"contact_information": {}}}]}
    if method == "POST" or path.count("/") > 2:
        return (202 if method == "POST" else 200), READ_BACK
    return 200, {"data": [], "links": {"next": None}}


@pytest.fixture
def account() -> Iterator[tuple[KlaviyoCatalog, list[Sent]]]:
    with recording(answered) as (url, sent):
        yield open_klaviyo(KEY, url, RecordingBudget()), sent


def job_of(kind: JobKind) -> CatalogJob:
    if kind.startswith("delete") or kind == "create_categories":
        return CatalogJob(kind, ids=("tee", 'odd "id"', "été"))
    return CatalogJob(
        kind, items=ITEMS if kind.endswith("items") else (), variants=VARIANTS if "variants" in kind else ()
    )


def every_request(catalog: KlaviyoCatalog) -> None:
    """Make each request that the catalogue can make, in each of its shapes."""
    kinds: tuple[JobKind, ...] = get_args(JobKind)
    for kind in kinds:
        job = job_of(kind)
        catalog.outcome(kind, catalog.submit(job, urgent=False), job=job)
        catalog.unfinished(kind)
    catalog.known("items", ["tee", 'odd "id"', "a,b"])
    catalog.compare("items", {"tee": item()})
    catalog.compare("variants", {"tee-m": variant(), "v:2": variant("v:2")})
    for cursor in (None, "bmV4dDo6aWQ6OnRlZQ"):
        catalog.listing("items", cursor)
        catalog.listing("variants", cursor)
    catalog.account()
    catalog.scope_problems()


def test_every_request_is_valid_by_the_published_document(
    contract: Contract, account: tuple[KlaviyoCatalog, list[Sent]]
) -> None:
    catalog, sent = account
    every_request(catalog)
    assert len({(one.method, one.path) for one in sent}) >= 24
    assert {f"{one.method} {one.path}": found for one in sent if (found := contract.problems(one))} == {}


def test_every_request_names_the_pinned_revision_and_the_key(account: tuple[KlaviyoCatalog, list[Sent]]) -> None:
    catalog, sent = account
    every_request(catalog)
    headers = [{name.lower(): value for name, value in one.headers.items()} for one in sent]
    assert {one["revision"] for one in headers} == {REVISION}
    assert {one["authorization"] for one in headers} == {f"Klaviyo-API-Key {KEY}"}
    assert not any(KEY in one.path or KEY in str(one.query) for one in sent)


def test_the_key_needs_no_scope_that_people_are_not_told_of(
    contract: Contract, account: tuple[KlaviyoCatalog, list[Sent]]
) -> None:
    catalog, sent = account
    every_request(catalog)
    scopes = {scope for one in sent for scope in contract.operation(one)["x-klaviyo-scopes"]}
    assert scopes == {"accounts:read", "catalogs:read", "catalogs:write"}


def test_no_family_is_paced_faster_than_the_slowest_of_its_requests(
    contract: Contract, account: tuple[KlaviyoCatalog, list[Sent]]
) -> None:
    catalog, sent = account
    every_request(catalog)
    for one in sent:
        granted = contract.operation(one)["x-klaviyo-ratelimit"]
        family = family_of(one)
        assert ALLOWANCES[family].per_second <= int(granted["burst"].split("/")[0])
        assert ALLOWANCES[family].per_minute <= int(granted["steady"].split("/")[0])


def family_of(one: Sent) -> str:
    if one.path == "/api/accounts":
        return "account"
    if one.method != "GET":
        return "catalog.write"
    return "jobs.read" if "-jobs" in one.path else "catalog.read"


TEXTS = st.text(max_size=40)
PRICES = st.none() | st.decimals(0, 10**6, places=2, allow_nan=False)
METADATA = st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53), 2**53) | st.booleans(), max_size=4)
FACTS = {"title": TEXTS, "description": TEXTS, "url": TEXTS, "price": PRICES, "image_url": st.none() | TEXTS}
FACTS |= {"published": st.booleans(), "metadata": METADATA}
SOME_ITEMS = st.builds(CatalogItem, product=TEXTS, categories=st.lists(TEXTS, max_size=3).map(tuple), **FACTS)
SOME_VARIANTS = st.builds(
    CatalogVariant,
    variant=TEXTS,
    product=TEXTS,
    sku=TEXTS,
    units=st.integers(0, 10_000),
    sells_when_out=st.booleans(),
    **FACTS,
)


@given(SOME_ITEMS, SOME_VARIANTS)
def test_any_record_is_a_valid_one(contract: Contract, one: CatalogItem, other: CatalogVariant) -> None:
    schemas = contract.document["components"]["schemas"]
    for kind, name in (("create_items", "ItemCreate"), ("update_items", "ItemUpdate")):
        record = records_of(CatalogJob(kind, items=(one,)))[0]  # type: ignore[arg-type]
        assert list(contract._against(schemas[f"Catalog{name}QueryResourceObject"], record, "item")) == []
    for kind, name in (("create_variants", "VariantCreate"), ("update_variants", "VariantUpdate")):
        record = records_of(CatalogJob(kind, variants=(other,)))[0]  # type: ignore[arg-type]
        assert list(contract._against(schemas[f"Catalog{name}QueryResourceObject"], record, "variant")) == []


def test_the_contract_itself_refuses_what_is_wrong(contract: Contract) -> None:
    good = Sent("GET", "/api/catalog-items", (("page[size]", "100"),), {}, None)
    assert contract.problems(good) == []
    record = records_of(CatalogJob("create_items", items=(item(),)))[0]
    wrong = {**record, "attributes": {**record["attributes"], "colour": "red"}}
    body = {"data": {"type": "catalog-item-bulk-create-job", "attributes": {"items": {"data": [wrong]}}}}
    for bad in (
        Sent("GET", "/api/catalog-item", (), {}, None),
        Sent("GET", "/api/catalog-items", (("page[size]", "101"),), {}, None),
        Sent("GET", "/api/catalog-items", (("filter", 'equals(sku,"x")'),), {}, None),
        Sent("GET", "/api/catalog-items", (("colour", "red"),), {}, None),
        Sent("POST", "/api/catalog-item-bulk-create-jobs", (), {}, body),
    ):
        assert contract.problems(bad)
