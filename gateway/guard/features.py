"""What a message features: a person's word first, then tags, then what its content shows."""

from collections.abc import Mapping
from dataclasses import replace

from integrations.ports import ContentReading, Mention


def features_of(reading: ContentReading) -> dict[str, Mention]:
    """Return the variants that a message features, each with its surest mention.

    Where any mention names the very variants of a product, its other mentions add no further ones.
    """
    exact = {mention.match.product for mention in reading.mentions if mention.match.exact}
    order: Mapping[str, int] = {"certain": 0, "likely": 1, "possible": 2}
    found: dict[str, Mention] = {}
    for mention in sorted(reading.mentions, key=lambda one: order[one.certainty]):
        if mention.match.product in exact and not mention.match.exact:
            continue
        for variant in mention.match.variants:
            kept = found.setdefault(variant, mention)
            if mention.cancels_alone and not kept.cancels_alone:
                found[variant] = replace(kept, cancels_alone=True)
    return found
