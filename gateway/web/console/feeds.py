"""Feeds: what Klaviyo fetches, how old it may be, what is in it, and who may fetch it."""

from dataclasses import asdict
from typing import Final

from flask import flash, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from gateway.feeds import desk
from gateway.feeds.definitions import BANDS, FIELDS, PRESETS, SORTS, WebFeed
from gateway.feeds.layout import layout_of
from gateway.feeds.preview import first_items, preview, published_items
from gateway.web.api.feed_bodies import WEEK_HOURS, RotationSchema, TokenSchema
from gateway.web.console import feed_words
from gateway.web.console.feed_form import FeedForm, read_form
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem, flatten

SHOWN: Final = 12
NEW: Final = "new_feed"


@blueprint.get("/feeds")
@signed_in()
def feeds() -> AnyResponse:
    """Show the catalogue feed, the web feeds, and who may fetch them."""
    return _page()


@blueprint.get("/feeds/new")
@signed_in("marketer")
def new_feed() -> AnyResponse:
    """Ask for a definition, and preview it."""
    return _form(None, request.args.get("name", ""), read_form(request.args, None))


@blueprint.get("/feeds/web/<name>")
@signed_in()
def feed(name: str) -> AnyResponse:
    """Show one web feed: what is in it, what to paste, how it is defined, and a preview of another definition."""
    line = _line(name)
    return _form(line, name, read_form(request.args, line.definition))


@blueprint.post("/feeds/web")
@signed_in("marketer")
def define_feed() -> AnyResponse:
    """Keep a definition."""
    name = request.form.get("name", "").strip()
    form = read_form(request.form, None)
    known = {line.web: line for line in desk.feed_lines(house().services)}
    errors, line = list(form.errors), known.get(name)
    if request.form.get("is_new") and line is not None:
        errors.append({"path": "name", "message": "There is a feed of this name already: open it to change it."})
        line = None
    if form.feed is None or errors:
        return _form(line, name, FeedForm(form.told, form.feed, errors), 422)
    try:
        desk.define(house().services, name, form.feed, person().name)
    except desk.FeedRefusedError as error:
        return _form(line, name, FeedForm(form.told, form.feed, [{"path": error.path, "message": str(error)}]), 422)
    flash("Kept. It is built within seconds; Klaviyo fetches it at its next round.", "good")
    return redirect(url_for("console.feed", name=name), 303)


@blueprint.post("/feeds/web/<name>/drop")
@signed_in("marketer")
def drop_feed(name: str) -> AnyResponse:
    """Forget a web feed."""
    gone = desk.drop(house().services, name, person().name)
    flash(*((f"{name} is gone.", "good") if gone else ("There is no such feed any more.", "error")))
    return redirect(url_for("console.feeds"), 303)


@blueprint.post("/feeds/tokens")
@signed_in("marketer")
def make_feed_token() -> AnyResponse:
    """Make a token; the addresses that hold it are shown once, on this page."""
    try:
        name = TokenSchema().load({"name": request.form.get("name", "").strip()})["name"]
        secret = desk.make_token(house().services, name, person().name)
    except ValidationError:
        return _page(422, wrong="A name is 1 to 60 letters, digits, blanks, dots, dashes or underscores.")
    except ValueError as error:
        return _page(409, wrong=str(error))
    return _page(201, made=(name, secret))


@blueprint.post("/feeds/tokens/renew")
@signed_in("admin")
def renew_feed_token() -> AnyResponse:
    """Make a token's successor; the addresses are shown once, and the old ones work for a while."""
    name, hours = request.form.get("name", ""), request.form.get("overlap_hours", str(WEEK_HOURS)).strip()
    try:
        told = RotationSchema().load({"overlap_hours": int(hours) if hours.isdecimal() else hours})
        secret = desk.renew_token(house().services, name, told["overlap_hours"], person().name)
    except ValidationError as error:
        return _page(422, wrong=f"Hours the old one still works: {flatten(error.messages)[0]['message']}")
    except KeyError:
        return _page(404, wrong="There is no such token any more.")
    return _page(201, made=(name, secret))


@blueprint.post("/feeds/tokens/end")
@signed_in("admin")
def end_feed_token() -> AnyResponse:
    """End a token at once."""
    name = request.form.get("name", "")
    gone = desk.end_token(house().services, name, person().name)
    flash(*((f"{name} fetches nothing any more.", "good") if gone else ("There is no such token any more.", "error")))
    return redirect(url_for("console.feeds"), 303)


def _page(status: int = 200, wrong: str = "", made: tuple[str, str] | None = None) -> AnyResponse:
    services = house().services
    at, tokens = services.now(), services.store.feeds.tokens()
    fetched = any(token.live(at) for token in tokens)
    lines = [(line, feed_words.standing(line, at, fetched=fetched)) for line in desk.feed_lines(services)]
    page = render_template(
        "console/feeds.html",
        catalogs=[one for one in lines if one[0].web is None],
        web=[one for one in lines if one[0].web is not None],
        items=first_items(services.store.feed_parts, SHOWN),
        tokens=[token for token in tokens if token.live(at)],
        fetched=fetched, wrong=wrong, made=made, base=_base(), words=feed_words, presets=PRESETS,
        mode=services.settings.klaviyo_catalog, week=WEEK_HOURS,
    )  # fmt: skip
    return make_response(page, status)


def _form(line: desk.FeedLine | None, name: str, form: FeedForm, status: int = 200) -> AnyResponse:
    services = house().services
    at, version = services.now(), services.policies.current()
    layout = layout_of(version) if version else None
    asked = line is None or bool(request.values)
    shown = preview(services, form.feed, at) if form.feed and asked else None
    defined = WebFeed.read(line.definition) if line and line.definition else None
    fetched = any(token.live(at) for token in services.store.feeds.tokens())
    page = render_template(
        "console/feed.html",
        line=line, name=name, form=form, told=form.told, preview=shown, asked=asked, defined=defined,
        standing=feed_words.standing(line, at, fetched=fetched) if line else None,
        items=published_items(services, name)[:SHOWN] if line else (),
        pools=layout.pools if layout else (),
        pickup_places=list(zip(layout.places, layout.place_names, strict=True)) if layout else [],
        bands=BANDS, fields=FIELDS, sorts=SORTS, presets=PRESETS, words=feed_words, most=SHOWN,
        block=feed_words.feed_block(name, defined.fields) if defined else "",
        settings=asdict(defined) if defined else {}, base=_base(),
    )  # fmt: skip
    return make_response(page, status)


def _line(name: str) -> desk.FeedLine:
    for line in desk.feed_lines(house().services):
        if line.web == name:
            return line
    raise Problem(404, "There is no such web feed.")


def _base() -> str:
    public = house().services.settings.public_url
    return (public or request.host_url).rstrip("/")
