"""What each source and each of its places is worth, for people and for Prometheus."""

from datetime import datetime
from typing import Any

from gateway import metrics
from gateway.services import Services
from gateway.store.census import PlaceCount, SourceCount
from policies.explain import time_text


def sources_view(services: Services, at: datetime) -> dict[str, Any]:
    """Describe every source ever heard. Levels are as of the last count; `counted_at` says when that was."""
    counted_at, counts = services.store.census.read()
    rates = services.store.sources.hourly(at)
    version = services.policies.current()
    lines = []
    for state in services.store.sources.all():
        count = counts.get(state.name, SourceCount(0))
        whole = _sum(count)
        held = services.store.held_back.counts(state.name)
        lines.append(
            {
                "name": state.name,
                "last_heard_at": time_text(state.last_heard_at),
                "newest_observed_at": time_text(state.newest_observed_at),
                "counts": dict(state.counts),
                "lag_s": _age_s(at, state.newest_observed_at),
                "readings_per_hour": rates.get(state.name, 0),
                "variants": count.variants,
                "levels": whole.levels,
                "unknown_percent": _percent(whole.unknown, whole.levels),
                "stale_percent": _percent(whole.stale, whole.levels),
                "drift": whole.drift,
                "held_back": held.waiting,
                "kept_out": held.kept_out,
                "places": [
                    {
                        "location": location,
                        "counts_here": version is not None
                        and version.document.authority.levels_source(location) == state.name,
                        "levels": place.levels,
                        "unknown_percent": _percent(place.unknown, place.levels),
                        "stale_percent": _percent(place.stale, place.levels),
                        "drift": place.drift,
                    }
                    for location, place in sorted(count.places.items())
                ],
            }
        )
    return {"sources": lines, "counted_at": time_text(counted_at)}


def measure_sources(services: Services, at: datetime) -> None:
    """Set the metrics of sources to what is known now."""
    for line in sources_view(services, at)["sources"]:
        name = line["name"]
        if line["lag_s"] is not None:
            metrics.SOURCE_LAG_S.labels(name).set(line["lag_s"])
        metrics.SOURCE_READINGS.labels(name).set(line["readings_per_hour"])
        metrics.HELD_BACK.labels(name).set(line["held_back"])
        for place in line["places"]:
            of = (name, place["location"])
            metrics.SOURCE_LEVELS.labels(*of).set(place["levels"])
            metrics.SOURCE_UNKNOWN.labels(*of).set(place["unknown_percent"] or 0)
            metrics.SOURCE_STALE.labels(*of).set(place["stale_percent"] or 0)
            metrics.SOURCE_DRIFT.labels(*of).set(place["drift"])


def _sum(count: SourceCount) -> PlaceCount:
    places = count.places.values()
    return PlaceCount(
        levels=sum(place.levels for place in places),
        unknown=sum(place.unknown for place in places),
        stale=sum(place.stale for place in places),
        drift=sum(place.drift for place in places),
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _age_s(at: datetime, then: datetime | None) -> int | None:
    return None if then is None else max(0, int((at - then).total_seconds()))
