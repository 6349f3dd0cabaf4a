"""What the reading pages are made from: the plan, its index, the ledger's answers, kept while they hold."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from mainstem.errors import LedgerError, QuestionError
from mainstem.figures.given import ReportData
from mainstem.figures.wording import one_line
from mainstem.plan.model import Plan, Unit
from mainstem.plan.standing import Standing
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change
from mainstem.score.chart import Chart
from mainstem.score.values import Answer, By, Grain
from mainstem.services.plans.plan_index import PlanIndex, index_of
from mainstem.services.scores import comparing, scoring
from mainstem.services.scores.scoring import Book
from mainstem.services.server.answers import kept, kept_for
from mainstem.services.server.ground import Ground
from mainstem.services.work.reasons import Grounds, kept_reasons
from mainstem.web.contexts.asked import Asked, period_before, read_asked

T = TypeVar("T")
#: Weeks that a chart by week reaches back from the end of its period, if the period is shorter.
WEEKS = 26


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a page.

    Attributes:
        ground: What the server stands on.
        standing: The plan as it stands, with the values of its metrics that the ledger has.
        book: The ledger with this plan; ``None`` where nothing was imported yet.
        asked: Period, scope and unit.
        held: Units that can be asked for.
        today: The day that counts as today.
    """

    ground: Ground
    standing: Standing
    book: Book | None
    asked: Asked
    held: tuple[Unit, ...]
    today: date

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.standing.plan

    @property
    def index(self) -> PlanIndex:
        """What belongs to what in it."""
        return index_of(self.plan)

    @property
    def at(self) -> datetime:
        """Noon of today, for figures that want a moment."""
        return datetime.combine(self.today, time(12), UTC)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from plan, ledger, question, day and ``key`` alone, made once."""
        at = (key, self.asked, self.today)
        kind = (_kind_of(key), bool(self.asked.team))
        if self.book is None:
            seen = self.ground.shelf.view()
            landing = seen.version if seen else 0
            return kept_for(self.ground, (self.standing.revision, landing, at), make, kind=kind)
        return kept(self.ground, self.book, at, make, kind=kind)

    def kept_always(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from plan, ledger, day and ``key`` alone, whatever was asked for; made once."""
        seen = self.ground.shelf.view()
        landing = seen.version if seen else 0
        at = (self.standing.revision, landing, self.today, key)
        return kept_for(self.ground, at, make)

    def within(self, team: str) -> Reading:
        """The same for one team and the teams in it, whatever scope was asked for."""
        return replace(self, asked=replace(self.asked, team=team))


def _kind_of(key: Hashable) -> Hashable:
    """What is asked for, without of whom: ``answer`` by what, or ``team``."""
    if not isinstance(key, tuple):
        return key
    return key[:2] if key[0] == "answer" else key[0]


def read(ground: Ground, query: Mapping[str, str]) -> Reading:
    """Reads the address of a page.

    Raises:
        QuestionError: for what cannot be asked.
    """
    standing = ground.plans.head()
    book = _book(ground, standing)
    held = units_held(book, standing.plan)
    today = ground.today()
    asked = read_asked(query, standing.plan, today=today, held=held)
    seen = Standing(ground.with_observations(standing.plan), standing.revision)
    return Reading(ground, seen, book, asked, held, today)


def _book(ground: Ground, standing: Standing) -> Book | None:
    """The ledger; nothing where there is none yet, or nothing in it."""
    try:
        book = ground.book(standing)
    except (LedgerError, QuestionError):
        return None
    return book if book.desk.spans() else None


def units_held(book: Book | None, plan: Plan) -> tuple[Unit, ...]:
    """Units that can be answered in, the default first: the ledger's, and those declared to follow."""
    if book is None:
        return (plan.organisation.unit,)
    usual = scoring.default_unit(book)
    native = {Unit(u) for u, *_ in book.desk.spans() if u in set(Unit)}
    pairs = [(c.from_, c.to) for c in plan.organisation.conversions]
    more = {b for pair in pairs for a, b in (pair, pair[::-1]) if a in native}
    return (usual, *(u for u in Unit if u in native | more and u is not usual))


