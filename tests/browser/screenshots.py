"""Pictures of every page, in both themes, on a phone and on a desk: `python -m tests.browser.screenshots OUT_DIR`.

Starts a demo of its own and ends it; with --url it looks at a gateway that runs, signed in by GATEWAY_ADMIN_TOKEN or
by the token of a demo started here. OUT_DIR/index.html shows all of them; --pictures makes those of docs/how-to.
"""

import argparse
import base64
import html
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
import orjson
from playwright.sync_api import Browser, Page

from gateway.embedded.house import free_port
from tests.builders.browser import started_chromium

ROOT: Final = Path(__file__).resolve().parents[2]
THEMES: Final = ("light", "dark")
WIDTHS: Final = (390, 1440)
READY_WITHIN_S: Final = 120
FILLED_WITHIN_S: Final = 180


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of docs/how-to: a part of a page, or of the page that a link of it leads to."""

    name: str
    path: str
    part: str = "main"
    follow: str = ""


PICTURES: Final = (
    Picture("stock", "/stock"),
    Picture("why", "/stock?why=buffer", "#why", "#list td a"),
    Picture("policy", "/policy?edit=rule-4", "#rule-4"),
    Picture("campaigns", "/campaigns"),
    Picture("connection", "/connection"),
    Picture("feed", "/feeds/new?preset=last_pieces&name=last_pieces", "section[aria-labelledby=preview]"),
)
"""Pages that are not there are left out."""
TALLEST: Final = 760
TO_WEBP: Final = """async (png) => {
  const image = new Image(); image.src = png; await image.decode();
  const canvas = document.createElement("canvas"); canvas.width = image.width; canvas.height = image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""


@dataclass(frozen=True, slots=True)
class House:
    """Where a gateway is served, and the token of its admin."""

    url: str
    token: str


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--url", help="a gateway that runs; without it a demo is started")
    parser.add_argument("--pictures", action="store_true", help="the pictures of docs/how-to instead, as WebP")
    wanted = parser.parse_args()
    wanted.out_dir.mkdir(parents=True, exist_ok=True)
    with _house(wanted.url) as house, started_chromium() as browser:
        if wanted.pictures:
            made = take_pictures(browser, house, wanted.out_dir)
        else:
            made = take_all(browser, house, wanted.out_dir)
    click.echo(f"{made} pictures in {wanted.out_dir}")


def take_all(browser: Browser, house: House, out_dir: Path) -> int:
    """Take every page that an admin can reach, and write an index to look at."""
    with _window(browser, house, "light", WIDTHS[-1]) as page:
        places = _places(page)
    names: list[str] = []
    for theme in THEMES:
        for width in WIDTHS:
            with _window(browser, house, theme, width) as page:
                for path in places:
                    _open(page, path)
                    names.append(f"{_slug(path)}-{theme}-{width}.png")
                    page.screenshot(path=out_dir / names[-1], full_page=True)
    (out_dir / "index.html").write_text(_index(places))
    return len(names)


def take_pictures(browser: Browser, house: House, out_dir: Path) -> int:
    """Take the pictures of docs/how-to: small, light, of what the page is about."""
    taken = 0
    blank = browser.new_page()
    with _window(browser, house, "light", 1180, 2400) as page:  # high: what is sticky stays where it is
        for picture in PICTURES:
            if not _open(page, picture.path):
                continue
            if picture.follow:
                _open(page, page.locator(picture.follow).first.get_attribute("href") or "/")
            box = page.locator(picture.part).first.bounding_box()
            clip: Any = None if box is None else {**box, "height": min(box["height"], TALLEST)}
            png = base64.b64encode(page.screenshot(clip=clip)).decode()
            webp = blank.evaluate(TO_WEBP, f"data:image/png;base64,{png}")
            (out_dir / f"{picture.name}.webp").write_bytes(base64.b64decode(webp))
            taken += 1
    return taken


@contextmanager
def _house(url: str | None) -> Iterator[House]:
    if url is not None:
        kept = ROOT / "data/demo/demo.json"
        token = os.environ.get("GATEWAY_ADMIN_TOKEN") or orjson.loads(kept.read_bytes())["GATEWAY_ADMIN_TOKEN"]
        yield House(url.rstrip("/"), token)
        return
    folder, port = Path(tempfile.mkdtemp(prefix="gateway-pictures-")), free_port()
    command = [sys.executable, "-m", "gateway", "demo", "--port", str(port)]
    with (folder / "demo.log").open("wb") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "GATEWAY_DATA_DIR": str(folder / "data")}
        demo = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)
        try:
            _wait(f"http://127.0.0.1:{port}/livez", None, bool, READY_WITHIN_S)
            token = orjson.loads((folder / "data/demo/demo.json").read_bytes())["GATEWAY_ADMIN_TOKEN"]
            house = House(f"http://127.0.0.1:{port}", token)
            healthy = f"{house.url}/api/v1/variants?band=healthy&limit=1"
            _wait(healthy, house.token, lambda answer: bool(answer["variants"]), FILLED_WITHIN_S)
            settled = f"{house.url}/readyz"
            _wait(settled, house.token, lambda answer: (answer["oldest_due_s"] or 0) < 1, FILLED_WITHIN_S)
            yield house
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(timeout=60)
    shutil.rmtree(folder)


