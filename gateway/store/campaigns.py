"""What the guard knows of messages: those about to send, what each features and who said so, groups, verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import orjson

from gateway.store.connection import Command, Connection
from gateway.store.holds import schedule_from, time_from
from gateway.store.keys import Keys
from integrations.ports import FLOW_STEP, Message
from policies.guard import Demand
from policies.guard.values import Role

Authority = Literal["person", "tag", "content"]
KINDS = ("campaigns", "flows")


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One variant that a message features, and why we think so."""

    variant: str
    role: Role = "supporting"
    why: str = ""  # a sentence: where it was found and how sure that is
    cancels_alone: bool = False


@dataclass(frozen=True, slots=True)
class Features:
    """What a message features, by one authority."""

    by: Authority
    lines: tuple[FeatureLine, ...]
    digest: str = ""  # of the content that was read
    unresolved: tuple[str, ...] = ()
    per_person: tuple[str, ...] = ()
    demand: Demand | None = None
    actor: str = ""


class Campaigns:
    """The registry. What the outside tells may be lost and is read again; what people chose is not."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._messages = {kind: keys.house(f"messages:{kind}") for kind in KINDS}
        self._choices, self._readings, self._tagged, self._groups, self._verdicts, self._read_at = (
            keys.house(f"messages:{name}") for name in ("chosen", "read", "tagged", "groups", "verdicts", "read_at")
        )
        self._woken = keys.house("messages:woken")

    def put_messages(self, kind: str, messages: Sequence[Message], at: datetime) -> None:
        """Replace what is known of one kind of messages, and note when it was read."""
        replaced = self._replace(self._messages[kind], {one.id: orjson.dumps(one) for one in messages})
        self._connection.many([*replaced, ("HSET", self._read_at, kind, at.isoformat())], atomic=True)

    def put_message(self, message: Message) -> None:
        """Add one that is about to send again, until its kind is read next."""
        self._connection.command("HSET", self._messages[_kind(message.id)], message.id, orjson.dumps(message))

    def drop_message(self, message: str) -> None:
        """Forget one that is not about to send any more."""
        self._connection.command("HDEL", self._messages[_kind(message)], message)

    def messages(self) -> dict[str, Message]:
        """Return every message that was about to send when last read."""
        answers = self._connection.many([("HVALS", key) for key in self._messages.values()])
        return {one.id: one for one in (_message(raw) for values in answers for raw in values)}

    def read_at(self, kind: str) -> datetime | None:
        """Tell when one kind of messages was last read."""
        raw = self._connection.command("HGET", self._read_at, kind)
        return None if raw is None else time_from(raw.decode())

    def choose(self, message: str, features: Features | None) -> None:
        """Keep a person's word on a message for ever; None takes it back."""
        raw = None if features is None else orjson.dumps(features, default=str)
        self._connection.many([self._put(self._choices, message, raw), ("SET", self._woken, 1)], atomic=True)

    def put_readings(self, found: Mapping[str, Features]) -> None:
        """Remember what contents were read to feature."""
        self._connection.many(
            [("HSET", self._readings, id_, orjson.dumps(one, default=str)) for id_, one in found.items()]
        )

    def keep_readings(self, messages: Iterable[str]) -> None:
        """Forget the readings of all other messages."""
        known = {raw.decode() for raw in self._connection.command("HKEYS", self._readings)}
        if gone := known - set(messages):
            self._connection.command("HDEL", self._readings, *gone)

    def put_tagged(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Remember which campaigns carry which guard tags, by tag name."""
        self._connection.many(
            self._replace(self._tagged, {name: orjson.dumps(sorted(ids)) for name, ids in groups.items()}), atomic=True
        )

    def tagged(self) -> dict[str, frozenset[str]]:
        """Return the campaigns that carry each guard tag."""
        found = self._connection.command("HGETALL", self._tagged)
        return {name.decode(): frozenset(orjson.loads(raw)) for name, raw in found.items()}

    def put_group(self, name: str, variants: Sequence[str]) -> None:
        """Name a group of variants; an empty one is deleted."""
        raw = orjson.dumps(list(variants)) if variants else None
        self._connection.many([self._put(self._groups, name, raw), ("SET", self._woken, 1)], atomic=True)

    def woken(self) -> bool:
        """Tell, once, whether a person changed what messages feature."""
        return self._connection.command("GETDEL", self._woken) is not None

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the groups of variants, by name."""
        found = self._connection.command("HGETALL", self._groups)
        return {name.decode(): tuple(orjson.loads(raw)) for name, raw in found.items()}

    def chosen(self) -> dict[str, Features]:
        """Return what people said of messages."""
        return {k.decode(): _features(raw) for k, raw in self._connection.command("HGETALL", self._choices).items()}

    def readings(self) -> dict[str, Features]:
        """Return what contents were read to feature."""
        return {k.decode(): _features(raw) for k, raw in self._connection.command("HGETALL", self._readings).items()}

    def put_verdicts(self, verdicts: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the verdicts that lists show."""
        told = {id_: orjson.dumps(verdict, default=str) for id_, verdict in verdicts.items()}
        self._connection.many(self._replace(self._verdicts, told), atomic=True)

    def verdicts(self) -> dict[str, dict[str, Any]]:
        """Return the last verdicts, as lists show them."""
        found = self._connection.command("HGETALL", self._verdicts)
        return {id_.decode(): orjson.loads(raw) for id_, raw in found.items()}

    @staticmethod
    def _put(key: str, name: str, raw: bytes | None) -> Command:
        return ("HDEL", key, name) if raw is None else ("HSET", key, name, raw)

    @staticmethod
    def _replace(key: str, values: Mapping[str, bytes]) -> list[Command]:
        put: list[Command] = [("HSET", key, *(part for pair in values.items() for part in pair))] if values else []
        return [("DEL", key), *put]


def _kind(message: str) -> str:
    return "flows" if message.startswith(FLOW_STEP) else "campaigns"


def _message(raw: bytes) -> Message:
    fields = orjson.loads(raw)
    fields["updated_at"], fields["schedule"] = time_from(fields["updated_at"]), schedule_from(fields["schedule"])
    return Message(**fields)


def _features(raw: bytes) -> Features:
    fields = orjson.loads(raw)
    fields["lines"] = tuple(FeatureLine(**line) for line in fields["lines"])
    for key in ("unresolved", "per_person"):
        fields[key] = tuple(fields[key])
    if fields["demand"] is not None:
        demand = fields["demand"]
        limit = demand["hold_at_percent"]
        fields["demand"] = Demand(
            demand["recipients"],
            Decimal(demand["click_to_buy_percent"]),
            None if limit is None else Decimal(limit),
        )
    return Features(**fields)
