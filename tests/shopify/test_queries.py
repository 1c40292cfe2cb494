from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import parse, validate

from integrations.shopify.queries import DOCUMENTS
from tests.builders.shopify import admin_schema


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_document_is_valid_against_shopifys_schema(document: str, reference_file: Callable[[str], Path]) -> None:
    assert validate(admin_schema(reference_file), parse(document)) == []
