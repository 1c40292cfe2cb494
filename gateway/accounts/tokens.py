"""API tokens: made and revoked, each in the audit."""

import re
from typing import Final

from gateway.accounts.people import RESERVED, RefusedError
from gateway.services import Services
from gateway.store.users import TakenError

TOKEN_ROLES: Final = ("reader", "source", "storefront", "marketer", "admin")
NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,60}")


def create(services: Services, name: str, role: str, by: str) -> str:
    """Make a token and return its secret, which is shown once. Raises RefusedError or TakenError."""
    name = name.strip()
    if not NAME.fullmatch(name) or name.lower() in RESERVED:
        raise RefusedError("A token needs a name of 1 to 60 characters that is nobody's yet.")
    if role not in TOKEN_ROLES:
        raise RefusedError(f"The role must be one of {', '.join(TOKEN_ROLES)}.")
    try:
        secret = services.store.accounts.create_token(name, role, services.now())
    except ValueError as error:
        raise TakenError(str(error)) from None
    services.store.audit.append(by, "token.create", name, {"role": role}, services.now())
    return secret


def revoke(services: Services, name: str, by: str) -> bool:
    """Drop a token, which ends its sessions; tell whether there was one."""
    gone = services.store.accounts.revoke(name)
    if gone:
        services.store.sessions.end_all(f"token:{name}")
        services.store.audit.append(by, "token.revoke", name, {}, services.now())
    return gone
