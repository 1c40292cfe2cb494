"""Where in a TOML file a path stands, for people who are to fix it there. `tomllib` does not tell.

A file that parses is cut into its statements, each of which parses alone; what a statement says gives the paths.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.documents.problems import join_path

CLOSING: Final = ("]", "}", '"""', "'''")
"""What ends a value of several lines; only then it is worth trying whether a statement is whole."""


class Lines:
    """The line of every path of a TOML document, counted from 1."""

    def __init__(self, text: str) -> None:
        self._line_of: dict[str, int] = {}
        self._entries: dict[str, int] = {}  # path of a list of tables -> how many there were so far
        table = ""
        for line, statement, said in _statements(text):
            if statement.lstrip().startswith("["):
                table = self._open(said)
                self._line_of.setdefault(table, line)
            else:
                for path in _paths(said, table):
                    self._line_of.setdefault(path, line)

    def of(self, path: str) -> int | None:
        """Find the line of a path, or of the nearest thing around it; None where nothing around it is written."""
        while path:
            if path in self._line_of:
                return self._line_of[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None

    def _open(self, said: Any) -> str:
        """Follow a table's header to its path; in a list of tables it means the newest."""
        path = ""
        while said:
            if isinstance(said, list):
                path, said = f"{path}[{self._entries[path]}]", said[0]
                continue
            key, said = next(iter(said.items()))
            path = join_path(path, key)
            if isinstance(said, list):
                self._entries[path] = self._entries.get(path, -1) + 1
            elif path in self._entries:
                path = f"{path}[{self._entries[path]}]"
        return path


def _statements(text: str) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Cut a document into headers and assignments, each with its first line and what it says by itself."""
    begun: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        begun.append(line)
        if len(begun) > 1 and not any(end in line for end in CLOSING):
            continue
        statement = "\n".join(begun)
        try:
            said = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if said:
            yield number - len(begun) + 1, statement, said
        begun.clear()


def _paths(said: Any, path: str) -> Iterator[str]:
    entries = said.items() if isinstance(said, Mapping) else enumerate(said) if isinstance(said, list) else ()
    for key, inner in entries:
        below = join_path(path, key)
        yield below
        yield from _paths(inner, below)
