"""The few shapes that plain cases have."""

from collections.abc import Callable
from typing import Any

Table = dict[str, Any]
Quantities = dict[str, int | None]
Check = Callable[[Any], bool]
Look = Callable[[str, Any], None]
