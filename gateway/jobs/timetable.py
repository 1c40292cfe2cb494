"""The timetable. A job only marks a task as due; a worker does it."""

from dataclasses import dataclass

from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """A task that is wanted every so often."""

    task: str
    every_s: int


def timetable(settings: Settings) -> tuple[Job, ...]:
    """List the jobs that the settings ask for."""
    if settings.shopify_shop is None:
        return ()
    # A full read until the incremental one exists: unchanged levels only renew their time.
    return (Job("shopify.full_load", settings.reconcile_interval_s), Job("shopify.locations", 300))
