"""Feeds of 100,000 items: built whole, built after a thousandth changed, and the first byte of one."""

from collections.abc import Iterator

from tests.bench.ground import Ground
from tests.bench.registry import Contest, bench
from tests.feeds.measures import Pair, feed_first_byte, feed_full, feed_partial, timed

MS = 1000


def _contest(pair: Pair) -> Contest:
    return Contest(lambda: MS * timed(pair[0]), lambda: MS * timed(pair[1]))


@bench("feed.full", unit="ms", reference="orjson.dumps", must=2, moonshot=1.2, smaller_is_better=True)
def full(_: Ground) -> Iterator[Contest]:
    """A whole build, not compressed, against orjson.dumps of ready objects."""
    yield _contest(feed_full())


@bench("feed.partial", unit="ms", reference="full build", must=0.1, moonshot=0.03, smaller_is_better=True)
def partial(ground: Ground) -> Iterator[Contest]:
    """A build after 0.1 % of the items changed, against a whole one; both compress, keep parts, write the file."""
    services = ground.services()
    yield _contest(feed_partial(services.store, ground.folder))
    services.store.close()


@bench("feed.first_byte", unit="ms", reference="empty answer", must=3, moonshot=1.5, smaller_is_better=True)
def first_byte(ground: Ground) -> Iterator[Contest]:
    """The first byte of a feed from a web process, against that of an answer without a body."""
    services = ground.services("t")
    measured = feed_first_byte(services.store, ground.url, ground.folder)
    yield Contest(lambda: MS * measured["value"], lambda: MS * measured["reference"], rounds=1)
    services.store.close()
