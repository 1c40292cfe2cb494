"""What the simulated account holds of messages as a file, so that a second start goes on where the first ended."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from integrations.klaviyo.simulator.campaigns import Messaging

PARTS: Final = ("campaigns", "messages", "variations", "audiences", "templates", "tags", "flows", "steps")
TIMES: Final = ("created", "updated")
SETS: Final = ("campaigns", "flows")


class Kept:
    """One account's messages on disk."""

    def __init__(self, messaging: Messaging, file: Path) -> None:
        """Fill the account from the file where there is one."""
        self._messaging, self._file, self._written = messaging, file, ""
        if file.exists():
            self._written = file.read_text("utf-8")
            state = json.loads(self._written)
            for part in PARTS:
                setattr(messaging, part, {id_: _read(part, record) for id_, record in state[part].items()})
            messaging.number = state["number"]

    def save(self) -> None:
        """Write what changed since: the whole state, or the one before, never half."""
        state = {part: getattr(self._messaging, part) for part in PARTS}
        text = json.dumps({**state, "number": self._messaging.number}, default=_plain)
        if text == self._written:
            return
        draft = self._file.with_suffix(".tmp")
        draft.write_text(text, "utf-8")
        draft.replace(self._file)
        self._written = text


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else sorted(value)


def _read(part: str, record: Any) -> Any:
    if part in ("messages", "steps"):
        return {key: datetime.fromisoformat(value) if key in TIMES else value for key, value in record.items()}
    if part == "tags":
        return {key: set(value) if key in SETS else value for key, value in record.items()}
    return record
