"""Unbundling an objective: a guide over one draft proposal, question by question.

Nothing is written to the plan: every answer is an edit that is gathered into the proposal, which is opened,
reviewed and applied as any other. What is next follows from the draft, so several people may answer at
once, over days, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mainstem.challenge.verdicts import Verdict
from mainstem.errors import Absent, Invalid
from mainstem.plan.changes import apply, diff
from mainstem.plan.model import Objective, Plan
from mainstem.plan.standing import revision_name
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.editing_entity import new_ident
from mainstem.services.plans.proposals import move_proposal, start_proposal
from mainstem.services.plans.proposed import Proposed, as_proposed, typed
from mainstem.services.server.ground import Ground
from mainstem.services.unbundling.draft import Drafted, drafted
from mainstem.services.unbundling.log import Event, log, say_on_proposal
from mainstem.services.unbundling.rows import (
    Listed,
    as_listed,
    kept,
    leadable,
    may_answer,
    may_lead,
    put_off,
)
from mainstem.store.models import Unbundling
from mainstem.store.together import together
from mainstem.workshop.unbundling_course import Course, course

if TYPE_CHECKING:
    from mainstem.challenge.weighing import Weighed

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Unbundled:
    """An unbundling as it stands, for one reader.

    Attributes:
        listed: What a list shows of it.
        proposal: Its proposal.
        drafted: The draft, its questions and its verdicts.
        course: What is next for the reader, what is open, what was put off.
        may_answer: Whether the reader may answer.
        may_lead: Whether they may end it and say who answers.
    """

    listed: Listed
    proposal: Proposed
    drafted: Drafted
    course: Course
    may_answer: bool
    may_lead: bool

    @property
    def plan(self) -> Plan:
        """The plan that the draft makes."""
        return self.drafted.plan

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.listed.state == "open"

    def of(self, verdict: Verdict) -> tuple[Weighed, ...]:
        """Things below the objective of one verdict."""
        return tuple(one for one in self.drafted.weighed.values() if one.verdict is verdict)


def start_unbundling(
    objective: str,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    words: str = "",
    until: date | None = None,
    is_shared: bool = True,
) -> Unbundled:
    """Begins to take an objective apart.

    Args:
        objective: Identifier of an objective; empty for a new one.
        ground: The server's ground.
        by: Who begins; the proposal is theirs.
        at: The moment.
        words: What a new objective says.
        until: Day by which it is to be done; those who answer are reminded.
        is_shared: Whether whoever may propose may answer; else only those who are asked by name.

    Raises:
        Forbidden: they may not propose.
        Absent: there is no such objective.
        Invalid: a new one says nothing, or the day is over.
    """
    require(by, Action.PROPOSE)
    _require_day(until, ground)
    plan = ground.plans.head().plan
    name, ident, wanted = _objective(plan, objective, words)
    title = f"Unbundling: {name}"[:LONGEST_TITLE]
    with together():
        made = start_proposal(title, diff(plan, wanted), ground, by, at=at, is_guided=True)
        row = Unbundling.objects.create(
            objective=ident, title=name[:LONGEST_TITLE], proposal_id=made.number, until=until,
            is_shared=is_shared, author_id=by.id, author_name=by.name, at=at,
        )  # fmt: skip
        said = f"The unbundling of “{name}” was begun"
        auditing.record(by, "unbundling.start", f"unbundling/{row.pk}", at=at, sentence=said)
        log(row.pk, Event.BEGUN, name, by, at)
    return unbundling(row.pk, ground, by)


def _objective(plan: Plan, objective: str, words: str) -> tuple[str, str, Plan]:
    """Name, identifier, and the plan with it."""
    if objective:
        held = plan.objectives.get(objective)
        if held is None:
            raise Absent(
                f"The plan has no objective {objective!r}.",
                "The plan's page lists those there are.",
            )
        return held.name or objective, objective, plan
    name = " ".join(words.split())
    if not name:
        raise Invalid(
            "An unbundling begins with an objective.", "Choose one, or say a new one in words.",
            field="words",
        )  # fmt: skip
    if len(name) > LONGEST_TITLE:
        raise Invalid(
            "That is too long for an objective.", "One sentence is enough.", field="words"
        )
    ident = new_ident(plan, "objectives", "", name)
    objectives = {**plan.objectives, ident: Objective(name=name)}
    return name, ident, plan.model_copy(update={"objectives": objectives})


def _require_day(until: date | None, ground: Ground) -> None:
    if until is not None and until < ground.today():
        raise Invalid("That day is over.", "Name a day that is still to come.", field="until")


def unbundling(number: int, ground: Ground, by: Actor) -> Unbundled:
    """An unbundling as it stands, for somebody.

    Raises:
        Absent: there is none, or it is not for them.
    """
    return shown(kept(number, by), ground, by)


def shown(row: Unbundling, ground: Ground, by: Actor) -> Unbundled:
    """A kept one as it stands."""
    base = ground.plans.at(revision_name(row.proposal.base)).plan
    # the draft is of its base: nothing has to be carried over to another plan
    plan = apply(base, typed(row.proposal, base))
    found = drafted(plan, base, row.objective, server_desk(ground))
    listed = as_listed(row, by)
    return Unbundled(
        listed, as_proposed(row.proposal), found, course(found.questions, put_off(row), by.id),
        may_answer(row, by), may_lead(row, by),
    )  # fmt: skip


def settle_unbundling(
    number: int,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    until: date | None,
    is_shared: bool,
) -> None:
    """Says until when it goes on, and who answers.

    Raises:
        Forbidden: it is somebody else's.
        Invalid: the day is over.
    """
    require(by, Action.PROPOSE)
    with together():
        row = leadable(number, by)
        if until != row.until:
            _require_day(until, ground)
        row.until, row.is_shared = until, is_shared
        row.save(update_fields=["until", "is_shared"])
        who = "whoever may propose" if is_shared else "those who are asked"
        said = f"Until {until or 'it is done'}, answered by {who}"
        auditing.record(by, "unbundling.settle", f"unbundling/{number}", at=at, sentence=said)
        log(number, Event.SETTLED, said, by, at)


def open_as_proposal(number: int, ground: Ground, by: Actor, *, at: datetime) -> Proposed:
    """Ends it: the draft is opened as a proposal for all, with what is still open in a remark.

    Raises:
        Forbidden: it is somebody else's.
        Invalid: nothing was answered yet.
    """
    require(by, Action.PROPOSE)
    with together():
        row = leadable(number, by)
        if not row.proposal.changes:
            raise Invalid("Nothing was answered yet.", "Answer a question first.", field="")
        found = shown(row, ground, by)
        _end(row, "done", by, at)
        made = move_proposal(row.proposal_id, "open", ground, by, at=at)
        say_on_proposal(number, made.number, _told(found.course), by, at)
    return made


def stop_unbundling(number: int, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Ends it without a proposal; its draft is withdrawn and stays readable.

    Raises:
        Forbidden: it is somebody else's.
    """
    require(by, Action.PROPOSE)
    with together():
        row = leadable(number, by)
        move_proposal(row.proposal_id, "withdrawn", ground, by, at=at)
        _end(row, "stopped", by, at)


def _end(row: Unbundling, state: str, by: Actor, at: datetime) -> None:
    row.state = state
    row.save(update_fields=["state"])
    said = f"The unbundling of “{row.title}” is {state}"
    auditing.record(by, f"unbundling.{state}", f"unbundling/{row.pk}", at=at, sentence=said)
    log(row.pk, Event.ENDED, state, by, at)


def _told(of: Course) -> str:
    """What is open when it ends, in words for whoever reviews the proposal."""
    if not of.order:
        return "Every question was answered."
    lines = [f"{of.answered} questions were answered; {len(of.order)} are still open:"]
    for one in of.order[:20]:
        off = of.put_off.get(one.key)
        who = f" ({off.asked} was asked)" if off and off.asked else ""
        lines.append(f"– {one.subject}: {one.text}{who}")
    if len(of.order) > 20:
        lines.append(f"– and {len(of.order) - 20} more")
    return "\n".join(lines)


__all__ = (
    "Unbundled", "open_as_proposal", "settle_unbundling", "shown", "start_unbundling",
    "stop_unbundling", "unbundling",
)  # fmt: skip
