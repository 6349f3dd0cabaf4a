"""The two desks: that of a server, and that of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mainstem.errors import LedgerError, QuestionError
from mainstem.plan.standing import Standing
from mainstem.services.decisions.desk import Desk
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground
from mainstem.services.server.shelf import Shelf

if TYPE_CHECKING:
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.scores.scoring import Book
    from mainstem.store.decisions import Titles

#: What is known of past titles, as long as the server's ledger is open.
_TITLES: WeakKeyDictionary[Shelf, Titles] = WeakKeyDictionary()


def server_desk(ground: Ground) -> Desk:
    """The desk of a server."""
    from mainstem.store.answers import StoredAnswers
    from mainstem.store.decisions import StoredDecisions, Titles

    titles = _TITLES.setdefault(ground.shelf, Titles())
    return Desk(
        ground.observed(), ground.today(), StoredAnswers(), StoredDecisions(titles),
        lambda: _book(ground), ServerRoom(),
    )  # fmt: skip


def _book(ground: Ground) -> Book | None:
    try:
        return ground.book()
    except (LedgerError, QuestionError):  # no work has been imported yet
        return None


def folder_desk(workspace: Workspace, *, today: date) -> Desk:
    """The desk of a folder: ``answers.jsonl`` and ``decisions.jsonl`` lie in the plan's folder, or beside
    its file."""
    from mainstem.services.challenges.answers_in_text import FILE as ANSWERS
    from mainstem.services.challenges.answers_in_text import AnswersInText
    from mainstem.services.decisions.decisions_in_text import FILE, DecisionsInText

    plan, revision = workspace.usable_plan()
    place = workspace.plan or Path()
    place = place if place.is_dir() else place.parent
    return Desk(
        Standing(plan, revision), today, AnswersInText(place / ANSWERS),
        DecisionsInText(place / FILE), lambda: _folder_book(workspace),
    )  # fmt: skip


def _folder_book(workspace: Workspace) -> Book | None:
    from mainstem.clock import now
    from mainstem.services.work.attributing import open_book

    return open_book(workspace, at=now()) if workspace.ledger.exists() else None


@dataclass(frozen=True, slots=True)
class ServerRoom:
    """A server's writes: in one transaction, with a line in the audit log, and others are told."""

    def together(self) -> AbstractContextManager[object]:
        """Everything inside happens, or none of it, and nobody else decides meanwhile."""
        from mainstem.store.together import one_at_a_time

        return one_at_a_time()

    def record(self, by: Actor, action: str, subject: str, *, at: datetime, sentence: str) -> None:
        """Adds a line to the audit log."""
        from mainstem.services.people import auditing

        auditing.record(by, action, subject, at=at, sentence=sentence)

    def tell(
        self, event: str, subjects: Sequence[str], sentence: str, address: str, by: Actor, *, at: datetime
    ) -> None:  # fmt: skip
        """Tells those who watch, and webhooks."""
        from mainstem.services.telling import telling

        telling.tell(event, subjects, sentence, address, by, at=at)

    def watch(self, subject: str, by: Actor, *, at: datetime) -> None:
        """Lets somebody watch a subject from now on."""
        from mainstem.store.models import Watch

        if by.id is not None:
            Watch.objects.get_or_create(user_id=by.id, subject=subject, defaults={"at": at})
