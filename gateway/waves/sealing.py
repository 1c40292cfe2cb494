"""Contacts at rest: sealed with a key made from GATEWAY_SECRET_KEY, found again by a keyed hash of theirs."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.settings import Settings
from integrations.ports import Channel, Contact

KEY_BYTES: Final = 32
HASH_BYTES: Final = 16


class NoSecretKey(Exception):  # noqa: N818  (a state of the settings)
    """There is no GATEWAY_SECRET_KEY to seal with."""


class SealError(Exception):
    """What is kept was sealed with a key that is no longer set."""


class Sealer:
    """Seals with the newest key; opens, and finds people again, with any that is still set."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive the keys. Raises NoSecretKey."""
        if not secrets:
            raise NoSecretKey("The waitlist needs GATEWAY_SECRET_KEY: contacts are kept sealed only.")
        self._fernet = MultiFernet([Fernet(_base64(_derive(secret, b"waitlist seal"))) for secret in secrets])
        self._hash_keys = [_derive(secret, b"waitlist person") for secret in secrets]

    @classmethod
    def of(cls, settings: Settings) -> "Sealer":
        """Make the sealer of these settings. Raises NoSecretKey."""
        return cls([secret for secret in (settings.secret_key, *settings.previous_secret_keys) if secret])

    def seal(self, contact: Contact, channels: Sequence[Channel]) -> str:
        """Write a contact, and by what it may be reached, so that only we can read it."""
        return self._fernet.encrypt(orjson.dumps([contact.email, contact.phone, list(channels)])).decode()

    def open(self, sealed: str) -> tuple[Contact, tuple[Channel, ...]]:
        """Read what was sealed. Raises SealError."""
        try:
            email, phone, channels = orjson.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise SealError("A contact was sealed with a key that is no longer set.") from None
        return Contact(email, phone), tuple(channels)

    def hashes(self, contact: Contact) -> list[str]:
        """Name a person without saying who it is; the first of the hashes is the newest key's."""
        named = f"email:{contact.email}" if contact.email is not None else f"phone:{contact.phone}"
        return self.digests(named)

    def digests(self, text: str) -> list[str]:
        """Hash a text with each key."""
        return [hmac.new(key, text.encode(), hashlib.sha256).digest()[:HASH_BYTES].hex() for key in self._hash_keys]


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"stock-signal gateway: " + purpose).derive(secret.encode())


def _base64(key: bytes) -> bytes:
    return base64.urlsafe_b64encode(key)
