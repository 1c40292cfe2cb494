"""Taking in those who want to hear of a variant, and forgetting them for good. Called by HTTP and by the import."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from gateway.services import Services
from gateway.store.columns import UNKNOWN_PLACE
from gateway.store.waitlist import Entry
from gateway.waves.sealing import Sealer
from integrations.ports import Channel, Contact
from policies.columns import BLIND_UNITS
from policies.values import Band

EMAIL: Final = r"[!#$%&'*+/=?^_`{|}~0-9A-Za-z.-]{1,64}@[0-9A-Za-z-]{1,63}(\.[0-9A-Za-z-]{1,63}){1,4}"
PHONE: Final = r"\+[1-9][0-9]{6,14}"
"""E.164, as Klaviyo wants it (Create Back In Stock Subscription)."""
OF_A_PERSON, OF_AN_ADDRESS = ("person", 10), ("address", 120)
"""How many wishes an hour one person, and one network address, may have."""

Refusal = Literal["unknown_variant", "available", "stock_unknown", "too_often"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's wish to hear of one variant."""

    contact: Contact
    variant: str
    channels: tuple[Channel, ...]
    vip: bool = False
    since: datetime | None = None  # of an imported one, when it was made


def read_contact(email: object, phone: object) -> Contact | None:
    """Read a contact from what was sent; None where it is not exactly one address or number in its form."""
    if isinstance(email, str) and phone is None and re.fullmatch(EMAIL, email.strip(), re.ASCII):
        return Contact(email=email.strip().lower())
    if isinstance(phone, str) and email is None and re.fullmatch(PHONE, phone.strip(), re.ASCII):
        return Contact(phone=phone.strip())
    return None


def join(services: Services, wish: Wish, address: str | None, at: datetime) -> Refusal | bool:
    """Take a wish in; True where it is new, False where it was known, else why it is refused. Repeating is harmless."""
    sealer = Sealer.of(services.settings)
    refusal = _too_often(services, sealer, wish.contact, address) or _unfit(services, wish.variant)
    return refusal or keep(services, sealer, wish, at, unsent=services.settings.klaviyo_back_in_stock == "native")


def keep(services: Services, sealer: Sealer, wish: Wish, at: datetime, *, unsent: bool) -> bool:
    """Keep a wish, sealed; tell whether it is new. `unsent`: Klaviyo's own list is to hear of it."""
    entry = Entry(wish.since or at, sealer.seal(wish.contact, wish.channels), wish.vip, unsent)
    return services.store.waitlist.join(wish.variant, sealer.hashes(wish.contact), entry, at)


def erase(services: Services, contact: Contact, by: str, at: datetime) -> int:
    """Forget a person everywhere here; return on how many variants' lists they were.

    Klaviyo keeps what it was told; its own privacy request erases that. The audit says that somebody was erased, not
    who.
    """
    people = Sealer.of(services.settings).hashes(contact)
    found = services.store.waitlist.erase(people)
    for person in people:
        services.store.throttle.forget(OF_A_PERSON[0], person, OF_A_PERSON[1])
    services.store.audit.append(by, "waitlist.erased", "one person", {"variants": found}, at)
    return found


def known(services: Services, variants: Sequence[str]) -> list[bool]:
    """Tell which variants the catalogue knows."""
    entries = services.store.catalog.entries(list(variants))
    return [variant in entries for variant in variants]


def _too_often(services: Services, sealer: Sealer, contact: Contact, address: str | None) -> Refusal | None:
    counted = [(OF_A_PERSON, sealer.hashes(contact)[0])]
    if address is not None:
        counted.append((OF_AN_ADDRESS, sealer.digests(f"address:{address}")[0]))
    passes = [services.store.throttle.passes(what, who, per_hour) for (what, per_hour), who in counted]
    return None if all(passes) else "too_often"


def _unfit(services: Services, variant: str) -> Refusal | None:
    """Say why nobody needs to wait for a variant: it can be bought, or nobody can say."""
    rows, version = services.store.ledger.read([variant]), services.policies.current()
    if rows.places[0] == UNKNOWN_PLACE or not known(services, [variant])[0]:
        return "unknown_variant"
    if version is None or not rows.sequences[0] or version.default_column >= rows.pools.shape[1]:
        return "stock_unknown"
    state = rows.pools[0, version.default_column]
    if state["band"] == Band.OUT or state["promised"] == 0:
        return None
    return "stock_unknown" if state["promised"] == BLIND_UNITS else "available"
