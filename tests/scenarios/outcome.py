"""A launch scenario's table: what each system should show, beside what it shows. An empty cell is a failure."""

from typing import Any

SYSTEMS = ("shop", "till", "storefront", "reporting", "lifecycle")


class Outcome:
    """Collects cells; `check` prints the table and fails for every one that differs or is missing."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._cells: list[tuple[str, str, Any, Any]] = []

    def shows(self, system: str, what: str, expected: Any, got: Any) -> None:
        assert system in SYSTEMS, system
        self._cells.append((system, what, expected, got))

    def check(self) -> None:
        lines = [f"{self.title}", f"{'system':<11}{'what':<58}{'expected':<30}got"]
        lines += [f"{where:<11}{what:<58}{expected!s:<30}{got!s}" for where, what, expected, got in self._cells]
        print("\n".join(lines))  # noqa: T201  (the table that people read)
        silent = set(SYSTEMS) - {where for where, *_ in self._cells}
        assert not silent, f"nothing is said of {silent}"
        wrong = [f"{where}: {what} is {got}, not {wanted}" for where, what, wanted, got in self._cells if got != wanted]
        assert not wrong, "; ".join(wrong)
