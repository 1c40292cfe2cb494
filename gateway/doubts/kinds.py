"""The kinds of doubts: what each is called, and what happens on a person's word. Shown beside every doubt."""

from dataclasses import dataclass
from typing import Final

SEEN: Final = "It leaves the list. It comes back when it is found again."
SILENT: Final = "It leaves the list, and stays away until it says something else."


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind, in words."""

    title: str
    confirm: str = SEEN
    dismiss: str = SILENT


OTHER: Final = Kind("Something to look at")
KINDS: Final[dict[str, Kind]] = {
    "held_back": Kind(
        "A source would move too much at once",
        "What the source says is believed: all that waits is decided now, and does not count towards the limit.",
        "What the source said is kept out: these variants keep their last value until it says something else of them.",
    ),
    "reading": Kind(
        "A reading that was set aside",
        "It is taken as of now. A figure that no stock can have is taken as not known.",
        "It stays out: the level keeps its last accepted figure.",
    ),
    "jump_up": Kind(
        "A level that rose beyond belief",
        "The figure is right, and stays as it was told. Another jump is asked about again.",
        "The figure is wrong: it is read again now, where its source can be asked. Until it is told anew it counts.",
    ),
    "stuck_in_hold": Kind(
        "Units set aside and forgotten",
        "Somebody looks for them. It comes back at the next look while nothing moves.",
        "They lie there on purpose: nobody is asked again until it is another number.",
    ),
    "storefront_disagrees": Kind(
        "The shop sells otherwise than we promise",
        "Somebody puts the shop's figures right. It comes back at the next look while it is so.",
        "It is meant so: nobody is asked again until there are others.",
    ),
    "unmapped_location": Kind(
        "A place that the policy does not know",
        "Give it a purpose in the policy. Until then its stock counts for nothing, and it comes back at the next look.",
        "Its stock counts for nothing, and nobody is asked again until it has another name.",
    ),
    "unknown_item": Kind(
        "Stock of what the catalogue does not name",
        "The shop's catalogue is read again now, where one is connected. What it still lacks comes back.",
        "They are promised nowhere, and nobody is asked again until there are others.",
    ),
    "duplicate_sku": Kind(
        "One SKU on several variants", dismiss="They share it on purpose. Rows by this SKU stay refused."
    ),
    "barcode_mismatch": Kind(
        "One barcode on several variants", dismiss="They share it on purpose. Nothing is joined by it all the same."
    ),
    "unknown_product": Kind(
        "A source tells of products that it does not own",
        "They stay out until the owner introduces them. It comes back when they are told again.",
        "They stay out, and nobody is asked again until there are others.",
    ),
    "barcode": Kind("A barcode that cannot be right"),
    "inactive_product": Kind(
        "Stock of products that are not published",
        "Somebody publishes them or clears them out. Nothing of them is promised; it comes back at the next look.",
        "They are kept on purpose. Nothing of them is promised, and nobody is asked until there are others.",
    ),
    "negative_figure": Kind(
        "Figures below 0",
        "Somebody counts them. Below 0 counts as nothing; it comes back at the next look while it is so.",
        "Below 0 counts as nothing, and nobody is asked until there are others.",
    ),
    "closed_location": Kind(
        "A closed place that still has stock",
        "Somebody clears it out. Its stock counts for nothing; it comes back at the next look while it is so.",
        "Its stock counts for nothing, and nobody is asked until it is another number.",
    ),
    "location_names": Kind(
        "Several places of one name",
        "Somebody renames or closes one. Each stays a place of its own; it comes back at the next look.",
        "Each stays a place of its own, and nobody is asked until there are others.",
    ),
    "catalogue_drift": Kind(
        "A source that does not own the catalogue says otherwise",
        "The owner's facts stay in force. It comes back when the other source says it again.",
        "The owner's facts stay in force, and nobody is asked again until the difference is another.",
    ),
    "identity_mismatch": Kind(
        "Figures that do not add up",
        "It leaves the list. It comes back at the next look, while it is so.",
        "Nobody is asked again until they added up once.",
    ),
    "unproven": Kind(
        "Out of stock, and nobody can say so",
        "The levels named are read again now, where their source can be asked.",
        "It stays as it is: when stock comes back nobody is alerted.",
    ),
    "stale_source": Kind(
        "A source that is not heard",
        "Somebody sees to it. It comes back while the source is silent.",
        "Nobody is asked again until the source was heard once.",
    ),
    "source_check": Kind(
        "A connection that is not as it should be",
        "Somebody sees to it. It comes back with the next check while it is so.",
        "Nobody is asked again until something else is wrong.",
    ),
    "levels_missing": Kind(
        "A full read lacks what was there before",
        "The levels keep their last figures. It comes back with the next full read that lacks them.",
        "The levels keep their last figures, and nobody is asked until as many are missing no more.",
    ),
    "full_read": Kind("A source that could not be read whole", "It leaves the list; it is read again in any case."),
    "snapshot": Kind("A full read that was not taken"),
    "short_receipt": Kind(
        "A delivery that came short",
        "It leaves the list; the rest is still expected. It comes back when more of it arrives and some is missing.",
        "Nobody is asked again until it says something else. The rest is still expected.",
    ),
    "webhook_malformed": Kind("A delivery that could not be read"),
    "hold": Kind(
        "A message that is held for long",
        "Somebody sees to it: the message stays held. It comes back a day later.",
        "The message stays held, and nobody is asked again before the next reminder.",
    ),
    "unguarded": Kind(
        "A message to guard that features nothing known",
        "It leaves the list, unguarded. It comes back with the next look at the message.",
        "The message sends unguarded, and nobody is asked again.",
    ),
    "waitlist": Kind("Somebody who waits and could not be handed over"),
    "connection": Kind("The account at Klaviyo"),
    "access": Kind("Klaviyo refuses us"),
    "deletions": Kind("Records that would be deleted at Klaviyo"),
    "cancelled": Kind("A campaign that was cancelled while it was sent"),
    "edited_in_klaviyo": Kind("Records that somebody edited at Klaviyo"),
}


def kind_of(name: str) -> Kind:
    """Describe a kind."""
    return KINDS.get(name, OTHER)
