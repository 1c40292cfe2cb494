"""The simulated account over HTTP: keys, windows, ordered failures, routes."""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
from werkzeug.wrappers import Request, Response

from integrations.klaviyo.simulator import bodies, reading
from integrations.klaviyo.simulator.account import Account
from integrations.klaviyo.simulator.campaigns import Messaging
from integrations.klaviyo.simulator.kept import Kept
from integrations.klaviyo.simulator.messaging import MessagingRoutes, limits_of
from integrations.klaviyo.simulator.people import LIMITS, SCHEMAS, People
from integrations.klaviyo.simulator.sample_campaigns import SampleCampaigns, Shelf
from integrations.klaviyo.simulator.windows import Windows

MAX_JOBS: Final = 500
JOB_PATH: Final = re.compile(r"/api/catalog-(item|variant|category)-bulk-(create|update|delete)-jobs(?:/([^/]+))?")
READ_PATH: Final = re.compile(r"/api/catalog-(item|variant)s")
XL: Final = (350, 3500)
LARGE: Final = (75, 750)


@dataclass
class Failures:
    """What the server was told to do wrong."""

    hold_next: int = 0  # accept, then stay silent
    hold_s: float = 5.0
    server_errors: int = 0
    lose_answers: int = 0  # do what a writing request asks, then answer that a server error occurred
    throttled_until: float = 0.0
    revoked: bool = False
    refuse_ids: list[str] = field(default_factory=list)  # a request that carries one is refused whole


