"""The simulator as a WSGI application and as a server of its own; `gateway simulate shopify` and the tests start it."""

import json
import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from integrations.shopify.simulator import saved, staff
from integrations.shopify.simulator.admin import Admin, Tokens
from integrations.shopify.simulator.bulk import Bulk
from integrations.shopify.simulator.cost import Bucket
from integrations.shopify.simulator.deliveries import Deliveries
from integrations.shopify.simulator.faults import Faults
from integrations.shopify.simulator.life import Life
from integrations.shopify.simulator.model import RefusedError
from integrations.shopify.simulator.sample_shop import DOMAIN, sample_shop
from integrations.shopify.simulator.schema import SUPPORTED
from integrations.shopify.simulator.shop import Shop

CLIENT_ID = "simulated-client"
ACCESS_TOKEN = "shpat_simulated"  # noqa: S105  opens the simulator only
POLL_S = 0.05  # how long a shutdown may wait

_ROUTES = Map(
    [
        Rule("/admin/api/<version>/graphql.json", methods=["POST"], endpoint="graphql"),
        Rule("/admin/oauth/access_token", methods=["POST"], endpoint="token"),
        Rule("/_bulk/<int:number>.jsonl", methods=["GET"], endpoint="bulk_file"),
        Rule("/_sim/state", methods=["GET"], endpoint="state"),
        Rule("/_sim/journal", methods=["GET"], endpoint="journal"),
        Rule("/_sim/faults", methods=["GET", "POST"], endpoint="faults"),
        Rule("/_sim/revoke_token", methods=["POST"], endpoint="revoke"),
        Rule("/_sim/<path:action>", methods=["POST"], endpoint="act"),
    ]
)


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


class Simulator:
    """One simulated shop behind HTTP. A WSGI application; `start` lets it live, `stop` brings it to rest."""

    def __init__(self, shop: Shop, tokens: Tokens, bucket: Bucket, webhook_url: str | None, life: float | None) -> None:
        self.shop, self.tokens, self.faults = shop, tokens, Faults()
        self.deliveries = Deliveries(shop, self.faults, shop.now, tokens.client_secret, webhook_url)
        shop.emit = self.deliveries.emit
        self._bulk = Bulk(shop, self.faults)
        self._admin = Admin(shop, bucket, self._bulk)
        self._life = Life(shop, life) if life else None
        self._slow = threading.Event()

    def start(self) -> None:
        """Begin to send webhooks and to live."""
        self.deliveries.start()
        if self._life is not None:
            self._life.start()

    def stop(self) -> None:
        """Stop living first, then sending."""
        if self._life is not None:
            self._life.stop()
        self.deliveries.stop()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            endpoint, arguments = _ROUTES.bind_to_environ(environ).match()
            response: Response = getattr(self, f"_{endpoint}")(request, **arguments)
        except HTTPException as error:
            response = _json({"errors": error.name}, error.code or 500)
        except RefusedError as error:
            response = _json({"refused": str(error)}, 422)
        return response(environ, start_response)

    def _graphql(self, request: Request, version: str) -> Response:
        if self.faults.slow_ms:
            self._slow.wait(self.faults.slow_ms / 1000)
        if self.faults.take("server_error"):
            return _json({"errors": "Service Unavailable"}, 503)
        if not self.tokens.valid(request.headers.get("X-Shopify-Access-Token", "")):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return _json({"errors": message}, 401)
        self._bulk.base_url = request.host_url.rstrip("/")
        body = request.get_json()
        variables = (body.get("variables") or {}) if isinstance(body, dict) else None
        if not isinstance(variables, dict) or not isinstance(body.get("query"), str):
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        throttle = self.faults.take("throttle")
        answer = self._admin.run(body["query"], variables, body.get("operationName"), throttle=throttle)
        response = _json(answer)
        # A version that is gone is silently answered by the oldest live one.
        response.headers["X-Shopify-API-Version"] = version if version in SUPPORTED else SUPPORTED[0]
        return response

    def _bulk_file(self, request: Request, number: int) -> Response:
        """Serve a file as the storage host does: to whoever knows its address, and never with a token."""
        if "X-Shopify-Access-Token" in request.headers:
            return _json({"errors": "a token was sent to the storage host"}, 400)
        lines = self._bulk.file(number)
        return _json({"errors": "Not Found"}, 404) if lines is None else Response(lines, mimetype="application/jsonl")

    def _token(self, request: Request) -> Response:
        told = request.form if request.form else request.get_json(silent=True) or {}
        if told.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        issued = self.tokens.issue(str(told.get("client_id", "")), str(told.get("client_secret", "")))
        return _json({"error": "invalid_client"}, 401) if issued is None else _json(issued)

    def _state(self, _: Request) -> Response:
        return _json(staff.state(self.shop))

    def _journal(self, _: Request) -> Response:
        return _json({"rows": list(self.deliveries.journal.copy())})

    def _faults(self, request: Request) -> Response:
        return _json(self.faults.told() if request.method == "GET" else self.faults.set(_arguments(request)))

    def _revoke(self, _: Request) -> Response:
        self.tokens.revoke()
        return _json({"revoked": True})

    def _act(self, request: Request, action: str) -> Response:
        if action not in staff.ACTIONS:
            return _json({"errors": "Not Found", "actions": sorted(staff.ACTIONS)}, 404)
        return _json(staff.act(self.shop, action, _arguments(request)))


