import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.documents import DocumentProblems, Problem, load_document, parse_json, parse_toml, read_document, to_json
from gateway.documents.dates import to_instant
from tests.builders.documents import house_document, house_rule

POLICIES = Path(__file__).resolve().parents[2] / "config" / "policies"
FILES = sorted(POLICIES.rglob("*.toml"))
LONDON = ZoneInfo("Europe/London")


def refusals(text: str, read: object = parse_json) -> tuple[Problem, ...]:
    with pytest.raises(DocumentProblems) as refused:
        read(text)  # type: ignore[operator]
    return refused.value.problems


def test_the_shipped_policies_are_all_here() -> None:
    names = {str(path.relative_to(POLICIES)) for path in FILES}
    examples = ("limited_drop", "made_to_order", "seasonal_sale", "sms_stricter", "store_pickup")
    assert names == {"default.toml", "demo.toml", *(f"examples/{name}.toml" for name in examples)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_policy_loads_and_means_the_same_in_its_json_form(path: Path) -> None:
    data = read_document(path)
    assert load_document(parse_json(json.dumps(to_json(data)))) == load_document(data)


def test_the_default_policy_gives_the_reason_of_every_number() -> None:
    lines = (POLICIES / "default.toml").read_text().splitlines()
    bare = [line for line in lines if "=" in line and any(digit in line for digit in "0123456789") and "#" not in line]
    assert bare == []


def test_a_toml_syntax_error_names_line_and_column() -> None:
    (problem,) = refusals("schema = 1\nname = ", parse_toml)
    assert problem.path == ""
    assert "line 2, column" in problem.message


def test_a_json_syntax_error_names_line_and_column() -> None:
    assert "line 2, column 2" in refusals("{\n x}")[0].message


def test_repeated_keys_and_nan_are_refused_at_their_paths() -> None:
    problems = refusals('{"a": 1, "a": 2, "b": [{"c": 1, "c": 1}, NaN, -Infinity]}')
    assert sorted(problem.path for problem in problems) == ["a", "b[0].c", "b[1]", "b[2]"]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[]", "3", "", '{"a": ' + "9" * 5_000 + "}", '{"a": 1e99999999999999999999}']
)
def test_what_is_no_json_object_of_numbers_is_refused(text: str) -> None:
    assert len(refusals(text)) == 1


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(DocumentProblems, match="UTF-8 at byte 8"):
        read_document(tmp_path / "policy.toml")


def test_percentages_are_the_decimals_that_were_written() -> None:
    for written in (0.1, Decimal("0.10"), Decimal("0.100")):
        document = load_document(house_document(rules=[house_rule(set={"buffer_percent": written})]))
        assert document.rules[0].set["buffer_percent"] == Decimal("0.1")


def test_folded_words_are_trimmed_and_ids_are_kept_as_written() -> None:
    when = {"tags": [" Sale "], "variants": [" v "]}
    document = load_document(house_document(rules=[house_rule(when=when)]))
    assert document.rules[0].when == {"tags": ("Sale",), "variants": (" v ",)}


def test_dates_of_rules_become_instants_of_the_time_zone() -> None:
    rule = house_rule(**{"from": "2026-07-01T00:00:00.5", "until": datetime(2026, 12, 1)})  # noqa: DTZ001
    document = load_document(house_document(rules=[rule]))
    assert document.rules[0].starts_at == datetime(2026, 6, 30, 23, 0, 0, 500_000, tzinfo=UTC)
    assert document.rules[0].ends_at == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/London", "2026-10-25T01:30:00", "2026-10-25T00:30:00+00:00"),  # twice: the first
        ("Europe/London", "2026-03-29T01:30:00.25", "2026-03-29T01:00:00+00:00"),  # skipped: the jump
        ("Europe/London", "2026-03-29T01:00:00", "2026-03-29T01:00:00+00:00"),
        ("Europe/London", "2026-03-29T02:00:00", "2026-03-29T01:00:00+00:00"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00+00:00"),  # a whole day skipped
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00+00:00"),  # half an hour skipped
    ],
)
def test_a_local_time_twice_or_never_has_one_instant(zone: str, local: str, instant: str) -> None:
    assert to_instant(datetime.fromisoformat(local), ZoneInfo(zone)) == datetime.fromisoformat(instant)
