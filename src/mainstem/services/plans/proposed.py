"""Proposed revisions as they are kept, and beside the plan as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from mainstem.errors import Absent
from mainstem.plan.changes import Change, from_json, names_of
from mainstem.plan.merging import Choice, Meeting, Rebased, rebase
from mainstem.plan.model import Plan
from mainstem.plan.standing import revision_name
from mainstem.services.people.access import (
    Action,
    Actor,
    refused_changes,
    require,
)
from mainstem.services.server.ground import Ground
from mainstem.services.unbundling.rows import is_opened_to
from mainstem.store.models import Proposal

#: State → the states that may follow.
STEPS: Mapping[str, tuple[str, ...]] = {
    "draft": ("open", "withdrawn", "applied"),
    "open": ("applied", "declined", "withdrawn", "draft"),
    "declined": ("open",),
    "withdrawn": ("open",),
    "applied": (),
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it is kept."""

    number: int
    title: str
    why: str
    author: int | None
    author_name: str
    at: datetime
    base: str
    state: str
    version: int
    changed_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision: str
    applied_as: int | None
    count: int

    @property
    def subject(self) -> str:
        """What remarks and watches call it."""
        return f"proposal/{self.number}"

    def is_of(self, actor: Actor) -> bool:
        """Whether the actor made it."""
        return self.author is not None and self.author == actor.id


@dataclass(frozen=True, slots=True)
class Considered:
    """A proposal beside the plan as it stands.

    Attributes:
        proposed: The proposal.
        changes: As it was made.
        now: What of it fits the plan as it stands, and where it meets what others changed.
        refused: Those of the fitting changes that the reader may not make.
    """

    proposed: Proposed
    changes: tuple[Change, ...]
    now: Rebased
    refused: tuple[Change, ...]

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """Where it and somebody else changed the same."""
        return self.now.meetings


def list_proposals(
    by: Actor, *, state: str = "", before: int | None = None, most: int = 50
) -> tuple[Proposed, ...]:
    """Proposals, newest first. Drafts are their author's own."""
    require(by, Action.READ)
    rows = Proposal.objects.filter(~Q(state="draft") | Q(author=by.id)).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(as_proposed(row) for row in rows[:most])


def as_proposed(row: Proposal) -> Proposed:
    """A kept proposal as a value."""
    return Proposed(
        row.pk, row.title, row.why, row.author_id, row.author_name, row.at, revision_name(row.base),
        row.state, row.version, row.changed_at, row.decided_at, row.decided_by_name, row.decision,
        row.applied_as, len(row.changes),
    )  # fmt: skip


def proposal(number: int, by: Actor) -> Proposed:
    """One proposal.

    Raises:
        Absent: there is none, or it is somebody else's draft.
    """
    return as_proposed(row_of(number, by))


def row_of(number: int, by: Actor, *, lock: bool = False) -> Proposal:
    """The kept proposal; ``Absent`` if there is none, or it is a draft that is not for the reader.

    A draft is for its author, and for those to whom an unbundling opens it.
    """
    require(by, Action.READ)
    rows = Proposal.objects.select_for_update() if lock else Proposal.objects
    row = rows.filter(pk=number).first()
    if row is None or (row.state == "draft" and not is_for(row, by)):
        raise Absent(f"There is no proposal {number}.", "The page of proposals lists them.")
    return row


def is_for(row: Proposal, by: Actor) -> bool:
    """Whether somebody made a proposal, or an open unbundling opens it to them."""
    return (row.author_id is not None and row.author_id == by.id) or is_opened_to(row, by)


def changes_in(number: int, ground: Ground, by: Actor) -> tuple[Change, ...]:
    """The changes of a proposal, as they were made for its base."""
    return typed(row_of(number, by), ground.plans.head().plan)


def typed(row: Proposal, plan: Plan) -> tuple[Change, ...]:
    """Its changes, typed, with the names of a plan for their sentences."""
    names = names_of(plan)
    return tuple(from_json(change, names=names) for change in row.changes)


def consider(
    number: int, ground: Ground, by: Actor, choices: Mapping[str, Choice] | None = None
) -> Considered:
    """A proposal beside the plan as it stands.

    Args:
        number: The proposal.
        ground: The server's ground.
        by: Who reads it.
        choices: For meetings that were decided: their key and which value stays.

    Raises:
        Absent: there is none, or it is somebody else's draft.
    """
    row = row_of(number, by)
    head = ground.plans.head()
    changes = typed(row, head.plan)
    base = ground.plans.at(revision_name(row.base)).plan
    if row.state == "applied" and row.applied_as:
        return Considered(as_proposed(row), changes, Rebased((), (), head.plan), ())
    now = rebase(changes, base, head.plan, choices)
    return Considered(as_proposed(row), changes, now, refused_changes(by, now.changes, head.plan))


def planned(number: int, ground: Ground, by: Actor) -> tuple[Plan, Plan]:
    """The plan that a proposal was made for, and the plan that it makes of it."""
    row = row_of(number, by)
    base = ground.plans.at(revision_name(row.base)).plan
    return base, rebase(typed(row, base), base, base).plan
