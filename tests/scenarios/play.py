"""Plays a scenario over the engine: each row sets what its cells say, decides, and compares what it expects.

What a row can set (an empty cell leaves it as it was):
  `main available`        a figure of a level, in any state; `-` no such state there, `?` the source does not know
  `main active`           whether the source stocks the product there
  `main open`             whether the source says the place is open
  `main offers_pickup`    what the policy says the place is for, changed by a person
  `product published`     a fact about the product

What it can expect (an empty cell expects nothing):
  `ship units`, `ship buffer`, `ship band`, `ship promised`
  `ship told`             `restock` or `return` where this row is the step up
  `ship next`             when it must be decided again, at the latest
  `ship why`              the reasons behind units, promise and band
  `ship why-main`         the objections to a place
  `guard E-mail`          what a guard says of a message that features every product

With several products each column about one begins with its name: `hat main available`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from policies.compile import compile_document
from policies.decision import Decision, decide
from policies.document import Document
from policies.guard import Featured, judge
from policies.values import STATES, Level, LocationFacts, PoolState, Variant
from tests.scenarios.page import Row, Scenario

PURPOSES = ("sells_online", "ships_online_orders", "offers_pickup", "hidden")
"""What a person may change in the policy between two rows."""
WORDS = {"yes": True, "no": False, "not told": None}


class Stage:
    """What is true so far: levels, what is said of locations and products, and the last decisions."""

    def __init__(self, document: Document, scenario: Scenario) -> None:
        self.document = document
        self.variants = {name: variant_of(name, facts) for name, facts in (scenario.product or {"": {}}).items()}
        self.levels: dict[tuple[str, str], Level] = {}
        self.open: dict[str, bool | None] = {}
        self.states: dict[str, dict[str, PoolState]] = {name: {} for name in self.variants}
        self.decisions: dict[str, Decision] = {}

    def play(self, row: Row) -> None:
        """Bring a row about, decide every product, and hold the outcome against what the row expects."""
        expected = {column: cell for column, cell in row.cells.items() if not self._set(column, cell, row.at)}
        told = {
            (self.document.authority.levels_source(place), place): LocationFacts(place, "", active=active)
            for place, active in self.open.items()
        }
        policy = compile_document(self.document, (), told)
        for name, variant in self.variants.items():
            levels = [level for (owner, _), level in self.levels.items() if owner == name]
            self.decisions[name] = decide(policy, variant, levels, self.states[name], row.at)
            self.states[name] = {pool: of.state for pool, of in self.decisions[name].pools.items()}
        found = {column: self._told(column, row.at) for column in expected}
        wrong = [
            f"{column} is {found[column]}, not {cell}" for column, cell in expected.items() if found[column] != cell
        ]
        assert not wrong, f"at {row.at:%d %B %H:%M}, {row.happens!r}: {'; '.join(wrong)}"

    def _set(self, column: str, cell: str, at: datetime) -> bool:
        """Set a fact, if the column is one; figures that are told again count as confirmed."""
        *owner, place, what = ["", *column.split()]
        name = owner[-1] if owner else ""
        if place == "product":
            self.variants[name] = replace(self.variants[name], **{what: WORDS[cell]})
            return True
        if what == "open":
            self.open[place] = WORDS[cell]
            return True
        if what in PURPOSES:
            purposes = {
                **self.document.locations,
                place: replace(self.document.locations[place], **{what: WORDS[cell]}),
            }
            self.document = replace(self.document, locations=purposes)
            return True
        if what not in (*STATES, "active"):
            return False
        old = self.levels.get((name, place), Level(place, active=True))
        if what == "active":
            self.levels[name, place] = replace(old, active=WORDS[cell])
            return True
        quantities = dict(old.quantities)
        quantities.pop(what, None)
        if cell != "-":
            quantities[what] = None if cell == "?" else int(cell)
        self.levels[name, place] = replace(old, quantities=quantities, observed_at=at)
        return True

    def _told(self, column: str, at: datetime) -> str:
        """Say what came of a row in the words of a page."""
        *owner, pool, what = ["", *column.split()]
        if pool == "guard":
            return self._judged(what, at)
        of_pool = self.decisions[owner[-1] if owner else ""].pools[pool]
        match what:
            case "units":
                return word(of_pool.units)
            case "promised":
                return word(of_pool.promised_units)
            case "buffer":
                return word(of_pool.buffer)
            case "band":
                return of_pool.band.word
            case "told":
                return "restock" if of_pool.restock else "return" if of_pool.returned else "-"
            case "next":
                return "-" if of_pool.due is None else f"{of_pool.due:%H:%M}"
            case _:
                return self._why(of_pool, what)

    def _why(self, of_pool: Any, what: str) -> str:
        """Name the objections at a place (`ship why-soho`), or what else shaped the promise (`ship why`)."""
        place = what.removeprefix("why-")
        if place != what:
            codes = [one.code.value for step in of_pool.steps if step.location == place for one in step.objections]
        else:
            assert what == "why", f"{what} is no column of a pool"
            codes = [reason.code.value for reason in (*of_pool.reasons, *of_pool.band_reasons)]
        return ", ".join(codes) or "-"

    def _judged(self, name: str, at: datetime) -> str:
        """Judge a message that features every product of the scenario equally."""
        guard = next(guard for guard in self.document.guards if guard.name.replace(" ", "-") == name)
        pools = {product: decided.pools[guard.pool] for product, decided in self.decisions.items()}
        featured = [
            Featured(
                product,
                band=of.band,
                blind=of.blind,
                units=of.units,
                awaits_confirmation=of.awaits_restock or of.awaits_return,
            )
            for product, of in pools.items()
        ]
        return judge(featured, guard, at).word


def variant_of(name: str, facts: dict[str, str]) -> Variant:
    """Make a published, tracked product with the facts that a page tells of it."""
    lists = {
        key: tuple(part.strip() for part in facts[key].split(",")) for key in ("tags", "collections") if key in facts
    }
    words = {key: facts[key] for key in ("vendor", "sku", "product_type") if key in facts}
    return Variant(
        name or "product",
        published=WORDS[facts.get("published", "yes")],
        tracked=WORDS[facts.get("tracked", "yes")],
        inventory_policy="continue" if facts.get("continues") == "yes" else "deny",
        **lists,
        **words,
    )


def word(units: int | str | None) -> str:
    """Write units as pages do: `?` while they are not known."""
    return "?" if units is None else str(units)
