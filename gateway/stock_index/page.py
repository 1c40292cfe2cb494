"""The list as `GET /api/v1/variants` gives it: in the order of the store, with a cursor that survives changes."""

from datetime import datetime
from typing import Any

from gateway.services import Services
from gateway.stock_index.lines import Line
from gateway.stock_index.wanted import Wanted
from gateway.store.keys import PARTITION_SHIFT, ROW_MASK


def variants_page(
    services: Services,
    *,
    q: str | None,
    band: str | None,
    pool: str | None,
    tag: str | None,
    objection: str | None,
    limit: int,
    cursor: str | None,
    at: datetime,
) -> tuple[list[dict[str, Any]], str | None]:
    """List variants with their promise in a pool, filtered; the cursor is the last row listed."""
    after: int | None = None
    if cursor:
        partition, _, row = cursor.partition("-")
        after = int(partition) << PARTITION_SHIFT | int(row)
    wanted = Wanted(q=q, band=band, pool=pool, tag=tag, objection=objection)
    found = services.stock.listing(
        services.store, services.policies, wanted, limit=limit + 1, after=after, elapsed=services.elapsed
    )
    listed = found.lines[:limit]
    last = listed[-1].place if len(found.lines) > limit else None
    next_cursor = None if last is None else f"{last >> PARTITION_SHIFT}-{last & ROW_MASK}"
    return [_body(line) for line in listed], next_cursor


def _body(line: Line) -> dict[str, Any]:
    return {
        "variant": line.variant,
        "sku": line.sku,
        "title": line.title,
        "tags": list(line.tags),
        "on_hand": line.on_hand,
        "units": line.units,
        "promised_units": line.promised_units,
        "band": line.band,
        "objections": list(line.objections),
    }
