"""What HTTP answers is what the page of the policy language says: documents, stock and time at random, read back."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from gateway.web import create_app
from tests.builders.web import ADMIN
from tests.policies.cases.documents import document
from tests.policies.cases.stocks import NOON, case, written
from tests.policies.reference import case as page

DOCUMENTS, VARIANTS, ROUNDS = 12, 3, 3
MANY_DOCUMENTS = 1_000
STEP = ("location", "counted", "reserve", "units", "objections")


class Shop:
    """A house whose time the test sets, spoken to over HTTP alone."""

    def __init__(self, redis_url: str, namespace: str, made: dict[str, Any]) -> None:
        self.at = NOON
        store = open_store(redis_url, namespace)
        settings = Settings(secret_key="s" * 32, admin_token=ADMIN)
        self.services = Services(
            settings, store, PolicyLibrary(store), now=lambda: self.at, elapsed=lambda: 0.0, webhooks=None
        )
        self._client = create_app(self.services).test_client()
        self._authority = made["authority"]
        token = {role: store.accounts.create_token(role, role, NOON) for role in ("source", "marketer")}
        self._as = {role: {"Authorization": f"Bearer {secret}"} for role, secret in token.items()}
        body = {"document": made, "based_on": None, "note": "n", "confirm_large": True}
        answer = self._client.post("/api/v1/policy/versions", json=body, headers=self._as["marketer"])
        assert answer.status_code == 201, answer.text

    def of(self, location: str) -> str:
        """Who tells the levels of a location."""
        return str(self._authority.get("levels_at", {}).get(location, self._authority["levels"]))

    def put(self, path: str, source: str, **rows: Any) -> None:
        answer = self._client.put(path, json={"source": source, **rows}, headers=self._as["source"])
        assert answer.status_code == 200, answer.text

    def introduce(self, variant: dict[str, Any]) -> None:
        """Tell a product of one variant, as far as its facts are known."""
        facts = {name: variant[name] for name in ("vendor", "product_type") if variant.get(name)}
        facts |= {name: variant.get(name) or [] for name in ("tags", "collections")}
        facts |= {"published": variant["published"]} if variant.get("published") is not None else {}
        one = {name: variant[name] for name in ("id", "sku", "tracked", "inventory_policy") if variant.get(name)}
        one |= {"tracked": False} if variant.get("tracked") is False else {}
        product = {"id": variant["product"], "title": "T", "variants": [one], **facts}
        self.put("/api/v1/catalog", self._authority["products"], products=[product])

    def tell(self, variant: str, levels: list[dict[str, Any]]) -> None:
        """Send readings, each from who has the authority."""
        for level in levels:
            reading = {"variant": variant, **{name: fact for name, fact in level.items() if fact is not None}}
            body = {"source": self.of(level["location"]), "readings": [reading]}
            answer = self._client.post("/api/v1/readings", json=body, headers=self._as["source"])
            assert answer.status_code == 202, answer.text
            assert answer.get_json()["rejected"] == answer.get_json()["set_aside"] == 0, (reading, answer.text)

    def decide(self) -> None:
        while decide_due(self.services, self.at):
            pass

    def read(self, path: str) -> Any:
        answer = self._client.get(path, headers=self._as["marketer"])
        assert answer.status_code == 200, answer.text
        return answer.get_json()


def told_case(rng: Random, made: dict[str, Any], number: int, shared: dict[str, Any]) -> dict[str, Any]:
    """A case that HTTP can tell whole: ids of its own, every level with a figure or an unknown and a time."""
    one = case(rng, made, NOON, shared)
    variant = one["variant"]
    variant |= {"id": variant["id"] if number == 0 else f"v{number}", "blocked": False, "units_per_day": None}
    variant["product"] = variant.get("product") if number == 0 and variant.get("product") else f"p{number}"
    one["levels"] = [level for level in one["levels"] if level.get("quantities")]
    return one | {"previous": {}}


def told_at(levels: list[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    return [level | {"observed_at": written(at)} for level in levels]


def differences(shop: Shop, one: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    """Compare what two addresses say of a variant with the page's answer."""
    variant = one["variant"]["id"]
    seen = shop.read(f"/api/v1/variants/{variant}")
    for name in one["document"]["pools"]:
        why = shop.read(f"/api/v1/variants/{variant}/explanation?pool={name}")
        of_page = answer[name]
        ours = {key: why[key] for key in ("units", "band", "pool_units", "buffer", "promised_units")}
        ours["steps"] = [{key: step[key] for key in STEP} for step in why["steps"]]
        ours["settings"] = {key: setting["value"] for key, setting in why["settings"].items()}
        pool = seen["pools"][name]
        ours |= {"proven": pool["proven"], "blind": pool["blind"]}
        ours["rise"] = {"since": pool["rise"]["since"]} if pool["rise"] else None
        for key, value in ours.items():
            if value != of_page[key]:
                yield f"{name}.{key}: {value}, the page says {of_page[key]}"
    due = min((answer[name]["due"] for name in one["document"]["pools"] if answer[name]["due"]), default=None)
    if seen["due"] != due:
        yield f"due: {seen['due']}, the page says {due}"


def played(redis_url: str, seed: int) -> list[Any]:
    """Play one document with some variants over some rounds; return what differs."""
    rng = Random(seed)
    made = document(rng) | {"catalog_restock": "publish", "catalog_return": "publish"}
    made = json.loads(json.dumps(made).replace("old annex ", "old annex"))  # no source's id ends with a blank
    made["authority"] = made["authority"] | {"variants": made["authority"]["products"]}
    shop = Shop(redis_url, f"s{seed}", made)
    shared = {name: {"active": rng.choice([True, True, False])} for name in made.get("locations", {})}
    cases = [told_case(rng, made, number, shared) for number in range(VARIANTS)]
    for name, facts in shared.items():
        shop.put("/api/v1/locations", shop.of(name), locations=[{"id": name, "label": "L", **facts}])
    for one in cases:
        shop.introduce(one["variant"])
    for _ in range(ROUNDS):
        shop.at += timedelta(minutes=rng.choice([1, 15, 600]))
        for one in cases:
            fresh = {level["location"]: level for level in told_case(rng, made, 9, shared)["levels"]}
            some = [fresh.get(level["location"], level) for level in one["levels"]]
            one["levels"] = told_at(some, shop.at)
            one["at"] = written(shop.at)
            shop.tell(one["variant"]["id"], one["levels"])
        shop.decide()
        for one in cases:
            answer = page.decide(one)
            if found := list(differences(shop, one, answer)):
                return [*found, one]
            pools = {name: answer[name] for name in made["pools"]}
            one["previous"] = {
                name: {key: pool[key] for key in ("band", "rise", "proven", "units")} for name, pool in pools.items()
            }
    shop.services.store.close()
    return []


@pytest.mark.parametrize("seed", range(DOCUMENTS))
def test_what_is_read_over_http_is_what_the_page_says(redis_url: str, seed: int) -> None:
    assert played(redis_url, seed) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_documents_are_read_back_as_the_page_says(redis_url: str) -> None:
    for seed in range(DOCUMENTS, MANY_DOCUMENTS):
        assert played(redis_url, seed) == []
