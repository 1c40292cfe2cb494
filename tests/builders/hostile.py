"""Requests as a stranger may send them: any bytes anywhere, no library in between that would repair them."""

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.builders.processes import TOKEN

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def send(
    web: str,
    method: str,
    path: str,
    body: bytes = b"",
    kind: str | None = JSON,
    token: str | None = TOKEN,
    **headers: str,
) -> Answer:
    """Send one request; an underscore in a header's name is a dash."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if kind is not None:
        told["Content-Type"] = kind
    if token is not None:
        told["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(urlsplit(web).netloc, timeout=20)
    try:
        with suppress(OSError):  # refused before it was read to its end: the answer is there all the same
            connection.request(method, path, body or None, told)
        answer = connection.getresponse()
        return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def send_bytes(web: str, raw: bytes) -> Answer:
    """Send bytes as they are and read until the other side hangs up."""
    host = urlsplit(web)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        with suppress(OSError):  # the other side may have hung up already
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())


def assert_refused(answer: Answer, *statuses: int) -> None:
    """A 4xx problem with a reason, and nothing of our insides."""
    assert 400 <= answer.status < 500, (answer.status, answer.body[:300])
    assert not statuses or answer.status in statuses, (answer.status, answer.body[:300])
    assert answer.kind == PROBLEM, (answer.status, answer.headers, answer.body[:300])
    assert answer.json["status"] == answer.status
    assert answer.json["detail"]
    assert isinstance(answer.json["errors"], list)
    assert b"Traceback" not in answer.body


def assert_no_failure(answer: Answer) -> None:
    """Served or refused: never our failure."""
    if answer.status >= 400:
        assert_refused(answer)
