"""Where the simulated vendors are chosen; their packages come with the demo extra."""

from pathlib import Path

from gateway import clock
from gateway.settings import Settings
from gateway.wiring.sample_shelf import sample_shelf
from integrations.klaviyo import simulator as klaviyo
from integrations.shopify import simulator as shopify


def simulate_shopify(
    settings: Settings, port: int, webhook_url: str | None, life: float | None, state_file: Path | None
) -> None:
    """Serve a shop that lives until stopped."""
    shopify.serve(
        port,
        now=clock.now,
        life=life,
        webhook_url=webhook_url,
        secret=settings.shopify_webhook_secrets[0] if settings.shopify_webhook_secrets else "simulated-secret",
        access_token=settings.shopify_access_token or "shpat_simulated",
        state_file=state_file,
    )


def simulate_klaviyo(settings: Settings, port: int, state_file: Path | None, *, campaigns: bool) -> None:
    """Serve a Klaviyo account until stopped; with `campaigns`, one that plans messages about the sample shop."""
    klaviyo.serve(
        port,
        api_key=settings.klaviyo_api_key or "pk_simulated",
        now=clock.now,
        elapsed=clock.elapsed,
        state_file=state_file,
        shelf=sample_shelf() if campaigns else None,
    )
