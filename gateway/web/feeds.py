"""`/feeds/{token}/...`: finished bytes for Klaviyo. The token is the only secret that is ever part of a URL."""

import re
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, current_app, request
from werkzeug.http import http_date
from werkzeug.wsgi import wrap_file

from gateway.feeds.assemble import CatalogFeed
from gateway.feeds.forms import FORMS
from gateway.feeds.serving import FeedServer, FeedTroubleError, Served, UnknownFeedError
from gateway.web.context import house
from gateway.web.errors import Problem

blueprint = APIBlueprint("feeds", __name__, tag="feeds", url_prefix="/feeds")
RETRY_AFTER_S: Final = "60"
PIECE_BYTES: Final = 64 * 1024
SPLITS: Final = (1, 2, 4, 8, 16, 32, 64)
EXTENSION: Final = "gateway.feeds"
NAME: Final = re.compile(r"[a-z0-9_]{1,40}")


@blueprint.get("/<token>/catalog.<form>")
@blueprint.doc(operation_id="catalog_feed", summary="Fetch the catalogue feed", tags=["feeds"])
def catalog_feed(token: str, form: str) -> Response:
    """Send the catalogue as JSON or XML, whole or as one of several files."""
    part, of = request.args.get("part", "1"), request.args.get("of", "1")
    if form not in FORMS or not (part.isdigit() and of.isdigit() and len(part) < 3 and len(of) < 3):  # noqa: PLR2004
        raise Problem(404, "There is nothing here.")
    feed = CatalogFeed(form, int(part), int(of))
    if feed.of not in SPLITS or not 1 <= feed.part <= feed.of:
        raise Problem(404, "There is nothing here.")
    return _answer(lambda server: server.catalog(token, feed, house().services.now()), FORMS[form].media_type)


@blueprint.get("/<token>/web/<name>.json")
@blueprint.doc(operation_id="web_feed", summary="Fetch a web feed", tags=["feeds"])
def web_feed(token: str, name: str) -> Response:
    """Send a web feed."""
    if not NAME.fullmatch(name):
        raise Problem(404, "There is nothing here.")
    return _answer(lambda server: server.web(token, name, house().services.now()), "application/json")


def _answer(find: Any, media_type: str) -> Response:
    server = current_app.extensions.get(EXTENSION)
    if server is None:
        server = current_app.extensions[EXTENSION] = FeedServer(house().services)
    try:
        return _response(find(server), media_type)
    except UnknownFeedError:
        raise Problem(404, "There is nothing here.") from None
    except FeedTroubleError as trouble:
        raise Problem(503, str(trouble), headers={"Retry-After": RETRY_AFTER_S}) from None


def _response(served: Served, media_type: str) -> Response:
    copy, zipped = served.copy, request.accept_encodings["gzip"] > 0
    response = Response(mimetype=media_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Age"] = str(served.age_s)
    response.headers["Last-Modified"] = http_date(copy.built_at)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{copy.etag}-gz" if zipped else copy.etag)
    response.make_conditional(request)
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return response
    if request.method != "HEAD":
        _fill(response, copy.path, zipped)
    response.headers["Content-Length"] = str(copy.size if zipped else copy.length)
    return response


def _fill(response: Response, path: Path, zipped: bool) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:  # swapped this very moment
        raise FeedTroubleError("The feed was just renewed; fetch it again.") from None
    if zipped:
        response.response = wrap_file(request.environ, file, PIECE_BYTES)
        response.direct_passthrough = True  # the server sends the file itself, and closes it
    else:
        response.response = _inflated(file)
        response.call_on_close(file.close)


def _inflated(file: Any) -> Iterator[bytes]:
    """Read a member piece by piece, for the few that cannot."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while piece := inflate.unconsumed_tail or file.read(PIECE_BYTES):
        yield inflate.decompress(piece, PIECE_BYTES)
    yield inflate.flush()
