"""Contests as pages show them: what is said, what can be answered, by whom it was."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.figures.shown import Tag
from mainstem.figures.wording import one_line, plural
from mainstem.plan.model import Plan
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground
from mainstem.services.work.contesting import (
    ADDRESS,
    AGREED,
    DECLINED,
    OPEN,
    WITHDRAWN,
    ContestRow,
    contests,
)
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.items import item_address, name_of, tone_of
from mainstem.web.contexts.pieces import Empty, Link, Pages, Tab
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

STATES = {OPEN: "Open", AGREED: "Agreed", DECLINED: "Declined", WITHDRAWN: "Withdrawn"}


@dataclass(frozen=True, slots=True)
class ContestCard:
    """One contest; addresses are empty where the reader may not."""

    number: int
    item: str
    href: str
    now: Tag
    wanted: Tag
    why: str
    who: str
    state: Tag
    answer: str
    answered: str
    agree: str
    decline: str
    withdraw: str
    why_not: str


@dataclass(frozen=True, slots=True)
class ContestsPage:
    """Everything that the template prints."""

    head: str
    lead: str
    tabs: tuple[Tab, ...]
    cards: tuple[ContestCard, ...]
    pages: Pages | None
    empty: Empty | None
    csv: str
    rows: tuple[ContestRow, ...]


def contest_card(row: ContestRow, plan: Plan) -> ContestCard:
    """A contest in words."""
    here = f"{ADDRESS}{row.number}"
    tone = {OPEN: "rest", AGREED: "value"}.get(row.state, "")
    return ContestCard(
        row.number, row.key, item_address(row.source, row.key), _tag(row.now, plan), _tag(row.wanted, plan),
        row.why, f"{row.author or 'Somebody'}, {day_here(row.at)}", Tag(STATES[row.state].lower(), tone),
        row.answer,
        f"{row.answered_by}, {day_here(row.answered_at)}" if row.answered_at else "",
        agree=f"{here}/agree" if row.may_agree else "",
        decline=f"{here}/decline" if row.may_answer else "",
        withdraw=f"{here}/withdraw" if row.may_withdraw else "",
        why_not="Agreeing would move effort of a stream or team that is not yours; a planner can."
        if row.may_answer and not row.may_agree else "",
    )  # fmt: skip


def _tag(target: str, plan: Plan) -> Tag:
    kind, _, word = target.partition(":")
    name = named("streams", word, plan) if kind == "stream" else word
    return Tag(name_of(target, name or word) or "nothing", tone_of(target))


def build_contests(state: str, below: int | None, ground: Ground, by: Actor) -> ContestsPage:
    """The list of contests in one state."""
    rows, has_more = contests(ground, by, state=state, below=below)
    plan = ground.plans.head().plan
    here = f"{ADDRESS}?state={state}"
    count = plural(len(rows), "contest") + (" or more" if has_more else "")
    return ContestsPage(
        f"{count} to answer" if state == OPEN and rows else "No contest waits for an answer"
        if state == OPEN else f"{count} {STATES[state].lower()}",
        "Somebody says that effort was counted for the wrong thing. Whoever answers for the team or the"
        " stream agrees, which sets it by hand, or declines with a reason.",
        tuple(Tab(name, f"{ADDRESS}?state={key}", key == state) for key, name in STATES.items()),
        tuple(contest_card(r, plan) for r in rows),
        Pages(count, here if below is not None else "", f"{here}&below={rows[-1].number}" if has_more else "")
        if rows and (has_more or below is not None) else None,
        None if rows else Empty(
            "Nothing here", "Anybody can contest what an item counts for, on the item's page.",
            Link("Look at the work", "/items/"),
        ),
        csv_link(here, "contests") if rows else "", tuple(rows),
    )  # fmt: skip


def contest_tables(page: ContestsPage) -> Tables:
    """The list as CSV."""
    return {
        "contests": lambda: CsvTable(
            ("contest", "source", "item", "counts_for", "wanted", "why", "by", "on", "state", "answer"),
            [
                (r.number, r.source, r.key, r.now, r.wanted, one_line(r.why), r.author,
                 r.at.date().isoformat(), r.state, one_line(r.answer))
                for r in page.rows
            ],
        )
    }  # fmt: skip
