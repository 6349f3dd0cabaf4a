"""What a question is about, in the ledger's numbers: which days, which teams, which targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from mainstem.errors import QuestionError
from mainstem.plan.model import Unit
from mainstem.score.merging import WHOLE, Merging, fewest, merge_small
from mainstem.score.periods import periods
from mainstem.score.tree import TeamTree
from mainstem.score.values import By, Period, Question
from mainstem.score.words import UNIT_WORDS
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import source_unit

TOO_FEW = "Too few people to show: the group is smaller than the setting k_min allows."


#: First and last day.
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class TeamCells:
    """Which team's effort is in an answer, and under which cell.

    Attributes:
        pairs: (team number, cell number).
        names: The cells' team ids.
        merged: Cell's team id → the teams that were merged into it.
        hidden: Why nothing may be shown, if so.
    """

    pairs: Sequence[tuple[int, int]] = ()
    names: Sequence[str] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: str = ""


def days_asked(question: Question, book: Book) -> tuple[date, date] | None:
    """First and last day asked for, within the days that have effort in the unit."""
    spans = {unit: (first, last) for unit, first, last, _ in book.desk.spans()}
    read = source_unit(question.unit, book).value
    if read not in spans:
        if spans and question.unit is not book.plan.organisation.unit:
            raise QuestionError(
                f"The ledger has no effort in {UNIT_WORDS[question.unit][1]}.",
                f"It has {', '.join(UNIT_WORDS[Unit(u)][1] for u in sorted(spans))}. Ask with --unit, or declare a conversion in the plan.",
                code="question.unit",
            )
        return None
    first, last = spans[read]
    low = max(first, question.since) if question.since else first
    high = min(last, question.until) if question.until else last
    return (low, high) if low <= high else None


def no_effort(question: Question, book: Book) -> str:
    """The note of an answer without any cell."""
    spans = book.desk.spans()
    if not spans:
        return "The ledger holds no effort yet."
    listed = "; ".join(f"{UNIT_WORDS[Unit(u)][1]} from {a} to {b}" for u, a, b, _ in spans)
    return f"There is no effort in {UNIT_WORDS[question.unit][1]} in the days asked for. The ledger has {listed}."


def periods_of(question: Question, book: Book, low: date, high: date) -> tuple[Period, ...]:
    """The days asked for, cut by the question's grain."""
    org = book.plan.organisation
    return periods(question.grain, low, high, week_starts=org.week_starts, cycles=book.plan.cycles)


def days_of(cut: Sequence[Period]) -> Sequence[tuple[date, int]]:
    """Every day with the number of its period."""
    return _days(tuple((p.start, p.end) for p in cut))


@lru_cache(32)
def _days(cut: tuple[tuple[date, date], ...]) -> tuple[tuple[date, int], ...]:
    # a page asks about the same days several times, and the next page asks again
    return tuple(
        (date.fromordinal(on), n)
        for n, (start, end) in enumerate(cut)
        for on in range(start.toordinal(), end.toordinal())
    )


def team_cells(question: Question, book: Book, span: Span, beside: Span | None = None) -> TeamCells:
    """Which team's effort is in the answer, and under which cell; groups too small are merged.

    Args:
        beside: Other days that the answer is compared with: a group too small in either is merged in both.

    Raises:
        QuestionError: for a team that is not in the plan.
    """
    if question.team is not None and question.team not in book.tree:
        raise _no_such_team(question.team, book)
    spans = (span,) if beside is None else tuple(sorted((span, beside)))
    key = ("cells", question.by is By.TEAM, question.team, question.level, spans)
    return book.memo(key, lambda: _team_cells(question, book, spans))


def _team_cells(question: Question, book: Book, spans: tuple[Span, ...]) -> TeamCells:
    tree, numbers = book.tree, book.team_numbers()
    merging = _merging(book, numbers, spans)
    if merging.too_small or (question.team and not merging.is_shown(question.team)):
        return TeamCells(hidden=TOO_FEW)
    names: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for number, team in _numbered(question, tree, numbers):
        cell = _cell_name(question, tree, merging, team)
        pairs.append((number, names.setdefault(cell, len(names))))
    merged = {into: teams for into, teams in merging.absorbed.items() if into in names}
    return TeamCells(pairs, list(names), merged)


