"""A folder with its ledger, for assistants of the person who works there. Nothing is ever written to the plan."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from mainstem.clock import now
from mainstem.errors import LedgerError, MainstemError, PlanError, QuestionError
from mainstem.mcp.places import Checked, Put
from mainstem.plan.directory import Named, directory_of
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor, Given, Role
from mainstem.services.plans.workspace import Workspace

if TYPE_CHECKING:
    from mainstem.plan.text.load import Loaded
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.plans.drafting import Draft
    from mainstem.services.scores.scoring import Book
    from mainstem.services.server.shelf import Shelf

T = TypeVar("T")


@dataclass(slots=True)
class FolderPlace:
    """See ``Place``. What is read is kept until a file of it changes.

    Attributes:
        workspace: Where plan, people and ledger lie.
        fixed: The day that counts as today; for demonstrations and tests.
    """

    workspace: Workspace
    fixed: date | None = None
    _lock: RLock = field(default_factory=RLock)
    _kept: dict[str, tuple[Hashable, object]] = field(default_factory=dict)
    _shelf: Shelf | None = None

    def who(self) -> Actor:
        """The person whose machine it is, with every right, as on the command line."""
        return Actor(None, getpass.getuser(), frozenset({Given(Role.ADMINISTRATOR)}), face="mcp")

    def now(self) -> datetime:
        """The present moment."""
        return now()

    def today(self) -> date:
        """The day that counts as today."""
        return self.fixed or now().date()

    def _keep(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            held = self._kept.get(name)
            if held is None or held[0] != key:
                held = self._kept[name] = key, make()
            found: T = held[1]  # type: ignore[assignment]
            return found

    def _text(self) -> Hashable:
        """What is different when a file of the plan is."""
        from mainstem.plan.text.files import plan_paths

        plan = self.workspace.plan
        if plan is None:
            raise PlanError("There is no plan here.", "Write a starter with `mainstem init`.")
        return tuple((p, *_stamp(p)) for p in plan_paths(plan))

    def _loaded(self) -> Loaded:
        from mainstem.services.plans.planning import open_plan

        plan = self.workspace.plan
        assert plan is not None
        return self._keep("loaded", self._text(), lambda: open_plan(plan))

    def unobserved(self) -> Standing:
        """The plan as its text says it."""
        from mainstem.services.plans.planning import sound

        loaded = self._loaded()
        return Standing(sound(loaded), loaded.revision)

    def standing(self) -> Standing:
        """The plan with the values of metrics that the ledger has."""
        from mainstem.services.metrics.observing_plan import with_observations

        standing, shelf = self.unobserved(), self._opened()
        if shelf is None:
            return standing
        return Standing(with_observations(standing.plan, shelf.view()), standing.revision)

    def _opened(self) -> Shelf | None:
        from mainstem.services.server.shelf import Shelf

        if not self.workspace.ledger.exists():
            return None
        with self._lock:
            if self._shelf is None:
                self._shelf = Shelf(self.workspace.ledger, self.workspace.memory)
            return self._shelf

    def book(self) -> Book | None:
        """The ledger with the plan; brought up to both first, as by a command."""
        shelf = self._opened()
        if shelf is None:
            return None
        with self._lock:
            try:
                self._refreshed()
            except QuestionError:  # the ledger is empty
                return None
            standing = self.unobserved()
            return shelf.book(standing.plan, standing.revision)

    def _book_or_nothing(self) -> Book | None:
        """For work that is asked about: that somebody else writes to the ledger must not stop the answer."""
        try:
            return self.book()
        except LedgerError:
            return None

    def _refreshed(self) -> None:
        from mainstem.services.work.attributing import refresh

        people = self.workspace.people
        inputs = (self._text(), _stamp(people) if people else ())
        key = (inputs, self._version())
        held = self._kept.get("refreshed")
        if held is None or held[0] != key:
            refresh(self.workspace, at=self.now())
            self._kept["refreshed"] = (inputs, self._version()), None

    def _version(self) -> int:
        return self.workspace.open_ledger().view().version

    def desk(self) -> Desk:
        """The desk of the folder; its plan is read once."""
        from mainstem.services.decisions.desks import folder_desk

        key = (self._text(), self.today())
        made = self._keep("desk", key, lambda: folder_desk(self.workspace, today=self.today()))
        return replace(made, standing=self.standing(), book=self._book_or_nothing)

    def checked(self) -> Checked:
        """The findings of ``mainstem check``."""
        from mainstem.services.plans.planning import check_plan

        loaded = self._loaded()
        key = (loaded.revision, self.today())
        return self._keep(
            "checked", key, lambda: Checked(check_plan(loaded, today=self.today()), loaded.revision)
        )

    def find(self, words: str, by: Actor) -> tuple[Sequence[Named], Sequence[str]]:
        """By names of the plan, and by keys of the ledger."""
        found = directory_of(self.unobserved().plan).find(words)
        book = self.book() if len(words) >= 3 and " " not in words else None
        return found, tuple(book.desk.near_keys(words)) if book else ()

    def text(self, by: Actor) -> str:
        """The plan in its usual form."""
        from mainstem.plan.text.write import plan_to_text

        return plan_to_text(self.unobserved().plan)

    def put(self, draft: Draft, by: Actor) -> Put:
        """Writes nothing: the patch is for the person to look at."""
        from mainstem.services.plans.drafting import patch_of

        assert self.workspace.plan is not None
        return Put(None, patch_of(self.workspace.plan, draft.wanted))

    def refused(self, by: Actor, error: MainstemError, tool: str) -> None:
        """A folder keeps no audit log."""

    def tidy(self) -> None:
        """Nothing is held."""


def _stamp(path: Path) -> tuple[int, int]:
    """When a file was changed, and its size; nothing where it has gone."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
