"""The timetable. A job only marks a task as due; a worker does it."""

from dataclasses import dataclass
from typing import Final

from gateway.settings import Settings

A_DAY_S: Final = 86_400
LAST_RUN: Final = "clock."
"""The task names under which a job's last tick is remembered."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task that is wanted every so often."""

    task: str
    every_s: int


def timetable(settings: Settings) -> tuple[Job, ...]:
    """List the jobs that the settings ask for."""
    jobs = [Job("sales_rates", A_DAY_S), Job("journal_trim", A_DAY_S), Job("look_for_doubts", 600)]
    if settings.shopify_shop is not None:
        jobs += [Job("shopify.full_load", A_DAY_S), Job("shopify.reconcile", settings.reconcile_interval_s)]
        jobs += [Job("shopify.locations", 300), Job("shopify.check", 900)]
        jobs += [Job("shopify.transfers", 900)]
    if settings.klaviyo_api_key is not None:
        # A revoked key is noticed within a quarter of an hour.
        jobs += [Job("klaviyo.connection", 900), Job("klaviyo.catalog_audit", settings.catalog_audit_interval_s)]
    return tuple(jobs)
