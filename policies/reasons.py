"""Why something is so: codes and the facts behind them. `policies.reason_sentences` has the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class ReasonCode(StrEnum):
    """Objections first, in the order in which they are listed; then what else shaped a decision."""

    VARIANT_UNPUBLISHED = "variant_unpublished"
    VARIANT_EXCLUDED = "variant_excluded"
    VARIANT_BLOCKED = "variant_blocked"
    LOCATION_UNMAPPED = "location_unmapped"
    LOCATION_INACTIVE = "location_inactive"
    LOCATION_HIDDEN = "location_hidden"
    LOCATION_NOT_IN_POOL = "location_not_in_pool"
    METHOD_NOT_OFFERED = "method_not_offered"
    LEVEL_INACTIVE = "level_inactive"
    LEVEL_UNKNOWN = "level_unknown"
    LEVEL_STALE = "level_stale"
    LOCATION_EXCLUDED = "location_excluded"

    SETTING_CHANGED = "setting_changed"
    NO_LEVELS = "no_levels"
    ALL_UNKNOWN = "all_unknown"
    NO_LONGER_UNLIMITED = "no_longer_unlimited"
    UNLIMITED = "unlimited"
    NO_PLACE_FOR_UNLIMITED = "no_place_for_unlimited"
    BUFFER_KEPT = "buffer_kept"
    TOO_FEW_LOCATIONS = "too_few_locations"
    BELOW_FLOOR = "below_floor"
    AT_OR_BELOW_OUT = "at_or_below_out"
    BELOW_RESTOCK = "below_restock"
    AT_OR_BELOW_LOW = "at_or_below_low"
    LASTS_TOO_SHORT = "lasts_too_short"
    BELOW_HEALTHY = "below_healthy"
    SETTLING = "settling"
    CAPPED = "capped"
    AWAITS_CONFIRMATION = "awaits_confirmation"
    OUT_PROMISES_NOTHING = "out_promises_nothing"


OBJECTIONS: Final = tuple(ReasonCode)[:12]
"""Why a level does not count, in the order in which they are listed."""

IN_PLAY_OBJECTIONS: Final = frozenset({ReasonCode.LEVEL_UNKNOWN, ReasonCode.LEVEL_STALE})
"""With no other objection than these a level is in play."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as data: its code and the facts that its sentence names."""

    code: ReasonCode
    facts: Mapping[str, object] = field(default_factory=dict)