def answer(reading: Reading, by: By, grain: Grain = Grain.ALL) -> Answer:
    """Effort of the period and scope, by what and cut how; without rows where there is none."""
    question = reading.asked.question(by, grain)
    book = reading.book
    if book is None:
        return Answer(question, (), None)
    return reading.kept(("answer", by, grain), lambda: scoring.value_score(question, book))


def merged_teams(reading: Reading) -> frozenset[str]:
    """Teams too small to show, whose effort is counted with a larger group."""
    return frozenset(team for cell in answer(reading, By.TEAM).cells for team in cell.merged)


def flows(reading: Reading) -> tuple[scoring.Flow, ...]:
    """Team × stream or kind."""
    book = reading.book
    if book is None:
        return ()
    return reading.kept("flows", lambda: _flows(reading, book))


def _flows(reading: Reading, book: Book) -> tuple[scoring.Flow, ...]:
    asked = reading.asked.question()
    held = {u for u, *_ in book.desk.spans()}
    return scoring.flows(asked, book) if asked.unit.value in held else ()


def grounds_of(reading: Reading) -> Mapping[str, Grounds]:
    """Stream → because of what its effort counts for it."""
    book = reading.book
    if book is None:
        return {}
    return kept_reasons(reading.asked.question(), reading.ground, book)


def by_week(reading: Reading) -> tuple[Answer, Chart | NotAnswerable | None]:
    """The weeks of the period, at least ``WEEKS`` of them, and their process behaviour chart."""
    book = reading.book
    if book is None:
        return answer(reading, By.ORGANISATION), None

    def make() -> tuple[Answer, Chart | NotAnswerable | None]:
        asked = reading.asked.question(By.ORGANISATION, Grain.WEEK)
        last = min(reading.asked.until, reading.today)
        early = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
        wide = replace(asked, since=min(reading.asked.since, early))
        weeks = scoring.value_score(wide, book)
        return weeks, comparing.chart_of(weeks, book)

    return reading.kept("weeks", make)


def change(reading: Reading) -> tuple[Change | NotAnswerable | None, str]:
    """The split of the change since the period before, and that period's name."""
    book = reading.book
    before = period_before(reading.asked, reading.plan)
    if book is None or not _reaches(book, before.start):
        return None, before.label

    def make() -> Change | NotAnswerable:
        return comparing.change_since(before, answer(reading, By.TEAM), book)

    return reading.kept("change", make), before.label


def _reaches(book: Book, day: date) -> bool:
    """Whether the ledger reaches back so far, give or take a week of holidays."""
    return any(first <= day + timedelta(days=7) for _, first, _, _ in book.desk.spans())


def figures_data(
    reading: Reading, *, has_change: bool = False, has_streams: bool = True
) -> ReportData:
    """What the figures of a page are made from: the period as a whole, by team and by stream.

    Not kept itself, as all that it holds is.

    Args:
        reading: What is asked for.
        has_change: With the split of the change since the period before, for a page whose first line says it.
        has_streams: By stream, for a page that says it: a large organisation has a hundred streams for every
            one that a team works on.
    """
    plan, asked = reading.plan, reading.asked
    split, before = change(reading) if has_change else (None, "")
    team = plan.teams.get(asked.team)
    whole = answer(reading, By.ORGANISATION)
    nothing = Answer(asked.question(By.STREAM), (), None)
    return ReportData(
        organisation=one_line(plan.organisation.name or "This organisation"),
        period=asked.period, unit=asked.unit, weeks=whole,
        teams=answer(reading, By.TEAM), streams=answer(reading, By.STREAM) if has_streams else nothing,
        flows=flows(reading), plan=plan, generated_at=reading.at,
        scope=one_line(team.name or asked.team) if team else "",
        change=split, previous=before, notes=whole.notes,
        plan_revision=reading.standing.revision,
        ledger_version=reading.book.desk.view.version if reading.book else 0,
        smallest=reading.book.k_min if reading.book else 1,
    )  # fmt: skip


def weeks_data(data: ReportData, reading: Reading) -> ReportData:
    """The same with the weeks and their chart."""
    weeks, made = by_week(reading)
    return replace(data, weeks=weeks, chart=made)
