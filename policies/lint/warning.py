"""What the linter says: a code, the path of the line it is about, and a sentence that a marketer can read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from policies.values import Units

Severity = Literal["warning", "hint"]


class WarningCode(StrEnum):
    """What may be wrong with a document that loads; grouped by section."""

    RULE_IS_OVER = "rule_is_over"
    RULE_FAR_AHEAD = "rule_far_ahead"
    RULE_NEVER_WINS = "rule_never_wins"
    SETTING_NEVER_WINS = "setting_never_wins"
    RULE_COUNTS_NOWHERE = "rule_counts_nowhere"
    DATES_FIGHT = "dates_fight"
    ID_NOT_MAPPED = "id_not_mapped"
    NAMES_ALIKE = "names_alike"

    THRESHOLD_CHANGED = "threshold_changed"
    THRESHOLD_BELOW_FLOOR = "threshold_below_floor"
    FLOOR_ABOVE_CAP = "floor_above_cap"
    CAP_BELOW_RESTOCK = "cap_below_restock"
    SETTLES_AFTER_STALE = "settles_after_stale"
    BUFFER_KEEPS_ALL = "buffer_keeps_all"
    LOW_DAYS_ZERO = "low_days_zero"
    PERCENT_LIKE_A_SHARE = "percent_like_a_share"
    TOO_FEW_PLACES = "too_few_places"
    EVERYTHING_EXCLUDED = "everything_excluded"
    EVERY_PLACE_EXCLUDED = "every_place_excluded"

    POOL_WITHOUT_PLACES = "pool_without_places"
    POOLS_ALIKE = "pools_alike"
    POOLS_SHARE_UNITS = "pools_share_units"
    INCLUDED_IS_HIDDEN = "included_is_hidden"
    INCLUDED_CANNOT_OFFER = "included_cannot_offer"
    EXCEPT_SAYS_NOTHING = "except_says_nothing"
    SHIPS_WITHOUT_SELLING = "ships_without_selling"
    LOCATION_WITHOUT_KIND = "location_without_kind"
    EXCEPTION_SAYS_NOTHING = "exception_says_nothing"
    RECEIVING_SAYS_NOTHING = "receiving_says_nothing"

    GUARD_POOL_WITHOUT_PLACES = "guard_pool_without_places"
    GUARD_WITHOUT_GAP = "guard_without_gap"
    GUARD_SEES_NO_LOW = "guard_sees_no_low"
    GUARD_WITHOUT_LEAD = "guard_without_lead"
    GUARD_REPEATS = "guard_repeats"
    WATCH_NEVER_RELEASES = "watch_never_releases"
    WATCH_NEVER_CANCELS = "watch_never_cancels"

    RESTOCK_NEVER_ALERTS = "restock_never_alerts"
    WAVE_TELLS_NOBODY = "wave_tells_nobody"
    WAVES_WITHOUT_PAUSE = "waves_without_pause"
    PUBLISH_ALERTS_ANYWAY = "publish_alerts_anyway"
    LIMIT_PROTECTS_NOTHING = "limit_protects_nothing"

    LOCATION_UNMAPPED = "location_unmapped"
    LOCATION_NOBODY_REPORTS = "location_nobody_reports"
    LOCATION_CLOSED = "location_closed"
    SOURCE_UNKNOWN = "source_unknown"
    VALUE_NOBODY_HAS = "value_nobody_has"
    RULE_MATCHES_NOTHING = "rule_matches_nothing"
    STATE_NEVER_TOLD = "state_never_told"
    KEEPS_EVERYTHING_BACK = "keeps_everything_back"
    MOSTLY_STALE = "mostly_stale"
    HEALTHY_NEVER_REACHED = "healthy_never_reached"
    RESTOCK_NEVER_REACHED = "restock_never_reached"
    LOW_DAYS_WITHOUT_RATE = "low_days_without_rate"
    CONTINUE_FOR_NOBODY = "continue_for_nobody"
    GUARD_HOLDS_EVERYTHING = "guard_holds_everything"
    GUARD_NEVER_HOLDS = "guard_never_holds"


HINTS: Final = frozenset(
    {
        WarningCode.RULE_IS_OVER,
        WarningCode.RULE_FAR_AHEAD,
        WarningCode.NAMES_ALIKE,
        WarningCode.PERCENT_LIKE_A_SHARE,
        WarningCode.THRESHOLD_BELOW_FLOOR,
        WarningCode.CAP_BELOW_RESTOCK,
        WarningCode.EXCEPT_SAYS_NOTHING,
        WarningCode.EXCEPTION_SAYS_NOTHING,
        WarningCode.RECEIVING_SAYS_NOTHING,
        WarningCode.WAVES_WITHOUT_PAUSE,
        WarningCode.LIMIT_PROTECTS_NOTHING,
        WarningCode.WATCH_NEVER_RELEASES,
        WarningCode.WATCH_NEVER_CANCELS,
        WarningCode.LOCATION_UNMAPPED,
        WarningCode.LOCATION_CLOSED,
        WarningCode.STATE_NEVER_TOLD,
        WarningCode.CONTINUE_FOR_NOBODY,
    }
)
"""Worth knowing, and often meant; everything else is a warning."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pool says of a variant: at first sight, or on its way up where the line is only asked there."""

    units: Units
    band: str
    promised_units: Units


@dataclass(frozen=True, slots=True)
class Example:
    """A live product under the document as it is and without the line; None where the line cannot be left out."""

    variant: str
    title: str
    pool: str
    without: Outcome | None
    under: Outcome


@dataclass(frozen=True, slots=True)
class PolicyWarning:
    """One line worth a second look; `path` as in a document's problems, `rules[3].set.low_at_units`."""

    code: WarningCode
    path: str
    sentence: str
    pool: str | None = None  # the one pool that the sentence is about
    example: Example | None = None

    @property
    def severity(self) -> Severity:
        """Tell a likely mistake from what is merely worth knowing."""
        return "hint" if self.code in HINTS else "warning"
