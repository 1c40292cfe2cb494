"""Lists and tables of a policy document.

They keep what is right next to what is wrong, each in its place, so that the checks across sections can still be
asked of a document with problems.
"""

# ruff: noqa: RUF012 - marshmallow declares a class's messages as variables of its instances

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from gateway.documents.fields import COMMON_MESSAGES, Strict, Text
from gateway.documents.problems import ABOUT_THE_NAME, ABOUT_THE_VALUE, NOT_A_TABLE


class Section(Schema):
    """A table that has the keys of its fields and no other."""

    error_messages = {"type": NOT_A_TABLE, "unknown": "is not a key of the policy language"}

    class Meta:
        """What marshmallow asks of a strict schema."""

        unknown = RAISE


class Table(fields.Nested):
    """A section within a section."""

    default_error_messages: dict[str, str | list[Any] | dict[Any, Any]] = {
        **COMMON_MESSAGES,
        "empty": "must not be empty",
    }

    def __init__(self, section: type[Schema], *, may_be_empty: bool = True, required: bool = False) -> None:
        super().__init__(section, required=required)
        self.may_be_empty = may_be_empty

    def deserialize(  # noqa: D102 - marshmallow's own
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        if value == {} and not self.may_be_empty:
            raise self.make_error("empty")
        return super().deserialize(value, attr, data, **kwargs)


class Items(Strict):
    """A list in which nothing stands twice; an item that was refused leaves its place empty (None)."""

    default_error_messages = {
        "type": "must be a list",
        "empty": "must not be empty",
        "twice": "is listed twice",
    }

    def __init__(
        self,
        item: fields.Field[Any],
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
                item = self.item.deserialize(written)
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

    def __init__(self, entry: fields.Field[Any], *, may_be_empty: bool = True, required: bool = False) -> None:
        super().__init__(required=required)
        self.entry, self.may_be_empty = entry, may_be_empty

    def read(self, value: Any) -> dict[str, Any]:
        """Return the entries by name, in document order."""
        if not isinstance(value, Mapping):
            raise self.make_error("type")
        if not value and not self.may_be_empty:
            raise self.make_error("empty")
        entries: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name, written in value.items():
            own: Any = {}
            try:
                NAME.deserialize(name)
            except ValidationError as error:
                own = {ABOUT_THE_NAME: error.messages}
            try:
                entries[name] = self.entry.deserialize(written)
            except ValidationError as error:
                own |= error.messages if isinstance(error.messages, dict) else {ABOUT_THE_VALUE: error.messages}
                entries[name] = error.valid_data or {}
            if own:
                errors[name] = own
        if errors:
            raise ValidationError(errors, valid_data=entries)
        return entries


NAME = Text()
