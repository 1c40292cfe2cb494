"""Many alerts as one message that a person reads on a telephone."""

from collections.abc import Sequence
from typing import Final

from gateway.alerts.alert import Alert, Kind
from gateway.alerts.of_holds import HOLD_KINDS
from gateway.alerts.of_the_house import OTHERWISE
from gateway.redaction import redact_text

ORDER: Final = {kind: place for place, kind in enumerate([*HOLD_KINDS, *OTHERWISE])}
LINES: Final = 6
"""Alerts of a kind that are written out: chat services cut long messages off."""
LONGEST: Final = 240
REPEATED: Final = "This may have reached you before."


def message_of(alerts: Sequence[Alert], public_url: str | None, *, repeated: bool) -> tuple[str, str]:
    """Write title and text; names of people and addresses of theirs are left out."""
    kinds = sorted({alert.kind for alert in alerts}, key=lambda kind: ORDER[kind])
    parts = [_part(kind, [alert for alert in alerts if alert.kind is kind], public_url) for kind in kinds]
    title = ", ".join(kind.heading(sum(alert.kind is kind for alert in alerts)) for kind in kinds[:2])
    if len(kinds) > 2:  # noqa: PLR2004  (two headings fit into a line)
        title += " and more"
    return title, redact_text("\n\n".join([*parts, *([REPEATED] if repeated else [])]))


def _part(kind: Kind, alerts: Sequence[Alert], public_url: str | None) -> str:
    lines = [kind.heading(len(alerts))]
    lines += [f"- {_short(alert.sentence)}\n  If nobody answers: {alert.otherwise}" for alert in alerts[:LINES]]
    if len(alerts) > LINES:
        lines.append(f"- and {len(alerts) - LINES} more")
    if public_url is not None:
        lines.append(f"{public_url.rstrip('/')}/{kind.page}")
    return "\n".join(lines)


def _short(sentence: str) -> str:
    text = " ".join(sentence.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
