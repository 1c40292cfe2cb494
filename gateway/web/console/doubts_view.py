"""The worklist as its page shows it: what is asked for, the doubts by kind, and where each of them leads."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask import current_app, url_for
from werkzeug.datastructures import MultiDict

from gateway.doubts.clean_up import title_of, variants_of
from gateway.doubts.kinds import KINDS, Kind, kind_of
from gateway.services import Services
from gateway.store.held_back import KIND as HELD_BACK
from gateway.store.values import CatalogEntry, Doubt, SettledDoubt
from gateway.web.console.policy_fields import element_id

STATES: Final = ("open", "settled")
ME: Final = "me"
NOBODY: Final = "nobody"
OF_A_KIND: Final = 5
"""So many doubts of each kind are shown beside the others; a page of one kind shows more."""
ON_A_PAGE: Final = 50
AT_ONCE: Final = 500
MOST_LINKS: Final = 6
LONGEST: Final = 200
MESSAGES: Final = ("hold", "unguarded")


@dataclass(frozen=True, slots=True)
class Query:
    """What an address asks for; what it does not understand counts as not asked."""

    state: str
    kind: str
    owner: str
    source: str

    def address(self, **changes: str | int | None) -> str:
        """Write an address that asks the same but for some parts."""
        asked = {"state": self.state, "kind": self.kind, "owner": self.owner, "source": self.source}
        parts: dict[str, Any] = {**asked, **changes}
        usual = {"state": STATES[0]}
        return url_for("console.doubts", **{name: one for name, one in parts.items() if one and one != usual.get(name)})


class Link(NamedTuple):
    """Where a doubt leads."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """An open doubt with what it costs and where it leads."""

    doubt: Doubt
    cost: str
    links: tuple[Link, ...]
    more: int  # variants that are named nowhere on the line
    says: str  # a digest of its sentence: what the person saw


@dataclass(frozen=True, slots=True)
class Group:
    """The doubts of one kind."""

    name: str
    kind: Kind
    count: int
    lines: tuple[Line, ...]


def read_query(args: MultiDict[str, str]) -> Query:
    """Read an address."""
    state, kind = args.get("state", ""), args.get("kind", "")
    owner, source = (args.get(name, "").strip()[:LONGEST] for name in ("owner", "source"))
    return Query(state if state in STATES else STATES[0], kind[:LONGEST], owner, source)


def matching(doubts: Sequence[Doubt], query: Query, me: str) -> list[Doubt]:
    """Choose the doubts of an owner about a source; the kind is left to the caller, who counts them all."""
    wanted = {ME: me, NOBODY: None}.get(query.owner, query.owner)
    of_owner = [doubt for doubt in doubts if not query.owner or doubt.owner == wanted]
    return [doubt for doubt in of_owner if not query.source or source_of(doubt) == query.source]


def source_of(doubt: Doubt) -> str:
    """Name the source that a doubt is about; a key begins with it where the facts do not say."""
    return str(doubt.facts.get("source") or doubt.key.partition("/")[0])


def settled(services: Services, query: Query, me: str, start: int) -> tuple[list[SettledDoubt], int | None]:
    """List what people said from a place on; return where to go on."""
    by = me if query.owner == ME else query.owner
    found: list[SettledDoubt] = []
    cursor: str | None = str(start)
    while cursor is not None:
        first = int(cursor)
        words, cursor = services.store.doubts.settled(AT_ONCE, cursor)
        for place, word in enumerate(words, first):
            if query.kind in ("", word.kind) and by in ("", word.by):
                if len(found) == ON_A_PAGE:
                    return found, place
                found.append(word)
    return found, None


def groups(services: Services, doubts: Sequence[Doubt], query: Query, start: int, at: datetime) -> list[Group]:
    """Put doubts of a kind together: all kinds with a few each, or one kind and a page of it."""
    by_kind: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_kind.setdefault(doubt.kind, []).append(doubt)
    places = list(KINDS)
    order = sorted(by_kind, key=lambda name: places.index(name) if name in KINDS else len(places))
    first, most = (start, ON_A_PAGE) if query.kind else (0, OF_A_KIND)
    shown = {name: by_kind[name][first : first + most] for name in order if query.kind in ("", name)}
    named = [variant for some in shown.values() for doubt in some for variant in variants_of(doubt)[:MOST_LINKS]]
    entries = services.store.catalog.entries(named)
    return [
        Group(name, kind_of(name), len(by_kind[name]), tuple(_line(services, doubt, entries) for doubt in some))
        for name, some in shown.items()
        if some
    ]


def _line(services: Services, doubt: Doubt, entries: Mapping[str, CatalogEntry]) -> Line:
    named = variants_of(doubt)
    links = [
        Link(title_of(entries.get(one), one), url_for("console.variant", variant=one)) for one in named[:MOST_LINKS]
    ]
    return Line(
        doubt,
        _cost(services, doubt),
        (*links, *_other_links(doubt)),
        max(0, max(len(named), doubt.facts.get("count", 0)) - len(links)),
        digest(doubt),
    )


def digest(doubt: Doubt) -> str:
    """Sum up what a doubt says, to notice when it says something else by the time a person's word comes."""
    return hashlib.blake2s(doubt.sentence.encode(), digest_size=8).hexdigest()


def _other_links(doubt: Doubt) -> list[Link]:
    facts, links = doubt.facts, []
    if doubt.kind == "unmapped_location":
        links.append(Link("Give it a purpose in the policy", url_for("console.policy") + "#locations"))
    if isinstance(place := facts.get("location"), str):
        links.append(Link(f"Stock at {place}", url_for("console.stock", location=place)))
    if isinstance(source := facts.get("source"), str):
        links.append(Link(f"Source {source}", f"{url_for('console.sources')}#{element_id(f'source-{source}')}"))
    if doubt.kind in MESSAGES and "console.campaigns" in current_app.view_functions:
        links.append(Link("Campaigns", url_for("console.campaigns")))
    return links


def _cost(services: Services, doubt: Doubt) -> str:
    """Say what it costs while nobody decides; nothing where it costs nothing that is counted."""
    if doubt.kind == HELD_BACK:
        waiting = services.store.held_back.counts(doubt.key).waiting
        return f"{waiting:,} variant{'' if waiting == 1 else 's'} kept at the last value"
    units = doubt.facts.get("units")
    if isinstance(units, int) and units > 0:
        return f"{units:,} unit{'' if units == 1 else 's'} kept from promising"
    return ""
