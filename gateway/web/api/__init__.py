"""`/api/v1`: what sources write and what people and tools read."""

from gateway.web.api import (
    campaigns,
    catalog,
    connection,
    feeds,
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
    "blueprint",
    "campaigns",
    "catalog",
    "connection",
    "feeds",
    "lists",
    "locations",
    "policy",
    "readings",
    "restocks",
    "snapshots",
    "variants",
    "waitlist",
]
