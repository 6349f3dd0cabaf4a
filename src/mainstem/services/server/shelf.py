"""Books kept open by a process that answers many questions, until the ledger or the plan changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from mainstem.ledger.head import Head, Mark
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import Ledger, View
from mainstem.plan.model import Plan
from mainstem.services.plans.kept_plans import kept_plan
from mainstem.services.scores.book import Book, engine_in_use, last_refresh, notes_of

#: Revisions of the plan, and moments of the past, of which books are kept.
MOST_BOOKS = 4


class Shelf:
    """Gives out books; safe to use from several threads.

    A book that was given out stays readable for as long as somebody holds it, whatever happens to the
    ledger meanwhile; what it holds is let go when nobody does. So books of a shelf are never closed.

    The shelf never derives anything: whoever imports work or changes the plan sees to a refresh.

    Args:
        ledger_root: Folder of the ledger; there need be none yet.
        memory: Bound on the engine's memory for those who write, in DuckDB's words.
        reading: Bound for one version of the ledger that is read; as ``memory`` if nothing is given.
        smallest: The smallest group that its books show where the plan does not say.
    """

    def __init__(
        self, ledger_root: Path, memory: str = "1GB", reading: str = "", *, smallest: int = 1
    ) -> None:
        self._root = ledger_root
        self.smallest = smallest
        self._memory = memory
        self._reading = reading or memory
        self._head = Head(Ledger(ledger_root.resolve(), self._reading))
        self._lock = Lock()
        self._mark: Mark | None = None
        self._latest: Book | None = None
        self._view: View | None = None
        self._view_mark: Mark | None = None
        self._books: dict[str, Book] = {}
        self._past: dict[int, Book] = {}

    def ledger(self, *, make: bool = False) -> Ledger:
        """The ledger itself, for those who write to it; see ``Ledger.open``."""
        return Ledger.open(self._root, make=make, memory=self._memory)

    def book(self, plan: Plan, revision: str) -> Book:
        """The ledger as it is now, with the plan as it is now.

        If the ledger's numbers were derived with another revision of the plan, a note says so.

        Args:
            plan: The plan.
            revision: Its revision; ``""`` for a plan without one.

        Raises:
            LedgerError: if there is no ledger.
            QuestionError: if nothing was derived in it yet.
        """
        with self._lock:
            latest = self._up_to_date()
            found = self._books.get(revision)
            if found is None or not (revision or found.plan == plan):
                found = _with_plan(latest, plan, revision)
                _keep(self._books, revision, found)
            return found

    def book_as_of(self, moment: datetime) -> Book:
        """The ledger as it was known at a past moment, with the plan as it was.

        Raises:
            LedgerError: if there is no ledger.
            QuestionError: if nothing was known yet.
        """
        with self._lock:
            view = _past_view(self._up_to_date().desk.view, moment)
            ledger = Ledger.open(self._root, memory=self._reading)
            last = last_refresh(ledger, view, moment)
            found = self._past.get(view.version)
            if found is None:
                desk = Desk(ledger, view, engine_in_use())
                found = Book(desk, kept_plan(ledger, last.plan), last.plan, (), self.smallest)
                _keep(self._past, view.version, found)
        return replace(found, notes=notes_of(view, last, moment))

    def view(self) -> View | None:
        """The ledger as it is now, also where nothing was derived yet; ``None`` if there is none.

        Costs a look at a file name unless something has landed.
        """
        with self._lock:
            mark = self._head.mark()
            if mark is None or mark != self._view_mark:
                self._view = None if mark is None else self._head.ledger.view()
                self._view_mark = mark
            return self._view

    def _up_to_date(self) -> Book:
        """The book of the ledger as it is now; its plan is left open."""
        mark = self._head.mark()
        if self._latest is None or mark is None or mark != self._mark:
            # not closed: others may be reading in it, and the last of them lets it go
            self._latest, self._books = None, {}
            ledger = Ledger.open(self._root, memory=self._reading)
            view = ledger.view()
            last = last_refresh(ledger, view, None)
            desk = Desk(ledger, view, engine_in_use())
            notes = notes_of(view, last, None)
            self._latest = Book(desk, Plan(), last.plan, notes, self.smallest)
            self._mark = mark
        return self._latest


def _past_view(view: View, moment: datetime) -> View:
    """What was visible at a past moment: landings only ever come on top."""
    landings = tuple(x for x in view.landings if x.at <= moment)
    return View(view.root, landings, dict(landings[-1].pins) if landings else {})


def _with_plan(latest: Book, plan: Plan, revision: str) -> Book:
    notes = latest.notes
    if revision != latest.revision:
        notes = (
            *notes,
            "The plan has changed since the numbers were derived: they are of revision"
            f" {latest.revision[:12] or 'none'}, the plan is at {revision[:12] or 'none'}.",
        )
    return replace(latest, plan=plan, revision=revision, notes=notes)


def _keep(books: dict[Any, Book], key: Any, book: Book) -> None:
    books.pop(key, None)
    while len(books) >= MOST_BOOKS:
        books.pop(next(iter(books)))
    books[key] = book
