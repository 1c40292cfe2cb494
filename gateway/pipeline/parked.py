"""What a destination refused and a person may try again. Called by the API and by the console; audited."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from gateway.services import Services
from gateway.store.values import OutboxLine

AT_ONCE: Final = 1_000
"""Tried again by one word; each is one small step, and a person may say the word again."""


@dataclass(frozen=True, slots=True)
class Parked:
    """What waits for a person at one destination, by why; and the first few of them."""

    reasons: tuple[tuple[str, int], ...]  # the most frequent first
    first: tuple[OutboxLine, ...]


def parked(services: Services, destination: str, shown: int) -> Parked:
    """Tell what is parked at a destination."""
    lines, _ = services.store.outbox.page(destination, "parked", AT_ONCE, None)
    reasons = Counter(line.reason for line in lines)
    return Parked(tuple(reasons.most_common()), tuple(sorted(lines, key=lambda line: line.since)[:shown]))


def try_again(services: Services, destination: str, target: str | None, by: str) -> int:
    """Put a parked target back in line, or as many as may be at once; return how many."""
    outbox, at = services.store.outbox, services.now()
    if target is not None:
        targets = [target]
    else:
        targets = [line.target for line in outbox.page(destination, "parked", AT_ONCE, None)[0]]
    done = sum(outbox.unpark(destination, one, at) for one in targets)
    if done:
        services.store.audit.append(by, "outbox.retry", target or destination, {"count": done}, at)
    return done
