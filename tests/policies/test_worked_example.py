"""The policy language's worked example, through the scalar reader and the kernel."""

from datetime import timedelta

from policies.columns import Slot, to_us
from policies.compile import compile_document
from policies.conversion import (
    columns_of,
    levels_to_columns,
    state_from_record,
    states_to_records,
    units_from_number,
)
from policies.decision import decide
from policies.kernel import decide_many
from policies.values import PoolState
from tests.builders.policy import NOON, document, level, variant

SLOTS = tuple(
    Slot(name, "wms" if name == "wh-east" else "shopify") for name in ("wh-east", "broadway", "soho", "old-annex")
)
STATES = ("available", "damaged", "retail_reserved")
# minute, wh-east, broadway, pool_units, units, band, promised, restock, due minute
TABLE = [
    (0, 20, 4, 22, 20, "healthy", 20, False, None),
    (5, 11, 4, 13, 11, "healthy", 11, False, None),
    (6, 8, 4, 10, 8, "low", 8, False, None),
    (10, 11, 4, 13, 11, "low", 11, False, None),
    (20, 12, 4, 14, 12, "low", 12, False, 30),
    (30, 12, 4, 14, 12, "healthy", 12, False, None),
    (40, 0, 1, 0, 0, "out", 0, False, None),
    (50, 5, 1, 4, 2, "out", 0, False, None),
    (60, 9, 1, 8, 6, "out", 0, False, 70),
    (70, 9, 1, 8, 6, "low", 6, True, None),
]


def test_the_worked_example_holds_in_both_readers() -> None:
    policy = compile_document(document(), SLOTS, {})
    previous: dict[str, PoolState] = {}
    for minute, east, broadway, pool_units, units, band, promised, restock, due in TABLE:
        at = NOON + timedelta(minutes=minute)
        levels = [
            level("wh-east", available=east, damaged=3),
            level("broadway", available=broadway, retail_reserved=2),
            level("soho", available=50),
            level("old-annex", available=7),
        ]
        before = states_to_records(policy.pools, [previous])
        many = decide_many(
            policy, columns_of(policy, [variant()], at), levels_to_columns(SLOTS, STATES, [levels]), before, to_us(at)
        )
        one = decide(policy, variant(), levels, previous, at)
        ship = one.pools["ship"]
        assert (ship.pool_units, ship.buffer, ship.units, ship.band.word) == (pool_units, 2, units, band), minute
        assert (ship.promised_units, ship.restock) == (promised, restock), minute
        assert one.due == (None if due is None else NOON + timedelta(minutes=due)), minute
        assert state_from_record(many.pools[0, 0]) == ship.state, minute
        assert units_from_number(int(many.pools[0, 0]["promised"])) == promised, minute
        assert many.restocks[0, 0] == restock
        assert many.due_us[0] == (0 if one.due is None else to_us(one.due)), minute
        previous = {"ship": ship.state}
