"""Asking for a full read of a source, from wherever a gap is noticed."""

from datetime import datetime

from gateway.services import Services


def want_full(services: Services, source: str, reason: str, at: datetime) -> None:
    """Have a source read whole as soon as a worker is free, and remember why."""
    services.store.reconciles.want_full(source, reason)
    services.store.tasks.mark([f"{source}.full_load"], at)
