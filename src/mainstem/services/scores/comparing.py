"""Two plans side by side, two periods side by side, and a score beside what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import PlanError, UsageError
from mainstem.plan.model import Plan
from mainstem.plan.text.files import top_of_repository
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change as ScoreChange
from mainstem.score.change import change as split
from mainstem.score.chart import Chart, Observed
from mainstem.score.chart import chart as draw_chart
from mainstem.score.periods import parse_period
from mainstem.score.values import Amounts, Answer, By, Grain, Period, Question

if TYPE_CHECKING:
    from datetime import date

    from mainstem.services.scores.book import Book


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change between two plans, as a sentence and as data."""

    sentence: str
    as_json: Mapping[str, Any]


def read_side(word: str | None, current: Path | None) -> Plan:
    """One side of a comparison: a folder or file that is there, else a git revision of the plan.

    ``REVISION:PATH`` names the path inside the repository; without a path it is that of the plan now.

    Raises:
        PlanError: if it can be neither, or its text is broken: what cannot be read would look removed.
    """
    from mainstem.services.plans.planning import open_plan, sound

    if word is None:
        if current is None:
            raise PlanError(
                "There is no plan here to compare with.", "Name a second plan, or use --plan."
            )
        return sound(open_plan(current), hint="compare again")
    if Path(word).exists():
        return sound(open_plan(Path(word)), f"The plan {word}", "compare again")
    revision, _, below = word.partition(":")
    at = current or Path.cwd()
    if below:
        at = top_of_repository(at.resolve()) / below
    return sound(open_plan(at, revision=revision), f"The plan of {word}", "compare again")


def compare(old: Plan, new: Plan) -> list[PlanChange]:
    """What changed, in the order of the plan."""
    from mainstem.plan.changes import diff, sentence, to_json

    return [PlanChange(sentence(c), to_json(c)) for c in diff(old, new)]


def draw(plan: Plan, form: str, show: Sequence[str]) -> str:
    """The plan as Mermaid or DOT text.

    Raises:
        UsageError: for a form or part that is not known.
    """
    from mainstem.plan.graph import build_graph, kinds_of
    from mainstem.plan.graph_text import write_dot, write_mermaid

    if form not in ("mermaid", "dot"):
        raise UsageError(f"There is no format {form!r}.", "Choose mermaid or dot.")
    made = build_graph(plan, kinds=kinds_of(show))
    return write_mermaid(made) if form == "mermaid" else write_dot(made)


def score_change(
    question: Question, book: Book, first: str, second: str
) -> ScoreChange | NotAnswerable:
    """The exact split of a score's change between two periods, by team."""
    one, two = (parse_period(p, book.plan.cycles) for p in (first, second))
    return _split(_by_team(question, one), _by_team(question, two), book)


def change_since(period: Period, answer: Answer, book: Book) -> ScoreChange | NotAnswerable:
    """The same from a period to that of an answer by team."""
    return _split(_by_team(answer.question, period), answer.question, book, answer)


def _by_team(question: Question, period: Period) -> Question:
    until = _day_before(period.end)
    return replace(question, by=By.TEAM, grain=Grain.ALL, since=period.start, until=until)


def _split(
    first: Question, second: Question, book: Book, known: Answer | None = None
) -> ScoreChange | NotAnswerable:
    """The split between two questions by team. A group too small to show in one period is merged in both:
    it would seem to have come or gone.

    Args:
        known: The second one's answer by itself, which will do where nothing more is merged.
    """
    from mainstem.services.scores.scope import days_asked, team_cells
    from mainstem.services.scores.scoring import value_score

    old, new = days_asked(first, book), days_asked(second, book)
    if old is not None and new is not None:
        cells = team_cells(second, book, new, old)
        if cells.hidden:
            return NotAnswerable(cells.hidden, "Compare a larger group, or other periods.")
        if cells != team_cells(second, book, new):
            known = None
    after = known or value_score(second, book, beside=old)
    return split(_amounts(value_score(first, book, beside=new)), _amounts(after))


def _amounts(answer: Answer) -> Mapping[str, Amounts]:
    return {cell.key: cell.amounts for cell in answer.cells}


def _day_before(day: date) -> date:
    from datetime import timedelta

    return day - timedelta(days=1)


def score_chart(question: Question, book: Book) -> Chart | NotAnswerable:
    """A process behaviour chart of the score of a scope; whole periods only."""
    from mainstem.services.scores.scoring import value_score

    return chart_of(value_score(replace(question, by=By.ORGANISATION), book), book)


def chart_of(answer: Answer, book: Book) -> Chart | NotAnswerable:
    """The chart of an answer by organisation, cut by its grain."""
    question, cells = answer.question, list(answer.cells)
    if question.grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER):
        cells = [c for c in cells if _is_whole(c.period, question.grain, book)]
    return draw_chart([Observed(c.period.label, c.score.point, c.amounts.units) for c in cells])


def _is_whole(period: Period, grain: Grain, book: Book) -> bool:
    from mainstem.score.periods import period_of

    whole = period_of(period.start, grain, week_starts=book.plan.organisation.week_starts)
    return (period.start, period.end) == (whole.start, whole.end)
