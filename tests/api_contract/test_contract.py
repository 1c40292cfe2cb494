"""The published contract, held against the running application by machine: what it says is what happens."""

import json
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from gateway.pipeline.decide import decide_due
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.web import create_app
from gateway.web.bodies import CSV, NDJSON
from gateway.web.contract import KEY
from tests.builders.hostile import send
from tests.builders.processes import TOKEN, House, served

OBSERVED_AT = "2026-11-23T11:59:00Z"


def services(store: Store) -> Services:
    return Services(
        Settings(secret_key="s" * 32), store, PolicyLibrary(store), now=lambda: datetime.now(UTC), elapsed=lambda: 0.0
    )


# Names may hold any printable character of Unicode, which no pattern can say: only ASCII is drawn.
GENERATION = GenerationConfig(codec="ascii", allow_x00=False, deterministic=True)
CONFIG = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=GENERATION)))
SPEC = create_app(services(open_store("redis://127.0.0.1:1", "never"))).spec
schema = schemathesis.openapi.from_dict(SPEC, config=CONFIG)

BEYOND_SHAPES = ("preview_policy", "publish_policy", "put_group", "choose_features", "release_campaign")
"""No schema can ask what parts of a policy say of each other, whether this house knows a variant, or a time to come."""


@schemathesis.serializer(*NDJSON)
def lines(_: Any, value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.auth()
class Admin:
    def get(self, case: Any, context: Any) -> str:
        return TOKEN

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@pytest.fixture(scope="module")
def house(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that has something to say of everything."""
    with served(server_url, tmp_path_factory.mktemp("contract")) as house:
        product = {"id": "tee", "title": "Tee", "variants": [{"id": "0", "sku": "TEE-M"}]}
        row = {"variant": "0", "location": "1", "quantities": {"available": 9}, "observed_at": OBSERVED_AT}
        absurd = row | {"quantities": {"available": 10**9}}
        for method, path, body in (
            ("PUT", "catalog", {"source": "shopify", "products": [product]}),
            ("POST", "readings", {"source": "shopify", "readings": [row, absurd]}),
        ):
            assert send(house.web, method, f"/api/v1/{path}", json.dumps(body).encode()).status in (200, 202)
        store = open_store(server_url, "gateway")
        while decide_due(services(store), datetime.now(UTC)):
            pass
        store.tasks.mark(["redecide"], datetime.now(UTC))
        store.close()
        yield house


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_contract_says_is_what_happens(case: Any, house: House) -> None:
    if re.fullmatch(KEY["schema"]["pattern"], case.headers.get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = secrets.token_hex(8)  # a key that is drawn twice is refused by intent
    # Lines and tables have no schema that could say which text is one.
    excluded = [positive_data_acceptance, negative_data_rejection] if case.media_type in (CSV, *NDJSON) else []
    if case.operation.definition.raw["operationId"] in BEYOND_SHAPES:
        excluded.append(positive_data_acceptance)
    case.call_and_validate(base_url=house.web, excluded_checks=excluded)
