"""Changing the plan: the one way in for pages, texts and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Invalid
from mainstem.plan.changes import Change
from mainstem.plan.standing import Signature, Standing
from mainstem.services.metrics.check_ins_in_text import (
    carries_check_ins,
    keep_check_ins,
    of_the_plan,
)
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, require_changes
from mainstem.services.people.access_shares import Permit
from mainstem.services.plans.cycle_states import refuse_states
from mainstem.services.plans.following_renames import follow_renames
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.store.plans import in_a_sentence, kept_revision, undo_changes
from mainstem.store.together import together

#: More changes than this are shown before they are made.
LARGE = 10


@dataclass(frozen=True, slots=True)
class Written:
    """A change that was made.

    Attributes:
        standing: The plan as it stands now.
        changes: What was done.
        sentence: The same, read aloud.
    """

    standing: Standing
    changes: tuple[Change, ...]
    sentence: str


def change_plan(
    changes: Sequence[Change],
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    why: str = "",
    origin: str = "page",
    base: str | None = None,
    undoes: int | None = None,
    allowed: Permit | None = None,
    is_step: bool = False,
) -> Written:
    """Makes changes as one revision, with its audit line and what it tells others, or does nothing.

    ``allowed`` is leave that ``access`` has given for exactly these changes on other grounds than those
    of the plan itself. ``is_step`` is for ``cycles`` alone: only a step gives a cycle another state.

    Raises:
        Forbidden: a change is not the actor's to make.
        StaleChange: somebody changed the same thing meanwhile.
        Invalid: the plan would no longer hold together, nothing would change, or a cycle that is there
            would have another state (``plan.cycle_state``).
    """
    before = ground.plans.head()
    planned = of_the_plan(changes)
    if allowed is None:
        require_changes(by, planned, before.plan)
    else:
        allowed.require(by, changes)
    if not changes:
        raise Invalid("Nothing was changed.", "Change something first.", code="plan.no_change")
    if not is_step:
        refuse_states(planned)
    signed = Signature(at=at, by=by.id, name=by.name, why=why.strip(), origin=origin)
    with together():
        standing = ground.plans.write(planned, signed, base=base, undoes=undoes)
        kept = 0
        if carries_check_ins(changes):
            kept = keep_check_ins(changes, before.plan, ground, by, at=at)
        follow_renames(planned)
        said = in_a_sentence(changes)
        if standing.number != before.number or kept:
            subjects = sorted({c.subject or str(c.path[0]) for c in changes})
            auditing.record(
                by, f"plan.{origin}", " ".join(subjects)[:400], at=at, sentence=said,
                detail={"revision": standing.number, "changes": len(changes)},
            )  # fmt: skip
            telling.plan_changed(changes, said, standing, by, at=at)
    return Written(standing, tuple(changes), said)


def undo(number: int, ground: Ground, by: Actor, *, at: datetime, why: str = "") -> Written:
    """Takes one revision back by a new one. What others changed since stays.

    Raises:
        Absent: there is no such revision.
        StaleChange: what it changed was changed again since; nothing was done.
        Forbidden: it is not the actor's to undo.
    """
    revision = kept_revision(number)
    changes = undo_changes(revision, ground.plans.head().plan)
    reason = why or f"Undo of r{number}: {revision.sentence}"
    return change_plan(changes, ground, by, at=at, why=reason, origin="undo", undoes=number)
