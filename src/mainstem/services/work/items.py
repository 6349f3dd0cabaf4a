"""One work item: what it counts for and why, its effort by team and month, what was corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from mainstem.errors import Absent, QuestionError
from mainstem.ledger.browsing import effort_by_month
from mainstem.plan.model import Link, Unit
from mainstem.score.values import By, Question
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_shares import ShareMove, may_move
from mainstem.services.scores.book import Book
from mainstem.services.scores.scope import team_cells
from mainstem.services.server.answers import kept
from mainstem.services.work.explaining import SharePart, explain_row
from mainstem.services.work.item_reasons import reason_in_words
from mainstem.services.work.sharing import is_waiting, links_of, moves_of
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground


@dataclass(frozen=True, slots=True)
class MonthOfEffort:
    """Effort on an item in a month by a team; ``parts`` in ten-thousandths of millionths of the unit.

    ``team`` is empty where no team's name may be shown.
    """

    unit: Unit
    month: str
    team: str
    parts: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A row of effort that was replaced: its day, unit and amount, when it landed and when it was replaced."""

    day: date
    unit: str
    amount: float
    landed: datetime | None
    replaced: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """Everything that a page says of an item.

    Attributes:
        shares: What counts, with the reason in words.
        also: What else had matched.
        said: What the plan says of it by hand now.
        is_waiting: What is said by hand counts only from the next derivation.
        effort: By month and team.
        may_share: Whether the actor may say by hand what it counts for.
    """

    source: str
    key: str
    title: str
    url: str
    facts: tuple[tuple[str, str], ...]
    shares: tuple[SharePart, ...]
    reasons: tuple[str, ...]
    also: tuple[str, ...]
    said: tuple[Link, ...]
    is_waiting: bool
    effort: tuple[MonthOfEffort, ...]
    corrections: tuple[Corrected, ...]
    may_share: bool


def look_at_item(source: str, key: str, ground: Ground, by: Actor) -> Item:
    """One item of a source.

    Raises:
        Absent: there is none.
        LedgerError: there is no work at all yet.
    """
    require(by, Action.READ)
    book, plan = ground.book(), ground.plans.head().plan
    key_of = ("item", source, key)
    item, move = kept(ground, book, key_of, lambda: _look(source, key, ground, book), kind="item")
    return replace(item, may_share=may_move(by, plan, move))


def _look(source: str, key: str, ground: Ground, book: Book) -> tuple[Item, ShareMove]:
    """The item as nobody in particular sees it, and what somebody must be allowed to change it."""
    row = next((r for r in book.desk.item(key) if (r["source_name"] or "") == source), None)
    if row is None:
        near = ", ".join(book.desk.near_keys(key[:6]) or book.desk.near_keys(key[:4]))
        raise Absent(
            f"The ledger has no item {key!r} of {source!r}.",
            f"Keys that begin alike: {near}." if near else "Look for it in the list of work.",
        )
    plan = ground.plans.head().plan
    told = explain_row(row, book, effort=False)
    (move,) = moves_of([row["key"]], {}, plan, book, below=False)
    return Item(
        source, row["key"], row["title"] or "", _safe(row["url"]), told.facts, told.shares,
        tuple(_reason(s, book) for s in told.shares), told.also, links_of(row["key"], plan),
        is_waiting(row["key"], ground), _effort(row["item"], book),
        _corrections(told.corrections, book), may_share=False,
    ), move  # fmt: skip


def _safe(url: str | None) -> str:
    """An address that a page may link to."""
    return url if url and url.lower().startswith(("https://", "http://")) else ""


def _reason(share: SharePart, book: Book) -> str:
    if share.rank == 5:
        return reason_in_words(5, share.reason.partition(": ")[2], book)
    return reason_in_words(share.rank, share.reason.removeprefix("explicit: "), book)


def _effort(item: int, book: Book) -> tuple[MonthOfEffort, ...]:
    units = {code: Unit(word) for word, code in UNIT_CODES.items() if word in set(Unit)}
    rows = [r for r in effort_by_month(book.desk, item) if r[0] in units]
    names: dict[Unit, Mapping[int, str] | None] = {}
    out: dict[tuple[Unit, str, str], int] = {}
    for code, team, month, amount in rows:
        unit = units[code]
        if unit not in names:
            names[unit] = _shown_teams(book, unit)
        shown = names[unit]
        if shown is not None:
            key = (unit, month, shown.get(team, ""))
            out[key] = out.get(key, 0) + amount * 10_000
    return tuple(MonthOfEffort(*key, parts) for key, parts in out.items())


def _shown_teams(book: Book, unit: Unit) -> Mapping[int, str] | None:
    """Team → under whose name its effort is shown; ``None`` where nothing may be."""
    return book.memo(("shown", unit), lambda: _teams_to_show(book, unit))[0]


def _teams_to_show(book: Book, unit: Unit) -> tuple[Mapping[int, str] | None]:
    """As ``_shown_teams``, as a value that is never ``None``."""
    span = next(((a, b) for u, a, b, _ in book.desk.spans() if u == unit.value), None)
    if span is None:
        return (None,)
    try:
        cells = team_cells(Question(by=By.TEAM, unit=unit), book, span)
    except QuestionError:
        return (None,)
    return (None,) if cells.hidden else ({no: cells.names[cell] for no, cell in cells.pairs},)


def _corrections(
    rows: Sequence[tuple[date, str, float, int, int]], book: Book
) -> tuple[Corrected, ...]:
    landed = {x.number: x.at for x in book.desk.view.landings}
    return tuple(
        Corrected(day, unit, amount, landed.get(first), landed.get(then))
        for day, unit, amount, first, then in rows
        if unit != "event"
    )
