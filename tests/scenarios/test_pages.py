"""Every scenario page holds: what it tells a marketer is what the engine does."""

from pathlib import Path

import pytest

from gateway.documents import load_document, read_document
from policies.lint import lint
from tests.builders.shop_view import AT
from tests.scenarios.page import Scenario, read_page
from tests.scenarios.play import Stage

ROOT = Path(__file__).parents[2]
PAGES = sorted((Path(__file__).parent / "pages").glob("*.md"))
SCENARIOS = [scenario for page in PAGES for scenario in read_page(page)]
EXAMPLES = sorted((ROOT / "config" / "policies" / "examples").glob("*.toml"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.page}: {one.name}")
def test_a_scenario_holds(scenario: Scenario) -> None:
    stage = Stage(load_document(read_document(ROOT / scenario.policy)), scenario)
    assert list(scenario.rows) == sorted(scenario.rows, key=lambda row: row.at)
    for row in scenario.rows:
        stage.play(row)


def test_scenarios_are_told_apart_by_their_names() -> None:
    names = [(scenario.page, scenario.name) for scenario in SCENARIOS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("policy", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_policy_is_played(policy: Path) -> None:
    assert str(policy.relative_to(ROOT)) in {scenario.policy for scenario in SCENARIOS}


def test_every_policy_of_a_page_is_one_that_the_linter_has_nothing_to_say_about() -> None:
    for path in sorted({scenario.policy for scenario in SCENARIOS}):
        assert lint(load_document(read_document(ROOT / path)), at=AT) == (), path
