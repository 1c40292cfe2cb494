"""HTTP in: sources' readings, vendors' webhooks, the API for people and tools, and the console.

Validates and names what is wrong; everything that means something happens in `gateway.pipeline`.
"""
