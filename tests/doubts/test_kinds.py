"""Every kind of doubt that is raised anywhere has a title, and says what a word on it does."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import gateway
from gateway.doubts.kinds import KINDS, OTHER

ROOT = Path(gateway.__file__).parent
HOW_TO = ROOT.parent / "docs" / "how-to" / "doubts.md"


def raised() -> Iterator[str]:
    """The kinds that a `raise_` names, by a literal or by a constant of its module."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "raise_":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)
                elif isinstance(first, ast.Name) and first.id.isupper():
                    module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
                    yield getattr(importlib.import_module(module), first.id)


def test_no_kind_is_without_words() -> None:
    found = set(raised())
    assert len(found) > 15
    assert found - KINDS.keys() == set()
    assert all(kind.title != OTHER.title and kind.confirm.endswith(".") for kind in KINDS.values())


def test_every_kind_has_its_line_in_the_how_to() -> None:
    text = HOW_TO.read_text()
    assert [name for name in KINDS if name != "held_back" and f"`{name}`" not in text] == []
