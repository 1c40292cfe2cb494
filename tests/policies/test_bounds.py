"""Whatever a policy says, no more is promised than is free to sell where the pool may draw."""

from dataclasses import replace
from typing import Any

from hypothesis import given

from policies.compile import compile_document
from policies.decision import decide
from policies.document import Pool
from policies.units import available_told
from policies.values import UNLIMITED, Level, PoolState, Variant
from tests.builders.policy import NOON, document
from tests.policies.test_two_readers import rows, rules

FREE = Pool("ship", "ship", ("available",), ("warehouse",), ("broadway",))


@given(rules(), rows)
def test_a_promise_is_never_more_than_what_is_free_to_sell(
    chosen: tuple[Any, ...], row: tuple[Variant, list[Level], dict[str, PoolState]]
) -> None:
    variant, levels, previous = row
    policy = compile_document(
        document(pools={"ship": FREE, "pickup": replace(FREE, name="pickup")}, rules=chosen), (), {}
    )
    mine = [one for one in levels if one.source == policy.document.authority.levels_source(one.location)]
    ship = decide(policy, variant, mine, previous, NOON).pools["ship"]
    free = [
        available_told(one.quantities).get("available") or 0 for one in mine if one.location in ("wh-east", "broadway")
    ]
    if ship.units not in (None, UNLIMITED):
        assert 0 <= int(ship.units) <= sum(max(0, figure) for figure in free)
        assert ship.promised_units == 0 or 0 <= int(ship.promised_units) <= int(ship.units)
