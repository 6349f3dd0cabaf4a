"""The Value Score as a metric: of everybody or of a team, or the share that one stream gets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from mainstem.errors import QuestionError, SourceError
from mainstem.plan.model import Unit
from mainstem.score.values import By, Cell, Period, Question
from mainstem.score.words import range_words
from mainstem.services.metrics.observing_own import (
    METRIC,
    PERIODS,
    book_of,
    cursor_after,
    grain_of,
    periods_due,
)
from mainstem.services.scores.scoring import default_unit, value_score
from mainstem.sources.observing import Mark, Observed, Seen
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Watch

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.plan.model import Plan
    from mainstem.services.scores.book import Book


class ScoreMetric:
    """Value Score by period, in per cent of all effort."""

    kind: ClassVar[str] = "score-metric"
    words: ClassVar[str] = (
        "The Value Score by period, of everybody, a team or a stream, in per cent."
    )
    options: ClassVar[tuple[Option, ...]] = (
        METRIC,
        Option("team", "text", "Only this team and the teams in it; everybody by default."),
        Option("stream", "text", "The share of all effort that went to this stream, instead of the score."),
        Option("unit", "choice", "The unit of effort; the organisation's by default.",
               choices=tuple(str(u) for u in Unit)),
        *PERIODS,
    )  # fmt: skip

    def __init__(self, ledger: Ledger, plan: Plan, smallest: int = 1) -> None:
        self._ledger, self._plan, self._smallest = ledger, plan, smallest

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Whether the question can be asked, and of which days there is effort."""
        try:
            with book_of(self._ledger, self._plan, self._smallest) as book:
                value_score(self._question(of, book), book)
                days = [(first, last) for _, first, last, _ in book.desk.spans()]
        except (SourceError, QuestionError) as error:
            yield Checked("question", False, error.message, error.hint)
            return
        words = f"effort from {min(d[0] for d in days)} to {max(d[1] for d in days)}"
        yield Checked("question", bool(days), words if days else "there is no effort yet")

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """A value for every period that is over."""
        with book_of(self._ledger, self._plan, self._smallest) as book:
            question = self._question(of, book)
            unit = str(question.unit)
            first = min((s[1] for s in book.desk.spans() if s[0] == unit), default=None)
            due = periods_due(of, cursor, watch, self._plan, first)
            found = self._found(question, due, of, book) if due else {}
        metric = of.text("metric")
        cells = [(p, found.get(p.start)) for p in due]
        yield Seen(
            cursor_after(of, due, cursor),
            tuple(Observed(metric, p.start, _value(cell)) for p, cell in cells),
            tuple(Mark(metric, p.start, "gap", _why_none(p, cell)) for p, cell in cells),
            is_last=True,
        )

    def _question(self, of: Connection, book: Book) -> Question:
        stream, team = of.text("stream"), of.text("team")
        for word, known, what in ((stream, self._plan.streams, "stream"), (team, self._plan.teams, "team")):  # fmt: skip
            if word and word not in known:
                raise SourceError(
                    f"The plan has no {what} {word!r}, which {of.name} names.",
                    f"It has {', '.join(list(known)[:8]) or 'none'}.", code="source.option",
                )  # fmt: skip
        return Question(
            By.STREAM if stream else By.ORGANISATION,
            grain_of(of, self._plan),
            Unit(of.text("unit")) if of.text("unit") else default_unit(book),
            team=team or None,
        )

    def _found(
        self, question: Question, due: tuple[Period, ...], of: Connection, book: Book
    ) -> dict[object, Cell]:
        wide = replace(question, since=due[0].start, until=due[-1].end - timedelta(days=1))
        stream = of.text("stream")
        cells = [c for c in value_score(wide, book).cells if not stream or c.key == stream]
        starts = [p.start for p in due]
        # the first period of an answer begins where the ledger does
        return {starts[bisect_right(starts, c.period.start) - 1]: c for c in cells}


def _value(cell: Cell | None) -> float | None:
    if cell is None or cell.score.point is None or cell.score.is_interval_only:
        return None
    return float(cell.score.point * 100)


def _why_none(period: Period, cell: Cell | None) -> str:
    """Why there is no value; no words where there is one."""
    if _value(cell) is not None:
        return ""
    if cell is None or cell.score.low is None or cell.score.high is None:
        return f"no effort in {period.label}"
    return f"too little is known of {period.label}: {range_words(cell.score.low, cell.score.high)}"
