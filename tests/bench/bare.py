"""Plain WSGI applications that do the least that must be done: what a web framework and a careful design are held to.

Started by gunicorn with `BENCH_REDIS_URL` and `BENCH_SECRET` set.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import redis
from marshmallow import Schema, fields, validate

Start = Callable[[str, list[tuple[str, str]]], Any]


def webhooks() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """Check the signature over the raw body, append the body to a stream, answer."""
    client = redis.Redis.from_url(os.environ["BENCH_REDIS_URL"])
    secret = os.environ["BENCH_SECRET"].encode()

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            return _answer(start, "200 OK")
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        expected = base64.b64encode(hmac.digest(secret, raw, hashlib.sha256)).decode()
        if not hmac.compare_digest(expected, environ.get("HTTP_X_SHOPIFY_HMAC_SHA256", "")):
            return _answer(start, "401 Unauthorized")
        client.xadd("bare", {"body": raw}, maxlen=100_000, approximate=True)
        return _answer(start, "200 OK")

    return application


class _Level(Schema):
    variant = fields.String(required=True, validate=validate.Length(1, 300))
    location = fields.String(required=True, validate=validate.Length(1, 300))
    quantities = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True, allow_none=True), required=True)
    observed_at = fields.AwareDateTime(required=True, format="iso")


class _Envelope(Schema):
    source = fields.String(required=True)
    readings = fields.List(fields.Nested(_Level), required=True)


def readings() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """Check a body by a nested schema, append each level to a stream in one pipeline, answer."""
    client, schema = redis.Redis.from_url(os.environ["BENCH_REDIS_URL"]), _Envelope()

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            return _answer(start, "200 OK")
        told = schema.load(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        pipeline = client.pipeline(transaction=False)
        for level in told["readings"]:
            at: datetime = level["observed_at"]
            entry = {"variant": level["variant"], "location": level["location"], "at": at.isoformat()}
            pipeline.xadd("levels", entry | {"figures": json.dumps(level["quantities"])}, maxlen=100_000)
        pipeline.execute()
        return _answer(start, "202 Accepted")

    return application


def _answer(start: Start, status: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]
