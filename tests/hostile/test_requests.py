"""Every address, question and header that nobody should send, to every operation of the application."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.builders.hostile import Answer, assert_no_failure, assert_refused, send, send_bytes
from tests.builders.processes import TOKEN, House
from tests.hostile.conftest import good_row

METHODS = ("get", "post", "put", "patch", "delete")
PAGES = ("/", "/console/board", "/console/variant/v", "/sign-in")  # for people, so they are in no contract

TOKENS = {
    "none": None,
    "empty": "",
    "blank": " ",
    "wrong": "gw_wrong",
    "almost right": TOKEN[:-1],
    "right and more": f"{TOKEN} x",
    "twice": f"{TOKEN},{TOKEN}",
    "a word": "null",
    "not ASCII": "\xfft\xf6ken",
    "7,000 characters": "x" * 7_000,
}
IDS = {
    "nothing we know": "nothing",
    "NUL": "%00",
    "a line break": "%0d%0aSet-Cookie:%20a=b",
    "invalid UTF-8": "%ff%fe",
    "a lone surrogate": "%ed%a0%80",
    "a way out": "..%2f..%2f..%2fetc%2fpasswd",
    "a bare way out": "../../../etc/passwd",
    "a backslash": "..%5c..%5cboot.ini",
    "half an escape": "%",
    "slashes": "a/b//c",
    "a script": quote("<script>alert(1)</script>"),
    "a template": quote("{{7*7}}${7*7}"),
    "a wildcard": "*",
    "braces": quote("{gateway}:tokens"),
    "an emoji": quote("👩‍👩‍👧‍👦"),
    "right to left": quote("\u202e"),
    "minus one": "-1",
    "a float": "1.5",
    "a large number": "9" * 400,
    "1,900 characters": "x" * 1_900,
}
VALUES = {
    "empty": "",
    "zero": "0",
    "minus one": "-1",
    "a float": "1.5",
    "an exponent": "1e3",
    "NaN": "NaN",
    "400 digits": "9" * 400,
    "a square": "²",
    "Arabic digits": "٥",
    "a word": "x",
    "NUL": "\0",
    "quotes": "'\"`;--",
    "a wildcard": "*[a-z]?",
    "invalid UTF-8": b"\xff",
    "a lone surrogate": b"\xed\xa0\x80",
    "1,500 characters": "x" * 1_500,
    "a dash": "-",
    "a cursor from nowhere": "99999-999999999",
    "a huge cursor": "9" * 30 + "-" + "9" * 30,
    "a list": "1,2,3",
    "JSON": '{"a":[1]}',
}
REFUSED_QUESTIONS = [
    "variants?limit=0", "variants?limit=-1", "variants?limit=201", "variants?limit=1.5", "variants?limit=1e2",
    "variants?limit=", "variants?limit=+5", "variants?limit=%C2%B2", "variants?limit=0x10", "variants?limit=NaN",
    "variants?limit=" + "9" * 400, "variants?limit=00000000000005", "variants?limit=%D9%A5",
    "variants?band=huge", "variants?band=OUT", "variants?cursor=x", "variants?cursor=-1", "variants?cursor=1",
    "variants?cursor=1-", "variants?cursor=" + "9" * 30 + "-1", "variants?cursor=%00", "variants?cursor=1-1%0A",
    "doubts?cursor=-1", "doubts?cursor=1.5", "doubts?cursor=1e3", "doubts?cursor=" + "9" * 10, "doubts?limit=-5",
    "outbox?destination=x", "outbox?state=x", "outbox?limit=-1", "outbox?limit=2.5", "outbox?cursor=%00",
    "variants/v/history?cursor=x", "variants/v/history?limit=0", "variants/v/history?cursor=-1-1",
    "variants/v/history?cursor=0-0", "variants?cursor=", "variants?band=",
]  # fmt: skip


def operations(contract: dict[str, Any], id_: str = "v") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its parameters filled in."""
    for path, found in contract["paths"].items():
        for method in METHODS:
            if method in found:
                filled = "/".join(id_ if part.startswith("{") else part for part in path.split("/"))
                yield method.upper(), filled, found[method]


