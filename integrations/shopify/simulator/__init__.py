"""A small server with Shopify's semantics: stock states, GraphQL Admin, signed webhooks, and faults on demand."""

from integrations.shopify.simulator.server import create_simulator, serve, serve_in_thread

__all__ = ["create_simulator", "serve", "serve_in_thread"]
