"""The stages of the pipeline as the web process calls them, bound once when the application is built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stages:
    """What `gateway.pipeline` offers to HTTP. Each takes the services first and the time as `at`."""

    accept_readings: Callable[..., Any]
    accept_columns: Callable[..., Any]
    accept_delivery: Callable[..., Any]
    accept_products: Callable[..., Any]
    accept_locations: Callable[..., Any]
    variant_view: Callable[..., dict[str, Any] | None]
    explanation_view: Callable[..., dict[str, Any] | None]
    variants_page: Callable[..., tuple[list[dict[str, Any]], str | None]]
    history: Callable[..., Any]
    settle_restock: Callable[..., bool]
    settle_doubt: Callable[..., str | None]
    assign_doubt: Callable[..., bool]


def pipeline_stages() -> Stages:
    """Bind the real stages; imported here, so that building a contract or a page needs no ledger."""
    from gateway.doubts import settle  # noqa: PLC0415
    from gateway.pipeline import explain, history, read, restocks  # noqa: PLC0415
    from gateway.stock_index.page import variants_page  # noqa: PLC0415

    return Stages(
        accept_readings=read.accept_readings,
        accept_columns=read.accept_columns,
        accept_delivery=read.accept_delivery,
        accept_products=read.accept_products,
        accept_locations=read.accept_locations,
        variant_view=explain.variant_view,
        explanation_view=explain.explanation_view,
        variants_page=variants_page,
        history=history.history,
        settle_restock=restocks.settle_restock,
        settle_doubt=settle.settle_doubt,
        assign_doubt=settle.assign_doubt,
    )
