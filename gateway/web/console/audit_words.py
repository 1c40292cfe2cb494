"""The audit in words: what was done, and the facts that go with it."""

from typing import Any, Final

ACTIONS: Final = {
    "session.open": "signed in",
    "session.refused": "was not let in",
    "session.end": "signed out",
    "session.end_all": "ended every session",
    "user.add": "invited",
    "user.link": "made a one-time link",
    "user.password": "chose a password",
    "user.role": "changed the role",
    "user.off": "switched the account off",
    "user.on": "switched the account on",
    "token.create": "made an API token",
    "token.revoke": "revoked an API token",
    "policy.publish": "published a policy",
    "policy.rollback": "restored an older policy",
    "restock.confirmed": "let a restock go",
    "restock.dismissed": "kept a restock at nothing",
    "guard.watched": "would hold a message",
    "guard.proposed": "proposed to hold a message",
    "guard.holding": "began a hold",
    "guard.propose_release": "proposed to release a message",
    "guard.withdraw_proposal": "withdrew a proposal to release",
    "doubt.confirmed": "confirmed a doubt",
    "doubt.dismissed": "dismissed a doubt",
    "doubt.assigned": "gave a doubt to somebody",
    "source.read": "asked to read a source again",
    "guard.held": "held a message",
    "guard.hold_asked": "asked for a hold",
    "guard.release_asked": "asked for a release",
    "guard.releasing": "began a release",
    "guard.released": "released a message",
    "guard.overridden": "sent in spite of the guard",
    "guard.lapsed": "let a hold lapse",
    "guard.missed": "came too late to hold",
    "guard.cancelled": "cancelled a message that was sending",
    "guard.ended": "ended a hold",
    "guard.reminded": "reminded of a hold",
    "guard.time_passed": "saw a held message's time pass",
    "guard.found_again": "found a hold again",
    "guard.features": "said what a message features",
    "guard.group": "changed a group of variants",
    "feed.define": "set up a feed",
    "feed.drop": "dropped a feed",
    "feed_token.create": "made a feed token",
    "feed_token.rotate": "rotated a feed token",
    "feed_token.revoke": "revoked a feed token",
    "connection.adopt": "took over an account",
    "outbox.retry": "tried again what was refused",
    "job.run": "ran a job",
    "job.pause": "paused a job",
    "job.resume": "resumed a job",
}
KINDS: Final = {
    "session": "Signing in",
    "user": "Users",
    "token": "API tokens",
    "policy": "Policy",
    "restock": "Back in stock",
    "doubt": "Doubts",
    "source": "Sources",
    "guard": "Campaigns and holds",
    "feed": "Feeds",
    "feed_token": "Feed tokens",
    "connection": "Connection",
    "outbox": "Outbox",
    "job": "Jobs",
}
LONGEST: Final = 300


def said(action: str) -> str:
    """Say what was done."""
    return ACTIONS.get(action, action.replace("_", " ").replace(".", ": "))


def facts_in_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the facts that say something, as a name and a text; the note first."""
    told = sorted(facts.items(), key=lambda fact: fact[0] != "note")
    return [(name.replace("_", " "), _text(value)) for name, value in told if value not in (None, "", [], {}, False)]


def _text(value: Any) -> str:
    if value is True:
        return "yes"
    if isinstance(value, list):
        text = ", ".join(_text(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
