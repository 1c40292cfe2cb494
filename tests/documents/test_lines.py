"""Every path of a TOML document is found on its line."""

import tomllib
from pathlib import Path

import pytest

from gateway.documents.lines import Lines

ROOT = Path(__file__).parents[2]
TEXT = '''\
schema = 1                      # [not a table]
authority.products = "shopify"
[authority.levels_at]
"wh.east" = "wms"

[[rules]]
name = "first"
set = { buffer_units = 2 }
[[rules]]
name = """
second
"""
[rules.when]
tags = [
  "a", # one
  "b",
]
[rules.set]
low_at_units = 8

[[rules]]
name = "third"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("schema", 1),
        ("authority.products", 2),
        ("authority.levels_at.wh.east", 4),
        ("rules[0]", 6),
        ("rules[0].set.buffer_units", 8),
        ("rules[1].name", 10),
        ("rules[1].when.tags[1]", 14),
        ("rules[1].set.low_at_units", 19),
        ("rules[1].until", 9),
        ("rules[2]", 21),
        ("guards[0].pool", None),
        ("", None),
    ],
)
def test_a_path_is_found_on_its_line_or_on_that_of_what_is_around_it(path: str, line: int | None) -> None:
    assert Lines(TEXT).of(path) == line
    assert Lines(TEXT.replace("\n", "\r\n")).of(path) == line


@pytest.mark.parametrize("file", sorted((ROOT / "config" / "policies").rglob("*.toml")), ids=lambda file: file.stem)
def test_every_rule_of_the_policies_at_hand_is_on_the_line_of_its_header(file: Path) -> None:
    text = file.read_text()
    lines = Lines(text)
    headers = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("[[rules]]")]
    rules = tomllib.loads(text)["rules"]
    assert [lines.of(f"rules[{number}]") for number in range(len(rules))] == headers
    for number, rule in enumerate(rules):
        written = lines.of(f"rules[{number}].name")
        assert written is not None and rule["name"] in text.splitlines()[written - 1]


def test_a_long_list_takes_no_long_time() -> None:
    ids = "\n".join(f'  "sku-{number}",' for number in range(20_000))
    lines = Lines(f'[[rules]]\nname = "ids"\nwhen.skus = [\n{ids}\n]\nset.excluded = true\n')
    assert (lines.of("rules[0].when.skus[19999]"), lines.of("rules[0].set.excluded")) == (3, 20_005)
