"""The policy of a new house is complete, and every number in it says why."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from policies.document import SETTING_DEFAULTS, Guard, Limits, LocationPurpose, RestockTerms

TEXT = (Path(__file__).parents[2] / "config" / "policies" / "default.toml").read_text(encoding="utf-8")
POLICY = tomllib.loads(TEXT)


def keys_of(value: type[Any]) -> set[str]:
    return {field.name for field in fields(value)}


def test_every_key_with_a_default_is_written_out() -> None:
    (house,), (guard,) = POLICY["rules"], POLICY["guards"]
    assert house["set"].keys() == SETTING_DEFAULTS.keys()
    assert guard.keys() == keys_of(Guard)
    assert POLICY["restock"].keys() == keys_of(RestockTerms)
    assert POLICY["limits"].keys() == keys_of(Limits)
    assert POLICY["locations"]["main"].keys() == keys_of(LocationPurpose)
    assert {"time_zone", "catalog_restock", "catalog_return"} <= POLICY.keys()


def test_every_number_says_why() -> None:
    for line in TEXT.splitlines():
        value, _, reason = line.partition("#")
        if re.search(r"= .*\d", value):
            assert len(reason.split()) >= 3, line
