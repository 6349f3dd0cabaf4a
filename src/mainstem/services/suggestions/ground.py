"""What suggestions are learned from and made for: items of the ledger as examples, without people.

What decided an item is taken out of its example first (``work.examples.without``): an item that a claim
by component took would else teach only that claim, which the items that need a suggestion escape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.plan.model import Condition, Plan, RestKind
from mainstem.work.branches import branches
from mainstem.work.examples import Example, Labelled, TeamId, without
from mainstem.work.rest import rest_rules

if TYPE_CHECKING:
    from mainstem.ledger.suggesting import LearnRow
    from mainstem.services.scores.book import Book

#: How every link begins that accepts a suggestion, and what is added where nobody looked at it.
SUGGESTED, BY_ITSELF = "Suggested by model", "accepted by itself"
#: Unknown items for which suggestions are made; those with most effort.
MOST_UNKNOWN = 20_000
_BY_HAND, _INHERITED = 1, (2, 4)


@dataclass(frozen=True, slots=True)
class Open:
    """An item that nothing speaks for, with its effort in parts of the default unit."""

    item: int
    source: str
    example: Example
    parts: int


def labelled(book: Book, *, most: int) -> list[Labelled]:
    """Items of which is known what they were for; what a model accepted by itself teaches nothing."""
    from mainstem.ledger.suggesting import known_items

    targets, reasons = book.targets(), book.desk.names("reason")
    teams, went_by = _teams(book), _conditions(book.plan)
    named = set(names_of(book.plan))
    out = []
    for known in known_items(book.desk, most=most):
        target, reason = targets.get(known.target, ""), reasons.get(known.reason, "")
        if target not in named or (known.rank == _BY_HAND and BY_ITSELF in reason):
            continue
        example = _example(known.row, teams)
        condition = None if known.rank in _INHERITED else went_by.get(reason)
        out.append(Labelled(
            without(example, condition) if condition else example, target, known.rank == _BY_HAND
        ))  # fmt: skip
    return out


def unknown(book: Book) -> list[Open]:
    """Items with effort that nothing speaks for, most effort first."""
    from mainstem.ledger.suggesting import unknown_items
    from mainstem.services.scores.scoring import default_unit

    teams = _teams(book)
    found = unknown_items(book.desk, default_unit(book).value, most=MOST_UNKNOWN)
    return [Open(u.row.item, u.row.source, _example(u.row, teams), u.parts) for u in found]


def names_of(plan: Plan) -> dict[str, str]:
    """Everything that may be suggested, with its name: streams and kinds of the rest."""
    streams = {f"stream:{key}": s.name or key for key, s in plan.streams.items()}
    return streams | {f"kind:{k}": str(k) for k in RestKind if k is not RestKind.UNKNOWN}


def _teams(book: Book) -> Mapping[int, str]:
    """Numbers of teams of the plan: no other word for a team, which may be a person's, gets through."""
    return {no: team for team, no in book.team_numbers().items() if team in book.plan.teams}


def _example(row: LearnRow, teams: Mapping[int, str]) -> Example:
    team = teams.get(row.team)
    return Example(
        row.key, row.title, row.day, row.project, row.type, row.labels, row.components, row.paths,
        TeamId(team) if team else None, row.group,
    )  # fmt: skip


def _conditions(plan: Plan) -> dict[str, Condition]:
    """The words of a reason → the condition that it names, as ``services.attributing`` writes them."""
    out: dict[str, Condition] = {f"claim {b.claim_id}": b.condition for b in branches(plan)}
    for number, rule in enumerate(rest_rules(plan), 1):
        out[f"rest rule {rule.id or number} ({rule.kind})"] = rule
    return out