@pytest.fixture(scope="module")
def session(house: House) -> str:
    """The cookie of an admin who signed in."""
    page = send(house.web, "GET", "/sign-in", token=None)
    found = re.search(rb'name="csrf_token" value="([^"]+)"', page.body)
    assert found
    form = urlencode({"csrf_token": found[1].decode(), "token": TOKEN}).encode()
    kind, cookie = "application/x-www-form-urlencoded", page.headers["set-cookie"].partition(";")[0]
    answer = send(house.web, "POST", "/sign-in", form, kind, token=None, Cookie=cookie)
    assert answer.status == 302, answer.body
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_no_operation_opens_to_a_wrong_token(house: House, contract: dict[str, Any], token: str | None) -> None:
    guarded = [(method, path) for method, path, told in operations(contract, "1") if told.get("security")]
    assert len(guarded) >= 14
    for method, path in guarded:
        answer = send(house.web, method, path, b"{}", token=token)
        assert_refused(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "bearer bearer", "", "Bearer\t", "\xff"])
def test_a_token_is_a_bearer_token_or_none(house: House, scheme: str) -> None:
    answer = send(house.web, "GET", "/api/v1/variants", token=None, Authorization=f"{scheme} {TOKEN}")
    assert_refused(answer, 401)


@pytest.mark.parametrize("id_", IDS.values(), ids=IDS)
def test_an_id_from_nowhere_is_not_found(house: House, contract: dict[str, Any], id_: str) -> None:
    asked = 0
    for method, path, _ in operations(contract, id_):
        if id_ in path.split("/") or "/" in id_:
            asked += 1
            answer = send(house.web, method, path, b"{}")
            assert_no_failure(answer)
            assert b"root:" not in answer.body
            assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]
    assert asked >= 4


@pytest.mark.parametrize("path", ["/static/", "/static/../", "/static/console/", "/"])
@pytest.mark.parametrize(
    "id_", ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%00", "%2e%2e/app.py", "//etc"]
)
def test_no_file_leaves_the_house(house: House, path: str, id_: str) -> None:
    answer = send(house.web, "GET", path + id_, token=None)
    assert answer.status in (301, 302, 308, 404)
    assert b"root:" not in answer.body and b"import " not in answer.body


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_question_that_makes_no_sense_is_answered_or_refused(
    house: House, contract: dict[str, Any], value: str | bytes
) -> None:
    asked = 0
    for method, path, told in operations(contract):
        names = [one["name"] for one in told.get("parameters", []) if one["in"] == "query"]
        for name in names:
            asked += 1
            assert_no_failure(send(house.web, method, f"{path}?{name}={quote(value)}", b"{}"))
            assert_no_failure(send(house.web, method, f"{path}?{name}={quote(value)}&{name}=x", b"{}"))
    assert asked >= 15


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_page_of_the_console_never_fails(house: House, session: str, value: str | bytes) -> None:
    for page in PAGES:
        for name in ("q", "band", "cursor", "seen", "pool"):
            assert send(house.web, "GET", f"{page}?{name}={quote(value)}", token=None, Cookie=session).status < 500
    for id_ in IDS.values():
        assert send(house.web, "GET", f"/console/variant/{id_}", token=None, Cookie=session).status < 500


@pytest.mark.parametrize("question", REFUSED_QUESTIONS)
def test_a_limit_cursor_or_choice_that_is_none_is_refused(house: House, question: str) -> None:
    answer = send(house.web, "GET", f"/api/v1/{question}")
    assert_refused(answer, 422)
    assert answer.json["errors"][0]["path"] in question


@pytest.mark.parametrize(
    ("key", "status"),
    [
        *[(key, 422) for key in ("", " ", "x" * 201, "x" * 7_000, "é", "a\tb")],
        *[(key, 202) for key in ("x" * 200, "{k}", "*", "a:b")],
    ],
)
def test_an_absurd_idempotency_key_is_refused_and_an_odd_one_is_only_a_key(house: House, key: str, status: int) -> None:
    bodies = [json.dumps({"source": "wms", "readings": [good_row(location=place)]}).encode() for place in ("l", "m")]
    answers = [send(house.web, "POST", "/api/v1/readings", body, Idempotency_Key=key) for body in bodies]
    if status == 422:
        assert_refused(answers[0], 422)
    else:
        assert answers[0].status == 202
        assert_refused(answers[1], 422)


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "LOOK"])
def test_no_operation_answers_to_another_method(house: House, contract: dict[str, Any], method: str) -> None:
    paths = {path for _, path, _ in operations(contract)}
    offered = {(method, path) for method, path, _ in operations(contract)}
    for path in paths:
        if (method, path) not in offered:
            assert_refused(send(house.web, method, path), 404, 405)


