"""What a message features: catalogue tags, product blocks, links and pictures, resolved through our own catalogue."""

from integrations.klaviyo.templates.reading import features, read_content

__all__ = ["features", "read_content"]
