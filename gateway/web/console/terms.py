"""What the words of the pages mean, in a sentence or two. Shown where a word stands (`term`), and on the help page."""

from collections.abc import Mapping
from typing import Final

from flask import render_template

from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint

PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "Stock, as it is told": {
        "variant": "One thing that is sold, such as a shirt in M. Stock is counted by variant.",
        "place": "Where stock lies: a warehouse, a store. Sources say that it exists, the policy what it is for.",
        "level": "What one source says of one variant at one place.",
        "on hand": "Everything that lies there, also what is sold already, damaged, or held back.",
        "committed": "Sold, or promised to an order, and still there.",
        "blind": "No source knows its figures now. Not knowing is not zero: nothing new is told, and what was told "
        "stays.",
        "stale": "A figure older than the policy trusts. It counts for nothing until its source speaks again.",
        "drift": "Figures that were found to differ when a source was read whole: what its live feed missed.",
    },
    "What may be promised": {
        "pool": "What one kind of promise draws on: what ships, what can be collected. A product may be in several.",
        "in the pool": "The units that are left for a promise after reserve and buffer are kept back.",
        "promised units": "The number that leaves the house, and the only one that Klaviyo ever hears.",
        "band": "Out, low or healthy: the units made steady enough to act on. It falls at once, and rises only once a "
        "rise has held for a while.",
        "reserve": "Units that stay at each place, for those who walk in.",
        "buffer": "Taken off the sum of all places: units that are miscounted, or lie in somebody's cart.",
        "floor": "Fewer units than this count as none.",
        "cap": "No larger number is promised, however much there is.",
        "settle": "For how long a rise must hold before anybody is told of it. A fall counts at once.",
        "rule": "A setting for some products, for some time if it has dates. The last rule that matches wins.",
        "objection": "A reason why stock does not count, such as a place that does not ship.",
    },
    "Coming back": {
        "restock": "It was certainly out, and is back for longer than a rise must hold. This is what people hear of.",
        "return": "It is back, and was never certainly out, as when a source was silent. It alerts nobody by itself.",
        "cause": "Why stock rose: a delivery, a transfer, a correction. Only causes that the policy lists alert.",
        "wave": "Some of those who wait, told at once: so many for each unit that is there. The next wave looks again.",
    },
    "Campaigns": {
        "guard": "Looks at messages before they send, and proposes or makes a hold when what they show is gone.",
        "verdict": "What the guard thinks of a message now: it may send, should be held, or cannot be told.",
        "hold": "A message that would have sent was set back to a draft in Klaviyo. Its schedule is kept by us.",
        "override": "A person lets a message send all the same. It is not held again while this lasts.",
        "hero": "A product that a message is about. Where a message has heroes, only they count for the guard.",
        "headroom": "The units that may be promised, against those that a message is likely to sell.",
    },
    "Sources and Klaviyo": {
        "held back": "One source moved more products at once than is likely. What goes beyond waits for a person, and "
        "keeps its last promise until then.",
        "doubt": "Something that does not fit together, for a person to look at. Dismissing it is an answer.",
        "source": "A system that tells us of stock or products: the shop, a warehouse, a till.",
        "refused": "Klaviyo does not take it as it is. It is set aside with the reason until someone tries again.",
        "feed": "A finished file that Klaviyo fetches by itself, every 15 minutes or every six hours.",
        "watching": "Everything is decided and explained, and nothing is told to anybody.",
    },
}
MEANINGS: Final = {word: meaning for words in PARTS.values() for word, meaning in words.items()}


@blueprint.get("/help")
@signed_in()
def help() -> str:  # noqa: A001  (the page's name)
    """List every word."""
    return render_template("console/help.html", parts=PARTS)


@blueprint.app_template_global()
def meaning(word: str) -> str:
    """Say what a word means. Raises KeyError for one that is not in the list."""
    return MEANINGS[word]
