"""A second look at a valid policy: lines that load, and that nobody would have written on purpose.

`lint` is pure: a document and, where there is one, a look at the shop. It never changes what a policy means; a document
with warnings may be published. Called by `gateway policy check`, by the console and by the API through
`gateway.policy_advice`.

Reading order: warning, subject, shop, then a module per section of the document, registry.
"""

from policies.lint.registry import lint
from policies.lint.shop import ShopView
from policies.lint.warning import HINTS, Example, Outcome, PolicyWarning, WarningCode

__all__ = ["HINTS", "Example", "Outcome", "PolicyWarning", "ShopView", "WarningCode", "lint"]
