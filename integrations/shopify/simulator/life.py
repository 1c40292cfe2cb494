"""The shop lives: orders, tills, deliveries, transfers and returns at a steady rate, the same for the same seed."""

import random
import threading
from collections.abc import Sequence

from integrations.shopify.simulator import movements
from integrations.shopify.simulator.model import Level, RefusedError
from integrations.shopify.simulator.shop import Shop

WEIGHTS = {"web": 40, "pos": 26, "fulfil": 14, "receive": 8, "transfer": 7, "damaged": 3, "count": 2}
FAVOURITES = 60  # items most events touch, so that the demo shows things running out
LONGEST_LIST = 12  # open transfers; above it the next transfer event moves an old one on


class Life:
    """Makes one event after another; `start` gives it a thread."""

    def __init__(self, shop: Shop, events_per_s: float, seed: int = 7) -> None:
        self._shop, self._dice, self._pause_s = shop, random.Random(seed), 1 / events_per_s
        items = list(shop.locations_of_item)
        self._items = items
        self._favourites = favourites(items, seed)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="life", daemon=True)

    def start(self) -> None:
        """Begin to live."""
        self._thread.start()

    def stop(self) -> None:
        """Come to rest, and wait for it."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._pause_s):
            self.step()

    def step(self) -> str:
        """Let one thing happen and name it; what the shop refuses simply does not happen."""
        event = self._dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        with self._shop.lock:
            level = self._somewhere()
            try:
                self._happen(event, level)
            except RefusedError:
                return f"{event} refused"
        return event

    def _somewhere(self) -> Level:
        item = self._dice.choice(self._favourites if self._dice.random() < 0.7 else self._items)  # noqa: PLR2004
        return self._shop.level(item, self._dice.choice(self._shop.locations_of_item[item]))

    def _happen(self, event: str, level: Level) -> None:
        units, at = self._dice.choice((1, 1, 1, 2, 3)), (level.item, level.location)
        match event:
            case "web" | "pos":
                movements.sell(self._shop, *at, units, event)
            case "fulfil":
                movements.fulfil(self._shop, *at, max(1, level.quantities["committed"]))
            case "receive":
                movements.receive(self._shop, *at, self._dice.choice((6, 12, 24)))
            case "transfer":
                self._transfer(level)
            case "damaged":
                movements.take_back(self._shop, *at, 1, "damaged")
            case "count":
                movements.set_quantity(self._shop, *at, "on_hand", max(0, level.on_hand + self._dice.randint(-2, 2)))

    def _transfer(self, level: Level) -> None:
        open_ = [row for row in self._shop.transfers.values() if row.status in ("READY_TO_SHIP", "IN_PROGRESS")]
        if len(open_) < LONGEST_LIST and self._dice.random() < 0.4:  # noqa: PLR2004
            units = min(6, level.quantities["available"])
            movements.ready_transfer(self._shop, level.item, level.location, self._dice.choice((3, 4, 5)), units)
        elif open_:
            row = self._dice.choice(open_)
            if row.status == "READY_TO_SHIP":
                movements.ship_transfer(self._shop, row.id)
            else:
                rejected = 1 if self._dice.random() < 0.15 and row.unreceived > 1 else 0  # noqa: PLR2004
                movements.receive_transfer(self._shop, row.id, accepted=row.unreceived - rejected, rejected=rejected)


def favourites(items: Sequence[int], seed: int = 7) -> list[int]:
    """Choose the items that most happens to."""
    return random.Random(seed).sample(items, min(FAVOURITES, len(items)))
