"""Lists and tables of a policy document, and of a case to try.

They keep what is right next to what is wrong, each in its place, so that the checks across sections can still be
asked of a document with problems. Sections are declared as marshmallow schemas; they are read here, value by value,
because ten thousand cases have millions of values.
"""

# ruff: noqa: RUF012 - marshmallow declares a class's messages as variables of its instances

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from gateway.documents.fields import Strict, Text
from gateway.documents.problems import ABOUT_THE_NAME, ABOUT_THE_VALUE, NOT_A_TABLE


class Section(Schema):
    """A table that has the keys of its fields and no other."""


class Table(Strict):
    """A section within a section, or the whole document."""

    default_error_messages = {
        "type": NOT_A_TABLE,
        "empty": "must not be empty",
        "unknown": "is not a key of the policy language",
    }

    def __init__(self, section: type[Schema], *, may_be_empty: bool = True, required: bool = False) -> None:
        super().__init__(required=required)
        self.may_be_empty = may_be_empty
        self.fields: dict[str, Strict] = {}
        self.keys: dict[str, tuple[str, Callable[[Any], Any], bool]] = {}
        self.needed: dict[str, Strict] = {}
        for name, field in section().fields.items():
            if not isinstance(field, Strict):
                raise TypeError(f"{section.__name__}.{name} would convert values")
            key = field.data_key or name
            self.fields[key] = field
            self.keys[key] = field.attribute or name, field.read, field.may_be_null
            if field.required:
                self.needed[key] = field

    def read(self, value: Any) -> dict[str, Any]:
        """Return the values under the names of their attributes."""
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        if not value and not self.may_be_empty:
            raise self.make_error("empty")
        passed: dict[str, Any] = {}
        errors: dict[object, Any] = self._missing(value)
        for key, written in value.items():
            known = self.keys.get(key)
            if known is None:
                errors[key] = self.make_error("unknown").messages
                continue
            name, read, may_be_null = known
            if written is None and may_be_null:
                passed[name] = None
                continue
            try:
                passed[name] = read(written)
            except ValidationError as error:
                errors[key] = error.messages
                if error.valid_data:
                    passed[name] = error.valid_data
        if errors:
            raise ValidationError(errors, valid_data=passed)
        return passed

    def _missing(self, value: Mapping[str, Any]) -> dict[object, Any]:
        return {key: field.make_error("required").messages for key, field in self.needed.items() if key not in value}


class Items(Strict):
    """A list in which nothing stands twice; an item that was refused leaves its place empty (None)."""

    default_error_messages = {
        "type": "must be a list",
        "empty": "must not be empty",
        "twice": "is listed twice",
    }

    def __init__(
        self,
        item: Strict,
        *,
        may_be_empty: bool = False,
        required: bool = False,
        compared: Callable[[Any], object] | None = lambda value: value,
        data_key: str | None = None,
        attribute: str | None = None,
    ) -> None:
        super().__init__(required=required, data_key=data_key, attribute=attribute)
        self.item, self.may_be_empty, self.compared = item, may_be_empty, compared

    def read(self, value: Any) -> tuple[Any, ...]:
        """Return the items."""
        if not isinstance(value, list):
            raise self.make_error("type")
        if not value and not self.may_be_empty:
            raise self.make_error("empty")
        items: list[Any] = []
        errors: dict[int, Any] = {}
        seen: set[object] = set()
        for position, written in enumerate(value):
            try:
                item = self.item.read(written)
                if self.compared is not None and self.compared(item) in seen:
                    errors[position] = self.make_error("twice").messages
                elif self.compared is not None:
                    seen.add(self.compared(item))
            except ValidationError as error:
                item, errors[position] = error.valid_data or None, error.messages
            items.append(item)
        if errors:
            raise ValidationError(errors, valid_data=items)
        return tuple(items)


class Named(Strict):
    """A table whose keys are names that its author chose."""

    default_error_messages = {"type": NOT_A_TABLE, "empty": "must hold at least one entry"}

    def __init__(self, entry: Strict, *, may_be_empty: bool = True, required: bool = False) -> None:
        super().__init__(required=required)
        self.entry, self.may_be_empty = entry, may_be_empty

    def read(self, value: Any) -> dict[str, Any]:
        """Return the entries by name, in document order."""
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        if not value and not self.may_be_empty:
            raise self.make_error("empty")
        entries: dict[str, Any] = {}
        errors: dict[str, dict[object, Any]] = {}
        for name, written in value.items():
            try:
                NAME.read(name)
            except ValidationError as error:
                errors[name] = {ABOUT_THE_NAME: error.messages}
            try:
                entries[name] = self.entry.read(written)
            except ValidationError as error:
                inside = error.messages if isinstance(error.messages, dict) else {ABOUT_THE_VALUE: error.messages}
                errors.setdefault(name, {}).update(inside)
                entries[name] = error.valid_data or {}
        if errors:
            raise ValidationError(errors, valid_data=entries)
        return entries


NAME = Text()
