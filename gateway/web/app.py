"""Builds the web application. gunicorn calls `create_app`; nothing happens at import."""

import re
import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIFlask
from flask import Response, g, request
from flask.json.provider import DefaultJSONProvider
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.observability import configure_logging, init_sentry
from gateway.policy_advice import PolicyAdvisor
from gateway.store import StoreUnavailable
from gateway.web import api, console, feeds, health, webhooks
from gateway.web.api.root import time_text
from gateway.web.bodies import limit_body
from gateway.web.console import sign_in_oidc
from gateway.web.context import EXTENSION, House
from gateway.web.errors import answer_errors
from gateway.web.spec import repair
from gateway.web.stages import Stages, pipeline_stages

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
A_DAY_S = 86_400
GOOD_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def create_app(services: Any | None = None, stages: Stages | None = None) -> APIFlask:
    """Build the application around services; without any, those of the settings are opened."""
    if services is None:
        from gateway.wiring import build_services  # noqa: PLC0415  (opens the store: only when asked)

        services = build_services(process="web")
        configure_logging("web")
        init_sentry(services.settings.sentry_dsn, "web")
    app = APIFlask("gateway.web", title="Stock-signal gateway", version="1", docs_path=None, json_errors=False)
    app.config.update(
        SECRET_KEY=services.settings.secret_key or _signing_secret(services),
        OPENAPI_VERSION="3.1.0",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=str(getattr(services.settings, "public_url", "") or "").startswith("https://"),
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=A_DAY_S,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.json.default = _written  # type: ignore[attr-defined]
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.extensions[EXTENSION] = House(services, stages or pipeline_stages(), PolicyAdvisor(services.store))
    app.spec_processor(repair)  # type: ignore[arg-type]
    app.before_request(_begin)
    app.after_request(_finish)
    answer_errors(app)
    csrf = CSRFProtect(app)
    for blueprint in (api.blueprint, feeds.blueprint, webhooks.blueprint, health.blueprint):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    app.register_blueprint(console.blueprint)
    _limit_rates(app)
    sign_in_oidc.register(app, services.settings)
    if services.settings.trusted_proxies:
        hops = services.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _signing_secret(services: Any) -> str:
    try:
        return str(services.store.sessions.signing_secret())
    except StoreUnavailable:  # nobody can sign in either; the next start asks again
        return secrets.token_urlsafe(32)


def _written(value: Any) -> Any:
    """Write a time as RFC 3339 where the framework would write it as in an HTTP header."""
    return time_text(value) if isinstance(value, datetime) else DefaultJSONProvider.default(value)


def _limit_rates(app: APIFlask) -> None:
    limiter = Limiter(
        get_remote_address, app=app, strategy="moving-window", storage_uri="memory://", headers_enabled=True
    )
    # Whoever guesses tokens is slowed down; whoever has one may send as fast as we can take.
    limiter.limit("6000 per minute", deduct_when=_refused)(api.blueprint)


def _refused(response: Response) -> bool:
    return response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def _begin() -> None:
    offered = request.headers.get("X-Request-Id", "")
    g.request_id = offered if GOOD_REQUEST_ID.fullmatch(offered) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    limit_body(request)


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
