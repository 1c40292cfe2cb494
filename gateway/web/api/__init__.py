"""`/api/v1`: what sources write and what people and tools read."""

from gateway.web.api import (
    audit,
    campaigns,
    catalog,
    connection,
    doubts,
    feeds,
    jobs,
    lists,
    locations,
    policy,
    readings,
    restocks,
    snapshots,
    variants,
    waitlist,
)
from gateway.web.api.root import blueprint

__all__ = [
    "audit",
    "blueprint",
    "campaigns",
    "catalog",
    "connection",
    "doubts",
    "feeds",
    "jobs",
    "lists",
    "locations",
    "policy",
    "readings",
    "restocks",
    "snapshots",
    "variants",
    "waitlist",
]
