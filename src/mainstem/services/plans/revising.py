"""Reading back what happened to the plan: revisions, what each did, two plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent
from mainstem.plan.changes import Change, diff
from mainstem.plan.standing import Standing, revision_name
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.answers import kept_for
from mainstem.services.server.ground import Ground
from mainstem.store.history import RevisionRow, Wanted, list_revisions, revision_row
from mainstem.store.models import CycleStep, Remark
from mainstem.store.plans import changes_of_revision, kept_changes


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision with what it did: ``count`` changes, of which ``changes`` are the first."""

    row: RevisionRow
    changes: tuple[Change, ...]
    count: int
    is_newest: bool


def revisions(
    wanted: Wanted, by: Actor, *, before: int | None = None, most: int = 50
) -> tuple[RevisionRow, ...]:
    """Revisions, newest first. Two queries at most, whatever their number."""
    require(by, Action.READ)
    return list_revisions(wanted, before=before, most=most)


def revision(number: int, ground: Ground, by: Actor, *, most: int = 200) -> Revised:
    """One revision, with at most so many of its changes. Its sentences use the names of today.

    Raises:
        Absent: there is no such revision.
    """
    require(by, Action.READ)
    row, digest = revision_row(number)
    head = ground.plans.head()

    def make() -> tuple[tuple[Change, ...], int]:
        rows = changes_of_revision(number)
        return kept_changes(rows[:most], head.plan, head.plan), len(rows)

    changes, count = kept_for(ground, ("revision", number, digest, head.revision, most), make)
    return Revised(row, changes, count, number == head.number)


def side(word: str, ground: Ground, by: Actor) -> tuple[str, Standing]:
    """One side of a comparison, with what to call it.

    Args:
        word: ``r12``, empty for the plan as it stands, or ``cycle:2026-q4`` for what was committed to.
        ground: The server's ground.
        by: Who asks.

    Raises:
        Absent: there is no such revision, or nothing was committed to.
    """
    require(by, Action.READ)
    if not word or word == "now":
        head = ground.plans.head()
        return f"the plan now ({head.revision})" if head.revision else "the plan now", head
    if word.startswith("cycle:"):
        cycle = word.removeprefix("cycle:")
        step = committed_step(cycle)
        if step is None:
            raise Absent(
                f"Nothing was committed to in the cycle {cycle!r}.",
                "A cycle's page says when it was committed.",
            )
        standing = ground.plans.at(revision_name(step.revision))
        return f"the commitment of {cycle} ({standing.revision})", standing
    return word, ground.plans.at(word)


def committed_step(cycle: str) -> CycleStep | None:
    """The newest commitment of a cycle, if there is one."""
    return CycleStep.objects.filter(cycle=cycle, state="committed").order_by("-pk").first()


def compare(old: Standing, new: Standing) -> tuple[Change, ...]:
    """What is different, as typed changes."""
    return diff(old.plan, new.plan)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said about a thing."""

    number: int
    by: str
    at: datetime
    text: str


def remarks(subject: str, by: Actor, *, most: int = 200) -> Sequence[Said]:
    """What was said about a thing, oldest first."""
    require(by, Action.READ)
    rows = Remark.objects.filter(subject=subject, withdrawn_at=None).order_by("-pk")[:most]
    return [Said(r.pk, r.author_name, r.at, r.text) for r in reversed(rows)]


__all__ = [
    "Revised",
    "RevisionRow",
    "Said",
    "Wanted",
    "committed_step",
    "compare",
    "remarks",
    "revision",
    "revisions",
    "side",
]  # fmt: skip
