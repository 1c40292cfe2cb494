"""Every body that nobody should send, to every operation that takes one."""

import base64
import gzip
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.builders.hostile import JSON, Answer, assert_refused, send, send_bytes
from tests.builders.processes import SECRET, SHOP, TOKEN, House
from tests.hostile.conftest import good_product, good_row

NDJSON, CSV = "application/x-ndjson", "text/csv"
WEBHOOK = "/webhooks/shopify"
MEGABYTE = 1024 * 1024

BODIES: list[tuple[str, bytes, str | None, tuple[int, ...]]] = [
    # what it is               the bytes                                    content type  refused with
    ("nothing",                b"",                                         JSON,         (400,)),
    ("half an object",         b'{"source": "a", ',                         JSON,         (400,)),
    ("two objects",            b"{}{}",                                     JSON,         (400,)),
    ("a comma too many",       b'{"source": "a",}',                         JSON,         (400,)),
    ("single quotes",          b"{'source': 'a'}",                          JSON,         (400,)),
    ("2,000 lists deep",       b"[" * 2_000 + b"]" * 2_000,                 JSON,         (400,)),
    ("2,000 objects deep",     b'{"a":' * 2_000 + b"1" + b"}" * 2_000,      JSON,         (400,)),
    ("100,000 lists deep",     b"[" * 100_000 + b"]" * 100_000,             JSON,         (400,)),
    ("100,000 objects deep",   b'{"a":' * 100_000,                          JSON,         (400,)),
    ("NaN",                    b'{"source": NaN}',                          JSON,         (400,)),
    ("Infinity",               b'{"source": Infinity}',                     JSON,         (400,)),
    ("minus Infinity",         b'{"source": -Infinity}',                    JSON,         (400,)),
    ("a number of 400 digits", b"9" * 400,                                  JSON,         (400, 422)),
    ("a field of 400 digits",  b'{"source": ' + b"9" * 400 + b"}",          JSON,         (400, 422)),
    ("an exponent of 400",     b'{"source": 1e400}',                        JSON,         (400, 422)),
    ("a lone surrogate",       b'{"source": "\\ud800"}',                    JSON,         (400,)),
    ("a swapped pair",         b'{"source": "\\udc00\\ud800"}',             JSON,         (400,)),
    ("an escaped NUL",         b'{"source": "\\u0000"}',                    JSON,         (422,)),
    ("a bare NUL",             b'{"source": "\x00"}',                       JSON,         (400,)),
    ("only NULs",              b"\x00" * 64,                                JSON,         (400,)),
    ("invalid UTF-8",          b'{"source": "\xff"}',                       JSON,         (400,)),
    ("an overlong slash",      b'{"source": "\xc0\xaf"}',                   JSON,         (400,)),
    ("UTF-16",                 '{"source": "a"}'.encode("utf-16"),          JSON,         (400,)),
    ("a byte order mark",      b'\xef\xbb\xbf{"source": "a"}',              JSON,         (400,)),
    ("null",                   b"null",                                     JSON,         (422,)),
    ("true",                   b"true",                                     JSON,         (422,)),
    ("a number",               b"7",                                        JSON,         (422,)),
    ("a text",                 b'"source"',                                 JSON,         (422,)),
    ("a list",                 b"[{}]",                                     JSON,         (422,)),
    ("an empty object",        b"{}",                                       JSON,         (422,)),
    ("an unknown key",         b'{"colour": "red"}',                        JSON,         (422,)),
    ("the same key twice",     b'{"source": "a", "source": "b"}',           JSON,         (400,)),
    ("20 MB",                  b"[" + b" " * 20 * MEGABYTE + b"]",          JSON,         (413,)),
    ("no content type",        b"{}",                                       None,         (415,)),
    ("plain text",             b"{}",                                       "text/plain", (415,)),
    ("XML",                    b"<a/>",                                     "text/xml",   (415,)),
    ("a form",                 b"source=a",    "application/x-www-form-urlencoded",       (415,)),
    ("half a multipart",       b"--x\r\n",     "multipart/form-data; boundary=x",         (415,)),
    ("a type from nowhere",    b"{}",                                       "/;;=;",      (415,)),
]  # fmt: skip


