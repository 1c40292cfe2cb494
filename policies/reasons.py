"""Why something is so: codes, the facts behind them, and a sentence for each that a marketer can read."""

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

SENTENCES: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.VARIANT_UNPUBLISHED: "The variant is not published.",
    ReasonCode.VARIANT_EXCLUDED: 'The variant is excluded by "{rule}".',
    ReasonCode.VARIANT_BLOCKED: "A person, or an open doubt about which product it is, blocks the variant.",
    ReasonCode.LOCATION_UNMAPPED: "{location} is not in the policy, so nothing there counts.",
    ReasonCode.LOCATION_INACTIVE: "{location} is closed.",
    ReasonCode.LOCATION_HIDDEN: "{location} is hidden from customer promises.",
    ReasonCode.LOCATION_NOT_IN_POOL: "{location} is not part of {pool}.",
    ReasonCode.METHOD_NOT_OFFERED: "{location} does not offer {method}.",
    ReasonCode.LEVEL_INACTIVE: "The source no longer stocks the variant at {location}.",
    ReasonCode.LEVEL_UNKNOWN: "The figure at {location} is unknown.",
    ReasonCode.LEVEL_STALE: "The figure at {location} is too old: it counts for {fresh_for_minutes} minutes.",
    ReasonCode.LOCATION_EXCLUDED: '{location} is excluded by "{rule}".',
    ReasonCode.SETTING_CHANGED: "{setting} was {written} and is used as {used}, to fit the settings below it.",
    ReasonCode.NO_LEVELS: "No source has told a figure for the variant yet; what was last told stays.",
    ReasonCode.ALL_UNKNOWN: "Every figure that could count is unknown; what was last told stays.",
    ReasonCode.NO_LONGER_UNLIMITED: "The variant is counted again and no figure is known yet, so nothing is promised.",
    ReasonCode.UNLIMITED: "The variant sells without counting stock.",
    ReasonCode.NO_PLACE_FOR_UNLIMITED: "The variant sells without counting, but no location of {pool} may sell it.",
    ReasonCode.BUFFER_KEPT: "{buffer} of {pool_units} units are kept back as a buffer.",
    ReasonCode.TOO_FEW_LOCATIONS: "{locations} of at least {min_locations} locations have units, so nothing counts.",
    ReasonCode.BELOW_FLOOR: "{units} units are fewer than the floor of {floor_units}, so nothing counts.",
    ReasonCode.AT_OR_BELOW_OUT: "{units} units <= out_at {out_at_units}: out",
    ReasonCode.BELOW_RESTOCK: "{units} units < restock_at {restock_at_units} and the band was out: out",
    ReasonCode.AT_OR_BELOW_LOW: "{units} units <= low_at {low_at_units}: low",
    ReasonCode.LASTS_TOO_SHORT: "{units} units last {low_days} days or less at {units_per_day} a day: low",
    ReasonCode.BELOW_HEALTHY: "{units} units < healthy_at {healthy_at_units} and the band was {was}: low",
    ReasonCode.SETTLING: "The rise to {target} must hold {settle_minutes} minutes; it began at {since}.",
    ReasonCode.CAPPED: "No more than {cap_units} units are ever promised.",
    ReasonCode.AWAITS_CONFIRMATION: "The step up awaits a person's confirmation; until then 0 is promised.",
    ReasonCode.OUT_PROMISES_NOTHING: "While the band is out nothing is promised.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as data: its code and the facts that the sentence names."""

    code: ReasonCode
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in plain words."""
        return SENTENCES[self.code].format_map(self.facts)
