"""Whatever the timing: no hold forgotten, no person overridden, nothing restored wrongly, nothing sent twice.

Campaigns and steps of flows: stock, time, two guards, people in Klaviyo and at our desk, kills between any two calls,
lost answers and a failing Klaviyo, in random order. The journal of the simulated account, which knows who did what and
in which order, is the judge; it shares no code with the guard.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.guard import requests
from gateway.guard.registry import Memory
from gateway.guard.step import guard_turn
from gateway.store.holds import HoldConflict
from tests.builders.faults import Killed, Moments, watched
from tests.builders.guard_house import GuardHouse, guard_house
from tests.builders.klaviyo_campaigns import TEE, static

LOOKING = timedelta(milliseconds=1)


class World:
    """One message, two guards, people, and what happened."""

    message = "MSG1"

    def __init__(self, house: GuardHouse, seed: int) -> None:
        self.house, self.random = house, random.Random(seed)
        self.memories = [Memory(), Memory()]
        self.log: list[tuple[int, str]] = []  # (entries of the journal until then, what happened at our desk)
        self.marks: list[tuple[int, str]] = []  # (entries until then, "out" | "in" | "unknown")
        self.begin()
        self._mark("in")

    def begin(self) -> None:
        self.first = self._options()
        self.house.klaviyo.add(self.message, send_options=self.first)

    def run(self, steps: int) -> None:
        """Let things happen, then let all come to rest."""
        happenings: list[tuple[int, Callable[[], None]]] = [
            (6, self.turn),
            (4, self.killed_turn),
            (3, self.turn_with_another_guard_in_it),
            (3, self.turn_with_a_person_in_it),
            (6, self.stock),
            (3, self.time),
            (3, self.person_in_klaviyo),
            (2, self.person_at_our_desk),
            (3, self.trouble),
        ]
        weights = [weight for weight, _ in happenings]
        for _ in range(steps):
            self.random.choices([happening for _, happening in happenings], weights)[0]()
        self.house.klaviyo.order("fail", server_errors=0, lose_answers=0, throttle_s=0)
        for _ in range(4):
            self.house.clock.forward(minutes=3)
            self.turn()

    # what happens

    def turn(self, moments: Moments | None = None) -> None:
        memory = self.random.choice(self.memories)
        services, desks = watched(self.house.services, moments or Moments(10**9))
        guard_turn(services, desks, memory, self.house.clock.now(), whole=self.random.random() < 0.8)

    def killed_turn(self) -> None:
        def die() -> None:
            raise Killed

        before = self.random.random() < 0.5
        moments = Moments(self.random.randint(1, 30), before=die if before else None, after=None if before else die)
        try:
            self.turn(moments)
        except Killed:
            self.memories[self.random.randrange(2)] = Memory()

    def turn_with_another_guard_in_it(self) -> None:
        self.turn(Moments(self.random.randint(1, 30), before=self.turn))

    def turn_with_a_person_in_it(self) -> None:
        person = self.random.choice([self.person_in_klaviyo, self.person_at_our_desk])
        self.turn(Moments(self.random.randint(1, 30), before=person, only_before_looks=True))

    def stock(self) -> None:
        units = self.random.choice([0, 0, 0, 50, 50, None])
        self.house.stock(tee_m=units, tee_l=units)
        self._mark("unknown" if units is None else "out" if units == 0 else "in")

    def time(self) -> None:
        self.house.clock.forward(minutes=self.random.choice([0.02, 1, 3, 3, 60, 200]))

    def person_in_klaviyo(self) -> None:
        message = self.house.klaviyo.message(self.message)
        if message is None or message["status"] not in ("draft", "scheduled"):
            return
        edits: list[dict[str, Any]] = [{"subject": f"Tee {self.random.random()}"}, {"included": ["L2", "L3"]}]
        if message["status"] == "draft":
            edits += [{"status": "scheduled", "send_options": self._options()}] * 2
        else:
            edits += [{"status": "draft", "send_options": {}}, {"send_options": self._options()}]
        edits += [{"status": "cancelled"}] if self.random.random() < 0.1 else []
        self.house.klaviyo.order("edit", message=self.message, **self.random.choice(edits))

    def person_at_our_desk(self) -> None:
        asks = [requests.ask_hold, requests.ask_release, requests.override]
        ask = self.random.choice(asks)
        try:
            ask(self.house.services, self.message, "Mia", "I say so", self.house.clock.now())
        except (requests.CannotBeDoneError, HoldConflict):
            return
        self.log.append((len(self.house.klaviyo.see("journal")), ask.__name__))

    def trouble(self) -> None:
        order = self.random.choice(
            [{"server_errors": self.random.randint(1, 3)}, {"lose_answers": 1}, {"throttle_s": 200}]
        )
        self.house.klaviyo.order("fail", **order)

    def _options(self) -> dict[str, Any]:
        options = static(self.house.clock.now(), self.random.choice([5, 20]))
        strategy = self.random.choice(["static", "static", "throttled"])
        return (
            options
            | {"send_strategy": strategy}
            | ({"recipient_percentage": 25, "throttle_unit": "hour"} if strategy == "throttled" else {})
        )

    def _mark(self, state: str) -> None:
        self.marks.append((len(self.house.klaviyo.see("journal")), state))

    # what must be true

    def check(self) -> dict[str, int]:
        """Judge the journal from its beginning; return what was seen, so that an empty test is noticed."""
        journal = [one for one in self.house.klaviyo.see("journal") if one.get("message") == self.message]
        options, last, audience = dict(self.first), 0, ["L1"]
        held: dict[str, Any] | None = None  # the options that our last revert took away
        touched = 0  # where in the journal a person last worked on it, since our revert
        overridden: int | None = None  # where in the journal a person decided against a hold of ours
        in_hand = False  # it is in draft because we put it there
        began = reverts = releases = 0
        for entry in journal:
            place = entry["order"]
            match entry["effect"]:
                case "reverted":
                    reverts += 1
                    asked = self._asked("ask_hold", last, place)
                    assert asked or self._sold_out(place), f"held without reason at {place}"
                    assert asked or overridden is None or self._in_stock_since(overridden, place), (
                        f"held again at {place}"
                    )
                    held, touched, last, in_hand = dict(options), 0, place, True
                case "scheduled":
                    releases += 1
                    assert held is not None, f"released what was not held at {place}"
                    since = max(last, touched)
                    asked = self._asked("ask_release", since, place) or self._asked("override", since, place)
                    assert asked or not touched, f"released what a person worked on at {place}"
                    assert asked or self._in_stock(place), f"released sold-out stock at {place}"
                    assert entry["options"] == held, f"restored wrongly at {place}"
                    options, held, touched = dict(entry["options"]), None, 0
                    overridden, last = place if asked else None, place
                case "edited":
                    # Saving an audience as it was is no work that could be lost; nobody could notice it right after us.
                    touched = touched if entry.get("included") == audience else place
                    audience = entry.get("included", audience)
                    if "send_options" in entry:
                        overridden = place if in_hand and entry.get("status") == "scheduled" else overridden
                        in_hand = False
                        options = dict(entry["send_options"])
                case "send_began":
                    began += 1
                case "cancelled":
                    raise AssertionError("cancelled without leave")
        assert began <= 1, "sent twice"
        self._check_rest(held, touched=bool(touched))
        return {"reverts": reverts, "releases": releases}

    def _check_rest(self, held: dict[str, Any] | None, *, touched: bool) -> None:
        """Check that nothing held is forgotten: it is in our list, in Klaviyo's tags, and explained."""
        message = self.house.klaviyo.message(self.message)
        self.check_record(in_our_hands=held is not None and message["status"] == "draft", touched=touched)

    def check_record(self, *, in_our_hands: bool, touched: bool) -> None:
        """Check what we remember of it, and its tags, against how it stands."""
        hold = self.house.hold(self.message)
        tags = [tag["name"] for tag in self.house.klaviyo.see("messaging")["tags"]]
        if in_our_hands and not touched:
            assert hold is not None and hold.phase == "held", f"forgotten: {hold}"
            assert hold.by == "Mia" or hold.reasons, "not explained"
        assert (len(tags) == 1) == (hold is not None and hold.phase == "held"), f"tags {tags} and {hold}"
        assert hold is None or hold.phase not in ("holding", "releasing"), f"never settled: {hold}"
        if in_our_hands and touched:
            said = {"guard.lapsed", "guard.overridden"} & set(self.house.audit())
            assert said or hold is not None, "given up without a word"
        assert self.house.store.audit.intact()

    def _state(self, place: int) -> str:
        """Return what was known of the stock when an entry was written; unknown keeps what was known."""
        state = "in"
        for until, word in self.marks:
            if until < place and word != "unknown":
                state = word
        return state

    def _sold_out(self, place: int) -> bool:
        return self._state(place) == "out"

    def _in_stock(self, place: int) -> bool:
        last = [word for until, word in self.marks if until < place][-1]
        return last == "in"

    def _in_stock_since(self, start: int, place: int) -> bool:
        """Tell whether stock was there once after a person decided, so that another episode may have begun."""
        return any(start <= until + 1 and until < place and word == "in" for until, word in self.marks) or (
            self._state(start) == "in"
        )

    def _asked(self, what: str, since: int, place: int) -> bool:
        return any(name == what and since <= until < place for until, name in self.log)


