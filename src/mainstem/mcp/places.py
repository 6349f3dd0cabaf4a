"""What assistants stand on: a folder with its ledger, or the data of a server. Tools know no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from mainstem.errors import MainstemError
from mainstem.plan.directory import Named
from mainstem.plan.findings import Finding
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor

if TYPE_CHECKING:
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.plans.drafting import Draft
    from mainstem.services.scores.scoring import Book


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be said against the plan.

    Attributes:
        all: Every finding.
        revision: The revision that was checked; empty if none has been yet.
        is_newest: Whether the plan was checked as it stands; if not, that is being done.
    """

    all: Sequence[Finding]
    revision: str
    is_newest: bool = True


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a draft.

    Attributes:
        number: The proposal's number; none where nothing was kept.
        patch: What to change in the plan's text, as a patch; empty where it was kept.
    """

    number: int | None
    patch: str


class Place(Protocol):
    """Asked by tools. Safe to use from several threads."""

    def who(self) -> Actor:
        """Who acts, if the connection itself does not say.

        Raises:
            MainstemError: nobody any more.
        """

    def now(self) -> datetime:
        """The present moment, in UTC."""

    def standing(self) -> Standing:
        """The plan as readers see it, with the values of its metrics."""

    def unobserved(self) -> Standing:
        """The plan itself, as it is changed."""

    def desk(self) -> Desk:
        """The ground of deciding."""

    def book(self) -> Book | None:
        """The ledger with the plan; nothing where no work was imported."""

    def checked(self) -> Checked:
        """The findings of the plan."""

    def find(self, words: str, by: Actor) -> tuple[Sequence[Named], Sequence[str]]:
        """Entities of the plan by their names, and keys of work items that begin so."""

    def text(self, by: Actor) -> str:
        """The plan as YAML."""

    def put(self, draft: Draft, by: Actor) -> Put:
        """Puts changes up to be decided on. Never makes them."""

    def refused(self, by: Actor, error: MainstemError, tool: str) -> None:
        """Keeps that somebody was refused something."""

    def tidy(self) -> None:
        """Lets go of what a call of a tool had opened in its thread."""
