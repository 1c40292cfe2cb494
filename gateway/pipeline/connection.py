"""Looking after the connection to Klaviyo: which account the key opens, whether it may be written to, what is wrong.

A house belongs to the first account it was connected to. Another account's key writes nothing until an admin says that
the house is to belong to it: its catalogue would be filled with another shop's stock.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from gateway.pipeline.destinations import CATEGORIES, ITEMS, VARIANTS
from gateway.services import Services
from gateway.store.values import ConnectionState
from integrations.errors import AccessError, IntegrationError, TemporaryError
from integrations.ports import CatalogPublisher

SYSTEM: Final = "klaviyo"
CHECK: Final = "klaviyo.connection"
AUDIT: Final = "klaviyo.catalog_audit"
RECHECK: Final = timedelta(seconds=30)


def check_connection(services: Services, at: datetime) -> bool:
    """Ask whom the key opens and what it may do, and keep the answer; tell whether there was one.

    Without a key there is nothing to check. Where there is no allowance for asking, it is asked again when there is.
    """
    if services.publisher is None:
        return False
    connections = services.store.connections
    try:
        found = _checked(services, services.publisher, at)
    except TemporaryError as error:
        if error.retry_after_s is not None:
            services.store.tasks.mark([CHECK], at + timedelta(seconds=error.retry_after_s))
            return False
        found = _as_before(services, error, at)
    except AccessError as error:
        found = ConnectionState("", "", _fingerprint(services), at, (str(error),), writable=False)
    except IntegrationError as error:
        found = _as_before(services, error, at)
    connections.put_state(SYSTEM, found)
    if found.problems:
        services.store.doubts.raise_("connection", SYSTEM, " ".join(found.problems), {"account": found.name}, at)
    else:
        services.store.doubts.clear("connection", SYSTEM)
    return True


def may_write(services: Services) -> bool:
    """Tell whether this very key was seen to open the account that the house belongs to."""
    state = services.store.connections.state(SYSTEM)
    return state is not None and state.writable and state.fingerprint == _fingerprint(services)


def check_when_unknown(services: Services, at: datetime) -> None:
    """Check a key that was not yet seen to open any account, again and again until it was.

    Called before delivering, so that a new key need not wait for the timetable behind longer work.
    """
    state = services.store.connections.state(SYSTEM)
    unseen = state is None or state.fingerprint != _fingerprint(services)
    if unseen or (state is not None and not state.account and at - state.checked_at >= RECHECK):
        check_connection(services, at)


def adopt_account(services: Services, note: str, by: str, at: datetime) -> ConnectionState | None:
    """Let the house belong to the account that its key opens now; that account was told nothing yet.

    Return that account's state; None while the key was not seen to open any. One that is ours already changes nothing.
    """
    state = services.store.connections.state(SYSTEM)
    if state is None or not state.account:
        return None
    if not state.writable:
        _give_up_the_old_one(services, at)
        services.store.audit.append(by, "connection.adopt", SYSTEM, {"account": state.account, "note": note}, at)
    return state


def _give_up_the_old_one(services: Services, at: datetime) -> None:
    for destination in (ITEMS, VARIANTS, CATEGORIES):
        services.store.told.clear(destination)
    services.store.connections.unpin(SYSTEM)
    services.store.tasks.mark([CHECK, AUDIT], at)  # the audit finds everything missing and wants it told


def _as_before(services: Services, error: IntegrationError, at: datetime) -> ConnectionState:
    """Keep what is known of the key; of one never seen to open anything that is nothing, so nothing is written."""
    before = services.store.connections.state(SYSTEM)
    if before is None or before.fingerprint != _fingerprint(services):
        before = ConnectionState("", "", _fingerprint(services), at)
    problems = (str(error),)
    return ConnectionState(
        before.account, before.name, before.fingerprint, at, problems, before.writable, before.revision
    )


def _checked(services: Services, publisher: CatalogPublisher, at: datetime) -> ConnectionState:
    account = publisher.account()
    try:
        problems = list(publisher.scope_problems())
    except TemporaryError:  # whose account it is, is known: scopes are asked for again the next time
        problems = []
    bound_to = services.store.connections.pin(SYSTEM, account.id)
    if bound_to != account.id:
        problems.append(
            f"The API key opens the account {account.name} ({account.id}), but this house belongs to {bound_to}. "
            "Nothing is written. Set the other key again, or let an admin adopt the new account."
        )
    own = bound_to == account.id
    return ConnectionState(
        account.id, account.name, _fingerprint(services), at, tuple(problems), writable=own, revision=account.revision
    )


def _fingerprint(services: Services) -> str:
    key = services.settings.klaviyo_api_key or ""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
