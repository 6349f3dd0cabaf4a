"""Working out, after numbers have changed, what the next to open a page would have to wait for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mainstem.errors import LedgerError, QuestionError
from mainstem.ledger import item_cube_fields, item_effort, item_index
from mainstem.ledger.item_cube import period_of
from mainstem.ledger.item_cube_words import open_all
from mainstem.ledger.lump_cube import lumps_of
from mainstem.plan.model import Plan, Unit
from mainstem.score.periods import cycle_in_view
from mainstem.score.periods import period_of as period_around
from mainstem.score.values import By, Grain, Question
from mainstem.services.challenges.scales import scales_of
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.services.people.access import system
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.services.scores.converting import source_unit
from mainstem.services.scores.scoring import default_unit, value_score
from mainstem.services.work.browsing import Wanted, browse_items
from mainstem.services.work.reasons import kept_reasons
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    from mainstem.services.scores.book import Book
    from mainstem.services.server.ground import Ground

#: Cycles besides the one in view of which it is made ready because of what effort counts.
MOST_CYCLES = 11


def make_ready(ground: Ground) -> None:
    """Opens or makes what pages about the cycle in view read: sums, items, and because of what they count.

    For each process: most of it is kept in memory. Costs next to nothing where all of it is there. Nothing depends on it: what is not made ready is made
    by whoever asks.
    """
    # no ledger, or nothing in it: nothing to make ready
    with suppress(LedgerError, QuestionError):
        _make_ready(ground)


def _make_ready(ground: Ground) -> None:
    standing = ground.plans.head()
    book = ground.book(standing)
    if not book.desk.spans():
        return
    first, last = days_in_view(standing.plan, ground.today())
    unit = default_unit(book)
    question = Question(unit=unit, since=first, until=last)
    # by team: groups too small to show are found on the way
    value_score(Question(By.TEAM, Grain.ALL, unit, first, last), book)
    items = period_of(book.desk, UNIT_CODES[source_unit(unit, book).value], first, last)
    if items is not None:
        item_cube_fields.make(book.desk, items.name, items.items)
    open_all(book.desk)
    browse_items(Wanted("", first, last, unit), ground, system("job"))
    kept_reasons(question, ground, book)
    item_index.make_all(book.desk)
    _triage(book, unit, first, last)
    for one in _other_cycles(standing.plan, (first, last)):
        kept_reasons(replace(question, since=one[0], until=one[1]), ground, book)
    book.desk.suspicious()
    _challenge(ground)


def _challenge(ground: Ground) -> None:
    """What was seen after each bet, and what history says of each part of the plan."""
    desk = server_desk(ground)
    kept_readings(ground, desk, system("job"), at=ground.now())
    scales_of(desk, standing_findings(ground), subjects=())


def _triage(book: Book, unit: Unit, first: date, last: date) -> None:
    """What the page of triage and the previews of claims read."""
    lumps_of(book.desk, source_unit(unit, book).value, first, last)
    for held, *_ in book.desk.spans():
        item_effort.make_ready(book.desk, held, (first, last))


def _other_cycles(plan: Plan, but: tuple[date, date]) -> list[tuple[date, date]]:
    """First and last days of the latest cycles, but for one of them."""
    days = sorted({(c.first_day, c.last_day) for c in plan.cycles.values()}, reverse=True)
    return [one for one in days if one != but][:MOST_CYCLES]


def days_in_view(plan: Plan, today: date) -> tuple[date, date]:
    """First and last day of the cycle in view, else of this quarter: what pages show unasked."""
    key = cycle_in_view(plan.cycles, today)
    if key:
        return plan.cycles[key].first_day, plan.cycles[key].last_day
    quarter = period_around(today, Grain.QUARTER)
    return quarter.start, quarter.end - timedelta(days=1)
