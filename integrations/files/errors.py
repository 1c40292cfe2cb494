"""How a file fails as a whole."""

from integrations.errors import IntegrationError


class FileRefused(IntegrationError):  # noqa: N818  (what happens to the file, not what went wrong in us)
    """Nothing in the file can be used, or nothing from here on. The text is a sentence for whoever sent it."""
