"""What is wrong with a document: every problem at once, each with the path of the value it is about."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

NOT_A_TABLE: Final = "must be a table of keys and values"
ABOUT_THE_NAME: Final = object()
ABOUT_THE_VALUE: Final = object()
"""Keys of nested messages for an entry itself, beside the keys of what is in it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal; `path` as in `rules[3].set.low_at_units`, empty for the document as a whole."""

    path: str
    message: str


class DocumentProblems(ValueError):  # noqa: N818 - it is the list of them
    """A document was refused; the version in force stays as it is."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def join_path(path: str, key: object) -> str:
    """Append a key, or a position in a list, to a path."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def in_document_order(problem: Problem) -> tuple[tuple[int, str], ...]:
    """Sort by path, `rules[2]` before `rules[10]`."""
    parts = re.split(r"([0-9]+)", problem.path)
    return tuple((len(part) if part.isdigit() else 0, part) for part in parts)


def flatten_errors(errors: Any, path: str = "") -> Iterator[Problem]:
    """Turn marshmallow's nested messages into problems."""
    if not isinstance(errors, Mapping):
        yield from (Problem(path, str(message)) for message in errors)
        return
    for key, inner in errors.items():
        yield from flatten_errors(inner, path if key in (ABOUT_THE_NAME, ABOUT_THE_VALUE) else join_path(path, key))
