"""Is it alive, is it ready, how is it doing: for routers, for people, for Prometheus."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from gateway.store.errors import StoreUnavailable
from gateway.web.context import house

OUTBOXES = ("klaviyo.items", "klaviyo.variants")
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
        gauges = services.store.gauges.all(at)
    except StoreUnavailable:
        return {"status": "not ready", "reasons": ["The store cannot be reached."]}, 503
    body: dict[str, Any] = {"oldest_due_s": oldest, "processes": sorted(gauges)}
    if epoch is None:
        return {"status": "not ready", "reasons": ["The store is empty: run `gateway release`."], **body}, 503
    return {"status": "ready", "reasons": [], **body}, 200


@blueprint.get("/metrics")
@blueprint.doc(operation_id="metrics", summary="Report figures to Prometheus")
def metrics() -> Response:
    """Gather what the other processes left in the store, and the depth of what is due."""
    services = house().services
    at = services.now()
    registry = CollectorRegistry()
    process = Gauge("gateway_process", "What a process reports of itself.", ["process", "name"], registry=registry)
    for name, values in services.store.gauges.all(at).items():
        for key, value in values.items():
            process.labels(name, key).set(value)
    Gauge("gateway_due", "Variants due now.", registry=registry).set(services.store.due.depth(at))
    outbox = Gauge("gateway_outbox", "Entries by state.", ["destination", "state"], registry=registry)
    for destination in OUTBOXES:
        depth = services.store.outbox.depth(destination, at)
        outbox.labels(destination, "waiting").set(depth.waiting)
        outbox.labels(destination, "leased").set(depth.leased)
        outbox.labels(destination, "parked").set(depth.parked)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
