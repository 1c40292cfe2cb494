"""Documents with known mistakes, and sound ones: every mistake is found where it is, and nothing else is said.

The head of each file tells its story, what is expected (`expects: code at path`) and, where it needs one, the shop.
"""

import re
from pathlib import Path

import pytest

from gateway.documents import load_document, read_document
from gateway.documents.lines import Lines
from policies.lint import PolicyWarning, WarningCode, lint
from tests.builders.shop_view import AT, SHOPS

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "config" / "policies"
DEFECTIVE = sorted((HERE / "defective").glob("*.toml"))
SOUND = sorted((HERE / "sound").glob("*.toml")) + sorted(POLICIES.rglob("*.toml"))
EXPECTED = re.compile(r"^# expects: (\S+) at (\S+)$", re.MULTILINE)
SHOP = re.compile(r"^# shop: (\w+)$", re.MULTILINE)


def warnings_of(file: Path) -> tuple[PolicyWarning, ...]:
    shop = SHOP.search(file.read_text())
    return lint(load_document(read_document(file)), SHOPS[shop[1]]() if shop else None, at=AT)


def found_in(file: Path) -> set[tuple[str, str]]:
    return {(warning.code.value, warning.path) for warning in warnings_of(file)}


@pytest.mark.parametrize("file", DEFECTIVE, ids=lambda file: file.stem)
def test_every_mistake_is_found_and_nothing_else_is_said(file: Path) -> None:
    expected = EXPECTED.findall(file.read_text())
    assert expected
    assert found_in(file) == set(expected)


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_nothing_is_said_of_a_sound_document(file: Path) -> None:
    assert found_in(file) == set()


@pytest.mark.parametrize("file", DEFECTIVE, ids=lambda file: file.stem)
def test_every_warning_is_found_on_a_line_that_names_it(file: Path) -> None:
    text = file.read_text()
    written, lines = text.splitlines(), Lines(text)
    for warning in warnings_of(file):
        if warning.code is WarningCode.LOCATION_UNMAPPED:  # it is the missing table that is warned of
            continue
        line = lines.of(warning.path)
        assert line is not None, warning.path
        last = re.sub(r"\[\d+\]$", "", warning.path).split(".")[-1]
        assert last in written[line - 1] or warning.path.endswith((".kind", ".sells_online")), warning.path


def test_every_kind_of_mistake_is_in_the_corpus() -> None:
    shown = {code for file in DEFECTIVE for code, _ in EXPECTED.findall(file.read_text())}
    assert shown == {code.value for code in WarningCode}


def test_every_sentence_is_whole_and_free_of_code_words() -> None:
    for file in DEFECTIVE:
        for warning in warnings_of(file):
            assert warning.sentence[-1] == ".", warning
            assert not re.search(r"[{}\[(]'|None|Decimal|frozenset", warning.sentence), warning


def test_a_warning_in_a_shop_shows_a_product_with_and_without_the_line() -> None:
    (warning,) = warnings_of(HERE / "defective" / "shop_smaller_than_its_buffer.toml")
    assert warning.example is not None and warning.example.without is not None
    assert (warning.example.under.units, warning.example.under.band) == (0, "out")
    assert (warning.example.without.units, warning.example.without.band) == (3, "low")


def test_the_product_shows_the_pool_that_the_warning_is_about() -> None:
    (warning,) = warnings_of(HERE / "defective" / "shop_with_less_in_its_stores.toml")
    assert "keeps back all that there is in pickup" in warning.sentence
    assert warning.example is not None and warning.example.without is not None
    assert (warning.example.pool, warning.example.without.units, warning.example.under.units) == ("pickup", 3, 0)