class Simulator:
    """The WSGI application; one request at a time touches the account."""

    def __init__(
        self,
        api_key: str,
        now: Callable[[], datetime],
        elapsed: Callable[[], float],
        state_file: Path | None,
        shelf: Shelf | None = None,
    ) -> None:
        """Hold one account that `api_key` opens; with a shelf, messages about what is on it are planned."""
        self.account = Account(now, elapsed, state_file)
        self.messaging = Messaging(now, self.account.note)
        self._messages = MessagingRoutes(self.messaging)
        self._kept = (
            None if state_file is None else Kept(self.messaging, state_file.with_stem(f"{state_file.stem}-messages"))
        )
        self._planned = None if shelf is None else SampleCampaigns(self.messaging, shelf)
        self._now = now
        self.people = People(lambda effect, **facts: self.account.note(effect, now(), **facts))
        self._key = f"Klaviyo-API-Key {api_key}"
        self._windows = Windows(elapsed)
        self._failures = Failures()
        self._elapsed = elapsed
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        with self._lock:
            self.account.advance()
            self.messaging.advance()
            if self._planned is not None:
                self._planned.keep_up(self._now())
            response = self._control(request) if request.path.startswith("/_sim/") else self._guarded(request)
            hold = request.path.startswith("/api/") and self._failures.hold_next > 0
            self._failures.hold_next -= hold
            if self._kept is not None:
                self._kept.save()
        if hold:
            threading.Event().wait(self._failures.hold_s)
        return response(environ, start_response)

    def _control(self, request: Request) -> Response:
        if request.path == "/_sim/journal":
            return _answer(200, self.account.journal)
        if request.path == "/_sim/catalog":
            return _answer(200, self.account.records)
        if request.path == "/_sim/fail" and request.method == "POST":
            return self._order(orjson.loads(request.get_data()))
        if request.path == "/_sim/people":
            return _answer(200, {"events": self.people.events, "subscriptions": self.people.subscriptions})
        if request.path == "/_sim/messaging":
            return _answer(200, self._messages.state())
        if request.method == "POST":
            done = self._messages.order(request.path.removeprefix("/_sim/"), orjson.loads(request.get_data()))
            if done is not None:
                return _answer(200, done)
        return _problem(404, "not_found", "No such page.")

    def _order(self, order: dict[str, Any]) -> Response:
        known = {"hold_next", "hold_s", "server_errors", "lose_answers", "throttle_s", "revoked", "fail_ids"}
        known |= {"job_delay_s", "refuse_ids", "slow_next_s", "refuse_people", "forget_people"}
        if unknown := set(order) - known:
            return _problem(400, "invalid", f"Unknown orders: {', '.join(sorted(unknown))}.")
        for name in ("hold_next", "hold_s", "server_errors", "lose_answers", "revoked", "refuse_ids"):
            if name in order:
                setattr(self._failures, name, order[name])
        if "throttle_s" in order:
            self._failures.throttled_until = self._elapsed() + order["throttle_s"]
        if order.get("forget_people"):
            self.people.forget()
        if "refuse_people" in order:
            self.people.refuse = set(order["refuse_people"])
        if "fail_ids" in order:
            self.account.fail_ids = set(order["fail_ids"])
        self.account.slow_next_s = order.get("slow_next_s", self.account.slow_next_s)
        self.account.job_delay_s = order.get("job_delay_s", self.account.job_delay_s)
        return _answer(200, {})

    def _guarded(self, request: Request) -> Response:
        if self._failures.revoked or request.headers.get("Authorization") != self._key:
            return _problem(401, "not_authenticated", "Missing or invalid private key.")
        if not request.headers.get("revision"):
            return _problem(400, "invalid", "The revision header is required.")
        left_s = self._failures.throttled_until - self._elapsed()
        if left_s > 0:
            return _problem(429, "throttled", "Request was throttled.", headers={"Retry-After": str(int(left_s) + 1)})
        if self._failures.server_errors > 0:
            self._failures.server_errors -= 1
            return _problem(500, "error", "A server error occurred.")
        passes, headers = self._windows.admit(*_endpoint(request))
        if not passes:
            return _problem(429, "throttled", "Request was throttled.", headers=headers)
        response = self._route(request)
        if self._failures.lose_answers > 0 and request.method != "GET":
            self._failures.lose_answers -= 1
            return _problem(500, "error", "A server error occurred.")
        response.headers.update(headers)
        return response

    def _route(self, request: Request) -> Response:
        if (told := self._messages.answer(request.method, request.path, request.args, request.get_data())) is not None:
            return Response(status=204) if told[1] is None else _answer(*told)
        try:
            if request.method == "POST":
                return self._post(request)
            if request.path == "/api/accounts":
                contact = {"organization_name": "Sample Shop"}
                account = {"type": "account", "id": "SAMPLE", "attributes": {"contact_information": contact}}
                return _answer(200, {"data": [account], "links": {"self": request.base_url}})
            if match := READ_PATH.fullmatch(request.path):
                return _answer(200, reading.page_of(self.account, match[1], request.args, request.base_url))
            if match := JOB_PATH.fullmatch(request.path):
                return self._jobs(match, request)
        except reading.FilterError as error:
            return _problem(400, "invalid", str(error))
        return _problem(404, "not_found", "No such resource.")

    def _jobs(self, match: re.Match[str], request: Request) -> Response:
        noun, verb, id_ = match.groups()
        if id_ is None:
            return _answer(200, reading.jobs_of(self.account, noun, verb, request.args))
        job = self.account.jobs.get(id_)
        if job is None or (job.noun, job.verb) != (noun, verb):
            return _problem(404, "not_found", "A job with this id does not exist.")
        return _answer(200, {"data": reading.describe(self.account, job)})

    def _post(self, request: Request) -> Response:
        try:
            body = orjson.loads(request.get_data())
        except orjson.JSONDecodeError:
            return _problem(400, "invalid", "The body is not JSON.")
        if request.path in SCHEMAS:
            return self._of_people(request.path, body)
        match = JOB_PATH.fullmatch(request.path)
        if match is None or match[3] is not None:
            return _problem(404, "not_found", "No such resource.")
        noun, verb = match[1], match[2]
        if (noun, verb) not in bodies.JOBS:
            return _problem(404, "not_found", "No such resource.")
        if wrong := bodies.problems(bodies.JOBS[noun, verb], body):
            return _problem(400, "invalid", wrong[0][1], pointer=wrong[0][0])
        records = body["data"]["attributes"][bodies.PLURALS[noun]]["data"]
        if any(bodies.external_id(record) in self._failures.refuse_ids for record in records):
            return _problem(400, "invalid", "A record of this request was told to be refused.")
        if self.account.in_progress(noun, verb) >= MAX_JOBS:
            return _problem(400, "invalid", f"At most {MAX_JOBS} jobs may be in progress at one time.")
        job = self.account.submit(noun, verb, records)
        return _answer(202, {"data": reading.describe(self.account, job)})

    def _of_people(self, path: str, body: Any) -> Response:
        if wrong := self.people.accept(path, body):
            return _problem(400, "invalid", wrong[1], pointer=wrong[0])
        self.account.save()
        return Response(status=202)


def _endpoint(request: Request) -> tuple[str, int, int]:
    """Name the endpoint that a request counts for, with its limits per second and minute (Klaviyo, API reference)."""
    if request.path == "/api/accounts":
        return "accounts", 1, 15
    if (limits := limits_of(request.path)) is not None:
        parts = request.path.split("/")
        return " ".join([request.method, parts[2], *parts[4:]]), *limits
    match = JOB_PATH.fullmatch(request.path)
    if match is None:
        return f"{request.method} {request.path}", *LIMITS.get(request.path, XL)
    name = f"{request.method} {match[1]} {match[2]} {'one' if match[3] else 'all'}"
    return name, *(XL if request.method == "GET" and match[2] == "delete" else LARGE)


def _answer(status: int, body: object) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/vnd.api+json")


def _problem(
    status: int, code: str, detail: str, *, pointer: str = "/data", headers: dict[str, str] | None = None
) -> Response:
    error = {"id": code, "status": status, "code": code, "title": detail, "detail": detail}
    response = _answer(status, {"errors": [error | {"source": {"pointer": pointer}}]})
    response.headers.update(headers or {})
    return response
