"""Snapshots as a warehouse system sends them."""

import hashlib
import json
from typing import Any

from tests.builders.web import House

AS_OF = "2026-11-23T11:55:00Z"


def level(variant: str = "tee-m", location: str = "wh", available: int | None = 14, **changes: Any) -> dict[str, Any]:
    """One row."""
    return {"variant": variant, "location": location, "quantities": {"available": available}, **changes}


def body(*rows: Any, signed: bool = True, **manifest: Any) -> bytes:
    """A manifest that is true of its rows, unless told otherwise, and the rows."""
    lines = b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)
    first = {"source": "wms", "as_of": AS_OF, "rows": len(rows)}
    if signed:
        first["sha256"] = hashlib.sha256(lines).hexdigest()
    return json.dumps(first | manifest).encode() + b"\n" + lines


def send(house: House, content: bytes, role: str = "source", **headers: str) -> Any:
    """Post a snapshot."""
    sent = house.bearer(role) | {"Content-Type": "application/x-ndjson"} | headers
    return house.client.post("/api/v1/snapshots", data=content, headers=sent)


def known(house: House, *variants: str) -> dict[tuple[str, str], dict[str, int]]:
    """What the ledger holds of some variants, by variant and location."""
    rows, slots = house.store.ledger.read(variants), house.store.ledger.slots()
    return {
        (variant, slots[place].location): dict(
            zip(rows.levels.states, rows.levels.quantities[index, place].tolist(), strict=True)
        )
        for index, variant in enumerate(variants)
        for place in range(rows.levels.stamps.shape[1])
        if rows.levels.stamps[index, place]
    }
