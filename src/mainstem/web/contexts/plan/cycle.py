"""Page data of a cycle: what was committed to, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, metric_number, plural
from mainstem.plan.cycle_steps import WORDS, Commitment, Fate, following_id, is_step_back
from mainstem.plan.model import Plan
from mainstem.services.people.access import Action, Actor, may, may_change
from mainstem.services.plans.cycles import REACHED, CycleLife, existing_next, to_carry
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Table
from mainstem.web.contexts.plan.addresses import name_of, thing_address
from mainstem.web.contexts.plan.telling import Done
from mainstem.web.forms.plan.texts import words_for

_TONES = {
    Fate.KEPT: "",
    Fate.MOVED: "rest",
    Fate.CHANGED: "",
    Fate.ADDED: "rest",
    Fate.DROPPED: "bad",
}
#: Most commitments of one kind on the page; the CSV has all.
MOST = 150


@dataclass(frozen=True, slots=True)
class StepButton:
    """A step that can be taken."""

    state: str
    words: str
    needs_why: bool
    note: str


@dataclass(frozen=True, slots=True)
class CyclePage:
    """A cycle and its life."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    ident: str
    state: str
    steps: tuple[tuple[str, str, str], ...]
    buttons: tuple[StepButton, ...]
    action: str
    key_results: Table | None
    initiatives: Table | None
    more: int
    empty: Empty | None
    carry: tuple[tuple[str, str, str, bool], ...]
    next_action: str
    next_id: str
    links: tuple[Link, ...]
    reading: str = ""
    done: Done | None = None


def cycle_page(life: CycleLife, plan: Plan, actor: Actor, zone: ZoneInfo) -> CyclePage:
    """Everything about one cycle."""
    cycle, ident = life.cycle, life.ident
    subject = f"cycles/{ident}"
    results = [c for c in life.commitments if c.subject.startswith("key_results/")]
    bets = [c for c in life.commitments if c.subject.startswith("initiatives/")]
    may_step = may(actor, Action.CHANGE_CYCLE)
    csv = f"/plan/cycles/{ident}/?format=csv"
    return CyclePage(
        head=_head(life),
        lead=f"{cycle.name or ident}: {day(cycle.first_day)} to {day(cycle.last_day)}",
        crumbs=(Link("Plan", "/plan/"), Link("Cycles", "/plan/cycles/")),
        ident=ident,
        state=cycle.state,
        steps=tuple(
            (f"{s.by or 'Mainstem'}: {s.state}", moment(s.at, zone), s.why) for s in life.steps
        ),
        buttons=tuple(_button(cycle.state, s, life) for s in life.next_states) if may_step else (),
        action=f"/plan/cycles/{ident}/step",
        key_results=_table("Key results", results[:MOST], life, plan, csv) if results else None,
        initiatives=_table("Initiatives", bets[:MOST], life, plan, csv) if bets else None,
        more=max(len(results) - MOST, 0) + max(len(bets) - MOST, 0),
        empty=None if life.commitments else _empty(life, plan),
        carry=_carry(life, plan) if cycle.state in ("committed", "closed") else (),
        next_action=f"/plan/cycles/{ident}/next" if may(actor, Action.PROPOSE) else "",
        next_id=existing_next(plan, ident) or following_id(ident),
        links=_links(life, subject, may_edit=may_change(actor, subject, plan)),
    )


def _head(life: CycleLife) -> str:
    name = life.cycle.name or life.ident
    if life.cycle.state in ("draft", "open"):
        words = "a draft" if life.cycle.state == "draft" else "open for proposals"
        return f"{name} is {words}: nothing is committed yet."
    if life.committed is None:
        return f"{name} is {life.cycle.state}."
    kept = sum(c.fate in (Fate.KEPT, Fate.CHANGED) for c in life.commitments)
    said = sum(c.then is not None for c in life.commitments)
    lead = f"{kept} of {plural(said, 'commitment')} of {name} stand as they were made"
    if life.cycle.state == "closed" and life.scores:
        reached = sum(score >= REACHED for score in life.scores.values())
        return f"{lead}; {reached} of {plural(len(life.scores), 'scored key result')} {'was' if reached == 1 else 'were'} reached."
    return f"{lead}."


