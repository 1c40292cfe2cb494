"""`/api/v1`: what sources write and what people and tools read."""

from gateway.web.api import catalog, feeds, lists, locations, policy, readings, variants
from gateway.web.api.root import blueprint

__all__ = ["blueprint", "catalog", "feeds", "lists", "locations", "policy", "readings", "variants"]
