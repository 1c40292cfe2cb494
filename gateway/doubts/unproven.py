"""Variants that are out of stock for a day and nobody can say so: one level says nothing, while another has a figure.

Such an episode stays unproven (policy language, section 6), and when stock comes back nobody is alerted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.pipeline.explain import explanation_view
from gateway.services import Services
from policies.explain import time_text
from policies.reasons import ReasonCode

KIND: Final = "unproven"
AFTER: Final = timedelta(hours=24)
MOST: Final = 200
"""So many are listed at once; the next come when these are settled."""
MOST_RECORDS: Final = 100
DOUBTFUL: Final = {ReasonCode.LEVEL_UNKNOWN.value, ReasonCode.LEVEL_STALE.value}


def look_for_unproven(services: Services, variants: Sequence[str], at: datetime) -> None:
    """Raise a doubt of each that is unproven for a day; drop those that are not any more."""
    raised: set[str] = set()
    for variant in variants:
        since = _since(services, variant)
        if since is None or at - since < AFTER or len(raised) >= MOST:
            continue
        levels = _doubtful(services, variant, at)
        if levels:
            raised.add(variant)
            sentence = (
                f"{variant} is out of stock since {time_text(since)}, and nobody can say so: {'; '.join(levels)}."
            )
            services.store.doubts.raise_(KIND, variant, sentence, {"variant": variant, "levels": levels}, at)
    for key in services.store.doubts.keys(KIND):
        if key not in raised:
            services.store.doubts.clear(KIND, key)


def _since(services: Services, variant: str) -> datetime | None:
    """Return when the episode began, or the earliest that is still journaled of it; None: it is out no more."""
    version, last = services.policies.current(), services.store.journal.now(variant)
    if version is None or last is None or version.default_column >= len(last.record.pools):
        return None
    episode, since = int(last.record.pools[version.default_column]["episode"]), last.record.at
    walk = services.store.journal.decisions(variant, last.record.entry)
    for _, record in zip(range(MOST_RECORDS), walk, strict=False):
        if record.pools is not None and version.default_column < len(record.pools):
            if int(record.pools[version.default_column]["episode"]) != episode:
                break
            since = record.at
    return since


def _doubtful(services: Services, variant: str, at: datetime) -> list[str]:
    """Name the unknown and the stale levels in play, where another one in play has a figure that counts."""
    view = explanation_view(services, variant, None, at)
    steps: list[dict[str, Any]] = [] if view is None or view["proven"] else view["steps"]
    playing = [step for step in steps if set(step["objections"]) <= DOUBTFUL]
    doubtful = [step for step in playing if step["objections"]]
    if len(doubtful) == len(playing):
        return []
    return [f"{step['source']} at {step['location']} ({_why(step['objections'])})" for step in doubtful]


def _why(objections: Sequence[str]) -> str:
    return " and ".join("too old" if one == ReasonCode.LEVEL_STALE.value else "not known" for one in objections)