SMALL_BODIES = [line for line in BODIES if len(line[1]) < MEGABYTE]


FORGIVING = {"/api/v1/policy/check", "/api/v1/feeds/web/name"}
"""To list what is wrong with a document is this one's answer; of a feed everything may be left out."""


def takes(contract: dict[str, Any], method: str, path: str) -> set[str]:
    """The forms in which an operation takes a body."""
    for template, operations in contract["paths"].items():
        if template.replace("{", "").replace("}", "") == path:
            return set(operations[method.lower()]["requestBody"]["content"])
    raise LookupError(path)


def writers(contract: dict[str, Any]) -> list[tuple[str, str]]:
    """Every operation that takes a body, with something in the place of its path's parameters."""
    found = []
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "requestBody" in operation:
                found.append((method.upper(), path.replace("{", "").replace("}", "")))
    return found


def test_there_are_operations_to_be_hostile_to(contract: dict[str, Any]) -> None:
    assert {("POST", "/api/v1/readings"), ("PUT", "/api/v1/catalog"), ("PUT", "/api/v1/locations")} <= set(
        writers(contract)
    )
    assert ("POST", WEBHOOK) in writers(contract)


@pytest.mark.parametrize(("body", "kind", "statuses"), [line[1:] for line in BODIES], ids=[line[0] for line in BODIES])
def test_a_body_that_nobody_should_send(
    house: House, contract: dict[str, Any], body: bytes, kind: str | None, statuses: tuple[int, ...]
) -> None:
    for method, path in writers(contract):
        answer = send(house.web, method, path, body, kind)
        # an unsigned webhook is refused for that, whatever it says; a path may name what is not there
        also = {401} if path == WEBHOOK else {404}
        if kind not in takes(contract, method, path):
            also.add(415)
        if path in FORGIVING and answer.status == 200:
            assert body.lstrip()[:1] == b"{"
            continue
        assert_refused(answer, *statuses, *also)


@pytest.mark.parametrize("kind", [JSON, NDJSON, CSV])
def test_a_packed_body_is_refused_and_never_unpacked(house: House, contract: dict[str, Any], kind: str) -> None:
    bomb = gzip.compress(b" " * 10 * MEGABYTE)
    for method, path in writers(contract):
        assert_refused(send(house.web, method, path, bomb, kind, Content_Encoding="gzip"), 415, 404)


TABLE = b"source,variant_refs,location_ref,observed_at,available\nwms,cut,l,2026-11-23T11:59:00Z,14\n"


