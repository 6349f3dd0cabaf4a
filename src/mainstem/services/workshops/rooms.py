"""The life of a room: opened with an agenda, listed, finished, opened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from mainstem.errors import Invalid
from mainstem.plan.standing import Standing
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.workshops.acting import act
from mainstem.services.workshops.events import locked, log_of, own_id
from mainstem.services.workshops.seated import Seated, sit_down
from mainstem.store.models import Seat, Workshop
from mainstem.store.together import together
from mainstem.workshop.agendas import Agenda, AgendaStep
from mainstem.workshop.board import Record
from mainstem.workshop.case import FACILITATOR
from mainstem.workshop.opening import first_records
from mainstem.workshop.reading import line, lines, new_word
from mainstem.workshop.steps import MOST_STEPS, new_step

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: Longest title.
MOST_TITLE = 200


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    """A workshop as lists show it.

    Attributes:
        id: Its number.
        title: What it is called.
        why: What it is for.
        state: ``prepared``, ``running``, ``paused`` or ``finished``.
        starts_at: When it is to begin, if somebody said so.
        started_from: ``nothing``, ``plan`` or ``review``.
        cycle: The cycle that it plans.
        author: Who opened it.
        at: When it was opened.
        started_at: When it began.
        finished_at: When it ended.
        people: How many have a seat.
        proposal: Number of the proposal that it wrote; ``None`` before.
        role: What the reader is in it; empty where they have no seat yet.
    """

    id: int
    title: str
    why: str
    state: str
    starts_at: datetime | None
    started_from: str
    cycle: str
    author: str
    at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    people: int
    proposal: int | None
    role: str


def open_workshop(
    title: str,
    agenda: Agenda,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    started_from: str = "nothing",
    cycle: str = "",
    starts_at: datetime | None = None,
    why: str = "",
) -> Workshop:
    """Opens a room, prepared, with whoever opens it as its facilitator.

    Args:
        title: What it is called.
        agenda: Its steps.
        ground: The server's ground.
        by: Who opens it.
        at: When.
        started_from: ``nothing``, ``plan`` or ``review``.
        cycle: The cycle that it plans; empty for none.
        starts_at: When it is to begin.
        why: What it is for.

    Raises:
        Forbidden, Absent: the actor may not hold workshops.
        Invalid: no title, no steps, no such beginning.
    """
    require(by, Action.HOST)
    called = line(title, "title", MOST_TITLE)
    said = lines(why, "why")
    steps = _steps(agenda)
    head = ground.plans.head()
    with together():
        row = Workshop.objects.create(
            title=called, why=said, starts_at=starts_at, started_from=started_from[:12],
            cycle=_cycle(cycle, head), base=head.number, author_id=by.id,
            author_name=by.name[:200], at=at,
        )  # fmt: skip
        _begin(row, steps, started_from, ground, by, at)
        auditing.record(by, "workshop.open", f"workshops/{row.pk}", at=at,
                        sentence=f"Opened the workshop “{called}”.")  # fmt: skip
    return row


def _steps(agenda: Agenda) -> list[tuple[str, Record]]:
    if not agenda.steps or len(agenda.steps) > MOST_STEPS:
        raise Invalid(f"An agenda has 1 to {MOST_STEPS} steps.", "Choose another.", field="agenda")
    return [(new_word(), _step(step)) for step in agenda.steps]


def _step(step: AgendaStep) -> Record:
    return new_step(
        str(step.kind), step.title, purpose=step.purpose, prompt=step.prompt, how=step.how,
        good=step.good, traps=list(step.traps), minutes=step.minutes, silent=step.silent,
        dots=step.dots, ranking=step.ranking, breakouts=step.breakouts, session=step.session,
    )  # fmt: skip


def _cycle(cycle: str, head: Standing) -> str:
    called = line(cycle, "cycle", 100, may_be_empty=True)
    return called if called in head.plan.cycles or called else ""


def _begin(
    row: Workshop,
    steps: list[tuple[str, Record]],
    started_from: str,
    ground: Ground,
    by: Actor,
    at: datetime,
) -> None:
    from mainstem.services.workshops.starting import starting_acts

    first: dict[str, str] = {}
    for ident, step in steps:
        first.setdefault(step["kind"], ident)
    cards = starting_acts(started_from, ground, by, steps=first, cycle=row.cycle)
    log = log_of(locked(row.pk))
    log.write("open", own_id(), None, first_records(row.title, row.why, steps), at=at)
    if cards:
        log.write("deal", own_id(), None, cards, at=at)
    if by.id is not None:
        sit_down(log, by.name, FACILITATOR, at=at, by=by)
    log.close()
    row.number = log.row.number


def workshops(
    by: Actor, *, state: str = "", before: int | None = None, most: int = 100
) -> list[WorkshopRow]:
    """Workshops, newest first: whoever reads the plan may know of all, but for those they were removed from.

    Args:
        by: Who asks.
        state: Only those of one state.
        before: Only those of smaller number.
        most: How many.

    Raises:
        Absent: for an outsider.
    """
    require(by, Action.READ)
    rows = Workshop.objects.annotate(
        people=Count("seats", filter=Q(seats__removed_at=None)), proposed=F("proposal_id")
    ).order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    mine = {s.workshop_id: s for s in Seat.objects.filter(person_id=by.id)} if by.id else {}
    out = {n for n, s in mine.items() if s.removed_at is not None}
    roles = {n: s.role for n, s in mine.items()}
    return [_shown(r, roles.get(r.pk, "")) for r in rows.exclude(pk__in=out)[:most]]


def workshop_named(number: int, seat: Seated) -> WorkshopRow:
    """One workshop, for somebody who sits in it."""
    row = Workshop.objects.annotate(
        people=Count("seats", filter=Q(seats__removed_at=None)), proposed=F("proposal_id")
    ).get(pk=number)
    return _shown(row, seat.role)


def _shown(row: Workshop, role: str) -> WorkshopRow:
    return WorkshopRow(
        row.pk, row.title, row.why, row.state, row.starts_at, row.started_from, row.cycle,
        row.author_name, row.at, row.started_at, row.finished_at, getattr(row, "people", 0),
        getattr(row, "proposed", None), role,
    )  # fmt: skip


def finish(number: int, seat: Seated, *, at: datetime) -> None:
    """Ends a workshop: everything can be read, nothing is changed any more.

    Raises:
        Forbidden: no facilitator asks.
    """
    _set_state(number, seat, "finished", at)


def reopen(number: int, seat: Seated, *, at: datetime) -> None:
    """Goes on with a finished workshop. Errors are those of ``finish``."""
    _set_state(number, seat, "running", at)


def _set_state(number: int, seat: Seated, to: str, at: datetime) -> None:
    sent = {"id": own_id().partition(".")[2], "act": "state", "to": to}
    for refused in act(number, seat, [sent], at=at).refused:
        raise refused.error
