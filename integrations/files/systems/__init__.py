"""Other systems' answers, saved as JSON: which one a payload comes from, and the module that reads it."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from integrations.files.rows import StockRow
from integrations.files.systems import brightpearl, cin7, lightspeed, netsuite, square


class System(NamedTuple):
    """A system whose payloads we can read."""

    name: str
    source: str  # what its readings are called when nobody says otherwise
    fits: Callable[[Any], bool]
    rows: Callable[[Any], Iterator[StockRow]]


SYSTEMS: Final = (
    System("Square inventory counts", "square", square.fits, square.rows),
    System("NetSuite inventory by location", "netsuite", netsuite.fits, netsuite.rows),
    System("Lightspeed X inventory", "lightspeed", lightspeed.fits, lightspeed.rows),
    System("Brightpearl product availability", "brightpearl", brightpearl.fits, brightpearl.rows),
    System("Cin7 Core product availability", "cin7", cin7.fits, cin7.rows),
)


def system_of(payload: Any) -> System | None:
    """Find the system whose answer this is."""
    return next((system for system in SYSTEMS if system.fits(payload)), None)
