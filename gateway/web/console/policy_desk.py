"""What the person who asks has before them. Viewers have no draft: they see what is in force."""

from dataclasses import replace
from typing import Final

from gateway.policy_drafts.desk import Desk, open_desk
from gateway.web.console.session import person
from gateway.web.context import house

WRITES: Final = "marketer"


def my_desk() -> Desk:
    """Look at the draft of the person who asks, or at the policy in force."""
    desk = open_desk(house().services, person().holder)
    return desk if person().may(WRITES) else replace(desk, draft=None)
