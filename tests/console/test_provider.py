"""Signing in by way of an OpenID Connect provider: a small issuer over loopback, right and wrong in each way."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.web import create_app
from tests.builders.people import actions, user
from tests.builders.web import House

KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})


@dataclass
class Issuer:
    """What the issuer says next, and what it was asked."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    broken: bool = False
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            names = ("authorization", "token")
            return {
                "issuer": self.url, "jwks_uri": f"{self.url}/jwks", "id_token_signing_alg_values_supported": ["RS256"],
                **{f"{name}_endpoint": f"{self.url}/{name}" for name in names},
            }  # fmt: skip
        if path == "/jwks":
            return {"keys": [KEY.as_dict(private=False)]}
        claims = {"iss": self.url, "aud": "gateway", "sub": "1", "iat": 1, "exp": 2**33, **self.claims}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    told = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told.answer(self.path)).encode()
            self.send_response(500 if told.broken else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            told.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(house: House, issuer: Issuer) -> FlaskClient:
    settings = replace(
        house.services.settings, oidc_issuer=issuer.url, oidc_client_id="gateway", oidc_client_secret="hush"
    )
    return create_app(replace(house.services, settings=settings)).test_client()


def go(client: FlaskClient, issuer: Issuer, **claims: Any) -> Any:
    """Go to the provider and come back with what it says."""
    sent = client.get("/sign-in/provider?next=/audit")
    assert sent.status_code == 302
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.location).query).items()}
    assert sent.location.startswith(f"{issuer.url}/authorization?")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/sign-in/provider/back"
    issuer.claims = {"nonce": asked["nonce"], "email": "bo@shop.example", "email_verified": True, **claims}
    return client.get("/sign-in/provider/back", query_string={"code": "c", "state": asked["state"]})


def test_a_known_user_signs_in_and_lands_where_they_were_going(
    house: House, client: FlaskClient, issuer: Issuer
) -> None:
    user(house, password=None)
    assert go(client, issuer).location == "/audit"
    assert client.get("/").status_code == 200
    assert issuer.asked[0]["code_verifier"]
    assert house.store.audit.page(1)[0][0].facts["way"] == "provider"
    assert "Sign in with your company account" in client.get("/sign-in").text


@pytest.mark.parametrize(
    "claims",
    [{"email": "eve@shop.example"}, {"email_verified": False}, {"email_verified": None}, {"email_verified": "true"},
     {"email": None}, {"email": ["bo@shop.example"]}],
)  # fmt: skip
def test_somebody_that_we_do_not_know_for_sure_is_not_let_in(
    house: House, client: FlaskClient, issuer: Issuer, claims: dict[str, Any]
) -> None:
    user(house, password=None)
    assert go(client, issuer, **claims).status_code == 403
    assert client.get("/").status_code == 302
    assert actions(house)[-1] == ("unknown", "session.refused", "console")


@pytest.mark.parametrize(
    "claims", [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://another.example"}, {"exp": 1}]
)
def test_a_word_that_is_not_for_us_or_not_for_now_is_not_believed(
    house: House, client: FlaskClient, issuer: Issuer, claims: dict[str, Any]
) -> None:
    user(house, password=None)
    assert go(client, issuer, **claims).status_code == 401
    assert client.get("/").status_code == 302


def test_a_word_signed_by_another_is_not_believed(house: House, client: FlaskClient, issuer: Issuer) -> None:
    user(house, password=None)
    issuer.key = OTHER_KEY
    assert go(client, issuer).status_code == 401


def test_coming_back_without_having_gone_opens_nothing(house: House, client: FlaskClient) -> None:
    user(house, password=None)
    assert client.get("/sign-in/provider/back?code=c&state=made-up").status_code == 401
    assert client.get("/sign-in/provider/back?error=access_denied").status_code == 401
    assert client.get("/").status_code == 302


def test_a_switched_off_user_is_not_let_in(house: House, client: FlaskClient, issuer: Issuer) -> None:
    bo = user(house, password=None)
    house.store.users.change(bo, disabled=True)
    assert go(client, issuer).status_code == 403


def test_a_provider_that_is_away_is_said(client: FlaskClient, issuer: Issuer) -> None:
    issuer.broken = True
    answer = client.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "sign in with your password" in answer.text


def test_without_a_provider_there_is_no_such_way(house: House) -> None:
    assert house.client.get("/sign-in/provider").status_code == 404
    assert "company account" not in house.client.get("/sign-in").text
