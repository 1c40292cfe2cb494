"""The policy commands over a real store: sentences for people, JSON for programs, 1 for every refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.__main__ import commands
from tests.builders.web import POLICY, House, product, row


@pytest.fixture
def gateway(house: House, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the house's store; `file` writes a policy and gives its path."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("GATEWAY_NAMESPACE", "t")
    monkeypatch.setenv("GATEWAY_SECRET_KEY", "s" * 32)

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, ["policy", *words])

    return run


@pytest.fixture
def policy_file(tmp_path: Path) -> str:
    return written(tmp_path, "house", POLICY)


def written(folder: Path, name: str, document: dict[str, Any]) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    return str(path)


def strict(folder: Path) -> str:
    return written(folder, "strict", {**POLICY, "rules": [{"name": "House", "set": {"buffer_units": 20}}]})


def stocked(house: House, count: int = 12) -> None:
    names = [f"v{number}" for number in range(count)]
    house.put_catalog(product(variants=[{"id": name, "title": name, "tracked": True} for name in names]))
    house.send(*(row(variant=name, quantities={"available": 15}) for name in names))
    house.decide()


def test_a_policy_is_published_listed_and_brought_back(gateway: Any, policy_file: str, tmp_path: Path) -> None:
    first = gateway("publish", policy_file, "--note", "The first.")
    assert (first.exit_code, first.output) == (0, "Version 1 is in force.\n")
    assert json.loads(gateway("publish", strict(tmp_path), "--note", "x", "--json").output)["version"] == 2
    back = gateway("rollback", "1", "--note", "Back to the first.")
    assert (back.exit_code, back.output) == (0, "Version 3 is in force.\n")
    lines = gateway("history").output.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert lines[0].endswith("command line: Back to the first. (version 1 again)")
    assert [one["version"] for one in json.loads(gateway("history", "--json").output)["versions"]] == [3, 2, 1]


def test_every_refusal_is_a_sentence_and_exit_code_1(gateway: Any, policy_file: str, tmp_path: Path) -> None:
    assert gateway("history").output == "Nothing was published.\n"
    broken = written(tmp_path, "broken", {**POLICY, "default_pool": "web"})
    for words, sentence in (
        (("publish", broken, "--note", "x"), "default_pool: "),
        (("preview", broken), "default_pool: "),
        (("publish", policy_file, "--note", " "), "Say what changes and why"),
        (("publish", policy_file, "--note", "x", "--based-on", "4"), "The policy in force is version none"),
        (("rollback", "4", "--note", "x"), "There is no version 4."),
        (("diff", "4", policy_file), "There is no version 4."),
        (("diff", "nowhere.toml", policy_file), "nowhere.toml cannot be read"),
    ):
        result = gateway(*words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert sentence in result.stderr


def test_a_preview_says_what_moves_and_a_large_change_waits_for_its_confirmation(
    gateway: Any, house: House, policy_file: str, tmp_path: Path
) -> None:
    gateway("publish", policy_file, "--note", "x")
    stocked(house)
    told = gateway("preview", strict(tmp_path)).output
    assert "ship: 12 from low to out" in told
    assert "Tee v0 [v0]: 12 -> 0 units (House)" in told
    assert "12 of 12 variants (100.0 %) would enter or leave out now" in told
    assert json.loads(gateway("preview", strict(tmp_path), "--json").output)["large"] is True
    refused = gateway("publish", strict(tmp_path), "--note", "x", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["impact"]["moves"]) == (1, 12)
    assert "--confirm-large" in refused.stderr
    assert gateway("publish", strict(tmp_path), "--note", "x", "--confirm-large").exit_code == 0


def test_versions_and_files_are_compared_in_words(gateway: Any, policy_file: str, tmp_path: Path) -> None:
    gateway("publish", policy_file, "--note", "x")
    assert gateway("diff", "1", policy_file).output == "They are the same.\n"
    told = gateway("diff", "1", written(tmp_path, "renamed", {**POLICY, "name": "Autumn"}))
    assert told.output == "The policy's name: House -> Autumn\n"
    as_json = json.loads(gateway("diff", policy_file, "1", "--json").output)
    assert as_json == {"differences": []}
