"""The console: what is on hand beside what may be promised, and why they differ."""

from gateway.web.console.pages import blueprint

__all__ = ["blueprint"]