def _wait(url: str, token: str | None, good: Callable[[Any], bool], within_s: float) -> None:
    """Wait for an answer that is good."""
    deadline = time.monotonic() + within_s
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                if good(orjson.loads(answer.read())):
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.5)
    raise SystemExit(f"{url} did not come up within {within_s:.0f} s.")


@contextmanager
def _window(browser: Browser, house: House, theme: Any, width: int, height: int = 900) -> Iterator[Page]:
    context = browser.new_context(
        base_url=house.url, color_scheme=theme, viewport={"width": width, "height": height}, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/sign-in")
    if not page.get_by_label("Token").is_visible():
        page.get_by_text("Sign in with an API token").click()
    page.get_by_label("Token").fill(house.token)
    page.get_by_role("button", name="Sign in by token").click()
    page.wait_for_url("**/")
    yield page
    context.close()


def _places(page: Page) -> list[str]:
    """List every page of the navigation, and below each the first that its content leads to."""
    navigation = page.locator("nav.wide a").evaluate_all("found => found.map(one => one.getAttribute('href'))")
    places = [*navigation, "/account"]
    for path in navigation:
        _open(page, path)
        links = page.locator("main td a, main .actions a, main .card a").evaluate_all(
            "found => found.map(one => one.getAttribute('href'))"
        )
        ours = [link for link in links if link and link.startswith("/") and not link.endswith(".csv")]
        below = next((link for link in ours if urlsplit(link).path not in {urlsplit(one).path for one in places}), None)
        places += [below] if below else []
    return places


def _open(page: Page, path: str) -> bool:
    answer = page.goto(path)
    page.wait_for_timeout(400)  # what comes by itself after the page
    return answer is not None and answer.ok


def _slug(path: str) -> str:
    parts = urlsplit(path)
    return "".join(letter if letter.isalnum() else "-" for letter in f"{parts.path}{parts.query}").strip("-") or "today"


def _index(places: list[str]) -> str:
    rows = []
    for path in places:
        shots = [f"{_slug(path)}-{theme}-{width}.png" for width in WIDTHS for theme in THEMES]
        images = "".join(f'<a href="{one}"><img src="{one}" alt="{one}" loading="lazy"></a>' for one in shots)
        rows.append(f"<h2>{html.escape(path)}</h2><div>{images}</div>")
    style = (
        "body{font-family:sans-serif}div{display:flex;gap:1rem;align-items:start}img{max-height:40rem;max-width:45vw}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Every page</title><style>{style}</style>{''.join(rows)}"


if __name__ == "__main__":
    main()
