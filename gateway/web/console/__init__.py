"""The console: what is on hand beside what may be promised, and why they differ. Every page is a module here."""

from gateway.web.console import (
    pages,
    records,
    restocks,
    sign_in,
    today,
)
from gateway.web.console.shell import blueprint

__all__ = [
    "blueprint",
    "pages",
    "records",
    "restocks",
    "sign_in",
    "today",
]
