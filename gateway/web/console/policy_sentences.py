"""Rules, guards and pools as sentences. A draft need not be valid, so values are said as they are."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from gateway.web.console.policy_words import METHODS, said
from policies.rule_words import WHEN_WORDS

Table = Mapping[str, Any]
Say = Callable[[Any], str]
ONE: Final = {
    "variants": "variant", "skus": "SKU", "products": "product", "tags": "tag", "collections": "collection",
    "vendors": "vendor", "product_types": "product type", "locations": "place",
}  # fmt: skip
CLAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "reserve_units_per_location": ("leave {} at each place", ""),
    "buffer_units": ("keep back {} units", ""),
    "buffer_percent": ("keep back {} %", ""),
    "min_locations": ("ask for {} places that have it", ""),
    "floor_units": ("count fewer than {} as nothing", ""),
    "cap_units": ("promise at most {}", "no cap on what is promised"),
    "out_at_units": ("out at {}", ""),
    "restock_at_units": ("back in stock at {}", "back in stock one above out"),
    "low_at_units": ("low at {}", "low only when out"),
    "healthy_at_units": ("healthy again at {}", "healthy again one above low"),
    "low_days": ("low when it lasts {} days", "no looking at how long it lasts"),
    "settle_minutes": ("let a rise hold {} minutes", ""),
    "fresh_for_minutes": ("count a figure for {} minutes", "figures do not age"),
}
"""How a setting is said, and how where its value is a word."""


def rule_sentence(rule: Table, pools: Table) -> str:
    """Say what a rule does: "For tag sneakers, by what ships: keep back 10 %, low at 25, healthy again at 30"."""
    settings = _table(rule.get("set"))
    clauses = [_clause(key, value) for key, value in settings.items()]
    return f"{_scope(_table(rule.get('when')), pools)}: {', '.join(clauses) or 'nothing is set yet'}."


def date_words(rule: Table) -> str:
    """Say when a rule holds; nothing where it always does."""
    begins, ends = (str(rule.get(key, "")).replace("T", " ").removesuffix(":00") for key in ("from", "until"))
    return " ".join(part for part in (begins and f"from {begins}", ends and f"until {ends}") if part)


def guard_sentence(guard: Table) -> str:
    """Say what a guard does."""
    hold, release = _table(guard.get("hold_when")), _table(guard.get("release_when"))
    does = {"watch": "Write down", "ask": "Propose to hold", "act": "Hold"}.get(str(guard.get("mode", "ask")), "Hold")
    back = {"ask": "propose to release it", "act": "release it", "never": "leave the release to people"}
    channels = _either(said(one) for one in _list(guard.get("channels", ["email", "sms", "push"])))
    return (
        f"{does} {channels} when {_share(hold)} of what it features in {guard.get('pool', '?')} is "
        f"{hold.get('band', '?')} or worse; {back.get(str(guard.get('release', 'ask')), 'release it')} "
        f"when {_share(release)} is {release.get('band', '?')} or better."
    )


def pool_sentence(pool: Table, labels: Mapping[str, str]) -> str:
    """Say what a pool draws on."""
    places = [f"every {said(kind)}" for kind in _list(pool.get("kinds"))]
    places += [labels.get(str(one), str(one)) for one in _list(pool.get("include"))]
    left_out = [labels.get(str(one), str(one)) for one in _list(pool.get("except"))]
    method = str(pool.get("method", ""))
    text = (
        f"{METHODS.get(method, method)}: {_and(said(one) for one in _list(pool.get('states')))} units at {_and(places)}"
    )
    text = f"{text[:1].upper()}{text[1:]}"
    return f"{text}, but not {_and(left_out)}." if left_out else f"{text}."


def _scope(when: Table, pools: Table) -> str:
    parts = [
        f"{ONE[key] if len(_list(values)) == 1 else WHEN_WORDS.get(key, key)} {_either(map(str, _list(values)))}"
        for key, values in when.items()
        if key in ONE
    ]
    scope = f"For {' and '.join(parts)}" if parts else "For everything"
    chosen = [_by(str(name), pools) for name in _list(when.get("pools"))]
    return f"{scope}, by {_either(chosen)}" if chosen else scope


def _by(name: str, pools: Table) -> str:
    """Say a pool by what it is for, unless another is for the same."""
    method = str(_table(pools.get(name)).get("method", ""))
    alike = [one for one in pools.values() if _table(one).get("method") == method]
    return METHODS.get(method, name) if len(alike) == 1 else name


def _clause(key: str, value: Any) -> str:
    if key == "excluded":
        return "leave it out" if value is True else "do not leave it out" if value is False else f"leave out: {value}"
    if key == "sell_when_out":
        return "sell when out, where the shop does" if value is True else "do not sell when out"
    clause, by_word = CLAUSES.get(key, (key + " {}", ""))
    return by_word if by_word and value in ("none", "auto") else clause.format(said(value))


def _share(condition: Table) -> str:
    return f"{said(condition.get('share_percent', '?'))} %"


def _table(value: Any) -> Table:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _either(words: Iterable[str]) -> str:
    return _joined(list(words), "or")


def _and(words: Iterable[str]) -> str:
    return _joined(list(words), "and")


def _joined(words: list[str], last: str) -> str:
    if not words:
        return "nothing"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
