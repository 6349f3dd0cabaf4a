"""Triage: the queue of work that nothing speaks for, in lumps, and what a person may do with one.

Several people work at once: who opens a lump has it for some minutes, others are offered the next. What
is written is held against what was shown; if that has changed meanwhile, nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mainstem.errors import Absent
from mainstem.plan.model import Plan, Unit
from mainstem.score.values import By, Question
from mainstem.services.people.access import Action, Actor, Reach, may, require
from mainstem.services.people.access_shares import ShareMove, may_move
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import source_unit
from mainstem.services.scores.scope import days_asked, team_cells
from mainstem.services.scores.scoring import default_unit
from mainstem.services.server.answers import kept
from mainstem.services.server.deriving_ahead import days_in_view
from mainstem.services.triage import marks as triage_marks
from mainstem.services.triage.marks import CLAIMED, SKIPPED, TAKEN, Mark
from mainstem.services.work.explaining import lump_title, target_name
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.ledger.lump_cube import LumpFound
    from mainstem.services.server.ground import Ground

#: Items of a lump that are shown.
SAMPLES = 8


@dataclass(frozen=True, slots=True)
class LumpItem:
    """An item of a lump, with the effort on it that nothing speaks for."""

    key: str
    title: str
    source: str
    parts: int


@dataclass(frozen=True, slots=True)
class TriageLump:
    """A lump as somebody sees it. Amounts are in parts.

    Attributes:
        id: Names it, the same from one derivation to the next.
        title: What its items share, in words.
        kind: ``label``, ``component``, ``path``, ``text`` …
        value: Which.
        parts: Effort in the days that nothing speaks for.
        items: How many items.
        settled: Items of it that somebody has set by hand since the last derivation.
        keys: Keys of the items that may be set by hand; all of them, unless there are too many.
        samples: Those with most effort.
        teams: (team's name, parts), the most first; groups too small are part of what they are in.
        months: (``2026-10``, parts).
        near: (target, name, parts): what other work with the same likeness counts for.
        is_yours: Whether it is of a team or stream that the reader answers for.
        marks: Who looks at it, who put it off.
    """

    id: str
    title: str
    kind: str
    value: str
    parts: int
    items: int
    settled: int
    keys: tuple[str, ...]
    samples: tuple[LumpItem, ...]
    teams: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, str, int], ...]
    is_yours: bool
    marks: tuple[Mark, ...] = ()

    @property
    def claim(self) -> Mapping[str, Any]:
        """The claim that would catch it."""
        return {self.kind: [self.value]}

    @property
    def seen(self) -> str:
        """What was shown of it, to be held against what is there when something is written."""
        return f"{self.items}.{self.parts}.{self.settled}"

    def mark(self, state: str) -> Mark | None:
        """The newest mark of a state."""
        return next((m for m in reversed(self.marks) if m.state == state), None)


@dataclass(frozen=True, slots=True)
class Triage:
    """The queue.

    Attributes:
        unit: Unit of amounts.
        since: First day.
        until: Last day, included.
        unknown: Effort that nothing speaks for.
        units: All effort.
        lumps: Yours first, then the others; of each what nobody looks at or has put off first, the
            biggest first.
        no_item: Effort on no item at all.
        left: Effort on items that share nothing.
        hidden: Why nothing may be shown, if so.
        note: What a reader must know, for instance that a derivation is due.
    """

    unit: Unit
    since: date
    until: date
    unknown: int = 0
    units: int = 0
    lumps: tuple[TriageLump, ...] = ()
    no_item: int = 0
    left: int = 0
    hidden: str = ""
    note: str = ""

    def lump(self, ident: str) -> TriageLump:
        """A lump by its id.

        Raises:
            Absent: it is not there, perhaps no more.
        """
        for one in self.lumps:
            if one.id == ident:
                return one
        raise Absent(
            "There is no such lump, or no more.",
            "Something speaks for its work now. Take the next one.",
        )

    def offered(self, by: Actor) -> TriageLump | None:
        """The first that nobody else looks at and nobody has put off."""
        return next((x for x in self.lumps if is_free(x, by)), None)


def is_free(lump: TriageLump, by: Actor) -> bool:
    """Whether a lump waits for somebody, and may be offered to this one."""
    gone = any(m.state in (SKIPPED, CLAIMED) for m in lump.marks)
    return not gone and lump.items > 0 and triage_marks.taken_by_other(lump.marks, by) is None


def lump_id(kind: str, value: str) -> str:
    """Names a lump by what it shares."""
    return sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def triage(ground: Ground, by: Actor, *, at: datetime) -> Triage:
    """The queue as somebody sees it.

    Raises:
        LedgerError, QuestionError: if there is no work yet.
    """
    require(by, Action.READ)
    standing = ground.plans.head()
    book = ground.book(standing)
    asked = question_in_view(ground, book)
    plain = kept(ground, book, ("triage", asked, ground.today()), lambda: _queue(book, asked))
    if plain.hidden:
        return plain
    marks = triage_marks.marks_at([x.id for x in plain.lumps], at)
    reach = Reach.of(by, standing.plan)
    lumps = [_as_seen(x, marks.get(x.id, ()), reach, by, standing.plan) for x in plain.lumps]
    lumps.sort(key=lambda x: (not x.is_yours, not is_free(x, by), -x.parts, x.id))
    return _replace(plain, lumps=tuple(lumps))


def question_in_view(ground: Ground, book: Book) -> Question:
    """The cycle in view, in the unit that is read for the organisation's."""
    since, until = days_in_view(book.plan, ground.today())
    return Question(
        By.ORGANISATION, unit=source_unit(default_unit(book), book), since=since, until=until
    )


def _queue(book: Book, asked: Question) -> Triage:
    """The queue as it is for everybody; what depends on the reader is put in later."""
    from mainstem.ledger.lump_cube import lumps_of
    from mainstem.services.scores.scoring import value_score

    assert asked.since and asked.until
    empty = Triage(asked.unit, asked.since, asked.until, note=" ".join(book.notes))
    if days_asked(asked, book) is None:
        return empty
    cells = team_cells(Question(By.TEAM, unit=asked.unit), book, (asked.since, asked.until))
    if cells.hidden:
        return _replace(empty, hidden=cells.hidden)
    found = lumps_of(book.desk, asked.unit.value, asked.since, asked.until)
    total = value_score(asked, book).total
    names = {no: cells.names[cell] for no, cell in cells.pairs}
    said = {link.item.lower() for link in book.plan.links}
    lumps = [_lump(x, names, said, book) for x in found.lumps]
    return _replace(
        empty, unknown=total.amounts.unknown if total else 0, units=total.amounts.units if total else 0,
        lumps=tuple(lumps), no_item=found.no_item, left=found.left,
    )  # fmt: skip


def _replace(plain: Triage, **given: Any) -> Triage:
    from dataclasses import replace

    return replace(plain, **given)


def _lump(found: LumpFound, names: Mapping[int, str], said: set[str], book: Book) -> TriageLump:
    targets, sources = book.targets(), book.desk.names("source")
    # what somebody has said by hand counts only from the next derivation, but is not to be said again
    own = [row for row in found.keyed if row[1].lower() not in said]
    gone = [row for row in found.keyed if row[1].lower() in said]
    teams: dict[str, int] = {}
    for number, parts in found.by_team.items():
        teams[names.get(number, "")] = teams.get(names.get(number, ""), 0) + parts
    return TriageLump(
        lump_id(found.kind, found.value), lump_title(found.kind, found.value), found.kind, found.value,
        found.parts - sum(row[4] for row in gone), found.items - len(gone), len(gone),
        tuple(dict.fromkeys(row[1] for row in own)),
        tuple(LumpItem(key, title, sources.get(source, ""), parts)
              for _, key, title, source, parts in own[:SAMPLES]),
        tuple(sorted(teams.items(), key=lambda t: (-t[1], t[0]))), tuple(sorted(found.by_month.items())),
        tuple((targets[t], target_name(targets[t], book), p) for t, p in found.near if t in targets),
        is_yours=False,
    )  # fmt: skip


def _as_seen(
    lump: TriageLump, marks: Sequence[Mark], reach: Reach, by: Actor, plan: Plan
) -> TriageLump:
    from dataclasses import replace

    teams = frozenset(t for t, _ in lump.teams if t)
    near = {target.partition(":")[2] for target, _, _ in lump.near if target.startswith("stream:")}
    is_yours = (
        reach.everything or bool(teams & (reach.teams | reach.own)) or bool(near & reach.streams)
    )
    return replace(lump, is_yours=is_yours and by.is_known, marks=tuple(marks))


def may_assign(lump: TriageLump, target: str, plan: Plan, by: Actor) -> bool:
    """Whether the reader may say by hand that a lump counts for something; for showing the form."""
    if not may(by, Action.SHARE):
        return False
    teams = frozenset(t for t, _ in lump.teams if t)
    return may_move(by, plan, ShareMove("", teams, {}, {target: WHOLE}))


__all__: Sequence[str] = (
    "CLAIMED", "SKIPPED", "TAKEN", "LumpItem", "Triage", "TriageLump", "is_free", "lump_id",
    "may_assign", "question_in_view", "triage",
)  # fmt: skip
