"""Versions and impacts as JSON, the same for the API and the commands; titles are added to the variants listed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from gateway.documents.advice import warnings_result
from gateway.services import Services
from gateway.store.values import PolicyVersion
from policies.difference import differences
from policies.document import Document
from policies.explain import time_text
from policies.impact import CatalogNumbers, GuardMoves, Impact, MomentImpact, Restocks
from policies.lint import PolicyWarning
from policies.side_by_side import Example

Titles = Mapping[str, str]


def impact_view(services: Services, impact: Impact) -> dict[str, Any]:
    """Describe an impact; `differences` and `warnings` are added by `preview_view`."""
    moments = (impact.now, *impact.later)
    listed = [one.variant for moment in moments for change in moment.changes for one in change.examples]
    entries = services.store.catalog.entries(list(dict.fromkeys(listed)))
    titles = {name: f"{entry.product_title} {entry.title}".strip() for name, entry in entries.items()}
    blind = {pool: {"would_become": more, "would_see_again": fewer} for pool, (more, fewer) in impact.blind.items()}
    return {
        "at": time_text(impact.at),
        "large": impact.large,
        "reasons": list(impact.reasons),
        "variants": impact.variants,
        "decided": impact.looked_at,
        **_moment(impact.now, titles),
        "first_sight": {pool: dict(bands) for pool, bands in impact.first_sight.items()},
        "blind": blind,
        "campaigns": _campaigns(impact.guards),
        "later": [
            {"at": time_text(moment.at), "why": list(moment.why), **_moment(moment, titles)} for moment in impact.later
        ],
    }


def preview_view(
    services: Services, document: Document, impact: Impact, warnings: Iterable[PolicyWarning], *, based_on: int
) -> dict[str, Any]:
    """Describe a preview: the version in force before it was made (0: none), what is new in words, and the impact."""
    current = services.policies.document(based_on)
    return {
        "based_on": based_on or None,
        **impact_view(services, impact),
        "differences": [] if current is None else difference_view(current, document),
        "warnings": warnings_result(warnings),
    }


def version_line(version: PolicyVersion) -> dict[str, Any]:
    """Describe a version without its document."""
    return {
        "version": version.number,
        "author": version.author,
        "note": version.note,
        "published_at": time_text(version.published_at),
        "confirmed": version.confirmed,
        "restores": version.restores,
    }


def version_view(services: Services, version: PolicyVersion) -> dict[str, Any]:
    """Describe a version with its document, and how it differs from the one before."""
    before, after = services.policies.document(version.number - 1), services.policies.document(version.number)
    words = [] if before is None or after is None else difference_view(before, after)
    return {**version_line(version), "document": version.document, "differences": words}


def difference_view(before: Document, after: Document) -> list[dict[str, str]]:
    """Describe what one document changes of another."""
    return [{"path": one.path, "sentence": one.sentence} for one in differences(before, after)]


def _moment(moment: MomentImpact, titles: Titles) -> dict[str, Any]:
    changes = [
        {
            "pool": change.pool,
            "from": change.before,
            "to": change.after,
            "variants": change.variants,
            "listed": [_example(one, titles) for one in change.examples],
        }
        for change in moment.changes
    ]
    return {
        "moves": moment.moves,
        "changes": changes,
        "restocks": _restocks(moment.restocks),
        "catalog": _catalog(moment.catalog),
    }


def _example(one: Example, titles: Titles) -> dict[str, Any]:
    because = [
        {"setting": move.setting, "before": _plain(move.before), "after": _plain(move.after), "rule": move.rule}
        for move in one.because
    ]
    return {
        "variant": one.variant,
        "title": titles.get(one.variant),
        "units_before": one.units_before,
        "units_after": one.units_after,
        "promised_before": one.promised_before,
        "promised_after": one.promised_after,
        "because": because,
    }


def _restocks(counts: Restocks) -> dict[str, int]:
    return {
        "would_alert": counts.would_alert,
        "told_at_most": counts.told_at_most,
        "would_not_alert": counts.would_not_alert,
        "await_confirmation": counts.await_confirmation,
        "no_longer": counts.no_longer,
        "returns": counts.returns,
        "returns_await_confirmation": counts.returns_await_confirmation,
    }


def _catalog(counts: CatalogNumbers) -> dict[str, int]:
    return {
        "changed": counts.changed,
        "raised": counts.raised,
        "lowered": counts.lowered,
        "to_zero": counts.to_zero,
        "from_zero": counts.from_zero,
    }


def _campaigns(guards: GuardMoves | None) -> dict[str, int] | None:
    if guards is None:
        return None
    return {"would_be_held": guards.held, "would_be_released": guards.released, "judged": guards.targets}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