class FlowWorld(World):
    """A step of a flow that sends, between one that people left in review and one that they turned off."""

    message = "flow-101"

    def begin(self) -> None:
        steps = [
            {"id": "101", "status": "live", "html": TEE, "subject": "Tee"},
            {"id": "102", "status": "manual", "html": TEE},
            {"id": "103", "status": "draft", "html": TEE},
        ]
        self.house.klaviyo.order("flows", id="F1", name="Welcome", steps=steps)

    def person_in_klaviyo(self) -> None:
        subject = {"subject": f"Tee {self.random.random()}"}
        edits = [subject, subject, {"status": "live"}, {"status": "live"}, {"status": "manual"}, {"status": "draft"}]
        self.house.klaviyo.order("edit_step", step="101", **self.random.choice(edits))

    def time(self) -> None:
        super().time()
        self.house.klaviyo.order("arrive", flow="F1")  # somebody walks through

    def check(self) -> dict[str, int]:
        """Judge the journal from its beginning: every change of the step, whose it was and whether it may have been."""
        journal = [one for one in self.house.klaviyo.see("journal") if one["effect"].startswith(("step_", "flow_"))]
        status, subject = "live", "Tee"
        held, touched, overridden = False, 0, None
        last = reverts = releases = 0
        for entry in journal:
            place, effect = entry["order"], entry["effect"]
            assert effect != "flow_set", "a flow was set as a whole"
            assert effect != "step_set" or entry["step"] == "101", "another step was touched"
            if effect == "step_edited":
                touched = place
                if "status" in entry:
                    overridden = place if held and status == "manual" and entry["status"] == "live" else overridden
                    status, held = entry["status"], held and entry["status"] != "live"
                subject = entry.get("subject", subject)
            elif effect == "step_set" and entry["status"] == "manual":
                reverts += 1
                asked = self._asked("ask_hold", last, place)
                assert status == "live", f"held what does not send at {place}"
                assert asked or self._sold_out(place), f"held without reason at {place}"
                assert asked or overridden is None or self._in_stock_since(overridden, place), f"held again at {place}"
                status, held, touched, last = "manual", True, 0, place
            elif effect == "step_set":
                releases += 1
                since = max(last, touched)
                asked = self._asked("ask_release", since, place) or self._asked("override", since, place)
                assert (entry["status"], status) == ("live", "manual"), f"turned on what was not in review at {place}"
                assert held or asked, f"turned on what we did not hold at {place}"
                assert asked or not touched, f"released what a person worked on at {place}"
                assert asked or self._in_stock(place), f"released sold-out stock at {place}"
                overridden, last = place if asked else None, place
                status, held, touched = "live", False, 0
            elif entry["step"] == "101":
                wanted = {"live": "flow_sent", "manual": "flow_in_review"}.get(status, "flow_skipped")
                assert effect == wanted, f"{effect} while the step was {status} at {place}"
        steps = self.house.klaviyo.see("messaging")["steps"]
        assert [steps[id_]["definition"]["data"]["status"] for id_ in ("101", "102", "103")] == [
            status,
            "manual",
            "draft",
        ]
        assert steps["101"]["definition"]["data"]["message"]["subject_line"] == subject, "a person's words were lost"
        self.check_record(in_our_hands=held, touched=bool(touched))
        return {"reverts": reverts, "releases": releases}


WORLDS = (World, FlowWorld)


def play(redis_url: str, seed: int, kind: type[World]) -> dict[str, int]:
    with guard_house(redis_url) as house:
        house.clock.passes_by_looking = LOOKING
        world = kind(house, seed)
        world.run(24)
        return world.check()


@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("part", range(4))
def test_random_timings_harm_nobody(redis_url: str, part: int, kind: type[World]) -> None:
    _play_many(redis_url, range(part * 6, part * 6 + 6), kind)


@pytest.mark.long
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("kind", WORLDS)
def test_five_thousand_random_timings_harm_nobody(redis_url: str, kind: type[World]) -> None:
    assert _play_many(redis_url, range(2_500), kind)["releases"] > 250


def _play_many(redis_url: str, seeds: range, kind: type[World]) -> dict[str, int]:
    import redis

    client = redis.Redis.from_url(redis_url)
    seen = {"reverts": 0, "releases": 0}
    for seed in seeds:
        client.flushall()
        try:
            counts = play(redis_url, seed, kind)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        seen = {name: seen[name] + counts[name] for name in seen}
    client.close()
    assert seen["reverts"], "nothing was held: the test would notice nothing"
    return seen
