"""Query cost and the leaky bucket: 1 per object, 2 + `first` x node per connection, 10 per mutation.

The rule is Shopify Engineering's article on query complexity; a test holds it against known costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from integrations.shopify.simulator.schema import schema

QUERY_LIMIT_POINTS = 1_000
MUTATION_POINTS = 10
CONNECTION_POINTS = 2


@dataclass
class Bucket:
    """What one app may spend in one shop. Sizes vary by plan; a client must read them from the answer."""

    maximum_points: float = 40_000.0
    restored_points_per_s: float = 2_000.0
    left_points: float = field(default=40_000.0)
    read_at: datetime | None = None

    def refill(self, at: datetime) -> float:
        """Restore what time has earned, and return what is there."""
        if self.read_at is not None:
            earned = max(0.0, (at - self.read_at).total_seconds()) * self.restored_points_per_s
            self.left_points = min(self.maximum_points, self.left_points + earned)
        self.read_at = at
        return self.left_points

    def status(self) -> dict[str, float]:
        """Say it as `extensions.cost.throttleStatus`."""
        return {
            "maximumAvailable": self.maximum_points,
            "currentlyAvailable": int(self.left_points),
            "restoreRate": self.restored_points_per_s,
        }


@dataclass(frozen=True)
class Pricing:
    """One document with its variables, priced as requested or by what came back."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Mapping[str, Any]

    def requested(self) -> int:
        """Price the document before it runs."""
        return self._price(None, known=False)

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """Price what the run returned."""
        return 0 if data is None else self._price(data, known=True)

    def _price(self, data: Any, *, known: bool) -> int:
        mutation = self.operation.operation is OperationType.MUTATION
        root = schema().mutation_type if mutation else schema().query_type
        points = self._selection(self.operation.selection_set, root, data, known)
        return points + (MUTATION_POINTS if mutation else 0)

    def _selection(self, selection: SelectionSetNode | None, parent: Any, data: Any, known: bool) -> int:
        points = 0
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                points += self._field(node, parent, data, known)
            elif isinstance(node, InlineFragmentNode):
                inner = schema().type_map[node.type_condition.name.value] if node.type_condition else parent
                points += self._selection(node.selection_set, inner, data, known)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragment(node.name.value)
                inner = schema().type_map[fragment.type_condition.name.value]
                points += self._selection(fragment.selection_set, inner, data, known)
        return points

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        fragments = (one for one in self.document.definitions if isinstance(one, FragmentDefinitionNode))
        return next(one for one in fragments if one.name.value == name)

    def _field(self, node: FieldNode, parent: Any, data: Any, known: bool) -> int:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None or node.selection_set is None:
            return 0
        kind: GraphQLOutputType = get_named_type(definition.type)
        answer = data.get(node.alias.value if node.alias else node.name.value) if known and data else None
        if known and answer is None:
            return 0
        return self._priced(node, kind, answer, known)

    def _priced(self, node: FieldNode, kind: Any, answer: Any, known: bool) -> int:
        inner = node.selection_set
        if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
            if known:
                return CONNECTION_POINTS + self._selection(inner, kind, answer, known)
            return CONNECTION_POINTS + self._argument(node, "first", 1) * self._selection(inner, kind, None, known)
        if kind.name == "PageInfo":
            return 0
        if kind.name.endswith("Edge"):
            rows = answer if known else [None]
            return sum(self._selection(inner, kind, row, known) for row in rows)
        if node.name.value == "nodes":  # of a connection, whose `first` multiplies; or of the root, by its ids
            rows = answer if known else [None] * self._argument(node, "ids", 1)
            return sum(1 + self._selection(inner, kind, row, known) for row in rows if not known or row is not None)
        if isinstance(answer, list):
            return 1 + sum(self._selection(inner, kind, row, known) for row in answer)
        return 1 + self._selection(inner, kind, answer, known)

    def _argument(self, node: FieldNode, name: str, default: int) -> int:
        for argument in node.arguments or ():
            if argument.name.value == name:
                value = argument.value
                told = (
                    self.variables.get(value.name.value)
                    if isinstance(value, VariableNode)
                    else value_from_ast_untyped(value, dict(self.variables))
                )
                return len(told) if isinstance(told, list) else int(told or 0)
        return default
