"""Asking for the Value Score: a question in the words of the plan becomes numbers, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mainstem.plan.model import RestKind, Unit
from mainstem.score.values import Answer, By, Grain, Period, Question
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import converted, source_unit
from mainstem.services.scores.planned import planned_shares
from mainstem.services.scores.rows import NO_TEAM, Rows
from mainstem.services.scores.scope import (
    Span,
    TeamCells,
    days_asked,
    days_of,
    no_effort,
    periods_of,
    places_of,
    team_cells,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mainstem.ledger.cube import Sums
    from mainstem.ledger.questions import ItemRow


class Flow(NamedTuple):
    """Effort of one team for one stream or kind, in parts; a large organisation has thousands."""

    team: str
    target: str
    parts: int


def value_score(question: Question, book: Book, *, beside: Span | None = None) -> Answer:
    """Answers a question, with range and coverage for every cell.

    Args:
        beside: Other days that the answer is compared with; as for ``team_cells``.

    Raises:
        QuestionError: for an unknown team or stream, or a unit without effort.
    """
    span = days_asked(question, book)
    notes = list(book.notes)
    if span is None:
        return Answer(question, (), None, (*notes, no_effort(question, book)),
                      book.revision, book.desk.view.version)  # fmt: skip
    cut = periods_of(question, book, *span)
    teams = team_cells(question, book, span, beside)
    if teams.hidden:
        notes.append(teams.hidden)
    places, labels = places_of(question, book)
    found = _read(question, book, cut, teams, list(places.items()), notes)
    rows = Rows(question, book, cut, teams, labels)
    return Answer(
        question, tuple(rows.cells(found)), rows.total(found, span), tuple(notes), book.revision,
        book.desk.view.version,
    )  # fmt: skip


def _read(
    question: Question,
    book: Book,
    cut: Sequence[Period],
    teams: TeamCells,
    places: Sequence[tuple[int, int]],
    notes: list[str],
) -> Sums:
    """What the ledger holds in the unit asked for, else what the plan's conversions make of it."""
    read = source_unit(question.unit, book)
    if read is question.unit:
        shared = _of_team(question, book, cut, teams, places)
        if shared is not None:
            return shared
        return book.desk.amounts(days_of(cut), teams.pairs, places, read.value, raw=question.raw)
    notes.append(
        f"Converted from {read.value}s by the factors that the plan declares; the ledger holds no"
        f" {question.unit.value}s."
    )
    return converted(read, question.unit, book, cut, teams.pairs, places, raw=question.raw)


def _of_team(
    question: Question,
    book: Book,
    cut: Sequence[Period],
    teams: TeamCells,
    places: Sequence[tuple[int, int]],
) -> Sums | None:
    """The same out of what a page about a team asks for once, by team and target; if that says it."""
    from mainstem.ledger.cube import Sums

    if question.team is None or question.grain is not Grain.ALL or question.raw:
        return None
    found = _by_target(question, book, cut, teams)
    if found.parts.min(initial=1) < 1:
        # rows that cancel out are none at all where they are of one place
        return None
    cells, at = dict(teams.pairs), dict(places)
    return Sums(
        found.period,
        np.array([cells[n] for n in found.cell.tolist()], np.int64),
        np.array([at[n] for n in found.place.tolist()], np.int64),
        found.parts,
    )


def _by_target(question: Question, book: Book, cut: Sequence[Period], teams: TeamCells) -> Sums:
    """Parts by number of team and target, of a whole period."""
    unit, raw = question.unit.value, question.raw

    def ask() -> Sums:
        numbers, targets = [(no, no) for no, _ in teams.pairs], [(t, t) for t in book.targets()]
        return book.desk.amounts(days_of(cut), numbers, targets, unit, raw=raw)

    if question.team is None or raw or teams.hidden:
        # what is hidden beside one stretch of days may be shown by itself: it is not kept for that
        return ask()
    days = tuple((p.start, p.end) for p in cut)
    return book.memo(("by target", question.team, unit, days), ask)


def flows(question: Question, book: Book) -> tuple[Flow, ...]:
    """Team x stream (or kind) over the question's whole period, for the River and the split of changes."""
    span = days_asked(question, book)
    if span is None:
        return ()
    asked = replace(question, by=By.TEAM, grain=Grain.ALL)
    cut = periods_of(asked, book, *span)
    teams = team_cells(asked, book, span)
    targets, cells = book.targets(), dict(teams.pairs)
    found = _by_target(asked, book, cut, teams)
    to, words = _ranked([teams.names[cells[no]] for no in found.cell.tolist()])
    at, goals = _ranked([targets[no] for no in found.place.tolist()])
    pairs, row = np.unique(to * len(goals) + at, return_inverse=True)
    parts = np.zeros(len(pairs), np.int64)
    np.add.at(parts, row, found.parts)
    held = np.flatnonzero(parts)
    return tuple(
        Flow(words[pair // len(goals)], goals[pair % len(goals)], count)
        for pair, count in zip(pairs[held].tolist(), parts[held].tolist(), strict=True)
    )


def _ranked(words: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    """The place of each word among the different ones in their order, and these."""
    order = sorted(set(words))
    rank = {word: n for n, word in enumerate(order)}
    return np.array([rank[word] for word in words], np.int64), order


def items_behind(
    question: Question, book: Book, *, kind: RestKind | None = None, most: int = 50
) -> list[ItemRow]:
    """The items behind a cell: a stream (``question.stream``), a kind of the rest, or everything."""
    span = days_asked(question, book)
    if span is None:
        return []
    teams = team_cells(replace(question, by=By.TEAM), book, span)
    wanted = f"stream:{question.stream}" if question.stream else f"kind:{kind}" if kind else None
    places = [(t, 1) for t, word in book.targets().items() if wanted is None or word == wanted]
    cut = periods_of(replace(question, grain=Grain.ALL), book, *span)
    return book.desk.items_of(days_of(cut), teams.pairs, places, question.unit.value, most=most)


def scope_and_days(
    question: Question, book: Book, grain: Grain
) -> tuple[Sequence[tuple[int, int]], Sequence[tuple[date, int]]] | None:
    """The teams and days that a question asks about, in the ledger's numbers."""
    span = days_asked(question, book)
    if span is None:
        return None
    teams = team_cells(replace(question, by=By.ORGANISATION), book, span)
    return teams.pairs, days_of(periods_of(replace(question, grain=grain), book, *span))


def default_unit(book: Book) -> Unit:
    """The organisation's unit where there is effort in it, else the unit with most to say."""
    units = {u for u, _, _, _ in book.desk.spans()}
    wished = book.plan.organisation.unit
    order = (wished, Unit.PERSON_DAY, Unit.HOUR, Unit.ITEM, Unit.POINT)
    return next((u for u in order if u.value in units), wished)


__all__: Sequence[str] = (
    "NO_TEAM", "Book", "Flow", "default_unit", "flows", "items_behind", "planned_shares",
    "scope_and_days", "value_score",
)  # fmt: skip
