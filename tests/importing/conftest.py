"""The command line on the real server, beside the house that shows the outcome."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.__main__ import commands
from tests.builders.web import House, house_on

Run = Callable[..., Result]


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    """An empty house without a policy."""
    opened = house_on(redis_url)
    yield opened
    opened.store.close()


@pytest.fixture
def run(redis_url: str) -> Run:
    """`gateway import` with arguments, on the house's server."""

    def run_import(*arguments: str | Path) -> Result:
        environment = {"REDIS_URL": redis_url, "GATEWAY_NAMESPACE": "t"}
        return CliRunner().invoke(commands, ["import", *map(str, arguments)], env=environment)

    return run_import


@pytest.fixture
def imported(run: Run) -> Callable[..., dict[str, Any]]:
    """The first file's report, as JSON."""

    def first_report(*arguments: str | Path) -> dict[str, Any]:
        result = run("--json", *arguments)
        report: dict[str, Any] = json.loads(result.stdout)["files"][0]
        return report

    return first_report
