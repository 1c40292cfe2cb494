"""How the policy commands write an impact and a history for people."""

from collections.abc import Iterator, Mapping
from typing import Any

View = Mapping[str, Any]
LISTED = 5


def impact_lines(view: View) -> list[str]:
    """Write an impact: what is new in words, then what it moves now and later, then whether it is large."""
    lines = [line["sentence"] for line in view.get("differences", ())]
    lines += [f"Warning: {warning['path']}: {warning['message']}" for warning in view.get("warnings", ())]
    lines.append(f"{view['decided']:,} of {view['variants']:,} variants are treated otherwise.")
    lines += ["Now:", *_moment(view)]
    for pool, bands in view["first_sight"].items():
        lines.append(f"  {pool}: first sight of " + ", ".join(f"{count:,} {band}" for band, count in bands.items()))
    for pool, counts in view["blind"].items():
        lines.append(f"  {pool}: {counts['would_become']:,} become blind, {counts['would_see_again']:,} see again")
    if guards := view["campaigns"]:
        lines.append(
            f"  {guards['would_be_held']:,} more campaigns and flows would be held and {guards['would_be_released']:,} "
            f"released, of {guards['judged']:,} judged now"
        )
    for moment in view["later"]:
        lines += [f"{moment['at']}, {' and '.join(moment['why'])}:", *_moment(moment)]
    return [*lines, *view["reasons"]]


def history_lines(versions: list[dict[str, Any]]) -> list[str]:
    """Write one line a version."""
    return [
        f"{version['version']:>4}  {version['published_at']}  {version['author']}: {version['note']}"
        + (f" (version {version['restores']} again)" if version["restores"] else "")
        + (" (large, confirmed)" if version["confirmed"] else "")
        for version in versions
    ] or ["Nothing was published."]


def _moment(view: View) -> list[str]:
    return [f"  {line}" for line in _sentences(view)] or ["  nothing moves"]


def _sentences(view: View) -> Iterator[str]:
    for change in view["changes"]:
        yield f"{change['pool']}: {change['variants']:,} from {change['from']} to {change['to']}"
        for one in change["listed"][:LISTED]:
            rules = sorted({move["rule"] for move in one["because"] if move["rule"]})
            causes = ", ".join(rules or [move["setting"] for move in one["because"]])
            because = f" ({causes})" if causes else ""
            name = f"{one['title']} [{one['variant']}]" if one["title"] else one["variant"]
            yield f"  {name}: {one['units_before']} -> {one['units_after']} units{because}"
    restocks, catalog = view["restocks"], view["catalog"]
    for key, words in (
        ("would_alert", "restocks would alert"),
        ("would_not_alert", "restocks would alert nobody, as the policy causes them"),
        ("await_confirmation", "of them would await a person"),
        ("no_longer", "restocks on their way would not happen"),
        ("returns", "variants would return"),
    ):
        if restocks[key]:
            told = f", {restocks['told_at_most']:,} people at first" if key == "would_alert" else ""
            yield f"{restocks[key]:,} {words}{told}"
    if catalog["changed"]:
        yield (
            f"{catalog['changed']:,} catalogue numbers change: {catalog['raised']:,} rise ({catalog['from_zero']:,} "
            f"from 0), {catalog['lowered']:,} fall ({catalog['to_zero']:,} to 0)"
        )
