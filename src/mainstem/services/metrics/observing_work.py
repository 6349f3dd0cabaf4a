"""A metric of the work itself: how much was made or done, how long it took, which share was of a kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from statistics import median
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.ledger.browsing_conditions import Condition, Known, condition_of
from mainstem.ledger.item_days import ItemDays, item_days
from mainstem.score.values import Period
from mainstem.services.metrics.observing_own import (
    METRIC,
    PERIODS,
    book_of,
    cursor_after,
    periods_due,
)
from mainstem.sources.observing import Mark, Observed, Seen
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Watch
from mainstem.work.query import Misread, Node, Term, parse, terms_of

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.plan.model import Plan
    from mainstem.services.scores.book import Book

DAY = 86_400.0
_EARLY = datetime(1970, 1, 1, tzinfo=UTC)
#: Terms about the effort of some days: a metric has days of its own.
_REFUSED = ("effort", "updated", "unit")


@dataclass(frozen=True, slots=True)
class Measure:
    """How items become a number.

    Attributes:
        on: The moment that puts an item into a period: ``created`` or ``done``.
        make: Items of a period, and the label asked for, to a number; ``None``: cannot be said.
        is_count: Whether a period without items is 0.
    """

    on: str
    make: Callable[[Sequence[ItemDays], str], float | None]
    is_count: bool = False


def _count(items: Sequence[ItemDays], label: str) -> float:
    return float(len(items))


def _days(begin: str) -> Callable[[Sequence[ItemDays], str], float | None]:
    """Median days from a moment to the end; items without it, or that end before it, do not count."""

    def made(items: Sequence[ItemDays], label: str) -> float | None:
        spans = [
            (i.done - start).total_seconds() / DAY
            for i in items
            if i.done and (start := getattr(i, begin)) and start <= i.done
        ]
        return median(spans) if spans else None

    return made


def _share(items: Sequence[ItemDays], label: str) -> float | None:
    if not items:
        return None
    return 100.0 * sum(label in i.labels for i in items) / len(items)


MEASURES: Mapping[str, Measure] = {
    "done": Measure("done", _count, True),
    "created": Measure("created", _count, True),
    "lead-time": Measure("done", _days("created")),
    "cycle-time": Measure("done", _days("started")),
    "share": Measure("done", _share),
}


class WorkMetric:
    """Counts, times and shares of items that a query of work picks."""

    kind: ClassVar[str] = "work-metric"
    words: ClassVar[str] = "A number of the work in the ledger: items done, lead time, a share."
    options: ClassVar[tuple[Option, ...]] = (
        METRIC,
        Option("query", "block", "Which items count, as on the page Work; all by default."),
        Option("measure", "choice", "What is worked out of them.", default="done",
               choices=tuple(MEASURES)),
        Option("label", "text", "With the measure share: the label that is counted."),
        *PERIODS,
    )  # fmt: skip

    def __init__(self, ledger: Ledger, plan: Plan, smallest: int = 1) -> None:
        self._ledger, self._plan, self._smallest = ledger, plan, smallest

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Whether the query can be read, and how many items it picks."""
        try:
            with book_of(self._ledger, self._plan, self._smallest) as book:
                found = item_days(book.desk, _condition(of, book), _EARLY)
        except SourceError as error:
            yield Checked("query", False, error.message, error.hint)
            return
        yield Checked("query", True, f"it picks {len(found):,} items")

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """A value for every period that is over."""
        measure = _measure(of)
        label = of.text("label").lower()
        with book_of(self._ledger, self._plan, self._smallest) as book:
            condition = _condition(of, book)
            items = item_days(book.desk, condition, _EARLY)
            zone = ZoneInfo(of.timezone)
            moments = [m for i in items if (m := getattr(i, measure.on))]
            first = min(moments).astimezone(zone).date() if moments else None
            due = periods_due(of, cursor, watch, self._plan, first)
        by_period = _by_period(items, measure, due, zone)
        found = [(p, measure.make(by_period[p.start], label)) for p in due]
        metric = of.text("metric")
        yield Seen(
            cursor_after(of, due, cursor),
            tuple(Observed(metric, p.start, value) for p, value in found),
            tuple(_gap(metric, p, value) for p, value in found),
            is_last=True,
        )


def _gap(metric: str, period: Period, value: float | None) -> Mark:
    """Why there is none; a mark without words takes back an earlier one."""
    words = "" if value is not None else f"nothing to work it out from in {period.label}"
    return Mark(metric, period.start, "gap", words)


def _by_period(
    items: Sequence[ItemDays], measure: Measure, due: Sequence[Period], zone: ZoneInfo
) -> dict[object, list[ItemDays]]:
    out: dict[object, list[ItemDays]] = {p.start: [] for p in due}
    if not due:
        return out
    starts = [datetime.combine(p.start, time(), zone) for p in due]
    ends = [datetime.combine(p.end, time(), zone) for p in due]
    for item in items:
        moment = getattr(item, measure.on)
        at = bisect_right(starts, moment) - 1 if moment else -1
        if at >= 0 and moment < ends[at]:
            out[due[at].start].append(item)
    return out


def _measure(of: Connection) -> Measure:
    name = of.text("measure") or "done"
    if name not in MEASURES:
        raise SourceError(
            f"There is no measure {name!r}.", f"Choose one of {', '.join(MEASURES)}.",
            code="source.option",
        )  # fmt: skip
    if name == "share" and not of.text("label"):
        raise SourceError(
            f"{of.name} measures a share of nothing.", "Name the label that is counted.",
            code="source.option",
        )  # fmt: skip
    return MEASURES[name]


def _condition(of: Connection, book: Book) -> Condition:
    try:
        node = parse(of.text("query"))
        _refuse_days(node)
        return condition_of(node, _known(book))
    except Misread as error:
        raise SourceError(
            f"The query of {of.name} cannot be read: {error.message}", error.hint,
            code="source.query",
        ) from error  # fmt: skip


def _refuse_days(node: Node) -> None:
    for term in terms_of(node):
        contested = term.field == "is" and term.value == "contested"
        if term.field in _REFUSED or contested:
            what = "is:contested" if contested else term.field
            raise Misread(
                f"{what} says nothing about a metric.",
                "It asks about the effort of some days, or about now; a metric has days of its own.",
                at=term.at,
            )


def _known(book: Book) -> Known:
    plan = book.plan
    targets = {word: no for no, word in book.targets().items()}

    def teams(term: Term) -> list[int]:
        team = _named(term, {k: t.name or k for k, t in plan.teams.items()})
        numbers = book.team_numbers()
        return [numbers[t] for t in book.tree.subtree(team) if t in numbers]

    def target(term: Term) -> int | None:
        if term.field == "kind":
            return targets.get(f"kind:{term.value}")
        found = _named(term, {k: s.name or k for k, s in plan.streams.items()})
        return targets.get(f"stream:{found}")

    streams = [no for word, no in targets.items() if word.startswith("stream:")]
    return Known(teams, target, streams)


def _named(term: Term, names: Mapping[str, str]) -> str:
    """The identifier of what a term names by its identifier or its name."""
    wanted = term.value.lower()
    for key, name in names.items():
        if wanted in (key.lower(), name.lower()):
            return key
    known = ", ".join(list(names)[:8])
    raise Misread(
        f"the plan has no {term.field} {term.value}.",
        f"It has {known}." if known else f"The plan has no {term.field}s yet.", at=term.value_at,
    )  # fmt: skip
