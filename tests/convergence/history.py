"""One random history: sales, receipts, transfers, returns, renames and closures, heard late, twice, or not at all."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.reconcile.changes import compare_changes
from gateway.reconcile.full import read_everything
from gateway.worker import decide_step, reread_step, task_step
from integrations.shopify.simulator import edits, movements
from integrations.shopify.simulator.model import RefusedError
from policies.values import Band
from tests.builders.convergence import (
    ELIGIBLE,
    NORTH,
    PLACE_OF,
    POLICY,
    SOHO,
    Gateway,
    Outside,
    body_of,
    emptied,
    file_of,
    readings_of,
)
from tests.builders.processes import until
from tests.convergence.witness import Witness

STEPS = 30
LOST, DOUBLED = 0.3, 0.2
Packet = Callable[[Gateway], object]


@dataclass
class History:
    """A shop, its three sources, and a gateway that hears of them in any order."""

    url: str
    outside: Outside
    folder: Path
    dice: random.Random
    on_its_way: list[Packet] = field(default_factory=list)
    webhooks: int = 0
    fillings: int = 0
    gateway: Gateway = field(init=False)
    witness: Witness = field(init=False)

    def play(self) -> Witness:
        """Live through it, reconcile, and check that the ledger is what the sources are."""
        self.outside.stock(self.dice)
        self.outside.shop.emit = self._emit
        self.witness = Witness(self.outside)
        self._fill()
        try:
            self._live()
            self._reconcile()
            self._is_as_the_sources()
            self._late()
            self._is_as_the_sources()
            self._promises_what_there_is()
            self.witness.each_rise_is_told_once()
        finally:
            self.gateway.close()
        return self.witness

    # --- the gateway's side -------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Begin with an empty store, and read every source whole; what is on its way meanwhile comes in between."""
        emptied(self.url)
        self.fillings += 1
        self.gateway = Gateway(self.url, self.outside, self.folder, f"filling {self.fillings}")
        reads = [self._read_shop, self._read_warehouse, self._read_till]
        self.dice.shuffle(reads)
        for read in reads:
            for _ in range(self.dice.randint(0, 3)):
                self._arrives()
                self._decide()
            read()
            self._decide()

    def _read_warehouse(self) -> None:
        self.gateway.hears_snapshot(readings_of(self.outside))

    def _read_till(self) -> None:
        self.gateway.imports(file_of(self.outside))

    def _read_shop(self) -> None:
        """Read the shop whole; it may go on while its files are made."""
        reconciles = self.gateway.store.reconciles
        while reconciles.run("shopify") is not None:  # one that a comparison had asked for
            self._looks_in()
        reconciles.want_full("shopify", "A test wants it.")
        before = reconciles.reports("shopify")
        self._looks_in()
        if self.dice.random() < 0.3:
            self._happens(WHILE_READ)

        def read() -> bool:
            self._looks_in()
            return reconciles.reports("shopify") != before

        until(read, within_s=20, step_s=0.005)
        self._tasks()

    def _looks_in(self) -> None:
        self._notes_the_read()
        read_everything(self.gateway.services, self.outside.source, self.outside.at)
        self._notes_the_read()

    def _notes_the_read(self) -> None:
        """What a file holds was so at some moment between its beginning and now."""
        if (run := self.gateway.store.reconciles.run("shopify")) is not None:
            self.witness.smears[run.as_of] = self.outside.at

    def _decide(self, *, published: bool = False) -> None:
        while decide_step(self.gateway.services, self.outside.at) and published:
            pass
        self.witness.look(self.gateway)

    def _reread(self) -> None:
        while reread_step(self.gateway.services, self.outside.at):
            pass

    def _tasks(self) -> None:
        self._notes_the_read()
        while task_step(self.gateway.services, self.outside.at):
            self._notes_the_read()
            self.witness.look(self.gateway)  # a place that opened or closed decides everything anew

    # --- time ---------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        empties_at = self.dice.randrange(STEPS) if self.dice.random() < 0.25 else None
        for step in range(STEPS):
            if step == empties_at:
                self.gateway.close()
                self._fill()
            self._happens()
            for _ in range(self.dice.choice((0, 1, 1, 2, 4))):
                self._arrives()
            if self.dice.random() < 0.6:
                reread_step(self.gateway.services, self.outside.at)
            if self.dice.random() < 0.7:
                self._decide()
            if self.dice.random() < 0.05:
                self._publishes()
            if self.dice.random() < 0.1:
                self._compares()

    def _passes(self, seconds: float) -> None:
        self.outside.clock[0] += timedelta(seconds=seconds)

    def _happens(self, events: "Sequence[Event] | None" = None) -> None:
        """Let something happen in the world, a while after the last; what a shop refuses does not."""
        self._passes(self.dice.choice((1, 1, 20, 200, 900)))
        with self.outside.shop.lock:
            with suppress(RefusedError):
                self.dice.choice(events or EVENTS)(self)
            self.outside.write_down()

    def _arrives(self) -> None:
        if self.on_its_way:
            packet = self.on_its_way.pop(self.dice.randrange(len(self.on_its_way)))
            packet(self.gateway)

    def _compares(self) -> None:
        compare_changes(self.gateway.services, self.outside.source, self.outside.at)

    def _publishes(self) -> None:
        """Let places mean something else for a while: what comes of it is nobody's restock."""
        gateway = self.gateway
        number = gateway.store.policies.current_number()
        document = POLICY if number % 2 == 0 else remapped(self.dice)
        gateway.store.policies.publish(document, based_on=number, author="ann", note="", at=self.outside.at)
        self._decide(published=True)

    def _reconcile(self) -> None:
        """The policy is the first one again; then each source is read whole, as the night does."""
        number = self.gateway.store.policies.current_number()
        self.gateway.store.policies.publish(POLICY, based_on=number, author="ann", note="", at=self.outside.at)
        if self.dice.random() < 0.5:
            self._compares()
        self._reread()
        self._tasks()
        self._read_shop()
        self._read_warehouse()
        self._read_till()
        self._passes(1)
        self._compares()  # what changed while the files were made
        self._tasks()
        self._reread()
        self._decide(published=True)

    def _late(self) -> None:
        """What was still on its way comes after all, half an hour later."""
        self._passes(1_800)
        self.dice.shuffle(self.on_its_way)
        while self.on_its_way:
            self._arrives()
        self._reread()
        self._tasks()
        self._decide()
        self._passes(601)
        self._decide()

    # --- what must be true --------------------------------------------------------------------------------------------

    def _is_as_the_sources(self) -> None:
        held = {key: told for key, (told, _) in self.gateway.held().items()}
        truth = self.outside.truth()
        truth = {key: told for key, told in truth.items() if told[1] or key in held}  # nobody tells of what never was
        both = held.keys() | truth.keys()
        assert held == truth, {key: (held.get(key), truth.get(key)) for key in both if held.get(key) != truth.get(key)}
        catalog = self.gateway.store.catalog
        kept = catalog.products([str(number) for number in self.outside.shop.products])
        for number, product in self.outside.shop.products.items():
            facts = kept[str(number)]
            assert (facts.title, set(facts.tags)) == (product.title, set(product.tags))
            assert facts.published == (product.status == "ACTIVE" and product.online_store_url is not None)
            for variant in facts.variants:
                its = self.outside.shop.variants[int(variant.id)]
                assert (variant.sku, variant.tracked) == (its.sku, its.tracked)
        places = {place.id: place.active for place in catalog.locations() if place.source == "shopify"}
        assert places == {str(one.id): one.is_active for one in self.outside.shop.locations.values()}

    def _promises_what_there_is(self) -> None:
        """After everything settled the band is that of the sources' own figures."""
        rows = self.gateway.store.ledger.read(self.outside.variants())
        version = self.gateway.services.policies.current()
        assert version is not None
        for variant, state in zip(rows.variants, rows.pools[:, version.default_column], strict=True):
            its = self.outside.shop.variants[int(variant)]
            product = self.outside.shop.products[its.product]
            if not its.tracked or product.status != "ACTIVE":
                continue
            units = sum(max(0, figure or 0) for figure in self._figures(variant))
            assert (int(state["band"]) == Band.OUT) == (units == 0), (variant, units, state)

    def _figures(self, variant: str) -> list[int | None]:
        closed = {str(one.id) for one in self.outside.shop.locations.values() if not one.is_active}
        return [
            figure
            for (_, name, place), (figure, active) in self.outside.truth().items()
            if name == variant and active and place in ELIGIBLE and place not in closed
        ]

    # --- the way from a source to the gateway -------------------------------------------------------------------------

    def _emit(self, topic: str, payload: dict[str, Any]) -> None:
        if topic == "bulk_operations/finish":
            return
        self.webhooks += 1
        raw, id_ = body_of(payload), f"webhook-{self.webhooks}"
        self._sends(lambda gateway: gateway.hears_webhook(topic, raw, id_))

    def _sends(self, packet: Packet) -> None:
        if self.dice.random() < LOST:
            return
        self.on_its_way += [packet] * (2 if self.dice.random() < DOUBLED else 1)

    # --- events -------------------------------------------------------------------------------------------------------

    def _level(self) -> tuple[int, int]:
        return self.dice.choice(list(self.outside.shop.levels))

    def sells(self) -> None:
        movements.sell(self.outside.shop, *self._level(), self.dice.randint(1, 3), self.dice.choice(("web", "pos")))

    def is_counted(self) -> None:
        movements.set_quantity(self.outside.shop, *self._level(), "available", self.dice.choice((0, 0, 3)))

    def sells_out(self) -> None:
        """A rush: the last unit of a variant goes everywhere."""
        variant = self.dice.choice(self.outside.variants())
        item = self.outside.shop.variants[int(variant)].item
        for place in self.outside.shop.locations_of_item[item]:
            movements.set_quantity(self.outside.shop, item, place, "available", 0)
        for source in PLACE_OF:
            self._has(source, variant, 0, True)

    def receives(self) -> None:
        movements.receive(self.outside.shop, *self._level(), self.dice.randint(1, 6))

    def takes_back(self) -> None:
        disposition = self.dice.choice(("restock", "restock", "damaged", "none"))
        movements.take_back(self.outside.shop, *self._level(), 1, disposition)

    def fulfils_or_cancels(self) -> None:
        self.dice.choice((movements.fulfil, movements.cancel_order))(self.outside.shop, *self._level(), 1)

    def sets_aside(self) -> None:
        ways = [("available", "damaged"), ("damaged", "available"), ("available", "quality_control")]
        movements.move(self.outside.shop, *self._level(), 1, *self.dice.choice(ways))

    def begins_a_transfer(self) -> None:
        item, origin = self._level()
        movements.ready_transfer(self.outside.shop, item, origin, 3 - origin, self.dice.randint(1, 4))

    def goes_on_with_a_transfer(self) -> None:
        if not self.outside.shop.transfers:
            return
        transfer = self.dice.choice(list(self.outside.shop.transfers))
        step = self.dice.choice(("ship", "ship", "receive", "receive", "cancel"))
        if step == "ship":
            movements.ship_transfer(self.outside.shop, transfer)
        elif step == "cancel":
            movements.cancel_transfer(self.outside.shop, transfer)
        else:
            movements.receive_transfer(self.outside.shop, transfer, self.dice.randint(0, 3), self.dice.randint(0, 1))

    def stocks_or_unstocks(self) -> None:
        self.dice.choice((movements.activate_level, movements.deactivate_level))(self.outside.shop, *self._level())

    def opens_or_closes(self) -> None:
        edits.set_location_active(self.outside.shop, self.dice.choice((1, 2)), self.dice.random() < 0.7)

    def renames(self) -> None:
        product = self.dice.choice(list(self.outside.shop.products))
        edits.edit_product(self.outside.shop, product, {"title": f"Tee {self.dice.randrange(1_000)}", "tags": ["new"]})

    def renumbers(self) -> None:
        variant = self.dice.choice(list(self.outside.shop.variants.values()))
        variant.sku = f"SKU-{variant.id}-{self.dice.randrange(1_000_000)}"
        edits.edit_product(self.outside.shop, variant.product, {})

    def publishes_or_not(self) -> None:
        product = self.dice.choice(list(self.outside.shop.products))
        edits.edit_product(
            self.outside.shop, product, {"status": self.dice.choice(("ACTIVE", "ACTIVE", "DRAFT", "ARCHIVED"))}
        )

    def counts_or_not(self) -> None:
        item = self._level()[0]
        edits.set_tracked(self.outside.shop, item, self.dice.random() < 0.7)

    def moves_elsewhere(self) -> None:
        """Stock of the warehouse or the till moves; either tells of it, the till in a file of some or all rows."""
        source = self.dice.choice(list(PLACE_OF))
        variant = self.dice.choice(self.outside.variants())
        figure, active = self.outside.others[source][variant]
        if self.dice.random() < 0.1:
            active = not active
        else:
            figure = max(0, (figure or 0) + self.dice.choice((-9, -2, -1, 1, 2, 4)))
        self._has(source, variant, figure, active)

    def _has(self, source: str, variant: str, figure: int | None, active: bool) -> None:
        self.outside.others[source][variant] = (figure, active)
        if source == "wms":
            rows = readings_of(self.outside, variant)
            self._sends(lambda gateway: gateway.hears_readings(rows))
        else:
            content = file_of(self.outside, *(() if self.dice.random() < 0.3 else (variant,)))
            self._sends(lambda gateway: gateway.imports(content))


Event = Callable[[History], None]
WHILE_READ: tuple[Event, ...] = (History.sells, History.receives, History.sells_out, History.takes_back)
EVENTS: tuple[Event, ...] = (
    *[History.sells, History.receives, History.moves_elsewhere, History.sells_out] * 3,
    *[History.is_counted, History.takes_back, History.fulfils_or_cancels, History.sets_aside],
    *[History.begins_a_transfer, History.goes_on_with_a_transfer, History.goes_on_with_a_transfer],
    *[History.stocks_or_unstocks, History.opens_or_closes, History.renames, History.renumbers],
    *[History.publishes_or_not, History.counts_or_not],
)


def remapped(dice: random.Random) -> dict[str, Any]:
    """The same policy with one place meaning something else."""
    place = dice.choice((SOHO, NORTH, "pier"))
    kind = "third_party" if place == SOHO else "repair"
    pool = POLICY["pools"]["ship"] | ({"include": []} if place == "pier" else {})
    locations = POLICY["locations"] | {place: POLICY["locations"][place] | {"kind": kind}}
    return POLICY | {"locations": locations, "pools": {"ship": pool}}
