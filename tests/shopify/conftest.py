from collections.abc import Iterator

import pytest

from tests.builders.shopify import Stub, stub_server


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server() as served:
        yield served