def chunks(method: str, path: str, *bodies: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """A request whose body comes in chunks, without a length."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", f"Content-Type: {JSON}"]
    head = "\r\n".join([*lines, "Transfer-Encoding: chunked", "Connection: close", "", ""]).encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(body), body) for body in bodies) + end


def test_a_body_in_chunks_is_read_to_its_end(house: House) -> None:
    body = json.dumps({"source": "wms", "readings": [good_row()]}).encode()
    answer = send_bytes(house.web, chunks("POST", "/api/v1/readings", body[:20], body[20:]))
    assert (answer.status, answer.json["rejected"]) == (202, 0)


def test_a_body_in_chunks_is_cut_off_at_the_limit(house: House, contract: dict[str, Any]) -> None:
    for method, path in writers(contract):
        also = () if JSON in takes(contract, method, path) else (415,)
        assert_refused(send_bytes(house.web, chunks(method, path, *[b" " * MEGABYTE] * 6)), 413, 404, *also)


def test_a_table_in_chunks_beyond_the_limit_is_refused_whole(house: House) -> None:
    head, _, line = TABLE.partition(b"\n")
    thousand = line * 1_000
    raw = chunks("POST", "/api/v1/readings", head + b"\n", *[thousand] * (17 * MEGABYTE // len(thousand)))
    assert_refused(send_bytes(house.web, raw.replace(JSON.encode(), CSV.encode())), 413)
    assert_refused(send(house.web, "GET", "/api/v1/variants/cut"), 404)


@pytest.mark.parametrize("end", [b"", b"5", b"5\r\n", b"0\r\n", b"zz\r\n", b"-1\r\n", b"ffffffffffffffff\r\n", b"\0"])
def test_chunks_that_break_off_are_refused_and_nothing_of_them_is_taken(house: House, end: bytes) -> None:
    raw = chunks("POST", "/api/v1/readings", TABLE[:-2], end=end).replace(JSON.encode(), CSV.encode())
    assert_refused(send_bytes(house.web, raw), 400)
    assert_refused(send(house.web, "GET", "/api/v1/variants/cut"), 404)


def test_a_body_shorter_than_it_promised_is_refused_for_14_may_have_become_1(house: House) -> None:
    lines = ["POST /api/v1/readings HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", f"Content-Type: {CSV}"]
    head = "\r\n".join([*lines, f"Content-Length: {len(TABLE)}", "Connection: close", "", ""]).encode()
    assert_refused(send_bytes(house.web, head + TABLE[:-2]), 400)
    assert_refused(send(house.web, "GET", "/api/v1/variants/cut"), 404)
    assert send_bytes(house.web, head + TABLE).status == 202


@pytest.mark.parametrize(
    ("lines", "kind", "path"),
    [
        (b"{oops\n[]\n7\nnull\n{}\n\xff\n" + b"[" * 100_000, NDJSON, "/api/v1/readings"),
        (b"{oops\n[]\n7\nnull\n{}\n\xff\n" + b"[" * 100_000, NDJSON, "/api/v1/catalog?source=erp"),
    ],
)
def test_lines_that_nobody_should_send_are_named_one_by_one(house: House, lines: bytes, kind: str, path: str) -> None:
    method = "POST" if path.endswith("readings") else "PUT"
    answer = send(house.web, method, path, lines, kind)
    assert answer.status in (200, 202)
    assert (answer.json["accepted"], answer.json["rejected"]) == (0, 7)
    assert {line["index"] for line in answer.json["problems"]} == set(range(7))


@pytest.mark.parametrize(
    ("table", "rejected"),
    [
        (b"", None),
        (b"\xff\xfe", None),
        (b"a,b\n1,2\n", None),
        (b'source,location_ref,observed_at\n"a', None),
        (b"source,location_ref,observed_at,observed_at\nwms,l,x,2026-11-23T11:59:00Z\n", None),
        (b"source,location_ref,observed_at,available\nwms,l\n", 1),
        (b"source,location_ref,observed_at,available,sku\nwms,l,2026-11-23T11:59:00Z,NaN,V\n", 1),
        (b"source,location_ref,observed_at,available,sku\nwms,l,2026-11-23T11:59:00Z,1e999999999,V\n", 1),
        (b"source,location_ref,observed_at,available,sku\nwms,l,2026-11-23T11:59:00Z," + b"9" * 400 + b",V\n", 1),
        (b"source,location_ref,observed_at,available,sku\nwms,l,2026-11-23T11:59:00Z,\x00,V\n", 1),
        (b"source,location_ref,observed_at\n" + b"x" * 200_000 + b",l,2026-11-23T11:59:00Z\n", None),
        (b"source,location_ref,observed_at,available,variant_refs\nwms,l,2026-11-23T11:59:00Z,1,a|b\n", 1),
    ],
)  # fmt: skip
def test_a_table_that_nobody_should_send(house: House, table: bytes, rejected: int | None) -> None:
    answer = send(house.web, "POST", "/api/v1/readings", table, CSV)
    if rejected is None:
        assert_refused(answer, 422)
    else:
        assert (answer.status, answer.json["accepted"], answer.json["rejected"]) == (202, 0, rejected)
        assert all(line["message"] for line in answer.json["problems"])


TEXTS: list[Any] = [0, True, 1.5, [], {}, "", " ", " x", "x ", "a\0b", "a\nb", "x" * 301]
FLAGS: list[Any] = ["yes", "true", 0, 1, [], {}]
TIMES: list[Any] = [None, 0, True, [], "", "now", "2026-11-23", "2026-11-23T12:00:00", "2026-13-01T00:00:00Z",
                    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-11-23T12:00:00+99:99",
                    "٢٠٢٦-11-23T12:00:00Z"]  # fmt: skip
UNITS: list[Any] = [True, "4", 4.5, -0.5, [], {}, ""]
FREE_TEXTS: list[Any] = [0, True, [], {}, "x" * 100_001]
LISTS: list[Any] = [None, 0, "x", {}, [7], [None], [[]]]

READING_FIELDS = {
    "variant": TEXTS, "sku": TEXTS, "location": [None, *TEXTS], "observed_at": TIMES, "active": FLAGS,
    "cause": [0, True, [], {}, "", "gift"], "quantities": [None, 0, "x", [], {}, [1], {"colour": 1}, {"": 1}],
    "quantities.available": UNITS, "colour": [1], "": [1], "\0": [1],
}  # fmt: skip
PRODUCT_FIELDS = {
    "id": [None, *TEXTS], "title": FREE_TEXTS,
    "url": ["x", "javascript:alert(1)", "ftp://a/b", 7, [], "http://[", "\0"],
    "image_url": ["x", "data:text/html,x", 7], "description": FREE_TEXTS, "vendor": FREE_TEXTS,
    "product_type": FREE_TEXTS, "tags": LISTS, "collections": LISTS, "published": FLAGS, "variants": LISTS,
    "colour": ["red"],
}  # fmt: skip
VARIANT_FIELDS = {
    "id": [None, *TEXTS], "sku": FREE_TEXTS, "barcode": FREE_TEXTS, "title": FREE_TEXTS, "tracked": FLAGS,
    "price": [True, -1, 10**10, "x", "NaN", "Infinity", "1e999999", "", [], {}],
    "inventory_policy": [0, "", "maybe", []], "colour": ["red"],
}  # fmt: skip
LOCATION_FIELDS = {"id": [None, *TEXTS], "label": [0, True, [], {}], "active": FLAGS, "colour": ["red"]}


def changed(row: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    outer, _, inner = field.partition(".")
    row = {key: one for key, one in row.items() if key != "variant"} if field == "sku" else dict(row)
    row[outer] = {inner: value} if inner else value
    return row


@pytest.mark.parametrize("field", READING_FIELDS)
def test_a_wrong_value_of_a_reading_is_named_by_its_field(house: House, field: str) -> None:
    rows = [changed(good_row(), field, value) for value in READING_FIELDS[field]]
    answer = send(
        house.web, "POST", "/api/v1/readings", json.dumps({"source": "wms", "readings": [*rows, good_row()]}).encode()
    )
    assert (answer.status, answer.json["rejected"]) == (202, len(rows))
    assert_named(answer, field, len(rows))


@pytest.mark.parametrize("field", PRODUCT_FIELDS)
def test_a_wrong_value_of_a_product_is_named_by_its_field(house: House, field: str) -> None:
    rows = [changed(good_product(), field, value) for value in PRODUCT_FIELDS[field]]
    assert_named(put_products(house, rows), field, len(rows))


@pytest.mark.parametrize("field", VARIANT_FIELDS)
def test_a_wrong_value_of_a_variant_is_named_by_its_field(house: House, field: str) -> None:
    variants = [changed({"id": "v"}, field, value) for value in VARIANT_FIELDS[field]]
    answer = put_products(house, [good_product(variants=[variant]) for variant in variants])
    assert_named(answer, f"variants[0].{field}", len(variants))


@pytest.mark.parametrize("field", LOCATION_FIELDS)
def test_a_wrong_value_of_a_location_is_named_by_its_field(house: House, field: str) -> None:
    for value in LOCATION_FIELDS[field]:
        body = {"source": "wms", "locations": [changed({"id": "l"}, field, value)]}
        answer = send(house.web, "PUT", "/api/v1/locations", json.dumps(body).encode())
        assert_refused(answer, 422)
        assert answer.json["errors"][0]["path"] == f"locations[0].{field}", value


@pytest.mark.parametrize("path", ["/api/v1/readings", "/api/v1/catalog", "/api/v1/locations"])
@pytest.mark.parametrize("source", [None, *TEXTS])
def test_a_source_without_a_name_is_refused_whole(house: House, path: str, source: Any) -> None:
    method = "POST" if path.endswith("readings") else "PUT"
    names = {"/api/v1/readings": "readings", "/api/v1/catalog": "products", "/api/v1/locations": "locations"}
    answer = send(house.web, method, path, json.dumps({"source": source, names[path]: []}).encode())
    assert_refused(answer, 422)
    assert answer.json["errors"][0]["path"] == "source"


def put_products(house: House, products: list[Any]) -> Answer:
    body = {"source": "erp", "products": [*products, good_product()]}
    answer = send(house.web, "PUT", "/api/v1/catalog", json.dumps(body).encode())
    assert (answer.status, answer.json["rejected"], answer.json["accepted"]) == (200, len(products), 1)
    return answer


def assert_named(answer: Answer, field: str, count: int) -> None:
    """Each of the first `count` rows has a problem whose path begins with the field; no other row has any."""
    named = {line["index"] for line in answer.json["problems"] if line["path"].startswith(field)}
    assert named == set(range(count)), answer.json["problems"]


def signed(house: House, raw: bytes, **headers: str) -> Answer:
    digest = base64.b64encode(hmac.digest(SECRET.encode(), raw, hashlib.sha256)).decode()
    told = {
        "X_Shopify_Hmac_Sha256": digest,
        "X_Shopify_Shop_Domain": SHOP,
        "X_Shopify_Topic": "inventory_levels/update",
    }
    return send(house.web, "POST", WEBHOOK, raw, token=None, **({"X_Shopify_Webhook_Id": "w"} | told | headers))


@pytest.mark.parametrize("raw", [line[1] for line in SMALL_BODIES], ids=[line[0] for line in SMALL_BODIES])
def test_a_trusted_webhook_that_cannot_be_read_is_a_doubt_and_no_retry(house: House, raw: bytes) -> None:
    answer = signed(house, raw)
    assert (answer.status, answer.json) == (200, {"accepted": False})


@pytest.mark.parametrize(
    "item", [None, True, -1, 0, 1.5, 1e30, "x", "", "-1", "1" * 400, [], {}, "²"], ids=lambda value: repr(value)[:12]
)
def test_a_trusted_webhook_about_no_item_is_a_doubt_and_no_retry(house: House, item: Any) -> None:
    answer = signed(house, json.dumps({"inventory_item_id": item}).encode())
    assert (answer.status, answer.json) == (200, {"accepted": False})


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Shopify_Hmac_Sha256": ""},
        {"X_Shopify_Hmac_Sha256": "x"},
        {"X_Shopify_Hmac_Sha256": "AAAA"},
        {"X_Shopify_Hmac_Sha256": "é" * 44},
        {"X_Shopify_Hmac_Sha256": base64.b64encode(hmac.digest(b"", b"{}", hashlib.sha256)).decode()},
        {"X_Shopify_Shop_Domain": "another.myshopify.com"},
        {"X_Shopify_Shop_Domain": ""},
    ],
)
def test_a_webhook_that_does_not_prove_where_it_comes_from_is_refused(house: House, headers: dict[str, str]) -> None:
    assert_refused(signed(house, b"{}", **headers), 401)


@pytest.mark.parametrize("name", ["X_Shopify_Topic", "X_Shopify_Webhook_Id"])
@pytest.mark.parametrize("value", ["", " ", "x" * 256, "\xa0"])
def test_a_trusted_webhook_with_a_header_from_nowhere_is_a_doubt(house: House, name: str, value: str) -> None:
    answer = signed(house, b'{"inventory_item_id": 7}', **{name: value})
    assert (answer.status, answer.json) == (200, {"accepted": False})
