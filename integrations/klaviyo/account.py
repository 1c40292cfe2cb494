"""Which account a key opens, and the API revision that all our requests are made for."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from integrations.errors import PermanentError, TemporaryError
from integrations.ports import Account

REVISION: Final = "2026-10-15"
"""What klaviyo-api 25 sends as `revision`; a test holds the two together, so that an update is a decision."""


class _Contact(Schema):
    organization_name = fields.String(allow_none=True, load_default=None)


class _Attributes(Schema):
    contact_information = fields.Nested(_Contact, unknown=EXCLUDE, allow_none=True, load_default=None)


class _Account(Schema):
    id = fields.String(required=True, validate=validate.Length(min=1))
    attributes = fields.Nested(_Attributes, unknown=EXCLUDE, allow_none=True, load_default=None)


def read_account(answer: Mapping[str, Any]) -> Account:
    """Read the one account of a key (Klaviyo, Get Accounts: a private key opens exactly one)."""
    accounts = answer.get("data") or []
    if not accounts:
        raise PermanentError("Klaviyo names no account for this key.")
    try:
        told = _Account().load(accounts[0], unknown=EXCLUDE)
    except ValidationError:
        raise TemporaryError("Klaviyo answered about the account in a form that cannot be read.") from None
    contact = (told["attributes"] or {}).get("contact_information") or {}
    return Account(told["id"], contact.get("organization_name") or told["id"], REVISION)
