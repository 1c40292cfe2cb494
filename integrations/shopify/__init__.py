"""Shopify: its words inside, ours outside."""
