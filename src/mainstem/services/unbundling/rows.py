"""Unbundlings as they are kept: who sees them, who may answer, what was put off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from mainstem.errors import Absent, Conflict, Forbidden
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.store.models import Proposal, Unbundling
from mainstem.workshop.unbundling_course import PutOff

#: Most of them in a list.
MOST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """An unbundling in a list.

    Attributes:
        number: Its number.
        title: What it is called; the objective's name at first.
        objective: Identifier of the objective.
        state: ``open``, ``done`` (its proposal was opened) or ``stopped``.
        is_shared: Whether whoever may propose may answer.
        until: Day by which it is to be done.
        author_name: Who began it, ``at`` when.
        proposal: Number of its proposal.
        count: How many changes the proposal holds.
        asked: Keys of the questions that the reader is asked in person.
    """

    number: int
    title: str
    objective: str
    state: str
    is_shared: bool
    until: date | None
    author: int | None
    author_name: str
    at: datetime
    proposal: int
    count: int
    asked: tuple[str, ...]


def unbundlings(by: Actor, *, objective: str = "") -> tuple[Listed, ...]:
    """Those that somebody may see, open ones first, newest first."""
    require(by, Action.READ)
    rows = Unbundling.objects.select_related("proposal").order_by("-pk")
    if objective:
        rows = rows.filter(objective=objective)
    seen = [as_listed(row, by) for row in rows[: 2 * MOST] if is_seen(row, by)]
    return tuple(sorted(seen, key=lambda one: one.state != "open")[:MOST])


def as_listed(row: Unbundling, by: Actor) -> Listed:
    """A kept one as a value."""
    asked = tuple(one.key for one in put_off(row) if by.id is not None and one.asked_id == by.id)
    return Listed(
        row.pk, row.title, row.objective, state_of(row), row.is_shared, row.until, row.author_id,
        row.author_name, row.at, row.proposal_id, len(row.proposal.changes), asked,
    )  # fmt: skip


def state_of(row: Unbundling) -> str:
    """Its state; over as soon as its proposal is no draft any more, whoever opened that."""
    if row.state == "open" and row.proposal.state != "draft":
        return "stopped" if row.proposal.state == "withdrawn" else "done"
    return str(row.state)


def is_seen(row: Unbundling, by: Actor) -> bool:
    """Whether somebody sees it: a draft is seen by its author and those it is opened to."""
    return row.proposal.state != "draft" or row.author_id == by.id or may_answer(row, by)


def may_answer(row: Unbundling, by: Actor) -> bool:
    """Whether somebody may answer while it is open: its author, those asked, and all if it is shared.

    Each of them must be one who may propose.
    """
    if state_of(row) != "open" or not may(by, Action.PROPOSE) or by.id is None:
        return False
    is_named = any(one.asked_id == by.id for one in put_off(row))
    return row.author_id == by.id or row.is_shared or is_named


def may_lead(row: Unbundling, by: Actor) -> bool:
    """Whether somebody may end it and say who answers: its author, or a planner who may answer."""
    return may_answer(row, by) and (row.author_id == by.id or by.plans)


def is_opened_to(proposal: Proposal, by: Actor) -> bool:
    """Whether an unbundling opens its draft to somebody."""
    rows = Unbundling.objects.filter(proposal=proposal, state="open").select_related("proposal")
    return any(may_answer(row, by) for row in rows)


def kept(number: int, by: Actor, *, lock: bool = False) -> Unbundling:
    """The kept one.

    Raises:
        Absent: there is none, or it is not for the reader.
    """
    require(by, Action.READ)
    rows = Unbundling.objects.select_related("proposal")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=number).first()
    if row is None or not is_seen(row, by):
        raise Absent(f"There is no unbundling {number}.", "The page of unbundlings lists them.")
    return row


def answerable(number: int, by: Actor) -> Unbundling:
    """The kept one, locked, for somebody who answers.

    Raises:
        Absent: there is none, or it is not for them.
        Forbidden: they may not propose.
        Conflict: it is over.
    """
    require(by, Action.PROPOSE)
    row = kept(number, by, lock=True)
    if state_of(row) != "open":
        raise Conflict(
            f"This unbundling is {state_of(row)}.", "Change its proposal, or begin another one.",
            code="unbundling.over",
        )  # fmt: skip
    if not may_answer(row, by):
        raise Forbidden("Its author has not opened it to you.", "Ask them to.")
    return row


def leadable(number: int, by: Actor) -> Unbundling:
    """The kept one, locked, for somebody who leads it.

    Raises:
        Forbidden: it is somebody else's.
    """
    row = answerable(number, by)
    if not may_lead(row, by):
        raise Forbidden("Only its author or a planner can do this.", "Ask them to.")
    return row


def put_off(row: Unbundling) -> tuple[PutOff, ...]:
    """What was put off, oldest first."""
    return tuple(PutOff.of(one) for one in row.passed)


def keep_put_off(row: Unbundling, wanted: Iterable[PutOff]) -> None:
    """Keeps what is put off."""
    row.passed = [one.kept() for one in wanted]
    row.save(update_fields=["passed"])