def _arguments(request: Request) -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise RefusedError("the body must be a JSON object")
    return body


def create_simulator(
    now: Callable[[], datetime],
    *,
    shop: Shop | None = None,
    domain: str = DOMAIN,
    life: float | None = None,
    webhook_url: str | None = None,
    secret: str = "simulated-secret",  # noqa: S107  opens the simulator only
    client_id: str = CLIENT_ID,
    access_token: str | None = ACCESS_TOKEN,
    bucket: Bucket | None = None,
) -> Simulator:
    """Build the application; `secret` is the app's client secret and signs the webhooks, `life` is in events/s."""
    tokens = Tokens(client_id, secret, now, access_token)
    return Simulator(shop or sample_shop(now, domain=domain), tokens, bucket or Bucket(), webhook_url, life)


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections alive, and its thoughts to itself."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the journal tells more."""


@dataclass
class Serving:
    """A server in a thread, for tests and rehearsals."""

    simulator: Simulator
    server: Any
    thread: threading.Thread

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        """Stop serving and living."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.simulator.stop()


def serve_in_thread(simulator: Simulator, port: int = 0) -> Serving:
    """Serve from a thread on a free port until `close`."""
    server = make_server("127.0.0.1", port, simulator, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name="shopify", daemon=True)
    simulator.start()
    thread.start()
    return Serving(simulator, server, thread)


def serve(
    port: int,
    *,
    now: Callable[[], datetime],
    host: str = "127.0.0.1",
    shop: str = DOMAIN,
    life: float | None = 2.0,
    webhook_url: str | None = None,
    secret: str = "simulated-secret",  # noqa: S107  opens the simulator only
    client_id: str = CLIENT_ID,
    access_token: str | None = ACCESS_TOKEN,
    state_file: Path | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; `state_file` is read at the start when it is there, and written at the end."""
    kept = saved.load(state_file, now) if state_file is not None and state_file.exists() else None
    simulator = create_simulator(
        now,
        shop=kept,
        domain=shop,
        life=life,
        webhook_url=webhook_url,
        secret=secret,
        client_id=client_id,
        access_token=access_token,
    )
    server = make_server(host, port, simulator, threaded=True, request_handler=_QuietHandler)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    simulator.start()
    try:
        server.serve_forever(POLL_S)
    finally:
        server.server_close()
        simulator.stop()
        if state_file is not None:
            saved.save(simulator.shop, state_file)
