"""The contents of the sample shop's messages, written as marketers write them: pictures, links, catalogue tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Record = dict[str, Any]
SHOP: Final = "https://harbor-and-pine.example"
HERO_PX, TILE_PX = 600, 180


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as a template shows it, by its page; `variant`: the very one that its link leads to."""

    item: str
    title: str
    page: str
    picture: str
    variant: str | None = None

    @property
    def link(self) -> str:
        """Return where a picture of it leads."""
        return self.page if self.variant is None else f"{self.page}?variant={self.variant}"


def launch(hero: Shown, others: Sequence[Shown]) -> Record:
    """Write an e-mail about one product, with others below."""
    subject = f"It is here: the {hero.title}"
    return {"subject": subject, "html": _page(subject, _block(hero, HERO_PX), _tiles(others))}


def grid(shown: Sequence[Shown]) -> Record:
    """Write an e-mail that shows products alike, one chosen per person, and a collection."""
    subject = "Picked for the week"
    first = "\n".join(_looked_up(one) for one in shown[:2])
    chosen = "{% for item in feeds.for_you %}<a href='{{ item.url }}'>{{ item.title }}</a>{% endfor %}"
    more = f'<p><a href="{SHOP}/collections/new">All that is new</a></p>'
    return {"subject": subject, "html": _page(subject, first, _tiles(shown[2:]), f"<div>{chosen}</div>", more)}


def letter() -> Record:
    """Write an e-mail that shows no product at all."""
    subject = "How we mend what you wear"
    return {"subject": subject, "html": _page(subject, "<p>Bring it in, we repair it. Soho, every Thursday.</p>")}


def sms(shown: Shown) -> Record:
    """Write a text message that leads to a product."""
    return {"body": f"Tonight only: {shown.title}. {shown.link} Reply STOP to opt out"}


def push(shown: Shown) -> Record:
    """Write a push message that leads to a product."""
    return {"subject": f"Going fast: {shown.title}", "body": f"See it while it lasts: {shown.link}"}


def back_in_stock() -> Record:
    """Write a flow that waits for stock; its message is chosen per person."""
    waits = {"type": "back-in-stock-delay", "id": "910"}
    told = _page("It is back", "<p>{{ event.ProductName }} is back.</p>")
    mail = {"id": "911", "name": "It is back", "subject": "It is back", "html": told}
    return {"id": "restock", "name": "Back in stock", "steps": [waits, mail]}


def browse_abandonment(low: Shown, deep: Shown) -> Record:
    """Write a flow after a visit: first what was looked at, with a favourite below, then a text message."""
    looked_at = '<p><a href="{{ event.URL }}">{{ event.Title }}</a> is still here.</p>'
    first = {"id": "921", "name": "You looked at this", "subject": "Still thinking about it?"}
    second = {"id": "922", "name": "Our favourite", "subject": f"Our favourite: {deep.title}"}
    return {
        "id": "browse",
        "name": "Browse abandonment",
        "steps": [
            first | {"html": _page("Still thinking about it?", looked_at, _tiles([low]))},
            second | {"html": _page("Our favourite", _block(deep, HERO_PX))},
        ],
    }


def _page(title: str, *blocks: str) -> str:
    body = "\n".join(blocks)
    away = '<p><a href="{% unsubscribe_link %}">Unsubscribe</a></p>'
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}\n<body><h1>{title}</h1>\n{body}\n{away}</body></html>"


def _block(shown: Shown, width: int) -> str:
    return f'<div class="block">{_picture(shown, width)}\n<a href="{shown.link}">{shown.title}</a></div>'


def _tiles(shown: Sequence[Shown]) -> str:
    return "\n".join(f'<p>{_picture(one, TILE_PX)} <a href="{one.link}">{one.title}</a></p>' for one in shown)


def _picture(shown: Shown, width: int) -> str:
    return (
        f'<a href="{shown.link}"><img src="{shown.picture}" width="{width}" height="{width}" alt="{shown.title}"></a>'
    )


def _looked_up(shown: Shown) -> str:
    """Show a product by a catalogue tag, which skips the message to everybody while the product is unpublished."""
    link = "<a href='{{ catalog_item.url }}'>{{ catalog_item.title }}</a>"
    return f'<p>{{% catalog "{shown.item}" unpublished="cancel" %}}{link}{{% endcatalog %}}</p>'
