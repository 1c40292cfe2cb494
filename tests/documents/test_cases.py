import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.commands.policy import group
from gateway.documents import load_document
from gateway.documents.cases import CaseCache, try_case
from tests.builders.documents import house_document, house_pool, house_rule


def case(**changes: Any) -> dict[str, Any]:
    level = {"location": "main", "active": True, "quantities": {"available": 20}, "observed_at": "2026-11-23T11:59:00Z"}
    whole = {
        "document": house_document(),
        "variant": {"id": "tee-m", "tags": [], "published": True, "tracked": True, "units_per_day": None},
        "locations": {"main": {"active": True}},
        "levels": [level],
        "at": "2026-11-23T12:00:00Z",
        "previous": None,
    }
    whole.update(changes)
    return whole


def paths(result: dict[str, Any]) -> list[str]:
    return [problem["path"] for problem in result["problems"]]


def run(tmp_path: Path, *lines: str, options: tuple[str, ...] = ()) -> Result:
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return CliRunner().invoke(group, ["try", *options, str(tmp_path / "cases.jsonl")])


def test_a_case_is_decided_under_its_own_document() -> None:
    result = try_case(case(), cache=CaseCache())
    assert (result["ship"]["pool_units"], result["ship"]["units"], result["ship"]["band"]) == (20, 18, "healthy")
    assert result["_catalog_units"] == 18


def test_what_was_decided_before_counts() -> None:
    document = house_document(rules=[house_rule(set={"settle_minutes": 10})])
    previous = {"ship": {"band": "out", "rise": {"since": "2026-11-23T11:55:00Z"}, "proven": True, "units": 0}}
    waiting = try_case(case(document=document, previous=previous), cache=CaseCache())["ship"]
    assert (waiting["band"], waiting["rise"]) == ("out", {"since": "2026-11-23T11:55:00Z"})
    applied = try_case(case(document=document, previous=previous, at="2026-11-23T12:05:00Z"), cache=CaseCache())["ship"]
    assert (applied["band"], applied["restock"]) == ("healthy", True)


def test_a_closed_location_counts_only_on_the_word_of_its_authority() -> None:
    closed = try_case(case(locations={"main": {"active": False}}), cache=CaseCache())["ship"]
    assert (closed["units"], closed["steps"][0]["objections"]) == (0, ["location_inactive"])


def test_a_case_without_a_document_takes_the_policy_given() -> None:
    bare = case(document=None)
    assert try_case(bare, document=load_document(house_document()), cache=CaseCache())["ship"]["units"] == 18
    assert paths(try_case(bare, cache=CaseCache())) == ["document"]


def test_the_problems_of_a_document_have_its_own_paths() -> None:
    document = house_document(pools={"ship": house_pool(states=[])})
    assert paths(try_case(case(document=document), cache=CaseCache())) == ["pools.ship.states"]
    assert paths(try_case(case(document=3), cache=CaseCache())) == [""]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"variant": {}}, "variant.id"),
        ({"variant": {"id": "v", "published": "yes"}}, "variant.published"),
        ({"variant": {"id": "v", "units_per_day": float("nan")}}, "variant.units_per_day"),
        ({"levels": [{"location": "main", "quantities": {"available": 1.0}}]}, "levels[0].quantities.available"),
        ({"levels": [{"location": "main", "quantities": {"shelf": 1}}]}, "levels[0].quantities.shelf"),
        ({"levels": [{"location": "main"}, {"location": "main"}]}, "levels[1]"),
        ({"at": "2026-11-23T12:00:00"}, "at"),
        ({"at": None}, "at"),
        ({"previous": {"ship": {"band": "full"}}}, "previous.ship.band"),
        ({"prevous": {}}, "prevous"),
    ],
)
def test_a_bad_case_is_refused_at_its_path(changes: dict[str, Any], path: str) -> None:
    assert paths(try_case(case(**changes), cache=CaseCache())) == [path]


def test_facts_nobody_told_may_be_null_or_absent() -> None:
    levels = [{"location": "main", "quantities": {"available": None}}, {"location": "soho", "active": None}]
    result = try_case(case(levels=levels, locations=None, variant={"id": "v", "published": True}), cache=CaseCache())
    assert (result["ship"]["blind"], result["ship"]["units"]) == (True, None)


def test_a_bad_line_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    result = run(tmp_path, json.dumps(case()), "{", '{"at": 1, "at": 2}', json.dumps(case()))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert ["problems" in answer for answer in answers] == [False, True, True, False]
    assert result.exit_code == 1
    assert "2 cases could not be decided" in result.stderr


def test_a_policy_file_serves_cases_without_a_document(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(house_document()))
    result = run(tmp_path, json.dumps(case(document=None)), options=("--policy", str(policy), "--json"))
    assert (result.exit_code, json.loads(result.stdout)["ship"]["units"]) == (0, 18)


def test_check_lists_every_problem_and_exits_with_one(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(house_document(name="", extra=1)))
    plain = CliRunner().invoke(group, ["check", str(policy)])
    assert (plain.exit_code, [line.split(":")[0] for line in plain.stderr.splitlines()]) == (1, ["extra", "name"])
    told = json.loads(CliRunner().invoke(group, ["check", "--json", str(policy)]).stdout)
    assert (told["valid"], paths(told)) == (False, ["extra", "name"])


def test_check_passes_a_valid_policy(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(house_document()))
    assert CliRunner().invoke(group, ["check", str(policy)]).exit_code == 0


def test_check_adds_warnings_to_a_valid_policy_and_still_passes(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(house_document(restock={"max_wave": 0})))
    plain = CliRunner().invoke(group, ["check", str(policy)])
    assert (plain.exit_code, "warning: restock.max_wave: " in plain.stdout) == (0, True)
    told = json.loads(CliRunner().invoke(group, ["check", "--json", str(policy)]).stdout)
    assert told["valid"]
    assert ("wave_tells_nobody", "restock.max_wave") in {(one["code"], one["path"]) for one in told["warnings"]}


def test_check_says_where_in_a_toml_file_a_problem_and_a_warning_stand(tmp_path: Path) -> None:
    default = (Path(__file__).parents[2] / "config" / "policies" / "default.toml").read_text()
    policy = tmp_path / "policy.toml"
    policy.write_text(default.replace("max_wave = 500", "max_wave = 0"))
    line = default[: default.index("max_wave")].count("\n") + 1
    assert f"restock.max_wave (line {line}): " in CliRunner().invoke(group, ["check", str(policy)]).stdout
    policy.write_text(default.replace("max_wave = 500", "max_wave = -1"))
    told = json.loads(CliRunner().invoke(group, ["check", "--json", str(policy)]).stdout)
    assert [(one["path"], one["line"]) for one in told["problems"]] == [("restock.max_wave", line)]
