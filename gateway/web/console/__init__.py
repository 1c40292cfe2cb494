"""The console: what is on hand beside what may be promised, and why they differ. Every page is a module here."""

from gateway.web.console import (
    account,
    audit,
    board,
    records,
    restocks,
    sign_in,
    sign_in_oidc,
    stock,
    today,
    tokens,
    users,
    variant,
    variant_history,
    welcome,
)
from gateway.web.console.shell import blueprint

__all__ = [
    "account",
    "audit",
    "blueprint",
    "board",
    "records",
    "restocks",
    "sign_in",
    "sign_in_oidc",
    "stock",
    "today",
    "tokens",
    "users",
    "variant",
    "variant_history",
    "welcome",
]