def _button(old: str, new: str, life: CycleLife) -> StepButton:
    note = ""
    if new == "closed" and life.unscored:
        note = f"{plural(len(life.unscored), 'key result')} without a score yet."
    if new == "committed" and not is_step_back(old, new):
        note = "What the plan says at this moment stays readable as the commitment."
    return StepButton(new, WORDS[old, new], is_step_back(old, new), note)


def _empty(life: CycleLife, plan: Plan) -> Empty:
    count = sum(kr.cycle == life.ident for kr in plan.key_results.values())
    bets = sum(b.cycle == life.ident for b in plan.initiatives.values())
    planned = (
        f"{plural(count, 'key result')} and {plural(bets, 'initiative')} are planned for it so far."
    )
    if life.cycle.state in ("committed", "closed"):
        return Empty(
            "When it was committed is not known",
            f"It came into the plan as {life.cycle.state}. {planned}",
        )
    return Empty("Nothing is committed yet", planned, Link("To the plan", "/plan/"))


def _table(caption: str, found: list[Commitment], life: CycleLife, plan: Plan, csv: str) -> Table:
    is_result = caption == "Key results"
    more = (Column("Stands at", True), Column("Score", True)) if is_result else ()
    columns = (Column("Committed"), Column("What became of it"), *more)
    rows = tuple(_row(c, life, plan, is_result=is_result) for c in found)
    return Table(caption, columns, rows, csv=csv, is_named=True)


def _row(one: Commitment, life: CycleLife, plan: Plan, *, is_result: bool) -> Row:
    section, _, key = one.subject.partition("/")
    entity = one.then or one.now
    words = words_for(section, key, entity)
    team = name_of(plan, f"teams/{entity.team}") if entity.team else ""
    href = thing_address(one.subject) if one.now is not None else ""
    cells = [
        Cell(words, href, team),
        Cell(under="; ".join(one.sentences), tags=(Tag(one.fate.value, _TONES[one.fate]),)),
    ]
    if is_result:
        value, score = life.values.get(key), life.scores.get(key)
        cells.append(Cell("" if value is None else metric_number(value)))
        cells.append(Cell("" if score is None else f"{score:.1f}"))
    return Row(tuple(cells))


def commitment_rows(life: CycleLife) -> list[tuple[object, ...]]:
    """All commitments, for CSV."""
    out: list[tuple[object, ...]] = []
    for one in life.commitments:
        section, _, key = one.subject.partition("/")
        entity = one.then or one.now
        out.append(
            (one.subject, words_for(section, key, entity), one.fate.value, "; ".join(one.sentences),
             life.values.get(key), life.scores.get(key))
        )  # fmt: skip
    return out


def _carry(life: CycleLife, plan: Plan) -> tuple[tuple[str, str, str, bool], ...]:
    """(identifier, words, score, whether it is proposed to go on) of the cycle's key results."""
    going = set(to_carry(plan, life.ident, life.scores))
    return tuple(
        (key, words_for("key_results", key, kr),
         f"{life.scores[key]:.1f}" if key in life.scores else "no score", key in going)
        for key, kr in plan.key_results.items()
        if kr.cycle == life.ident
    )[:MOST]  # fmt: skip


def _links(life: CycleLife, subject: str, *, may_edit: bool) -> tuple[Link, ...]:
    out = [Link("History", thing_address(subject, "history").rstrip("/"))]
    if life.committed is not None:
        revision = life.committed.revision
        out.insert(0, Link(f"The plan as committed ({revision})", f"/plan/?at={revision}"))
        out.insert(
            1, Link("Compare it with the plan now", f"/plan/compare/?from=cycle:{life.ident}")
        )
    if may_edit:
        out.append(Link("Change its days or name", thing_address(subject, "edit").rstrip("/")))
    return tuple(out)
