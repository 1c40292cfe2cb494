"""The page of the language names everything the language has, and its own policy is a good one."""

import re
from pathlib import Path

import pytest

from gateway.documents import load_document, parse_toml
from gateway.documents import sections as written
from policies.document import SETTING_DEFAULTS
from policies.lint import WarningCode, lint
from policies.reasons import OBJECTIONS
from policies.values import STATES
from tests.builders.shop_view import AT

PAGE = (Path(__file__).parents[2] / "docs" / "policy-language.md").read_text(encoding="utf-8")
SECTIONS = (
    written.DocumentSection, written.AuthoritySection, written.LocationSection, written.PoolSection,
    written.RuleSection, written.WhenSection, written.SetSection, written.RestockSection, written.GuardSection,
    written.LimitsSection,
)  # fmt: skip
KEYS = sorted({field.data_key or name for of in SECTIONS for name, field in of().fields.items()})
WORDS = [*SETTING_DEFAULTS, *STATES, *(code.value for code in OBJECTIONS), *(code.value for code in WarningCode)]


@pytest.mark.parametrize("word", sorted({*KEYS, *WORDS, *written.KINDS}))
def test_every_word_of_the_language_is_on_its_page(word: str) -> None:
    assert re.search(rf"[`\[.]{word}[`\].]", PAGE), f"{word} is not on the page"


def test_the_policy_on_the_page_loads_and_has_no_warnings() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert lint(load_document(parse_toml(block)), at=AT) == ()


def test_every_setting_stands_there_with_its_default() -> None:
    for name, default in SETTING_DEFAULTS.items():
        row = re.search(rf"^\| `{name}` \| [^|]+ \| ([^|]+) \|", PAGE, re.MULTILINE)
        assert row is not None, name
        shown = str(default).lower()
        assert row[1].strip().strip("`").replace('"', "").split("`")[0] == shown, name
