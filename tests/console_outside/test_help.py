"""Every word that a page explains is in the one list; every page of docs/how-to leads somewhere."""

import re
from pathlib import Path

import pytest

from gateway.web.console.terms import MEANINGS
from tests.builders.outside import text
from tests.builders.people import by_token
from tests.builders.web import House, house_on

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "gateway/web/templates/console").glob("*.html"))
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
LARGEST_PICTURE_BYTES = 120_000


def test_the_help_page_lists_every_word(redis_url: str) -> None:
    house: House = house_on(redis_url)
    page = text(by_token(house, "reader").get("/help")).replace("&#39;", "'")
    assert [word for word, meaning in MEANINGS.items() if f"{word} {meaning}" not in page] == []
    house.store.close()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_words_that_are_explained_are_in_the_list_and_stand_once(template: Path) -> None:
    used = re.findall(r"""\bterm\(["']([^"']+)["']""", template.read_text())
    assert set(used) <= set(MEANINGS)
    assert len(used) == len(set(used)), "the word is an id of the page"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_a_how_to_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_leads_to_every_how_to_and_pictures_are_small() -> None:
    index = (ROOT / "docs/how-to/README.md").read_text()
    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index] == []
    pictures = sorted((ROOT / "docs/how-to").glob("*.webp"))
    everywhere = "".join(page.read_text() for page in PAGES)
    assert [one.name for one in pictures if one.name not in everywhere] == []
    assert all(one.stat().st_size < LARGEST_PICTURE_BYTES for one in pictures)
