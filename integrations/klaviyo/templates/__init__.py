"""What a message features: catalogue tags, product blocks, links and pictures, resolved through our own catalogue."""

from integrations.klaviyo.templates.reading import read_content

__all__ = ["read_content"]
