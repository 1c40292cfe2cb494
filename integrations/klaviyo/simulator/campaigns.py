"""Simulated campaigns, flows, tags and templates, with the semantics that hurt.

`revert` forgets the schedule; `cancel` is for good; nothing returns from sent; a flow's status flattens its steps; a
step in draft is skipped by people, one in manual leaves them in review. Times decide what sends and when it has sent.
"""

import copy
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

Record = dict[str, Any]
Note = Callable[..., None]

EARLIEST_ZONE: Final = timedelta(hours=14)
A_DAY: Final = timedelta(days=1)
SENDS_FOR: Final = timedelta(minutes=1)
STRATEGIES: Final = {
    "static": "static",
    "local_timezone": "local_timezone",
    "throttled": "throttled",
    "smart_send_time": "send_time_optimization",
}
PERCENTAGES: Final = (1, 2, 5, 10, 11, 13, 14, 17, 20, 25, 33, 50)
MOST_TAGS: Final = 500
STARTS_WITH: Final = re.compile(r'starts-with\(name,"((?:[^"\\]|\\.)*)"\)')


class StateError(Exception):
    """The state does not allow it: 409."""


class UnknownError(Exception):
    """There is no such thing: 404."""


class Messaging:
    """What an account holds beside its catalogue. Not thread-safe, the server locks."""

    def __init__(self, now: Callable[[], datetime], note: Note) -> None:
        """Begin empty; `note` writes to the journal."""
        self._now, self._note = now, note
        self.campaigns: dict[str, Record] = {}
        self.messages: dict[str, Record] = {}
        self.variations: dict[str, Record] = {}
        self.audiences: dict[str, Record] = {}
        self.templates: dict[str, str] = {}
        self.tags: dict[str, Record] = {}
        self.flows: dict[str, Record] = {}
        self.steps: dict[str, Record] = {}
        self.number = 0

    # what people do in Klaviyo

    def add_campaign(self, told: Record) -> Record:
        """Make a campaign of messages, each `{id?, channel, subject, html or body, included, status, send_options}`."""
        campaign = str(told.get("id") or self._next("C"))
        settings = told.get("send_settings") or {}
        self.campaigns[campaign] = {"name": told.get("name", campaign), "send_settings": settings}
        ids = [self._add_message(campaign, one) for one in told["messages"]]
        for name in told.get("tags", ()):
            self.tags.setdefault(self.tag_named(name) or self.add_tag(name), {})["campaigns"].add(campaign)
        return {"id": campaign, "messages": ids}

    def add_flow(self, told: Record) -> Record:
        """Make a flow of steps, each `{id?, type, status, subject, html}`."""
        flow = str(told.get("id") or self._next("F"))
        self.flows[flow] = {"name": told.get("name", flow), "status": told.get("status", "live")}
        ids = []
        for one in told["steps"]:
            id_ = str(one.get("id") or self._next("1"))
            template = self._next("T")
            self.templates[template] = one.get("html", "")
            shown = {"template_id": template, "subject_line": one.get("subject", ""), "name": one.get("name", id_)}
            data = {"message": shown, "status": one.get("status", "live")}
            definition: Record = {"id": id_, "type": one.get("type", "send-email"), "links": {"next": None}}
            if one.get("type") != "back-in-stock-delay":
                definition["data"] = data
            self.steps[id_] = {"flow": flow, "definition": definition, "updated": self._now()}
            ids.append(id_)
        return {"id": flow, "steps": ids}

    def edit(self, told: Record) -> None:
        """Let a person change a message: subject, html, audience, status or schedule; or delete it."""
        id_ = told["message"]
        message = self.messages[id_]
        if told.get("delete"):
            del self.messages[id_]
        if "subject" in told:
            self.variations[message["variation"]]["details"]["subject"] = told["subject"]
        if "html" in told:
            template = self.variations[message["variation"]]["details"]["template_id"]
            self.templates[template] = told["html"]
        if "included" in told:
            self.audiences[message["audience"]]["included"] = told["included"]
        for key in ("status", "send_options"):
            if key in told:
                message[key] = told[key]
        message["updated"] = self._now()
        self._note("edited", self._now(), message=id_, **{key: told[key] for key in told if key != "message"})

    def edit_step(self, told: Record) -> None:
        """Let a person change a step of a flow: its subject or its status."""
        step = self.steps[told["step"]]
        data = step["definition"]["data"]
        if "subject" in told:
            data["message"]["subject_line"] = told["subject"]
        data["status"] = told.get("status", data["status"])
        step["updated"] = self._now()
        self._note("step_edited", self._now(), **told)

    def arrive(self, flow: str) -> None:
        """Let one person walk through a flow; the journal says what each step did to them."""
        for id_, step in self.steps.items():
            if step["flow"] == flow and "data" in step["definition"]:
                status = step["definition"]["data"]["status"]
                effect = {"live": "flow_sent", "manual": "flow_in_review"}.get(status, "flow_skipped")
                self._note(effect, self._now(), step=id_)

    # what time does

    def advance(self) -> None:
        """Begin and end the sends whose moment has come."""
        at = self._now()
        for id_, message in self.messages.items():
            window = window_of(message["send_options"])
            if window is None:
                continue
            if message["status"] == "scheduled" and at >= window[0]:
                message["status"] = "sending"
                self._note("send_began", window[0], message=id_)
            if message["status"] == "sending" and at >= window[1]:
                message["status"] = "sent"
                self._note("sent", window[1], message=id_)

    # what the interface does

    def act(self, id_: str, action: str) -> None:
        """Revert or cancel a message."""
        message = self._message(id_)
        if action == "revert":
            if message["status"] != "scheduled":
                raise StateError(f"A {message['status']} message cannot be reverted.")
            message["status"], message["send_options"] = "draft", {}
        else:
            if message["status"] not in ("scheduled", "sending"):
                raise StateError(f"A {message['status']} message cannot be cancelled.")
            message["status"] = "cancelled"
        message["updated"] = self._now()
        self._note(f"{action}ed" if action == "revert" else "cancelled", self._now(), message=id_)

    def schedule(self, id_: str, told: Record) -> Record:
        """Schedule a draft."""
        message = self._message(id_)
        if message["status"] != "draft":
            raise StateError(f"A {message['status']} message cannot be scheduled.")
        options: Record = {"send_strategy": STRATEGIES.get(told.get("strategy", ""))}
        if options["send_strategy"] is None:
            raise ValueError("The strategy is not one of static, local_timezone, throttled, smart_send_time.")
        if told["strategy"] == "smart_send_time":
            options["send_date"] = date.fromisoformat(told["send_date"]).isoformat()
        else:
            send_at = datetime.fromisoformat(told["send_time"])
            if send_at <= self._now():
                raise ValueError("send_time must be in the future.")
            options["send_time"] = send_at.isoformat()
        if told["strategy"] == "throttled":
            throttled = told.get("throttled_options") or {}
            if throttled.get("throttling_percentage") not in PERCENTAGES:
                raise ValueError("throttling_percentage is required.")
            options["recipient_percentage"] = throttled["throttling_percentage"]
            options["throttle_unit"] = throttled.get("throttle_unit") or "hour"
        if told["strategy"] == "local_timezone":
            late = bool((told.get("timezone_options") or {}).get("send_past_timezones_tomorrow"))
            settings = self.campaigns[message["campaign"]]["send_settings"]
            settings["send_passed_rltz_immediately"] = not late
        message["status"], message["send_options"], message["updated"] = "scheduled", options, self._now()
        self._note("scheduled", self._now(), message=id_, options=options)
        return options

    def set_flow(self, id_: str, status: str) -> None:
        """Set a flow's status, and that of every step with it."""
        if id_ not in self.flows:
            raise UnknownError
        self.flows[id_]["status"] = status
        for step in self.steps.values():
            if step["flow"] == id_ and "data" in step["definition"]:
                step["definition"]["data"]["status"], step["updated"] = status, self._now()
        self._note("flow_set", self._now(), flow=id_, status=status)

    def set_step(self, id_: str, definition: Record) -> Record:
        """Replace a step's definition whole."""
        if id_ not in self.steps:
            raise UnknownError
        step = self.steps[id_]
        if definition.get("type") != step["definition"]["type"] or "data" not in definition:
            raise ValueError("The definition must be whole and of the same type.")
        if definition["data"].get("status") not in ("draft", "manual", "live", "disabled"):
            raise ValueError("status must be draft, manual, live or disabled.")
        step["definition"], step["updated"] = copy.deepcopy(definition), self._now()
        self._note("step_set", self._now(), step=id_, status=definition["data"]["status"])
        return step

    def tag_named(self, name: str) -> str | None:
        """Find a tag by its name."""
        return next((id_ for id_, tag in self.tags.items() if tag["name"] == name), None)

    def add_tag(self, name: str) -> str:
        """Make a tag."""
        if self.tag_named(name) is not None:
            raise StateError("A tag with this name already exists.")
        if len(self.tags) >= MOST_TAGS:
            raise ValueError(f"An account cannot have more than {MOST_TAGS} unique tags.")
        id_ = self._next("tag-")
        self.tags[id_] = {"name": name, "campaigns": set(), "flows": set()}
        self._note("tag_made", self._now(), name=name)
        return id_

    def put_tag(self, id_: str, kind: str, ids: Iterable[str]) -> None:
        """Put a tag on campaigns or flows."""
        if id_ not in self.tags:
            raise UnknownError
        known = self.campaigns if kind == "campaigns" else self.flows
        if unknown := [one for one in ids if one not in known]:
            raise ValueError(f"Unknown: {', '.join(unknown)}.")
        self.tags[id_][kind].update(ids)

    def drop_tag(self, id_: str) -> None:
        """Delete a tag."""
        if id_ not in self.tags:
            raise UnknownError
        self._note("tag_dropped", self._now(), name=self.tags.pop(id_)["name"])

    def _message(self, id_: str) -> Record:
        if id_ not in self.messages:
            raise UnknownError
        return self.messages[id_]

    def _add_message(self, campaign: str, told: Record) -> str:
        id_ = str(told.get("id") or self._next("M"))
        variation, audience, template = self._next("V"), self._next("A"), self._next("T")
        details: Record = {"channel": told.get("channel", "email")}
        if details["channel"] == "email":
            self.templates[template] = told.get("html", "")
            details |= {"template_id": template, "subject": told.get("subject", ""), "preview_text": ""}
        else:
            details |= {"body": told.get("body", ""), "title": told.get("subject", "")}
        self.variations[variation] = {"message": id_, "details": details}
        self.audiences[audience] = {"name": "Everyone", "included": told.get("included", ["L1"]), "excluded": []}
        self.messages[id_] = {
            "campaign": campaign,
            "name": told.get("name", id_),
            "variation": variation,
            "audience": audience,
            "status": told.get("status", "scheduled"),
            "send_options": dict(told.get("send_options") or {}),
            "created": self._now(),
            "updated": self._now(),
        }
        return id_

    def _next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"


def window_of(options: Record) -> tuple[datetime, datetime] | None:
    """Say when a message begins and ends to send."""
    strategy = options.get("send_strategy")
    if strategy == "send_time_optimization" and options.get("send_date"):
        day = datetime.fromisoformat(f"{options['send_date']}T00:00:00+00:00")
        return day - EARLIEST_ZONE, day + A_DAY + A_DAY / 2
    if not options.get("send_time"):
        return None
    send_at = datetime.fromisoformat(options["send_time"])
    if strategy == "local_timezone":
        return send_at - EARLIEST_ZONE, send_at + A_DAY / 2
    if strategy == "throttled":
        period = timedelta(**{f"{options.get('throttle_unit', 'hour')}s": 1})
        return send_at, send_at + period * (100 / options.get("recipient_percentage", 100) - 1)
    return send_at, send_at + SENDS_FOR
