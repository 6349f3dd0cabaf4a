"""The book: what questions are asked of, and what its reader must know of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mainstem.errors import QuestionError
from mainstem.plan.model import Plan
from mainstem.score.tree import TeamTree, tree_of

if TYPE_CHECKING:
    from mainstem.ledger.engine import Engine
    from mainstem.ledger.questions import Desk
    from mainstem.ledger.store import Landing, Ledger, View

T = TypeVar("T")
#: Small things that a book keeps.
MOST_MEMO = 256


@dataclass(frozen=True)
class Book:
    """The ledger at one view together with the plan that belongs to it: what questions are asked of.

    Safe to use from several threads.

    Attributes:
        desk: The ledger's questions at a pinned view.
        plan: The plan in force at that view.
        revision: Its revision.
        notes: What a reader must know of the view, for instance imports that came later.
        smallest: The smallest group shown where the plan does not say: nothing may be about one person
            where others look, but who reads their own files may see everything.
    """

    desk: Desk
    plan: Plan
    revision: str
    notes: tuple[str, ...] = ()
    smallest: int = 1

    @property
    def k_min(self) -> int:
        """The smallest group shown."""
        return self.plan.organisation.settings.k_min or self.smallest

    @cached_property
    def tree(self) -> TeamTree:
        """The tree of teams."""
        return tree_of(self.plan)

    @cached_property
    def _team_numbers(self) -> Mapping[str, int]:
        return {name: no for no, name in self.desk.names("team_id").items()}

    @cached_property
    def _targets(self) -> Mapping[int, str]:
        return {0: "kind:unknown", **self.desk.names("target")}

    @cached_property
    def _memo(self) -> dict[Hashable, Any]:
        return {}

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from the book and ``key`` alone; some of it is kept as long as the book."""
        held = self._memo
        found: T | None = held.get(key)
        if found is None:
            found = make()
            while len(held) >= MOST_MEMO:
                held.pop(next(iter(held)), None)
            held[key] = found
        return found

    def team_numbers(self) -> Mapping[str, int]:
        """Team id -> number in the ledger."""
        return self._team_numbers

    def targets(self) -> Mapping[int, str]:
        """Target number -> ``stream:id`` or ``kind:name``; 0 is unknown."""
        return self._targets


def last_refresh(ledger: Ledger, view: View, as_of: datetime | None) -> Landing:
    """The refresh from which the view's numbers are.

    Raises:
        QuestionError: if nothing was known yet.
    """
    last = view.last("refresh")
    if last is not None:
        return last
    first = next((x.at for x in ledger.landings() if x.what == "refresh"), None)
    raise QuestionError(
        f"Nothing was known yet at {as_of:%Y-%m-%d %H:%M}." if as_of else "The ledger is empty.",
        f"The first answer that can be given again is of {first.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
        if first else "Import some work first.",
        code="question.as_of",
    )  # fmt: skip


def notes_of(view: View, last: Landing, as_of: datetime | None) -> tuple[str, ...]:
    """What a reader must know of a view: imports after its last refresh, and that it is of the past."""
    notes = []
    later = [x for x in view.landings if x.what == "import" and x.number > last.number]
    if later:
        notes.append(f"{len(later)} imports had landed by then but were not yet in any score.")
    if as_of is not None:
        notes.append(
            f"As known at {as_of:%Y-%m-%d %H:%M %Z}, with the plan as it was ({last.plan[:12] or 'none'})."
        )
    return tuple(notes)


def engine_in_use() -> Engine | None:
    """Where questions run: the user's own Spark if the settings name one, else here."""
    from mainstem.config import settings

    url = settings().spark
    if not url:
        return None
    from mainstem.ledger.spark_engine import SparkEngine

    return SparkEngine.connect(url)
