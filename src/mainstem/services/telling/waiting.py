"""What waits for somebody, as the few counts that the menu shows."""

from __future__ import annotations

from mainstem.services.people.access import Actor
from mainstem.store import glances


def counts(actor: Actor) -> dict[str, tuple[str, str]]:
    """Name of a page → its count and the same in words; nothing where nothing waits."""
    out: dict[str, tuple[str, str]] = {}
    proposals, contests, told = glances.waiting(actor.id or 0)
    if proposals:
        out["Plan"] = (str(proposals), f"{proposals} open proposal{'s' * (proposals != 1)}")
    if told:
        out["Notices"] = (str(told), f"{told} unread")
    if contests:
        out["Work"] = (str(contests), f"{contests} open contest{'s' * (contests != 1)}")
    return out
