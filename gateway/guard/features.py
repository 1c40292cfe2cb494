"""What a message features: a person's word first, then tags, then what its content shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.store import Store
from gateway.store.campaigns import FeatureLine, Features
from integrations.ports import ContentReading, Mention, Message, Unread

GUARD_TAG: Final = "stock-guard"
"""A campaign with this tag must be guarded: where nothing is found in it, a person is asked."""
GROUP_TAG: Final = "stock-group:"
"""Followed by the name of a group of variants: all of them are heroes."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is remembered of what messages feature, read at once."""

    chosen: Mapping[str, Features]
    readings: Mapping[str, Features]
    tagged: Mapping[str, frozenset[str]]  # tag -> campaigns
    groups: Mapping[str, tuple[str, ...]]

    def of(self, message: Message) -> Features | None:
        """Return what a message features; None where nobody looked yet."""
        return self.chosen.get(message.id) or self._by_tag(message) or self.readings.get(message.id)

    def must_be_guarded(self, message: Message) -> bool:
        """Tell whether a person asked for it with a tag."""
        return message.group in self.tagged.get(GUARD_TAG, ())

    def _by_tag(self, message: Message) -> Features | None:
        lines: dict[str, FeatureLine] = {}
        for tag, campaigns in self.tagged.items():
            group = tag.removeprefix(GROUP_TAG)
            if tag != group and message.group in campaigns:
                why = f"The campaign carries the tag {tag}."
                lines.update((variant, FeatureLine(variant, "hero", why)) for variant in self.groups.get(group, ()))
        return Features("tag", tuple(lines.values())) if lines else None


def known_features(store: Store) -> Known:
    """Read all that is remembered."""
    own = store.campaigns
    return Known(own.chosen(), own.readings(), own.tagged(), own.groups())


def features_of(reading: ContentReading) -> dict[str, Mention]:
    """Return the variants that a content features, each with its surest mention.

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


def as_features(readings: Iterable[ContentReading], digest: str) -> Features:
    """Put the readings of all versions of a message into one: a hero of any version is a hero."""
    lines: dict[str, FeatureLine] = {}
    unresolved: list[str] = []
    per_person: list[str] = []
    for reading in readings:
        for variant, mention in features_of(reading).items():
            why = f"{mention.kind.replace('_', ' ')} {mention.text} ({mention.where}, {mention.certainty})"
            line = FeatureLine(variant, "hero" if mention.hero else "supporting", why, mention.cancels_alone)
            if variant not in lines or line.role == "hero":
                lines[variant] = line
        unresolved += map(_sentence, reading.unresolved)
        per_person += map(_sentence, reading.per_person)
    return Features(
        "content", tuple(lines.values()), digest, tuple(dict.fromkeys(unresolved)), tuple(dict.fromkeys(per_person))
    )


def _sentence(one: Unread) -> str:
    return f"{one.text} ({one.where}): {one.why}."
