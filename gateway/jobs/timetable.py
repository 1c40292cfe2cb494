"""The timetable. A job only marks a task as due; a worker does it."""

from dataclasses import dataclass
from typing import Final

from gateway.settings import Settings

A_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Job:
    """A task that is wanted every so often."""

    task: str
    every_s: int


def timetable(settings: Settings) -> tuple[Job, ...]:
    """List the jobs that the settings ask for."""
    always = (Job("sales_rates", A_DAY_S), Job("journal_trim", A_DAY_S))
    if settings.shopify_shop is None:
        return always
    # A full read until the incremental one exists: unchanged levels only renew their time.
    return (*always, Job("shopify.full_load", settings.reconcile_interval_s), Job("shopify.locations", 300))
