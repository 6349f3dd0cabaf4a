"""Finding workshops by their title."""

from __future__ import annotations

from mainstem.services.people.access import Actor
from mainstem.store import glances

#: Most that are offered at once.
MOST = 5


def titled(words: str, by: Actor) -> tuple[tuple[int, str], ...]:
    """Number and title of the newest workshops whose title has these words; none they were removed from.

    Whoever calls has looked whether they may read.
    """
    return tuple((number, title) for number, title in glances.workshops_titled(words, by.id, MOST))
