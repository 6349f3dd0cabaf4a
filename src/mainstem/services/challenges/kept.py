"""What pages print of a thing's challenge beside its own matter, made once until something is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mainstem.services.people.access import Action, Actor, Role, require
from mainstem.services.plans.findings_index import Findings
from mainstem.services.server.answers import kept_for
from mainstem.services.server.ground import Ground
from mainstem.store import glances

T = TypeVar("T")


def kept_with_challenge(
    subject: str,
    ground: Ground,
    by: Actor,
    make: Callable[[bool], T],
    *,
    found: Findings,
    language: str,
) -> T:
    """What follows from the challenge of a thing as somebody may see it, and from nothing else.

    Args:
        subject: ``section/id`` of the plan.
        ground: What the server stands on.
        by: Who reads it: readers of the same rights see the same.
        make: Makes it, told whether anybody answered anything about the thing.
        found: Findings of the plan with which it is made.
        language: In which statements are wanted.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    view = ground.shelf.view()
    rights = by.may_write, by.is_at_least(Role.CONTRIBUTOR), by.is_at_least(Role.LEAD)
    said = glances.answers_about(subject)
    key = (
        "challenge", subject, ground.observed().revision, view.version if view else 0,
        found.revision, found.is_newest, ground.today(), said, rights,
        language,
    )  # fmt: skip
    return kept_for(ground, key, lambda: make(said[1] > 0), kind="challenge")