def _numbered(
    question: Question, tree: TeamTree, numbers: Mapping[str, int]
) -> Sequence[tuple[int, str]]:
    """The teams asked about with their numbers in the ledger, in the order of the numbers."""
    if question.team:
        return sorted((numbers[t], t) for t in tree.subtree(question.team) if t in numbers)
    return [(0, WHOLE), *((no, t) for t, no in numbers.items())]


def _no_such_team(team: str, book: Book) -> QuestionError:
    near = [t for t in book.plan.teams if team.lower() in t.lower()][:5]
    return QuestionError(
        f"The plan has no team {team!r}.",
        f"Perhaps one of: {', '.join(near)}." if near else "`mainstem score --by team` lists them.",
        code="question.team",
    )


def _cell_name(question: Question, tree: TeamTree, merging: Merging, team: str) -> str:
    if question.by is not By.TEAM:
        return question.team or WHOLE
    if team == WHOLE or team not in tree:
        return WHOLE
    shown = merging.into.get(team, WHOLE)
    if question.level is not None and shown != WHOLE:
        base = tree.depth(question.team) if question.team else -1
        level = question.level + (base if question.team else 0)
        shown = (
            tree.at_level(shown, level if tree.has_one_root or not question.team else level + 1)
            or WHOLE
        )
    return shown


def _merging(book: Book, numbers: Mapping[str, int], spans: tuple[Span, ...]) -> Merging:
    return book.memo(("merging", spans), lambda: _merged(book, numbers, spans))


def _merged(book: Book, numbers: Mapping[str, int], spans: tuple[Span, ...]) -> Merging:
    if book.k_min <= 1:
        return merge_small(book.tree, {}, 1)
    heads = fewest([_heads(book, numbers, span) for span in spans])
    if book.plan.organisation.settings.k_min is None and not any(heads.values()):
        # who worked is known of nothing: no figure can be about anybody
        return merge_small(book.tree, {}, 1)
    return merge_small(book.tree, heads, book.k_min, with_effort=frozenset(heads))


def _heads(book: Book, numbers: Mapping[str, int], span: Span) -> dict[str, int]:
    """Team → people behind its effort in these days; ``WHOLE`` for effort of no team."""
    days = days_of([Period("all", span[0], span[1] + timedelta(days=1))])
    by_number = {no: t for t, no in numbers.items()}
    return {by_number.get(no, WHOLE): n for no, n in book.desk.heads(days).items()}


def places_of(question: Question, book: Book) -> tuple[dict[int, int], list[str]]:
    """Target number -> place number, and the word of each place.

    By team or organisation all streams are one place (``value``, or ``value`` and ``elsewhere`` if one
    stream is asked for); otherwise each stream is its own.

    Raises:
        QuestionError: for a stream that is not in the plan.
    """
    if question.stream is not None and question.stream not in book.plan.streams:
        raise QuestionError(
            f"The plan has no stream {question.stream!r}.",
            f"It has {', '.join(list(book.plan.streams)[:8]) or 'none yet'}.",
            code="question.stream",
        )
    apart = question.by in (By.STREAM, By.OBJECTIVE, By.CUSTOMER, By.STAGE)
    return book.memo(("places", apart, question.stream), lambda: _places(question, book, apart))


def _places(question: Question, book: Book, apart: bool) -> tuple[dict[int, int], list[str]]:
    labels: dict[str, int] = {}
    places: dict[int, int] = {}
    for number, word in book.targets().items():
        kind, _, name = word.partition(":")
        if kind == "stream" and not apart:
            label = "elsewhere" if question.stream not in (None, name) else "value"
        else:
            label = word
        places[number] = labels.setdefault(label, len(labels))
    return places, list(labels)
