"""What waits for somebody, as the few counts that the menu shows."""

from __future__ import annotations

from mainstem.services.access import Actor
from mainstem.services.watching import unread
from mainstem.store.models import Contest, Proposal


def counts(actor: Actor) -> dict[str, tuple[str, str]]:
    """Name of a page → its count and the same in words; nothing where nothing waits."""
    out: dict[str, tuple[str, str]] = {}
    proposals = Proposal.objects.filter(state="open").count()
    contests = Contest.objects.filter(state="open").count()
    if proposals:
        out["Plan"] = (str(proposals), f"{proposals} open proposal{'s' * (proposals != 1)}")
    told = unread(actor)
    if told:
        out["Notices"] = (str(told), f"{told} unread")
    if contests:
        out["Work"] = (str(contests), f"{contests} open contest{'s' * (contests != 1)}")
    return out
