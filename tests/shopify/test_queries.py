from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from integrations.shopify.queries import DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_document_is_valid_against_shopifys_schema(document: str, reference_file: Callable[[str], Path]) -> None:
    schema = build_schema(reference_file("shopify-admin.graphql").read_text())
    assert validate(schema, parse(document)) == []
