"""The words of a query in the ledger's numbers: teams, streams, kinds, units, as the plan names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from mainstem.ledger.browsing_conditions import Known
from mainstem.plan.model import Unit
from mainstem.score.values import By, Question
from mainstem.services.scores.book import Book
from mainstem.services.scores.scope import TOO_FEW, TeamCells, team_cells
from mainstem.store.models import Contest
from mainstem.work.query import And, Misread, Node, Term, terms_of


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query means in a book, in some days.

    Attributes:
        known: Its words in numbers.
        cells: Under which team's name each team's effort may be shown.
    """

    known: Known
    cells: TeamCells

    @property
    def names(self) -> Mapping[int, str]:
        """Number of a team → the team under whose name its effort is shown."""
        return {no: self.cells.names[cell] for no, cell in self.cells.pairs}


def scope_of(book: Book, unit: Unit, first: date, last: date) -> Scope:
    """What the words of a query mean for some days.

    Raises:
        QuestionError: if the ledger has no effort in the unit.
    """
    cells = team_cells(Question(by=By.TEAM, unit=unit), book, (first, last))
    targets = {word: no for no, word in book.targets().items()}
    known = Known(
        teams=lambda term: _teams(term, book, cells),
        targets=lambda term: _target(term, book, targets),
        streams=[no for word, no in targets.items() if word.startswith("stream:")],
        contested=list(
            Contest.objects.filter(state="open").values_list("item", flat=True).distinct()
        ),
    )
    return Scope(known, cells)


def _teams(term: Term, book: Book, cells: TeamCells) -> Sequence[int]:
    """Numbers of a team and of the teams in it; a group too small to show cannot be asked for."""
    teams = book.plan.teams
    team = _named(term, {k: t.name or k for k, t in teams.items()}, "team")
    inside, numbers = book.tree.subtree(team), book.team_numbers()
    if is_too_small(team, book, cells):
        raise Misread(f"the team {team} cannot be shown alone.", TOO_FEW, at=term.value_at)
    return [numbers[t] for t in inside if t in numbers]


def is_too_small(team: str, book: Book, cells: TeamCells) -> bool:
    """Whether a team has effort, but only as a part of a larger group."""
    inside, numbers = book.tree.subtree(team), book.team_numbers()
    shown = {name for name in cells.names if name}
    return not shown.intersection(inside) and any(numbers.get(t) for t in inside)


def _target(term: Term, book: Book, targets: Mapping[str, int]) -> int | None:
    if term.field == "kind":
        return targets.get(f"kind:{term.value}")
    streams = {k: s.name or k for k, s in book.plan.streams.items()}
    return targets.get(f"stream:{_named(term, streams, 'stream')}")


def _named(term: Term, names: Mapping[str, str], what: str) -> str:
    """The identifier of what a term names by its identifier or its name."""
    wanted = term.value.lower()
    found = next((k for k in names if k.lower() == wanted), None)
    found = found or next((k for k, name in names.items() if name.lower() == wanted), None)
    if found is not None:
        return found
    near = get_close_matches(wanted, [k.lower() for k in names], 3, 0.5) or list(names)[:8]
    raise Misread(
        f"the plan has no {what} {term.value}.",
        f"Perhaps one of: {', '.join(near)}." if near else f"The plan has no {what}s yet.",
        at=term.value_at,
    )


def unit_said(node: Node, held: Iterable[Unit]) -> Unit | None:
    """The unit that a query asks for, if it does.

    Raises:
        Misread: if it asks for several, or not for the whole query, or for one without effort.
    """
    said = [t for t in terms_of(node) if t.field == "unit"]
    if not said:
        return None
    top = node.parts if isinstance(node, And) else (node,)
    odd = next((t for t in said if t not in top or t.value != said[0].value), None)
    if odd is not None:
        raise Misread(
            "the unit is said once, for the whole query.",
            "Take it out of brackets, `or` and `not`.",
            at=odd.at,
        )
    unit, known = Unit(said[0].value), list(held)
    if unit not in known:
        raise Misread(
            f"the ledger has no effort in {said[0].value}s.",
            f"It has: {', '.join(known)}.",
            at=said[0].value_at,
        )
    return unit
