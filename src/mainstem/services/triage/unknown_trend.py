"""How fast the unknown shrinks.

The measure: at the end of each week, what share of the effort of the 13 weeks up to it nothing spoke for,
as the ledger stood then. Work that is triaged later does not change what was known earlier, so a fall says
that somebody found out, and a rise that work came which nothing speaks for. Neighbouring weeks have twelve
of thirteen weeks in common; the chart notices that they hang together and shows their differences instead
(methods 3.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from mainstem.plan.model import Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, Observed, chart
from mainstem.score.periods import period_of
from mainstem.score.values import Grain
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import source_unit
from mainstem.services.scores.scoring import default_unit
from mainstem.services.server.answers import kept

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.server.ground import Ground

#: Weeks that are looked back, and days of effort that each looks at.
WEEKS, WINDOW = 26, 91


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The unknown share at the end of a week; ``None`` where there was no effort."""

    end: date
    unknown: int
    units: int

    @property
    def share(self) -> Fraction | None:
        """Unknown of all effort."""
        return Fraction(self.unknown, self.units) if self.units else None


@dataclass(frozen=True, slots=True)
class UnknownTrend:
    """The unknown by week.

    Attributes:
        unit: Unit of amounts.
        points: In order of time; the last is of today, if the week has not ended.
        chart: What is usual, of weeks that have ended; or why that cannot be said.
    """

    unit: Unit
    points: tuple[TrendPoint, ...]
    chart: Chart | NotAnswerable

    @property
    def change(self) -> Fraction | None:
        """Last share minus the first; ``None`` where there are no two."""
        shares = [p.share for p in self.points if p.share is not None]
        return shares[-1] - shares[0] if len(shares) > 1 else None


def unknown_trend(ledger: Ledger, book: Book, today: date) -> UnknownTrend:
    """The unknown share at the end of each of the last weeks, and now."""
    from mainstem.ledger.unknown_weeks import unknown_weeks

    unit = source_unit(default_unit(book), book)
    ends = week_ends(today, book)
    found = unknown_weeks(ledger, book.desk.view, unit.value, ends, WINDOW)
    points = tuple(TrendPoint(w.end, w.unknown, w.units) for w in found)
    whole = [p for p in points if p.end < today or p.end == ends[-1] == _week_end(today, book)]
    return UnknownTrend(
        unit, points, chart([Observed(str(p.end), p.share, _units(p)) for p in whole])
    )


def trend_of(workspace: Workspace, book: Book, today: date) -> UnknownTrend:
    """The same for a folder."""
    return unknown_trend(workspace.open_ledger(), book, today)


def server_trend(ground: Ground, by: Actor) -> UnknownTrend:
    """The same for a server; kept as long as ledger, plan and day are the same.

    Raises:
        Absent: for an outsider.
        LedgerError: no work has been imported yet.
    """
    require(by, Action.READ)
    book, today = ground.book(), ground.today()
    return kept(
        ground, book, ("unknown trend", today),
        lambda: unknown_trend(ground.shelf.ledger(), book, today), is_dear=True,
    )  # fmt: skip


def _units(point: TrendPoint) -> int:
    """Whole units, so that weights stay small."""
    from mainstem.score.values import GRAIN

    return max(point.units // GRAIN, 1 if point.units else 0)


def week_ends(today: date, book: Book) -> Sequence[date]:
    """The last days of the weeks before this one, and today."""
    this = period_of(today, Grain.WEEK, week_starts=book.plan.organisation.week_starts)
    before = [this.start - timedelta(days=1 + 7 * n) for n in range(WEEKS)]
    return [*reversed(before), today]


def _week_end(today: date, book: Book) -> date:
    this = period_of(today, Grain.WEEK, week_starts=book.plan.organisation.week_starts)
    return this.end - timedelta(days=1)


def trend_words(trend: UnknownTrend) -> str:
    """How fast the unknown shrinks, in a sentence."""
    from mainstem.score.words import percent

    shares = [p for p in trend.points if p.share is not None]
    if not shares:
        return "There is no effort in the weeks that would be looked at."
    first, last = shares[0], shares[-1]
    if first is last:
        return f"{percent(last.share)} is unknown; a trend needs a second week."
    assert first.share is not None and last.share is not None
    gap = last.share - first.share
    verb = "is as it was" if not gap else "fell" if gap < 0 else "rose"
    return (
        f"The unknown {verb} from {percent(first.share)} to {percent(last.share)} between {first.end} and"
        f" {last.end}, as the ledger stood at the end of each week."
    )
