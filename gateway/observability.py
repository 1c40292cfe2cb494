"""Logs as JSON lines and errors to Sentry, both without secrets. Called once at the start of each process."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.redaction import redact

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

QUIET_LOGGERS = ("httpx", "httpcore", "urllib3", "apscheduler")  # httpx logs whole URLs
TERMS = ["secret", "token", "password", "authorization", "key", "email", "signature", "hmac", "dsn", "url"]


def configure_logging(process: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's logs as JSON lines to `stream` (standard error)."""
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(tracebacks),
                _naming(process),
                _redacted,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give a logger; ids bound with `about` are on each of its lines."""
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(name))


@contextmanager
def about(**ids: str | int) -> Iterator[None]:
    """Put ids (request, variant, job) on every log line written inside, in this thread or task only."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def init_sentry(dsn: str | None, process: str, **options: Any) -> None:
    """Report errors of this process to Sentry when there is a DSN. No bodies, people, cookies or secrets go along.

    `data_collection` turns on whatever it does not mention (sentry-sdk 2.75), so all of it is mentioned; what still
    gets through is redacted last, over the whole event.
    """
    if not dsn:
        return
    import sentry_sdk  # noqa: PLC0415  (a tenth of a second and 4 MB: only for those who have a DSN)

    sentry_sdk.init(
        dsn=dsn,
        before_send=options.pop("before_send", _scrubbed),
        before_breadcrumb=lambda crumb, _hint: redact(crumb),
        max_request_body_size="never",
        data_collection={
            "user_info": False,
            "http_bodies": [],
            "cookies": {"mode": "off"},
            "url_query_params": {"mode": "denylist", "terms": TERMS},
            "stack_frame_variables": {"mode": "denylist", "terms": TERMS},
        },
        **options,
    )
    sentry_sdk.set_tag("process", process)


def _scrubbed(event: "Event", _hint: "Hint") -> "Event | None":
    return cast("Event", redact(event))


def _redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return cast("EventDict", redact(event))


def _naming(process: str) -> Processor:
    def name_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return name_process
