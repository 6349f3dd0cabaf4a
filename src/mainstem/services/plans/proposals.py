"""Proposed revisions: made by anyone, discussed, compared with the plan as it is, applied or declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.plan.changes import Change, to_json
from mainstem.plan.merging import Choice, carry, rebase, renames_in
from mainstem.plan.model import Plan
from mainstem.plan.standing import revision_name
from mainstem.services.people import auditing
from mainstem.services.people.access import (
    Action,
    Actor,
    may,
    nothing_here,
    refused_changes,
    require,
)
from mainstem.services.plans.cycle_states import refuse_states
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.plans.proposed import (
    STEPS,
    Considered,
    Proposed,
    as_proposed,
    changes_in,
    consider,
    is_for,
    list_proposals,
    planned,
    proposal,
    row_of,
    typed,
)
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.store.models import Proposal, Remark
from mainstem.store.together import together

LONGEST_TITLE = 200
LONGEST_REMARK = 10_000


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
    is_guided: bool = False,
) -> Proposed:
    """Makes a proposal out of changes; as a draft it is seen by its author only.

    A draft that is guided may begin with nothing: an unbundling fills it.

    Raises:
        Forbidden: the actor may not propose.
        Invalid: it has no title or holds no change, or would give a cycle another state.
        StaleChange: the changes do not fit ``base``.
    """
    require(by, Action.PROPOSE)
    if not changes and not is_guided:
        raise Invalid("A proposal holds a change at least.", "Change something first.")
    refuse_states(changes)
    head = ground.plans.head()
    standing = head if base is None else ground.plans.at(base)
    rebase(changes, standing.plan, standing.plan)
    with together():
        row = Proposal.objects.create(
            title=_title(title), why=why.strip(), author_id=by.id, author_name=by.name, at=at,
            base=standing.number, changes=[to_json(c) for c in changes], state=state, changed_at=at,
        )  # fmt: skip
        _tell(row, "made" if state == "draft" else "opened", by, at)
    return as_proposed(row)


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
        by: Its author, somebody who plans, or one to whom an unbundling opens it.
        at: The moment.
        version: The version that the edit was made from; ``Conflict`` if there is a newer one.
    """
    with together():
        row = row_of(number, by, lock=True)
        _require_editable(row, by)
        if version is not None and version != row.version:
            raise Conflict(
                f"Somebody changed proposal {number} meanwhile.",
                "Open it again and repeat your edit.",
            )
        base = ground.plans.at(revision_name(row.base)).plan
        known = renames_in(typed(row, base))
        back = {(s, now): (s, was) for (s, was), now in known.items()}
        fresh = {back.get(key, key): new for key, new in renamed.items()}
        made = carry(base, base, wanted, {**known, **fresh})
        refuse_states(made.changes)
        row.changes = [to_json(change) for change in made.changes]
        _touch(row, at)
        _tell(row, "changed", by, at)
    return as_proposed(row)


def describe_proposal(number: int, title: str, why: str, by: Actor, *, at: datetime) -> Proposed:
    """Another title and reason."""
    with together():
        row = row_of(number, by, lock=True)
        _require_editable(row, by)
        row.title, row.why = _title(title), why.strip()
        _touch(row, at)
        _tell(row, "changed", by, at)
    return as_proposed(row)


def _require_editable(row: Proposal, by: Actor) -> None:
    require(by, Action.PROPOSE)
    if not by.plans and not is_for(row, by):
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
        row = row_of(number, by, lock=True)
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
    return as_proposed(row)


def _require_step(row: Proposal, state: str) -> None:
    if state not in STEPS.get(row.state, ()):
        raise Conflict(
            f"Proposal {row.pk} is {row.state}: it cannot be {state} from there.",
            "Look at what happened to it.",
        )


def _require_decider(row: Proposal, ground: Ground, by: Actor) -> None:
    plan = ground.plans.head().plan
    refused = refused_changes(by, typed(row, plan), plan)
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
        row = row_of(number, by, lock=True)
        _require_step(row, "applied")
        if row.state == "draft" and row.author_id != by.id:
            raise Forbidden("It is still a draft.", "Its author opens it as a proposal first.")
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
        row = row_of(number, by)
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
    "STEPS",
    "Considered", "Proposed", "apply_proposal", "changes_in", "consider", "describe_proposal",
    "gather", "list_proposals", "may_propose", "move_proposal", "nothing_here", "planned", "proposal",
    "remark_on", "start_proposal",
]  # fmt: skip