ODD_HEADERS = {
    "an absurd request id": {"X-Request-Id": "x" * 5_000},
    "a request id that breaks lines": {"X-Request-Id": "a%0d%0ab"},
    "an accent": {"Accept": "\xff"},
    "all the languages": {"Accept-Language": "x," * 2_000},
    "a range of nothing": {"Range": "bytes=9-1,-,x"},
    "a date from nowhere": {"If-Modified-Since": "yesterday"},
    "a forwarded stranger": {"X-Forwarded-For": "'; drop", "X-Forwarded-Host": "evil", "X-Forwarded-Proto": "x"},
    "a broken cookie": {"Cookie": "session=.eJw.x; =; ;;\xff"},
    "a foreign session": {"Cookie": "session=eyJyb2xlIjoiYWRtaW4iLCJuYW1lIjoiYm9vdHN0cmFwIn0.aaaaaa.bbbbbbbbbbbbbb"},
    "another method": {"X-HTTP-Method-Override": "DELETE"},
    "an upgrade": {"Connection": "Upgrade", "Upgrade": "websocket"},
    "a host from nowhere": {"Host": "evil.example:99999"},
    "a host that is none": {"Host": "a b/c?d#e"},
    "no host": {"Host": ""},
}


@pytest.mark.parametrize("headers", ODD_HEADERS.values(), ids=ODD_HEADERS)
def test_an_odd_header_breaks_nothing(house: House, contract: dict[str, Any], headers: dict[str, str]) -> None:
    told = {name.replace("-", "_"): value for name, value in headers.items()}
    pages = [path for method, path, _ in operations(contract) if method == "GET"]
    for path in pages:
        assert_no_failure(send(house.web, "GET", path, **told))
    for path in PAGES:
        assert send(house.web, "GET", path, token=None, **told).status < 500
    assert send(house.web, "GET", "/api/v1/variants", token=None, **told).status >= 400


@pytest.mark.parametrize(
    "form",
    [b"", b"token=", b"token=%00", b"token=%ff", b"token=" + b"x" * 100_000, b"csrf_token=x&token=y", b"&&&=", b"%"],
)
def test_signing_in_without_the_form_of_our_page_is_refused(house: House, form: bytes) -> None:
    for path in ("/sign-in", "/sign-out"):
        answer = send(house.web, "POST", path, form, "application/x-www-form-urlencoded", token=None)
        assert_refused(answer, 400, 429)


def raw(*lines: str, end: str = "\r\n\r\n") -> bytes:
    return ("\r\n".join(lines) + end).encode("latin-1")


HOST = "Host: x"
NOT_HTTP = {
    "no request line": raw(""),
    "a word": raw("hello"),
    "an empty method": raw(" / HTTP/1.1", HOST),
    "HTTP/9.9": raw("GET / HTTP/9.9", HOST),
    "a control character in the path": raw("GET /\x01 HTTP/1.1", HOST),
    "an address of 9,000 characters": raw("GET /" + "x" * 9_000 + " HTTP/1.1", HOST),
    "a header of 70,000 characters": raw("GET / HTTP/1.1", HOST, "X: " + "x" * 70_000),
    "200 headers": raw("GET / HTTP/1.1", HOST, *(f"X-{number}: y" for number in range(200))),
    "a header without a colon": raw("GET / HTTP/1.1", HOST, "X"),
    "a header without a name": raw("GET / HTTP/1.1", HOST, ": x"),
    "a NUL in a header": raw("GET / HTTP/1.1", HOST, "X: a\0b"),
    "a folded header": raw("GET / HTTP/1.1", HOST, "X: a", " b"),
    "a negative length": raw("POST /api/v1/readings HTTP/1.1", HOST, "Content-Length: -1"),
    "a length that is a word": raw("POST /api/v1/readings HTTP/1.1", HOST, "Content-Length: ten"),
    "two lengths": raw("POST /api/v1/readings HTTP/1.1", HOST, "Content-Length: 1", "Content-Length: 2"),
    "a length and chunks": raw(
        "POST /api/v1/readings HTTP/1.1", HOST, "Content-Length: 4", "Transfer-Encoding: chunked"
    ),
    "an unknown coding": raw("POST /api/v1/readings HTTP/1.1", HOST, "Transfer-Encoding: gzip"),
    "an expectation": raw("POST /api/v1/readings HTTP/1.1", HOST, "Expect: the-moon", "Content-Length: 2"),
}


@pytest.mark.parametrize("sent", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_no_http_is_refused_before_it_reaches_the_application(house: House, sent: bytes) -> None:
    """The server in front answers these itself, in its own form, with a status of the client's fault."""
    answer: Answer = send_bytes(house.web, sent)
    assert 400 <= answer.status < 500 or answer.status == 501, answer
    assert b"Traceback" not in answer.body
