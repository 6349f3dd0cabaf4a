"""Finding anything by a few letters: entities of the plan, and work items by their key."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mainstem.errors import MainstemError
from mainstem.plan.directory import Named, directory_of
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.answers import kept_for
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.titles import titled

LONGEST = 200
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./#-]*[0-9#-][A-Za-z0-9_./#-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """What has the name that was looked for.

    Attributes:
        entities: Of the plan, best first.
        items: Keys of work items that begin so.
        workshops: Their numbers and titles, newest first.
    """

    entities: tuple[Named, ...]
    items: tuple[str, ...]
    workshops: tuple[tuple[int, str], ...] = ()


def find(words: str, ground: Ground, by: Actor) -> Found:
    """Looks for a name, an identifier or the beginning of an item's key.

    Raises:
        Absent: for an outsider.
    """
    require(by, Action.READ)
    asked = words.strip()[:LONGEST]
    head = ground.plans.head()
    entities = kept_for(
        ground, ("found", head.revision, asked),
        lambda: directory_of(head.plan).find(asked), kind="found",
    )  # fmt: skip
    return Found(entities, _items(asked, ground), titled(asked, by) if asked else ())


def _items(asked: str, ground: Ground) -> tuple[str, ...]:
    # a scan of all keys: only where it can be a key
    if len(asked) < 3 or not _KEY.fullmatch(asked):
        return ()
    try:
        return tuple(ground.book().desk.near_keys(asked))
    except MainstemError:
        return ()
