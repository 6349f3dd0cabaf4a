"""Gathers what a report shows, from the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.figures.given import ImportRow, Lump, Reject, ReportData
from mainstem.figures.wording import day
from mainstem.plan.findings import Finding
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change
from mainstem.score.values import By, Cell, Grain, Question
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.scores.comparing import score_change, score_chart
from mainstem.services.scores.scoring import Book, flows, value_score
from mainstem.services.work.explaining import lumps
from mainstem.services.work.importing import effort_findings

if TYPE_CHECKING:
    from mainstem.services.plans.workspace import Workspace

MOST_LUMPS = 12


def gather(
    place: Workspace, book: Book, question: Question, *, today: date, at: datetime
) -> ReportData:
    """Everything that a report about the question's scope and days is made from."""
    weeks = value_score(replace(question, by=By.ORGANISATION, grain=Grain.WEEK), book)
    whole = weeks.total
    found, no_item, left = lumps(question, book, most=MOST_LUMPS)
    change, previous, compared = _change(question, book, whole)
    plan = with_observations(book.plan, book.desk.view)
    return ReportData(
        organisation=plan.organisation.name or "This organisation",
        period=_period(whole, book),
        unit=question.unit,
        weeks=weeks,
        teams=value_score(replace(question, by=By.TEAM, grain=Grain.ALL), book),
        streams=value_score(replace(question, by=By.STREAM, grain=Grain.ALL), book),
        flows=flows(question, book),
        plan=plan,
        generated_at=at,
        scope=(plan.teams[question.team].name or question.team) if question.team else "",
        change=change,
        previous=previous,
        compared=compared,
        chart=score_chart(replace(question, grain=Grain.WEEK), book),
        lumps=tuple(
            Lump(x.title, x.parts, x.items, (x.title,), x.claim, tuple(f"{k} {t}" for k, t in x.examples))
            for x in found
        ),
        lumps_left=left,
        no_item=no_item,
        findings=_findings(place, today),
        base=Path.cwd(),
        imports=tuple(_imports(book)),
        notes=weeks.notes,
        plan_revision=book.revision,
        ledger_version=book.desk.view.version,
        as_of=question.as_of,
        smallest=book.k_min,
    )  # fmt: skip


def _period(whole: Cell | None, book: Book) -> str:
    """A cycle's or quarter's name where the days are just that, else the days."""
    if whole is None:
        return ""
    first, last = whole.period.start, whole.period.end - timedelta(days=1)
    for key, cycle in book.plan.cycles.items():
        if (cycle.first_day, cycle.last_day) == (first, last):
            return cycle.name or key
    return _days(first, whole.period.end)


def _change(
    question: Question, book: Book, whole: Cell | None
) -> tuple[Change | NotAnswerable | None, str, str]:
    """The split against the stretch of the same length before, if the ledger reaches back so far.

    Returns:
        The split, the name of the stretch before, and that of the one after it where it is not the
        question's own.
    """
    if whole is None:
        return None, "", ""
    start, end = whole.period.start, whole.period.end
    first = min((a for u, a, _, _ in book.desk.spans() if u == question.unit.value), default=start)
    length = end - start
    before, stop = start - length, start
    if before < first:
        # the whole ledger: its later half against its earlier one
        if question.since or question.until or length.days < 28:
            return None, "", ""
        middle = start + timedelta(days=length.days // 2)
        before, stop, start = start, middle, middle
    one = f"{before}..{stop - timedelta(days=1)}"
    two = f"{start}..{end - timedelta(days=1)}"
    return (
        score_change(question, book, one, two),
        _days(before, stop),
        _days(start, end) if start != whole.period.start else "",
    )


def _days(first: date, after: date) -> str:
    last = after - timedelta(days=1)
    return f"{day(first, year=first.year != last.year)} to {day(last)}"


def _findings(place: Workspace, today: date) -> tuple[Finding, ...]:
    from mainstem.services.plans.planning import check_plan

    loaded = place.load_plan()
    on_plan = check_plan(loaded, today=today) if loaded is not None else ()
    return (*on_plan, *effort_findings(place))


def _imports(book: Book) -> list[ImportRow]:
    out = []
    for landing in reversed(book.desk.view.landings):
        if landing.what == "import":
            r = landing.report
            out.append(
                ImportRow(
                    landing.source, r["read"], r["new"], r["changed"], r["unchanged"], r["rejected"],
                    landing.at, tuple(Reject(w, n, p, s) for w, n, p, s in r["reasons"]),
                    tuple(r["notes"]),
                )
            )  # fmt: skip
    return out
