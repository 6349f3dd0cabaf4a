"""Because of what effort counts for a stream: by rule, by a person, or inherited; and by which claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.score.values import By, Grain, Question
from mainstem.services.scores.book import Book
from mainstem.services.scores.scope import days_asked, days_of, periods_of, team_cells
from mainstem.services.server.answers import kept
from mainstem.services.work.item_reasons import reason_in_words
from mainstem.work.attribution import Rank

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: What people call the steps of the precedence that lead to a stream.
RANK_WORDS: Mapping[Rank, str] = {
    Rank.CLAIM: "claimed by rule",
    Rank.EXPLICIT: "set by a person",
    Rank.INHERITED_CLAIM: "inherited from a claimed parent or epic",
    Rank.INHERITED_EXPLICIT: "inherited from what a person set",
}


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why the effort of one stream counts for it, in parts.

    Attributes:
        by_rank: Step of the precedence → parts.
        by_claim: What the claim asks for, in words → parts.
        by_team: Team → its claims → parts; small groups are merged as everywhere.
    """

    by_rank: Mapping[Rank, int] = field(default_factory=dict)
    by_claim: Mapping[str, int] = field(default_factory=dict)
    by_team: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def parts(self) -> int:
        """All of it."""
        return sum(self.by_rank.values())


def kept_reasons(question: Question, ground: Ground, book: Book) -> Mapping[str, Grounds]:
    """The same as ``reasons_by_stream``, kept until the ledger or the plan changes."""
    return kept(
        ground, book, ("grounds", question), lambda: reasons_by_stream(question, book), is_dear=True
    )


def reasons_by_stream(question: Question, book: Book) -> dict[str, Grounds]:
    """For every stream with effort in the question's scope and days, why it counts.

    One query for all streams, in a unit that the ledger holds; empty where it holds none.
    """
    span = days_asked(question, book)
    if span is None or question.unit.value not in {u for u, *_ in book.desk.spans()}:
        return {}
    asked = Question(
        By.TEAM, Grain.ALL, question.unit, question.since, question.until, question.team
    )
    teams = team_cells(asked, book, span)
    targets = {n: w for n, w in book.targets().items() if w.startswith("stream:")}
    rows = book.desk.reasons(
        days_of(periods_of(asked, book, *span)), teams.pairs, [(n, n) for n in targets],
        question.unit.value,
    )  # fmt: skip
    names = book.desk.names("reason")
    words: dict[int, str] = {}
    sums: dict[str, tuple[Counter[Rank], Counter[str], dict[str, Counter[str]]]] = {}
    for cell, target, rank, reason, parts in rows:
        stream = targets[target].removeprefix("stream:")
        ranks, claims, by_team = sums.setdefault(stream, (Counter(), Counter(), {}))
        ranks[Rank(rank)] += parts
        if reason:
            said = words.setdefault(reason, _claim(names.get(reason, ""), book))
            claims[said] += parts
            by_team.setdefault(teams.names[cell], Counter())[said] += parts
    return {stream: Grounds(*found) for stream, found in sums.items()}


def _claim(reason: str, book: Book) -> str:
    """What a claim asks for, e.g. ``label start-time``."""
    return reason_in_words(Rank.CLAIM, reason, book).removeprefix("claimed by ")
