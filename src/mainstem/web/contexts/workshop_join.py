"""The page before a room: what this is, who holds it, and the ways in that are open to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from mainstem.web.contexts.pieces import Empty


@dataclass(frozen=True, slots=True)
class JoinPage:
    """Everything that the page says. It is read by anybody who has the link.

    Attributes:
        head: What one joins.
        lead: Who holds it, and how it stands.
        why: Why it is held.
        address: Where the forms go.
        member: Name of who is signed in and may come in as a member; empty for others.
        takes_guests: Whether a name is enough.
        sign_in: Where to sign in and come back from; empty for who is signed in.
        note: What else is to be said.
    """

    head: str
    lead: str
    why: str
    address: str
    member: str
    member_title: str
    member_words: str
    takes_guests: bool
    sign_in: str
    sign_in_words: str
    note: str


def build_join(
    *, title: str, holder: str, why: str, state: str, guests: bool, code: str, member: str, is_outsider: bool
) -> JoinPage:  # fmt: skip
    """The page for one reader.

    Args:
        title: Of the workshop.
        holder: Who opened it.
        state: ``prepared``, ``running``, ``paused`` or ``finished``.
        guests: Whether it takes guests.
        code: The word in the link.
        member: Name of a reader who may come in as a member; empty for others.
        is_outsider: Whether the reader is signed in, but has no part in the organisation.
    """
    address = f"/workshop/join/{code}"
    stands = {"running": "It is under way.", "paused": "It is paused at the moment."}
    lead = f"A workshop held by {holder or 'somebody here'}. {stands.get(state, 'It has not begun: you can come in and look round.')}"
    is_stranger = not member and not is_outsider
    note = ""
    if is_outsider and not guests:
        note = "Your account has no part in this organisation, and this workshop takes no guests. Ask whoever invited you."
    return JoinPage(
        f"Join “{title}”", lead, why, address, member, "You are signed in",
        "You come in as a member: with your name, and with what your account may see.", guests,
        f"/account/login/?{urlencode({'next': address})}" if is_stranger else "",
        "Members of the organisation come in with their account." if guests else "This workshop is for people with an account.",
        note,
    )  # fmt: skip


def build_no_way() -> Empty:
    """What anybody is told whose link is wrong, or has ended: both alike, and nothing else."""
    return Empty(
        "This link is not valid",
        "It may have been cut off on its way, renewed, or ended. Ask whoever invited you for the link as it is now.",
    )
