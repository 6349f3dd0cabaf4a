"""Work that was asked about and what was decided on it, in the tables of a server."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet

from mainstem.challenge.decisions import (
    VERDICTS,
    Chain,
    Decision,
    StatementResult,
    Step,
    Work,
    bare_link,
)
from mainstem.challenge.done import Done
from mainstem.challenge.overlap import Nearest
from mainstem.challenge.verdicts import Answer
from mainstem.challenge.wanted import Wanted
from mainstem.errors import Absent, Conflict
from mainstem.store.done import done as stored_done
from mainstem.store.done import keep_done as store_done
from mainstem.store.models import AskedWork
from mainstem.store.models import Decision as Kept
from mainstem.store.together import one_at_a_time, together

if TYPE_CHECKING:
    from typing import Protocol

    class By(Protocol):
        """Who writes."""

        @property
        def id(self) -> int | None:
            """Number of the account."""

        @property
        def name(self) -> str:
            """What people call them."""

        @property
        def face(self) -> str:
            """By which face."""


@dataclass(slots=True, weakref_slot=True)
class Titles:
    """The titles of decided work, kept in memory and followed row by row. Safe between threads."""

    _near: Nearest[int] = field(default_factory=Nearest)
    _seen: tuple[int, int] = (0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def near(self) -> Nearest[int]:
        """The index as it is now; costs one query where nothing is new."""
        found = Kept.objects.aggregate(Max("pk"), Count("pk"))
        state = (found["pk__max"] or 0, found["pk__count"])
        if state == self._seen:
            return self._near
        with self._lock:
            newest, count = self._seen
            new = Kept.objects.filter(pk__gt=newest)
            follows = count + new.filter(pk__lte=state[0]).count() == state[1]
            rows = AskedWork.objects.exclude(standing="")
            if follows:
                rows = rows.filter(decisions__in=new).distinct()
            # replaced, not changed: others may be looking through it
            near = self._near.copy() if follows else Nearest[int]()
            for number, title in rows.values_list("pk", "title").iterator(2000):
                near.add(number, title)
            self._near, self._seen = near, state
            return near


@dataclass(frozen=True, slots=True)
class StoredDecisions:
    """The decisions of a server.

    Attributes:
        titles: What is known of past titles; shared by all requests of a process.
    """

    titles: Titles = field(default_factory=Titles)

    def ask(self, work: Work, by: By, *, at: datetime) -> Chain:
        """Keeps a piece of work; one of the same source and key, or of the same link, is the same chain."""
        with one_at_a_time():
            found = self.find(work.source, work.key, work.link)
            if found is not None:
                return found
            row = AskedWork.objects.create(
                title=work.title[:400], text=work.text, team=work.team, estimate=work.estimate,
                link=bare_link(work.link)[:600], key=work.key.lower()[:400], source=work.source,
                given=_kept_given(work), author_id=by.id, author_name=by.name[:200], face=by.face, at=at,
            )  # fmt: skip
            return _chain(row, ())

    def add(self, number: int, decision: Decision, by: By, *, after: int) -> Chain:
        """Adds a step to a chain.

        Args:
            after: How many steps its author had seen.

        Raises:
            Absent: there is no such chain.
            Conflict: somebody has added a step since.
        """
        with together():
            row = AskedWork.objects.select_for_update().filter(pk=number).first()
            if row is None:
                raise Absent(
                    f"There is no decision {number}.", "The list of decisions has them all."
                )
            steps = tuple(row.decisions.order_by("pk"))
            if len(steps) != after:
                raise Conflict(
                    f"Somebody has said something on “{row.title}” since you looked.",
                    "Look at the decision again, and say it if it still holds.",
                    code="decision.moved",
                )
            made = _keep(row, decision, by)
            row.is_appealed = decision.step is Step.APPEAL
            if decision.step in VERDICTS:
                row.standing, row.decided_at = decision.step.value, decision.at
                row.stream, row.kind = decision.stream, decision.kind
            row.save(update_fields=["is_appealed", "standing", "decided_at", "stream", "kind"])
            return _chain(row, (*steps, made))

    def chain(self, number: int) -> Chain | None:
        """One chain, whole."""
        return next(iter(_chains(AskedWork.objects.filter(pk=number))), None)

    def chains(self, wanted: Wanted) -> Sequence[Chain]:
        """Chains, newest first."""
        return tuple(_chains(_wanted(wanted).order_by("-pk")[: wanted.most]))

    def find(self, source: str, key: str, link: str) -> Chain | None:
        """The chain of a piece of work in a tracker, by its key or its link."""
        asked = Q()
        if key:
            asked |= Q(key=key.lower()[:400], source=source)
        if bare := bare_link(link)[:600]:
            asked |= Q(link=bare)
        return (
            next(iter(_chains(AskedWork.objects.filter(asked).order_by("pk")[:1])), None)
            if asked
            else None
        )

    def past(self) -> Nearest[int]:
        """The titles of all work that was decided on, by the number of its chain."""
        return self.titles.near()

    def done(self, numbers: Collection[int] | None = None) -> Mapping[int, tuple[Done, ...]]:
        """Work of the ledger that is, or may be, that of these chains, or of all, by chain."""
        return stored_done(numbers)

    def keep_done(self, found: Done, by: By) -> None:
        """Keeps that an item was found, or what a person said of it."""
        with together():
            store_done(found, by)


def _wanted(wanted: Wanted) -> QuerySet[AskedWork]:
    rows = AskedWork.objects.all()
    if wanted.numbers is not None:
        rows = rows.filter(pk__in=sorted(wanted.numbers))
    if wanted.standing:
        rows = rows.filter(standing__in=sorted(wanted.standing))
    if wanted.stream:
        rows = rows.filter(stream=wanted.stream)
    if wanted.team:
        rows = rows.filter(team=wanted.team)
    for word in wanted.words.split():
        rows = rows.filter(title__icontains=word)
    if wanted.metric:
        under = Kept.objects.filter(metric=wanted.metric, step__in=sorted(VERDICTS))
        rows = rows.filter(pk__in=under.values("asked"))
    if wanted.since is not None:
        rows = rows.filter(Q(at__gte=wanted.since) | Q(decided_at__gte=wanted.since))
    if wanted.appealed:
        rows = rows.filter(is_appealed=True)
    return rows if wanted.below is None else rows.filter(pk__lt=wanted.below)


def _chains(rows: QuerySet[AskedWork]) -> Iterable[Chain]:
    for row in rows.prefetch_related("decisions"):
        yield _chain(row, sorted(row.decisions.all(), key=lambda d: d.pk))


def _kept_given(work: Work) -> dict[str, Any]:
    given: dict[str, Any] = {name: list(values) for name, values in work.given.items()}
    # the address itself: what is compared has neither scheme nor query
    return given | ({"link": [work.link]} if work.link else {})


def _chain(row: AskedWork, steps: Iterable[Kept]) -> Chain:
    given = {name: tuple(values) for name, values in row.given.items()}
    link = next(iter(given.pop("link", ())), row.link)
    work = Work(row.title, row.text, row.team, row.estimate, link, row.key, row.source, given)
    return Chain(row.pk, work, row.author_name, row.at, tuple(map(_decision, steps)))


def _keep(row: AskedWork, d: Decision, by: By) -> Kept:
    return Kept.objects.create(
        asked=row, step=d.step.value, stream=d.stream, kind=d.kind, metric=d.metric,
        metric_version=d.metric_version, why=d.why, until=d.until, role=d.role, author_id=by.id,
        statements=[[s.statement, s.version, s.answer.value, s.evidence] for s in d.statements],
        author_name=d.by[:200], face=by.face, at=d.at,
    )  # fmt: skip


def _decision(row: Kept) -> Decision:
    until = date.fromisoformat(row.until) if isinstance(row.until, str) else row.until
    return Decision(
        Step(row.step), row.why, row.author_name, row.at, row.role, row.stream, row.kind, row.metric,
        row.metric_version, tuple(_result(*s) for s in row.statements), until,
    )  # fmt: skip


def _result(statement: str, version: int, answer: str, evidence: str = "") -> StatementResult:
    return StatementResult(statement, version, Answer(answer), evidence)


def steps_seen() -> tuple[int, int]:
    """How much was asked and decided; changes with every piece of work and every step."""
    return AskedWork.objects.count(), Kept.objects.count()
