"""`/api/v1`: what sources write and what people and tools read."""

from gateway.web.api import catalog, lists, locations, policy, readings, snapshots, variants
from gateway.web.api.root import blueprint

__all__ = ["blueprint", "catalog", "lists", "locations", "policy", "readings", "snapshots", "variants"]
