"""The pure plan: how many, when, whom, and never while it is not really back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.document import RestockTerms
from policies.restock import (
    LastTold,
    QuietHours,
    Send,
    Standing,
    Stop,
    Wait,
    Why,
    in_order,
    may_be_told,
    next_wave,
    quiet_until,
    sentence,
)
from policies.values import UNLIMITED, Band
from tests.builders.policy import NOON

BACK = Standing("alerts", 3, 3, Band.LOW, Band.LOW, 5, restock_at=4)
TERMS = RestockTerms(customers_per_unit=3, max_wave=20, wave_minutes=60, again_after_hours=24)


def changed(**fields: object) -> Standing:
    return Standing(**{name: getattr(BACK, name) for name in Standing.__slots__} | fields)  # type: ignore[arg-type]


def planned(standing: Standing, last: datetime | None = None, quiet: datetime | None = None) -> object:
    return next_wave(TERMS, standing, last, quiet, NOON)


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({}, Send(15)),
        ({"units": 9}, Send(20)),
        ({"units": UNLIMITED}, Send(20)),
        ({"restock": None}, Stop(Why.NO_RESTOCK)),
        ({"restock": "silent"}, Stop(Why.DOES_NOT_ALERT)),
        ({"restock": "confirmed"}, Stop(Why.DOES_NOT_ALERT)),
        ({"restock": "awaits_confirmation"}, Wait(Why.AWAITS_CONFIRMATION)),
        ({"awaits": True}, Wait(Why.AWAITS_CONFIRMATION)),
        ({"held_back": True}, Wait(Why.HELD_BACK)),
        ({"episode": 4}, Stop(Why.RAN_OUT)),
        ({"band": Band.OUT}, Stop(Why.RAN_OUT)),
        ({"band_now": Band.OUT}, Wait(Why.ABOUT_TO_RUN_OUT)),
        ({"units": None}, Wait(Why.STOCK_UNKNOWN)),
        ({"band": Band.UNKNOWN}, Wait(Why.STOCK_UNKNOWN)),
        ({"units": 3}, Wait(Why.BELOW_RESTOCK_AT)),
        ({"units": 0, "restock_at": 0}, Wait(Why.TELLS_NOBODY)),
    ],
)
def test_each_reason_keeps_a_wave_back(fields: dict[str, object], step: object) -> None:
    assert planned(changed(**fields)) == step


def test_waves_are_apart_and_heed_quiet_hours() -> None:
    early = NOON - timedelta(minutes=59)
    assert planned(BACK, early) == Wait(Why.BETWEEN_WAVES, early + timedelta(hours=1))
    assert planned(BACK, NOON - timedelta(hours=1)) == Send(15)
    until = NOON + timedelta(hours=2)
    assert planned(BACK, None, until) == Wait(Why.QUIET_HOURS, until)


def test_nobody_twice_in_an_episode_nor_too_soon_after() -> None:
    assert may_be_told(None, TERMS, 3, NOON)
    assert not may_be_told(LastTold(3, NOON - timedelta(days=9)), TERMS, 3, NOON)
    assert may_be_told(LastTold(3, NOON, certain=False), TERMS, 3, NOON)
    assert not may_be_told(LastTold(2, NOON - timedelta(hours=23), certain=False), TERMS, 3, NOON)
    assert may_be_told(LastTold(2, NOON - timedelta(hours=24)), TERMS, 3, NOON)


def test_orders() -> None:
    def ordered(order: str) -> list[str]:
        return list(in_order(order, iter(["c"]), iter(["a", "b", "c"]), iter(["c", "b", "a"])))

    assert [ordered(name) for name in ("oldest", "newest", "vip_first")] == [
        ["a", "b", "c"],
        ["c", "b", "a"],
        ["c", "a", "b"],
    ]


@pytest.mark.parametrize(
    ("hours", "local", "ends"),
    [
        ((21, 9), "22:00", "2026-11-24T09:00"),
        ((21, 9), "08:59", "2026-11-23T09:00"),
        ((21, 9), "09:00", None),
        ((12, 14), "13:00", "2026-11-23T14:00"),
        ((12, 14), "14:00", None),
        ((9, 9), "09:00", None),
    ],
)
def test_quiet_hours_are_local_and_may_go_over_midnight(hours: tuple[int, int], local: str, ends: str | None) -> None:
    zone = ZoneInfo("America/New_York")
    at = datetime.fromisoformat(f"2026-11-23T{local}").replace(tzinfo=zone).astimezone(UTC)
    until = quiet_until(QuietHours(time(hours[0]), time(hours[1])), zone, at)
    assert until == (None if ends is None else datetime.fromisoformat(ends).replace(tzinfo=zone))


def test_every_reason_is_said_in_words() -> None:
    assert all(sentence(why, ()).endswith(".") for why in Why)


@given(
    units=st.none() | st.integers(-5, 50) | st.just(UNLIMITED),
    band=st.sampled_from(Band),
    now=st.sampled_from(Band),
    restock=st.sampled_from(["alerts", "silent", "awaits_confirmation", "dismissed", None]),
    restock_at=st.integers(1, 10),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_a_wave_goes_only_while_it_is_back(
    units: int | str | None, band: Band, now: Band, restock: str | None, restock_at: int, flags: tuple[bool, bool]
) -> None:
    standing = Standing(restock, 3, 3, band, now, units, restock_at, *flags)
    step = planned(standing)
    if isinstance(step, Send):
        assert restock == "alerts" and min(band, now) > Band.OUT and flags == (False, False)
        assert units == UNLIMITED or (isinstance(units, int) and units >= restock_at and step.most <= 3 * units)
        assert step.most <= 20
