"""Is it alive, is it ready, how is it doing: for routers, for people, for Prometheus."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST

from gateway import metrics
from gateway.sources.report import measure_sources
from gateway.store.errors import StoreUnavailable
from gateway.web.context import house

OUTBOXES = ("klaviyo.items", "klaviyo.variants")
ALL_OUTBOXES = (*OUTBOXES, "alerts")
blueprint = APIBlueprint("health", __name__, tag="health")


@blueprint.get("/livez")
@blueprint.doc(operation_id="live", summary="Tell that the process answers")
def live() -> dict[str, str]:
    """Answer without asking anyone."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@blueprint.doc(operation_id="ready", summary="Tell whether requests can be served")
def ready() -> tuple[dict[str, Any], int]:
    """Answer 503 with the reason while the store is away or was emptied."""
    services = house().services
    at = services.now()
    try:
        services.store.ping()
        epoch = services.store.epoch.read()
        oldest = services.store.due.oldest_s(at)
        gauges, clock_acts = services.store.gauges.all(at), services.store.lease("clock").locked()
    except StoreUnavailable:
        return {"status": "not ready", "reasons": ["The store cannot be reached."]}, 503
    body: dict[str, Any] = {"oldest_due_s": oldest, "processes": sorted(gauges), "clock_acts": clock_acts}
    if epoch is None:
        return {"status": "not ready", "reasons": ["The store is empty: run `gateway release`."], **body}, 503
    return {"status": "ready", "reasons": [], **body}, 200


@blueprint.get("/metrics")
@blueprint.doc(operation_id="metrics", summary="Report figures to Prometheus")
def report() -> Response:
    """Report what web processes counted, what is due and waiting, and what the other processes left in the store."""
    store, at = house().services.store, house().services.now()
    metrics.DUE_DEPTH.set(store.due.depth(at))
    metrics.DOUBTS.set(store.doubts.count())
    measure_sources(house().services, at)
    for destination in ALL_OUTBOXES:
        depth = store.outbox.depth(destination, at)
        for state in ("waiting", "leased", "parked"):
            metrics.OUTBOX_DEPTH.labels(destination, state).set(getattr(depth, state))
    return Response(metrics.exposition(store.gauges.all(at)), content_type=CONTENT_TYPE_LATEST)
