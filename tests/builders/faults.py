"""Stepping into a guard's turn at a chosen moment: to kill it, to let another guard work, or to let a person work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gateway.services import Services
from integrations.ports import Desks

LOOKS = ("inspect", "messages", "upcoming", "tags", "campaigns")
"""Calls that only read outside. A person who works between a look and the effect after it cannot be noticed by anyone,
for the interface has no conditional writes; so people step in before looks."""


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Moments:
    """Counts the calls of a turn that leave the process, and steps in at one of them."""

    at: int
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    only_before_looks: bool = False
    count: int = 0

    def call(self, name: str, function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        self.count += 1
        due = self.count >= self.at and not (self.only_before_looks and name not in LOOKS)
        before, after = (self.before, self.after) if due else (None, None)
        if due:
            self.at = 10**9
        if before is not None:
            before()
        answer = function(*args, **options)
        if after is not None:
            after()
        return answer


class Seen:
    """Stands in front of an object and tells every call of it."""

    def __init__(self, real: Any, moments: Moments, names: tuple[str, ...]) -> None:
        self._real, self._moments, self._names = real, moments, names

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in self._names:
            return real
        return lambda *args, **options: self._moments.call(name, real, *args, **options)


class SeenStore:
    """A store whose writes of holds and audit are told."""

    def __init__(self, real: Any, moments: Moments) -> None:
        self._real = real
        self.holds = Seen(real.holds, moments, ("write", "forget"))
        self.audit = Seen(real.audit, moments, ("append",))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def watched(services: Services, moments: Moments) -> tuple[Services, Desks]:
    """Return services and desks whose calls are told."""
    assert services.desks is not None
    desk = (*LOOKS, "hold", "cancel", "release")
    desks = Desks(
        Seen(services.desks.campaigns, moments, desk),  # type: ignore[arg-type]
        Seen(services.desks.flows, moments, desk),  # type: ignore[arg-type]
        Seen(services.desks.tags, moments, ("tags", "campaigns", "put", "drop")),  # type: ignore[arg-type]
        services.desks.read,
    )
    return replace(services, store=SeenStore(services.store, moments), desks=desks), desks  # type: ignore[arg-type]
