"""The linter's warnings as JSON, in one form for the command, the console and the API."""

from collections.abc import Iterable
from typing import Any

from policies.lint import Outcome, PolicyWarning


def warnings_result(warnings: Iterable[PolicyWarning]) -> list[dict[str, Any]]:
    """Write warnings as a list; `example` is left out where there is none."""
    return [_warning(warning) for warning in warnings]


def _warning(warning: PolicyWarning) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": warning.code.value,
        "severity": warning.severity,
        "path": warning.path,
        "message": warning.sentence,
    }
    if (example := warning.example) is not None:
        written["example"] = {
            "variant": example.variant,
            "title": example.title,
            "pool": example.pool,
            "without": None if example.without is None else _outcome(example.without),
            "under": _outcome(example.under),
        }
    return written


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"units": outcome.units, "band": outcome.band, "promised_units": outcome.promised_units}
