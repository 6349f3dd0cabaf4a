"""Metrics that the ledger itself gives: counts and times of work, and the Value Score.

They are kinds of sources like others, but ask nobody outside. A period is observed once it is over; the
last ones are worked out again each time, since work lands late: what has changed is a correction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol, cast
from zoneinfo import ZoneInfo

from mainstem.errors import LedgerError, QuestionError, SourceError
from mainstem.plan.model import Plan
from mainstem.score.periods import period_of, periods
from mainstem.score.values import Grain, Period
from mainstem.services.scores.book import Book, engine_in_use, last_refresh
from mainstem.sources.remote import Connection, Cursor, Option, Watch

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger

PER = ("day", "week", "month", "quarter")
#: Periods that are worked out again each time.
AGAIN = 13
#: Longest history that is worked out when a source is asked for the first time.
LONGEST = timedelta(days=366 * 5)

METRIC = Option("metric", "text", "The metric of the plan that gets the values.", required=True)
PERIODS = (
    Option("per", "choice", "What a value stands for; by default the metric's own grain, else a week.",
           choices=PER),
    Option("since", "text", "First day to work out; by default as far back as work reaches."),
    Option("again", "number", "How many of the last periods are worked out again each time.",
           default=str(AGAIN)),
)  # fmt: skip


@contextmanager
def book_of(ledger: Ledger, plan: Plan, smallest: int) -> Iterator[Book]:
    """The ledger as it is now, with the plan.

    Args:
        smallest: As ``Book.smallest``.

    Raises:
        SourceError: nothing was derived in it yet; it may be soon.
    """
    from mainstem.ledger.questions import Desk

    try:
        view = ledger.view()
        last = last_refresh(ledger, view, None)
    except (LedgerError, QuestionError) as error:
        raise SourceError(
            "There is no work in the ledger to work it out from.",
            "Import work, or sync a source of work, first.", code="source.no_work", permanent=False,
        ) from error  # fmt: skip
    desk = Desk(ledger, view, engine_in_use())
    try:
        yield Book(desk, plan, last.plan, smallest=smallest)
    finally:
        desk.close()


def periods_due(
    of: Connection, cursor: Cursor, watch: Watch, plan: Plan, first: date | None
) -> tuple[Period, ...]:
    """The periods that are over and have to be worked out, in order of time.

    Args:
        first: The first day that there is anything of.

    Raises:
        SourceError: an option cannot be read.
    """
    grain = grain_of(of, plan)
    today = watch.at.astimezone(ZoneInfo(of.timezone)).date()
    starts = plan.organisation.week_starts
    since = _since(of, first, today)
    if since is None:
        return ()
    reached = cursor.get("through")
    again = _count(of)
    cut = [p for p in periods(grain, period_of(since, grain, week_starts=starts).start, today,
                              week_starts=starts) if p.end <= today and _is_whole(p, grain, starts)]  # fmt: skip
    if not reached or cursor.get("asked") != asked(of):
        return tuple(cut)
    return tuple(
        p for n, p in enumerate(cut) if p.start.isoformat() > str(reached) or n >= len(cut) - again
    )


def _is_whole(period: Period, grain: Grain, starts: str) -> bool:
    return period_of(period.start, grain, week_starts=starts).end == period.end


def _since(of: Connection, first: date | None, today: date) -> date | None:
    text = of.text("since")
    if not text:
        return None if first is None else max(first, today - LONGEST)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SourceError(
            f"`since` of {of.name} is no day: {text!r}.", "Write 2026-01-31.", code="source.option"
        ) from None


def _count(of: Connection) -> int:
    return max(int(float(of.text("again") or AGAIN)), 1)


def grain_of(of: Connection, plan: Plan) -> Grain:
    """What a value stands for."""
    metric = plan.metrics.get(of.text("metric"))
    return Grain(of.text("per") or (metric.grain if metric and metric.grain else "week"))


def asked(of: Connection) -> dict[str, str]:
    """The question itself: where it changes, everything is worked out anew."""
    return {k: v for k, v in sorted(of.options.items()) if v and k not in ("again", "metric")}


def cursor_after(of: Connection, due: tuple[Period, ...], cursor: Cursor) -> Cursor:
    """Where to go on."""
    through = due[-1].start.isoformat() if due else cursor.get("through", "")
    return {"through": through, "asked": asked(of)}


class Own(Protocol):
    """A kind that the ledger itself gives: a class made from ledger, plan and the smallest group shown."""

    kind: str
    words: str
    options: tuple[Option, ...]

    def __call__(self, ledger: Ledger, plan: Plan, smallest: int = 1) -> object: ...  # noqa: D102


def _own() -> Mapping[str, Own]:
    from mainstem.services.metrics.observing_score import ScoreMetric
    from mainstem.services.metrics.observing_work import WorkMetric

    return cast("Mapping[str, Own]", {"work-metric": WorkMetric, "score-metric": ScoreMetric})


class _Own(Mapping[str, Own]):
    """Kinds by name; what they are made from is only loaded when one is needed."""

    def __getitem__(self, name: str) -> Own:
        return _own()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("work-metric", "score-metric"))

    def __len__(self) -> int:
        return 2


#: Kind → class. Its ``kind``, ``words`` and ``options`` are as those of ``sources.registry.OBSERVING``.
OWN = _Own()
