"""What people answered to disqualifying statements, in the tables of a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet

from mainstem.challenge.said import Answered, Tally
from mainstem.challenge.verdicts import Answer
from mainstem.store.models import StatementAnswer

if TYPE_CHECKING:
    from typing import Protocol

    class By(Protocol):
        """Who writes: the number of their account."""

        @property
        def id(self) -> int | None:
            """``None``: the program, or somebody without an account."""


#: Subjects that one query names; databases bound how many values a query may have.
_AT_ONCE = 400


class StoredAnswers:
    """``services.desk.AnswerBook`` over the table of answers."""

    def add(self, answered: Answered, by: By) -> None:
        """Keeps an answer; the newest one to a statement about a thing counts."""
        StatementAnswer.objects.create(
            subject=answered.subject, statement=answered.statement, version=answered.version,
            answer=answered.answer or "", evidence=answered.evidence, owner=answered.owner[:200],
            until=answered.until, is_private=answered.is_private, author_id=by.id,
            author_name=answered.by[:200], at=answered.at,
        )  # fmt: skip

    def standing(self, subjects: Iterable[str] | None = None) -> Mapping[str, Sequence[Answered]]:
        """The answers that count, by subject; of all subjects if none are named."""
        out: dict[str, list[Answered]] = {}
        for rows in _asked_for(subjects):
            newest = rows.order_by().values("subject", "statement").annotate(newest=Max("pk"))
            kept = StatementAnswer.objects.filter(pk__in=newest.values("newest")).exclude(answer="")
            for row in kept.order_by("pk"):
                out.setdefault(row.subject, []).append(_answered(row))
        return out

    def history(self, subject: str) -> Sequence[Answered]:
        """Every answer about a thing, oldest first."""
        rows = StatementAnswer.objects.filter(subject=subject).order_by("pk")
        return tuple(_answered(row) for row in rows)

    def tallies(self) -> Mapping[str, Tally]:
        """Statement → how often it was true of all things it was answered for."""
        newest = (
            StatementAnswer.objects.order_by().values("subject", "statement").annotate(n=Max("pk"))
        )
        rows = (
            StatementAnswer.objects.filter(pk__in=newest.values("n"))
            .exclude(answer__in=("", Answer.CANNOT_SAY))
            .values_list("statement")
            .annotate(true=Count("pk", filter=Q(answer=Answer.TRUE)), answered=Count("pk"))
            .order_by("statement")
        )
        return {statement: Tally(true, answered) for statement, true, answered in rows}


def _asked_for(subjects: Iterable[str] | None) -> Iterator[QuerySet[StatementAnswer]]:
    if subjects is None:
        yield StatementAnswer.objects.all()
        return
    wanted = sorted(set(subjects))
    for start in range(0, len(wanted), _AT_ONCE):
        yield StatementAnswer.objects.filter(subject__in=wanted[start : start + _AT_ONCE])


def _answered(row: StatementAnswer) -> Answered:
    return Answered(
        row.subject, row.statement, row.version, Answer(row.answer) if row.answer else None,
        row.evidence, row.owner, row.until, row.is_private, row.author_name, row.at,
    )  # fmt: skip
