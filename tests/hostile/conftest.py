"""One web process for the whole folder; after every test it must still serve and must not have broken anywhere."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.hostile import send
from tests.builders.processes import House, call, served

OBSERVED_AT = "2026-11-23T11:59:00Z"


def good_row(**changes: Any) -> dict[str, Any]:
    """A row that is taken."""
    return {"variant": "v", "location": "l", "quantities": {"available": 3}, "observed_at": OBSERVED_AT} | changes


def good_product(**changes: Any) -> dict[str, Any]:
    """A product that is taken."""
    return {"id": "p", "title": "P", "variants": [{"id": "v", "sku": "V", "price": "1.50"}]} | changes


@pytest.fixture(scope="package")
def house(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A released house with one variant in it."""
    with served(server_url, tmp_path_factory.mktemp("hostile")) as house:
        body = {"source": "erp", "products": [good_product()]}
        assert send(house.web, "PUT", "/api/v1/catalog", json.dumps(body).encode()).status == 200
        yield house


@pytest.fixture(autouse=True)
def _still_serves(house: House) -> Iterator[None]:
    said = len(house.said("web"))
    yield
    body = {"source": "wms", "readings": [good_row()]}
    answer = send(house.web, "POST", "/api/v1/readings", json.dumps(body).encode())
    assert (answer.status, answer.json["rejected"]) == (202, 0)
    new = house.said("web")[said:]
    assert "Traceback" not in new, new
    assert "request.failed" not in new, new


@pytest.fixture(scope="package")
def contract(house: House) -> dict[str, Any]:
    """The application's own description of what it offers."""
    found: dict[str, Any] = call(f"{house.web}/openapi.json")
    return found
