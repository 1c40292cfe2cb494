"""What is counted and measured, in one place: the Prometheus metrics that every room uses.

Web processes share theirs through Prometheus' multiprocess files. Worker and clock serve no HTTP: they put `samples()`
into the store's gauges, and `/metrics` shows those beside its own.
"""

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

PREFIX = "gateway_"
LAG_BUCKETS_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)

LAG_S = Histogram(
    "gateway_lag_seconds",
    "From a decision to Klaviyo having applied it.",
    ["destination"],
    buckets=LAG_BUCKETS_S,
)
DECISIONS = Counter("gateway_decisions", "Decisions committed.", ["changed"])
READINGS = Counter("gateway_readings", "Readings by what became of them.", ["outcome"])
WEBHOOKS = Counter("gateway_webhooks", "Webhook deliveries.", ["source", "outcome"])
TOLD = Counter("gateway_told", "Records that Klaviyo was told and has applied.", ["destination"])
KLAVIYO_CALLS = Counter("gateway_klaviyo_calls", "Requests to Klaviyo.", ["family", "outcome"])
ALERTS = Counter("gateway_stock_alerts", "People who wait for stock, by what became of them.", ["outcome"])
STAFF_ALERTS = Counter("gateway_staff_alerts", "Messages to staff, by service and outcome.", ["kind", "outcome"])
DUE_DEPTH = Gauge("gateway_due_depth", "Variants due for a decision.", multiprocess_mode="livemostrecent")
OUTBOX_DEPTH = Gauge(
    "gateway_outbox_depth", "Entries of the outbox.", ["destination", "state"], multiprocess_mode="livemostrecent"
)
SOURCE_LAG_S = Gauge(
    "gateway_source_lag_seconds", "Since a source's newest observation.", ["source"], multiprocess_mode="livemostrecent"
)
SOURCE_READINGS = Gauge(
    "gateway_source_readings_per_hour", "Readings of the last hour.", ["source"], multiprocess_mode="livemostrecent"
)
HELD_BACK = Gauge(
    "gateway_held_back", "Variants that wait because of a source.", ["source"], multiprocess_mode="livemostrecent"
)
PLACE = ["source", "location"]
SOURCE_LEVELS = Gauge(
    "gateway_source_levels", "Levels told of, at the last count.", PLACE, multiprocess_mode="livemostrecent"
)
SOURCE_UNKNOWN = Gauge(
    "gateway_source_unknown_percent", "Of them without a figure.", PLACE, multiprocess_mode="livemostrecent"
)
SOURCE_STALE = Gauge(
    "gateway_source_stale_percent", "Of them older than the policy allows.", PLACE, multiprocess_mode="livemostrecent"
)
SOURCE_DRIFT = Gauge(
    "gateway_source_drift",
    "Of them unlike what the source says that counts.",
    PLACE,
    multiprocess_mode="livemostrecent",
)
DOUBTS = Gauge("gateway_doubts", "Open doubts.", multiprocess_mode="livemostrecent")


def samples(registry: CollectorRegistry = REGISTRY) -> dict[str, float]:
    """Flatten our metrics of this process to `name{label="value"}` -> value, ready for the store's gauges."""
    flat: dict[str, float] = {}
    for family in registry.collect():
        # Depths are the house's, not a process's: whoever serves HTTP reads them from the store.
        if family.type == "gauge" or not family.name.startswith(PREFIX):
            continue
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in sorted(sample.labels.items()))
                flat[f"{sample.name}{{{labels}}}"] = sample.value
    return flat


def exposition(shared: dict[str, dict[str, float]]) -> bytes:
    """Write this host's metrics and those that other processes shared (process -> samples), for Prometheus."""
    registry = REGISTRY
    if values.ValueClass is not values.MutexValue:  # the library counts in files, for all web processes together
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    lines = [generate_latest(registry).decode()]
    for process, told in sorted(shared.items()):
        for name, value in sorted(told.items()):
            sample, _, labels = name.removeprefix(PREFIX).partition("{")
            inner = ",".join(part for part in (labels.removesuffix("}"), f'process="{_escaped(process)}"') if part)
            lines.append(f"{PREFIX}{sample}{{{inner}}} {value}\n")
    return "".join(lines).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
