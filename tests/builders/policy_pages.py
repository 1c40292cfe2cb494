"""People at the policy pages: signed in, sending the forms that they were shown."""

import html
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.builders.web import AT, POLICY, House, product, row

DRAFT = {"based_on": "1", "arrangement": "0"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser without script in which one token is signed in."""

    client: FlaskClient
    name: str

    def get(self, path: str) -> str:
        """Load a page."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form, and go where the answer points."""
        return self._send(path, fields, {})

    def type_in(self, path: str, **fields: Any) -> Any:
        """Send a form as a script does while somebody types."""
        return self._send(path, fields, {"HX-Request": "true"})

    def _send(self, path: str, fields: dict[str, Any], headers: dict[str, str]) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/policy").text)
        assert token
        sent = {"csrf_token": token[1], **fields}
        return self.client.post(path, data=sent, headers=headers, follow_redirects=True)


def visit(house: House, role: str = "marketer", name: str | None = None) -> Visitor:
    """Sign someone in, with a token of the house or one made for that name."""
    secret = house.tokens[role] if name is None else house.store.accounts.create_token(name, role, AT)
    client = house.client.application.test_client()
    form = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert form
    assert client.post("/sign-in", data={"token": secret, "csrf_token": form[1]}).status_code == 302
    return Visitor(client, name or role)


def policy(**changes: Any) -> dict[str, Any]:
    """A policy with a rule for sneakers."""
    rules = [
        {"name": "House", "set": {"buffer_units": 2, "low_at_units": 8, "healthy_at_units": 12}},
        {
            "name": "Sneakers sell fast",
            "when": {"tags": ["sneakers"], "pools": ["ship"]},
            "set": {"buffer_percent": 10, "low_at_units": 25, "healthy_at_units": 30},
        },
    ]
    guards = [
        {
            "name": "Campaigns",
            "pool": "ship",
            "hold_when": {"band": "low", "share_percent": 50},
            "release_when": {"band": "healthy", "share_percent": 100},
        }
    ]
    return {**deepcopy(POLICY), "rules": rules, "guards": guards, **changes}


def publish(house: House, document: dict[str, Any], author: str = "Ann", note: str = "n") -> int:
    """Put a policy in force over the one before."""
    number = house.store.policies.current_number()
    return house.store.policies.publish(document, based_on=number or None, author=author, note=note, at=AT).number


def shop(house: House, variants: int = 30, units: int = 20) -> None:
    """Publish the policy and tell of some variants of one product, each with a few more units than the one before."""
    publish(house, policy())
    known = [{"id": f"v{n}", "sku": f"V-{n}", "title": f"Size {n}", "tracked": True} for n in range(variants)]
    house.put_catalog(product(id="shoe", title="Runner", tags=["sneakers"], variants=known))
    house.send(*(row(variant=f"v{n}", quantities={"available": units + n}) for n in range(variants)))
    house.decide()


__all__ = ["DRAFT", "Visitor", "policy", "publish", "shop", "visit"]
