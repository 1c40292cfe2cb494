"""HTTP in: sources' readings, vendors' webhooks, the API for people and tools, and the console.

Validates and names what is wrong; everything that means something happens in `gateway.pipeline`.
"""

from gateway.web.app import create_app

__all__ = ["create_app"]
