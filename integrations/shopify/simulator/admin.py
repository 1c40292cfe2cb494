"""The Admin API itself: tokens, versions, cost and throttling around one GraphQL execution."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from integrations.shopify.simulator.bulk import Bulk
from integrations.shopify.simulator.cost import QUERY_LIMIT_POINTS, Bucket, Pricing
from integrations.shopify.simulator.roots import SCOPES, Root
from integrations.shopify.simulator.schema import schema
from integrations.shopify.simulator.shop import Shop

TOKEN_LIFE_S = 86_399

Answer = dict[str, Any]


@dataclass
class Tokens:
    """Who may ask: one long-lived token, and those given out for the client's secret."""

    client_id: str
    client_secret: str
    now: Callable[[], datetime]
    access_token: str | None = None
    issued: dict[str, datetime] = field(default_factory=dict)

    def issue(self, client_id: str, client_secret: str) -> Answer | None:
        """Exchange client credentials for a token of a day."""
        right_id = hmac.compare_digest(client_id.encode(), self.client_id.encode())
        right_secret = hmac.compare_digest(client_secret.encode(), self.client_secret.encode())
        if not (right_id and right_secret):
            return None
        token = f"shpat_{secrets.token_hex(16)}"
        self.issued[token] = self.now() + timedelta(seconds=TOKEN_LIFE_S)
        return {"access_token": token, "scope": ",".join(SCOPES), "expires_in": TOKEN_LIFE_S}

    def valid(self, token: str) -> bool:
        """Tell whether a token opens the door."""
        if self.access_token and hmac.compare_digest(token.encode(), self.access_token.encode()):
            return True
        return self.issued.get(token, self.now()) > self.now()

    def revoke(self) -> None:
        """Close the door to every token given out until now."""
        self.access_token = None
        self.issued.clear()


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = parse(text)
    return document, tuple(validate(schema(), document))


class Admin:
    """Runs documents against the shop, for points."""

    def __init__(self, shop: Shop, bucket: Bucket, bulk: Bulk) -> None:
        self._shop, self._bucket, self._root = shop, bucket, Root(shop, bulk)

    def run(self, text: str, variables: Mapping[str, Any], operation: str | None, *, throttle: bool) -> Answer:
        """Answer one request; every fault is an `errors` entry in a 200, as Shopify does it."""
        try:
            document, invalid = _parsed(text)
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        if invalid:
            return {"errors": [error.formatted for error in invalid]}
        found = get_operation_ast(document, operation)
        if found is None:
            return {"errors": [{"message": "No operation to run: name one of the document's operations"}]}
        return self._spend(Pricing(document, found, variables), throttle)

    def _spend(self, pricing: Pricing, throttle: bool) -> Answer:
        try:
            requested = pricing.requested()
        except (TypeError, ValueError):
            return {"errors": [{"message": "A paging argument is not a number"}]}
        if requested > QUERY_LIMIT_POINTS:
            message = f"Query cost is {requested}, which exceeds the single query max cost limit {QUERY_LIMIT_POINTS}"
            code = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": QUERY_LIMIT_POINTS}
            return {"errors": [{"message": message, "extensions": code}]}
        with self._shop.lock:
            if self._bucket.refill(self._shop.now()) < requested or throttle:
                errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
                return {"errors": errors, "extensions": self._cost(requested, None)}
            return self._executed(pricing, pricing.operation, requested)

    def _executed(self, pricing: Pricing, operation: OperationDefinitionNode, requested: int) -> Answer:
        result = execute_sync(
            schema(),
            pricing.document,
            root_value=self._root,
            variable_values=dict(pricing.variables),
            operation_name=operation.name.value if operation.name else None,
        )
        actual = pricing.actual(result.data)
        self._bucket.left_points -= actual
        answer: Answer = {"data": result.data, "extensions": self._cost(requested, actual)}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return answer

    def _cost(self, requested: int, actual: int | None) -> Answer:
        return {
            "cost": {
                "requestedQueryCost": requested,
                "actualQueryCost": actual,
                "throttleStatus": self._bucket.status(),
            }
        }
