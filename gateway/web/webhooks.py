"""Vendors' webhooks: verified over the raw body, durable before they are answered."""

import hashlib

from apiflask import APIBlueprint
from flask import request

from gateway import metrics
from gateway.web.bodies import raw_body
from gateway.web.context import house
from gateway.web.errors import Problem
from integrations.errors import MalformedDeliveryError, UntrustedDeliveryError

blueprint = APIBlueprint("webhooks", __name__, url_prefix="/webhooks", tag="webhooks")


@blueprint.post("/shopify")
@blueprint.doc(operation_id="receive_shopify_webhook", summary="Receive a Shopify webhook")
def shopify() -> tuple[dict[str, bool], int]:
    """Answer 200 once the fact is durable; a trusted body that cannot be read becomes a doubt, not a retry."""
    services = house().services
    if services.webhooks is None:
        raise Problem(401, "No webhook secret is configured, so no delivery can be trusted.")
    raw, at = raw_body(), services.now()
    try:
        delivery = services.webhooks.receive(raw, dict(request.headers))
    except UntrustedDeliveryError:
        metrics.WEBHOOKS.labels(services.webhooks.name, "untrusted").inc()
        raise Problem(401, "The signature does not hold for this body.") from None
    except MalformedDeliveryError as error:
        topic = request.headers.get("X-Shopify-Topic", "unknown")[:100]
        facts = {"topic": topic, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
        services.store.doubts.raise_(
            "webhook_malformed", f"shopify {topic}", f"A trusted {topic} webhook could not be read: {error}", facts, at
        )
        return {"accepted": False}, 200
    new = house().stages.accept_delivery(services, services.webhooks.name, delivery, at)
    metrics.WEBHOOKS.labels(services.webhooks.name, "new" if new else "repeated").inc()
    return {"accepted": True}, 200
