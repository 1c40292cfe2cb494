"""Profiles, their events and their back-in-stock subscriptions in the simulated account."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate

from integrations.klaviyo.simulator import bodies
from integrations.klaviyo.simulator.bodies import METRIC, PROFILE, Truth, object_of

MAX_EVENTS = 1000
LIMITS = {"/api/event-bulk-create-jobs": (10, 150)}
ONE = Schema.from_dict(
    {
        "type": fields.String(required=True, validate=validate.Equal("event")),
        "attributes": object_of(
            properties=fields.Dict(required=True),
            time=fields.AwareDateTime(),
            unique_id=fields.String(),
            backfill=Truth(),
            metric=METRIC,
        ),
    }
)
PERSON = Schema.from_dict(
    {
        "type": fields.String(required=True, validate=validate.Equal("event-bulk-create")),
        "attributes": object_of(
            backfill=Truth(),
            profile=PROFILE,
            events=object_of(data=fields.List(fields.Nested(ONE), required=True, validate=validate.Length(1))),
        ),
    }
)
PEOPLE = fields.List(fields.Nested(PERSON), required=True, validate=validate.Length(1, MAX_EVENTS))
BULK = Schema.from_dict(
    {
        "data": object_of(
            type=fields.String(required=True, validate=validate.Equal("event-bulk-create-job")),
            attributes=object_of(**{"events-bulk-create": object_of(data=PEOPLE)}),
        )
    }
)()
SCHEMAS = {
    "/api/back-in-stock-subscriptions": bodies.SUBSCRIPTION,
    "/api/events": bodies.EVENT,
    "/api/event-bulk-create-jobs": BULK,
}
Wrong = tuple[str, str]
"""Where in the body, and a sentence."""


class People:
    """Who heard of what. One event per profile, metric and `unique_id`, whichever way it came."""

    def __init__(self, note: Callable[..., None]) -> None:
        """Tell the journal of effects through `note`."""
        self._note = note
        self.events: list[dict[str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.refuse: set[str] = set()  # contacts that are told to be no good
        self._seen: set[tuple[str, ...]] = set()

    def forget(self) -> None:
        """Begin anew: nobody heard of anything."""
        self.events, self.subscriptions, self._seen = [], [], set()

    def accept(self, path: str, body: Any) -> Wrong | None:
        """Take one request; None where it was accepted. Raises KeyError for another address."""
        if wrong := bodies.problems(SCHEMAS[path], body):
            return wrong[0]
        data = body["data"]
        if path == "/api/events":
            return self._one(data["attributes"])
        if path == "/api/event-bulk-create-jobs":
            return self._many(data["attributes"]["events-bulk-create"]["data"])
        return self._subscription(data)

    def _one(self, event: dict[str, Any]) -> Wrong | None:
        contact = _contact(event["profile"])
        if contact in self.refuse:
            return "/data/attributes/profile", f"{contact} is no valid contact."
        self._record(contact, event)
        return None

    def _many(self, people: list[dict[str, Any]]) -> Wrong | None:
        """Record all or none: one that was seen before, or twice here, fails the whole request."""
        told = [
            (_contact(person["attributes"]["profile"]), event["attributes"])
            for person in people
            for event in person["attributes"]["events"]["data"]
        ]
        names = [_name(contact, event) for contact, event in told]
        if any(name in self._seen for name in names) or len(set(names)) < len(names):
            return "/data/attributes", "A unique_id is repeated for the same profile and metric."
        if refused := [contact for contact, _ in told if contact in self.refuse]:
            return "/data/attributes", f"{refused[0]} is no valid contact."
        for contact, event in told:
            self._record(contact, event)
        return None

    def _subscription(self, data: dict[str, Any]) -> Wrong | None:
        contact = _contact(data["attributes"]["profile"])
        if contact in self.refuse:
            return "/data/attributes/profile", f"{contact} is no valid contact."
        variant = data["relationships"]["variant"]["data"]["id"]
        told = {"profile": contact, "variant": variant, "channels": data["attributes"]["channels"]}
        if told not in self.subscriptions:
            self.subscriptions.append(told)
        self._note("subscription", body=data)
        return None

    def _record(self, contact: str, event: dict[str, Any]) -> None:
        name = _name(contact, event)
        if name in self._seen:
            return
        self._seen.add(name)
        metric = event["metric"]["data"]["attributes"]["name"]
        told = {"profile": contact, "metric": metric, "properties": event["properties"], "time": event.get("time")}
        self.events.append(told | {"unique_id": event.get("unique_id")})
        self._note("event", body=told)


def _contact(profile: dict[str, Any]) -> str:
    attributes = profile["data"]["attributes"]
    return str(attributes.get("email") or attributes.get("phone_number") or profile["data"].get("id"))


def _name(contact: str, event: dict[str, Any]) -> tuple[str, ...]:
    """Without an id of its own an event goes by its second (Klaviyo, Create Event)."""
    metric = event["metric"]["data"]["attributes"]["name"]
    return contact, metric, str(event.get("unique_id") or event.get("time"))
