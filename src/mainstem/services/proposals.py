"""Proposed revisions: made by anyone, discussed, compared with the plan as it is, applied or declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.plan.changes import Change, from_json, names_of, to_json
from mainstem.plan.merging import Choice, Meeting, Rebased, carry, rebase, renames_in
from mainstem.plan.model import Plan
from mainstem.plan.standing import revision_name
from mainstem.services import auditing, telling
from mainstem.services.access import (
    Action,
    Actor,
    may,
    nothing_here,
    refused_changes,
    require,
)
from mainstem.services.editing import Written, change_plan
from mainstem.services.ground import Ground
from mainstem.store.models import Proposal, Remark
from mainstem.store.together import together

#: State → the states that may follow.
STEPS: Mapping[str, tuple[str, ...]] = {
    "draft": ("open", "withdrawn", "applied"),
    "open": ("applied", "declined", "withdrawn", "draft"),
    "declined": ("open",),
    "withdrawn": ("open",),
    "applied": (),
}
LONGEST_TITLE = 200
LONGEST_REMARK = 10_000


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
    return tuple(_proposed(row) for row in rows[:most])


def _proposed(row: Proposal) -> Proposed:
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
    return _proposed(_row(number, by))


def _row(number: int, by: Actor, *, lock: bool = False) -> Proposal:
    require(by, Action.READ)
    rows = Proposal.objects.select_for_update() if lock else Proposal.objects
    row = rows.filter(pk=number).first()
    if row is None or (row.state == "draft" and row.author_id != by.id):
        raise Absent(f"There is no proposal {number}.", "The page of proposals lists them.")
    return row


def changes_in(number: int, ground: Ground, by: Actor) -> tuple[Change, ...]:
    """The changes of a proposal, as they were made for its base."""
    return _typed(_row(number, by), ground.plans.head().plan)


def _typed(row: Proposal, plan: Plan) -> tuple[Change, ...]:
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
    row = _row(number, by)
    head = ground.plans.head()
    changes = _typed(row, head.plan)
    base = ground.plans.at(revision_name(row.base)).plan
    if row.state == "applied" and row.applied_as:
        return Considered(_proposed(row), changes, Rebased((), (), head.plan), ())
    now = rebase(changes, base, head.plan, choices)
    return Considered(_proposed(row), changes, now, refused_changes(by, now.changes, head.plan))


def planned(number: int, ground: Ground, by: Actor) -> tuple[Plan, Plan]:
    """The plan that a proposal was made for, and the plan that it makes of it."""
    row = _row(number, by)
    base = ground.plans.at(revision_name(row.base)).plan
    return base, rebase(_typed(row, base), base, base).plan


def start_proposal(
    title: str,
    changes: Sequence[Change],
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    why: str = "",
    base: str | None = None,
    state: str = "draft",
) -> Proposed:
    """Makes a proposal out of changes; as a draft it is seen by its author only.

    Raises:
        Forbidden: the actor may not propose.
        Invalid: it has no title or holds no change.
        StaleChange: the changes do not fit ``base``.
    """
    require(by, Action.PROPOSE)
    if not changes:
        raise Invalid("A proposal holds a change at least.", "Change something first.")
    head = ground.plans.head()
    standing = head if base is None else ground.plans.at(base)
    rebase(changes, standing.plan, standing.plan)
    with together():
        row = Proposal.objects.create(
            title=_title(title), why=why.strip(), author_id=by.id, author_name=by.name, at=at,
            base=standing.number, changes=[to_json(c) for c in changes], state=state, changed_at=at,
        )  # fmt: skip
        _tell(row, "made" if state == "draft" else "opened", by, at)
    return _proposed(row)


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Invalid("A proposal needs a title.", "Say in a line what it is for.", field="title")
    return title[:LONGEST_TITLE]


def gather(
    number: int,
    wanted: Plan,
    renamed: Mapping[tuple[str, str], str],
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    version: int | None = None,
) -> Proposed:
    """Puts a further edit into a proposal.

    Args:
        number: The proposal.
        wanted: The plan that it is to make of its base, made from ``planned``.
        renamed: Further (section, identifier) → new identifier.
        ground: The server's ground.
        by: Its author, or somebody who plans.
        at: The moment.
        version: The version that the edit was made from; ``Conflict`` if there is a newer one.
    """
    with together():
        row = _row(number, by, lock=True)
        _require_editable(row, by)
        if version is not None and version != row.version:
            raise Conflict(
                f"Somebody changed proposal {number} meanwhile.",
                "Open it again and repeat your edit.",
            )
        base = ground.plans.at(revision_name(row.base)).plan
        known = renames_in(_typed(row, base))
        back = {(s, now): (s, was) for (s, was), now in known.items()}
        fresh = {back.get(key, key): new for key, new in renamed.items()}
        made = carry(base, base, wanted, {**known, **fresh})
        row.changes = [to_json(change) for change in made.changes]
        _touch(row, at)
        _tell(row, "changed", by, at)
    return _proposed(row)


def describe_proposal(number: int, title: str, why: str, by: Actor, *, at: datetime) -> Proposed:
    """Another title and reason."""
    with together():
        row = _row(number, by, lock=True)
        _require_editable(row, by)
        row.title, row.why = _title(title), why.strip()
        _touch(row, at)
        _tell(row, "changed", by, at)
    return _proposed(row)


def _require_editable(row: Proposal, by: Actor) -> None:
    require(by, Action.PROPOSE)
    if row.author_id != by.id and not by.plans:
        raise Forbidden(
            "Only its author or a planner changes a proposal.",
            "Say in a remark what you would change.",
        )
    if row.state not in ("draft", "open"):
        raise Conflict(f"This proposal is {row.state}.", "Open it again first.")


def _touch(row: Proposal, at: datetime) -> None:
    row.version += 1
    row.changed_at = at
    row.save()


def move_proposal(
    number: int, state: str, ground: Ground, by: Actor, *, at: datetime, reason: str = ""
) -> Proposed:
    """Opens, withdraws, declines or reopens a proposal.

    Raises:
        Forbidden: opening and withdrawing are for its author and planners; declining is for whoever
            may make the changes.
        Conflict: it is not in a state from which that can be done.
        Invalid: it is declined without a reason.
    """
    with together():
        row = _row(number, by, lock=True)
        _require_step(row, state)
        if state == "declined":
            _require_decider(row, ground, by)
            if not reason.strip():
                raise Invalid("Declining needs a reason.", "Say why in a line.", field="reason")
        else:
            require(by, Action.PROPOSE)
            if row.author_id != by.id and not by.plans:
                raise Forbidden("Only its author or a planner can do this.", "Say so in a remark.")
        is_end = state in ("declined", "withdrawn")
        row.state, row.decision = state, reason.strip() if is_end else ""
        row.decided_at = at if is_end else None
        row.decided_by_id = by.id if is_end else None
        row.decided_by_name = by.name if is_end else ""
        _touch(row, at)
        _tell(row, {"open": "opened", "draft": "taken back to a draft"}.get(state, state), by, at)
    return _proposed(row)


def _require_step(row: Proposal, state: str) -> None:
    if state not in STEPS.get(row.state, ()):
        raise Conflict(
            f"Proposal {row.pk} is {row.state}: it cannot be {state} from there.",
            "Look at what happened to it.",
        )


def _require_decider(row: Proposal, ground: Ground, by: Actor) -> None:
    plan = ground.plans.head().plan
    refused = refused_changes(by, _typed(row, plan), plan)
    if refused and not by.plans:
        raise Forbidden(
            "Declining is for whoever may make these changes.", "Say what you think in a remark."
        )


def apply_proposal(
    number: int,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    choices: Mapping[str, Choice] | None = None,
    version: int | None = None,
) -> Written:
    """Makes the changes of a proposal as one revision, as far as they still fit.

    Raises:
        Conflict: it meets what others changed and nothing was decided; or it has changed since
            ``version``; or it is over.
        Forbidden: a change is not the actor's to make.
    """
    with together():
        row = _row(number, by, lock=True)
        _require_step(row, "applied")
        if version is not None and version != row.version:
            raise Conflict(
                f"Proposal {number} was changed since you read it.", "Read it again, then apply it."
            )
        considered = consider(number, ground, by, choices)
        if considered.meetings:
            raise Conflict(
                f"Proposal {number} changes {len(considered.meetings)} things that others changed since.",
                "Choose for each which value stays.",
            )
        why = f"Proposal {number}: {row.title}" + (f". {row.why}" if row.why else "")
        head = ground.plans.head()
        made = change_plan(
            considered.now.changes,
            ground,
            by,
            at=at,
            why=why,
            origin="proposal",
            base=head.revision,
        )
        row.state, row.applied_as = "applied", made.standing.number
        row.decided_at, row.decided_by_id, row.decided_by_name = at, by.id, by.name
        _touch(row, at)
        _tell(row, "applied", by, at)
    return made


def remark_on(number: int, text: str, by: Actor, *, at: datetime) -> None:
    """Says something about a proposal."""
    require(by, Action.REMARK)
    text = text.strip()
    if not text:
        raise Invalid("Nothing was said.", "Write a line or two.", field="text")
    if len(text) > LONGEST_REMARK:
        raise Invalid("That is too long for a remark.", "Say it in fewer words.", field="text")
    with together():
        row = _row(number, by)
        subject = f"proposal/{row.pk}"
        Remark.objects.create(
            subject=subject, author_id=by.id, author_name=by.name, at=at, text=text
        )
        said = f"{by.name} about “{row.title}”: {text[:200]}"
        auditing.record(by, "proposal.remark", subject, at=at, sentence=said)
        telling.tell("remark", (subject,), said, f"/plan/proposals/{row.pk}/", by, at=at)


def _tell(row: Proposal, what: str, by: Actor, at: datetime) -> None:
    subject = f"proposal/{row.pk}"
    said = f"Proposal “{row.title}” was {what}"
    auditing.record(
        by, f"proposal.{what.split()[0]}", subject, at=at, sentence=said,
        detail={"state": row.state, "version": row.version, "changes": len(row.changes)},
    )  # fmt: skip
    if row.state != "draft":
        touched = {str(c["subject"]) for c in row.changes if c.get("subject")}
        telling.tell(
            "proposal", (subject, *sorted(touched)), f"{by.name}: {said}",
            f"/plan/proposals/{row.pk}/", by, at=at,
        )  # fmt: skip


def may_propose(by: Actor) -> bool:
    """Whether the actor may propose anything."""
    return may(by, Action.PROPOSE)


__all__ = [
    "Considered", "Proposed", "apply_proposal", "changes_in", "consider", "describe_proposal",
    "gather", "list_proposals", "may_propose", "move_proposal", "nothing_here", "planned", "proposal",
    "remark_on", "start_proposal",
]  # fmt: skip
