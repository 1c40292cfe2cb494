"""Campaigns: what is about to send, what is held, which steps of flows are watched; what waits for a person first."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.guard.board import Entry, entries
from gateway.web.console.campaign_words import CHANNELS, PHASES, VERDICTS, Word, name_of, state_of, verdict_word
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from policies.guard import Phase
from policies.values import Band

SHOWN: Final = 3
"""Variants named in a line; those that are worst off."""
GROUPS: Final = (
    ("waits", "Waits for you"),
    ("held", "Held"),
    ("sends", "Next to send"),
    ("steps", "Flow steps that are watched"),
)
BANDS: Final = {band.word: band for band in Band}


@dataclass(frozen=True, slots=True)
class Featured:
    """A variant in a line of the list."""

    variant: str
    name: str
    band: str
    units: int | str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message in the list."""

    entry: Entry
    word: Word
    state: Word | None
    why: str
    featured: tuple[Featured, ...]
    more: int
    recipients: int | None

    @property
    def group(self) -> str:
        """Say under which heading it stands."""
        hold = self.entry.hold
        if self.entry.waits:
            return "waits"
        if hold is not None and hold.phase in (Phase.HOLDING, Phase.HELD, Phase.RELEASING):
            return "held"
        return "steps" if self.entry.is_step else "sends"


@blueprint.get("/campaigns")
@signed_in()
def campaigns() -> str:
    """Show the list."""
    return render_template("console/campaigns.html", **list_view())


@blueprint.get("/console/campaigns/board")
@signed_in()
def campaigns_board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    view = list_view()
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/_campaigns.html", **view))


def list_view() -> dict[str, Any]:
    """Gather what the list shows, narrowed as the address says."""
    services = house().services
    found = entries(services.store)
    chosen = {"verdict": _one_of("verdict", VERDICTS), "channel": _one_of("channel", CHANNELS)}
    shown = [one for one in found if _takes(one, **chosen)]
    lines = _lines(shown)
    view = {
        "groups": [(name, title, [line for line in lines if line.group == name]) for name, title in GROUPS],
        "total": len(found),
        "shown": len(shown),
        "chosen": chosen,
        "verdicts": _choices("verdict", VERDICTS, (str(one.verdict.get("verdict")) for one in found), chosen),
        "channels": _choices("channel", CHANNELS, (one.message.channel for one in found), chosen),
        "read_at": services.store.campaigns.read_at("campaigns"),
        "guards": _guards(),
        "labels": CHANNELS,
        "watch": services.settings.watch,
        "mark": "",
    }
    html = render_template("console/_campaigns.html", **view)
    return view | {"mark": hashlib.sha256(html.encode()).hexdigest()[:16]}


def address(chosen: dict[str, str | None], **changes: str | None) -> str:
    """Write the address of the list with some filters changed."""
    given = {**chosen, **changes}
    asked = urlencode([(name, one) for name, one in given.items() if one])
    return url_for("console.campaigns") + (f"?{asked}" if asked else "")


def _one_of(name: str, known: Iterable[str]) -> str | None:
    word = request.args.get(name, "")
    return word if word in known else None


def _takes(one: Entry, *, verdict: str | None, channel: str | None) -> bool:
    return verdict in (None, one.verdict.get("verdict")) and channel in (None, one.message.channel)


def _choices(name: str, known: Any, found: Iterable[str], chosen: dict[str, str | None]) -> list[tuple[Any, ...]]:
    """List the values of a filter that anything has: its address, its label, how many, whether it is chosen."""
    counts = Counter(found)
    return [
        (address(chosen, **{name: one}), getattr(known[one], "text", known[one]), counts[one], chosen[name] == one)
        for one in known
        if counts[one] or chosen[name] == one
    ]


def _guards() -> int:
    version = house().services.policies.current()
    return 0 if version is None else len(version.document.guards)


def _lines(shown: Sequence[Entry]) -> list[Line]:
    worst = {one.message.id: _worst(one) for one in shown}
    named = house().services.store.catalog.entries([told["variant"] for found in worst.values() for told in found])
    lines = []
    for one in shown:
        told = worst[one.message.id]
        featured = tuple(
            Featured(v["variant"], name_of(named.get(v["variant"]), v["variant"]), v["band"], v["units"]) for v in told
        )
        reasons = one.verdict.get("reasons", ())
        count = len(one.features.lines) if one.features else 0
        demand = one.features.demand if one.features else None
        lines.append(
            Line(
                one,
                verdict_word(one.verdict),
                None if one.hold is None else PHASES[one.hold.phase],
                state_of(one.hold) if one.hold and one.hold.phase is Phase.HELD else _first(reasons),
                featured,
                count - len(featured),
                None if demand is None else demand.recipients,
            )
        )
    return lines


def _worst(one: Entry) -> list[dict[str, Any]]:
    told = sorted(one.verdict.get("variants", ()), key=lambda v: (BANDS[v["band"]], str(v["variant"])))
    return told[:SHOWN]


def _first(reasons: Sequence[dict[str, Any]]) -> str:
    return str(reasons[0]["sentence"]) if reasons else ""
