"""The plans port: where a plan is read from and written to, whoever keeps it.

There are two keepers: a folder of YAML (``FolderPlans``, no Django) and a server's store
(``mainstem.store.plans.StoredPlans``). Use cases take whichever they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mainstem.errors import PlanError
from mainstem.plan.changes import Change
from mainstem.plan.standing import Signature, Standing

if TYPE_CHECKING:
    from pathlib import Path


class Plans(Protocol):
    """Keeps a plan and everything it ever was."""

    def head(self) -> Standing:
        """The plan as it stands now."""

    def at(self, revision: str) -> Standing:
        """The plan as it stood at a revision; ``Absent`` if there is none."""

    def write(
        self,
        changes: Sequence[Change],
        signed: Signature,
        *,
        base: str | None = None,
        undoes: int | None = None,
    ) -> Standing:
        """Makes the changes and keeps them as one revision."""


@dataclass(slots=True)
class HeldPlans:
    """Plans for a face that only reads: what stood first asked stands to the end.

    So all parts of a page are of one revision, and the keeper is asked once.

    Attributes:
        kept: Who keeps them.
    """

    kept: Plans
    _head: Standing | None = None

    def head(self) -> Standing:
        """The plan as it stood when it was asked for first."""
        if self._head is None:
            self._head = self.kept.head()
        return self._head

    def at(self, revision: str) -> Standing:
        """The plan as it stood at a revision."""
        head = self.head()
        return head if revision and revision == head.revision else self.kept.at(revision)

    def write(
        self,
        changes: Sequence[Change],
        signed: Signature,
        *,
        base: str | None = None,
        undoes: int | None = None,
    ) -> Standing:
        """Makes the changes and keeps them as one revision, which stands from now on."""
        self._head = self.kept.write(changes, signed, base=base, undoes=undoes)
        return self._head


@dataclass(frozen=True, slots=True)
class FolderPlans:
    """A plan in a folder of YAML, read only: people write it with an editor.

    Attributes:
        path: Folder or file of the plan.
    """

    path: Path

    def head(self) -> Standing:
        """The plan as it lies there."""
        return self._standing(None)

    def at(self, revision: str) -> Standing:
        """The plan as it stood at a git revision."""
        return self._standing(revision)

    def _standing(self, revision: str | None) -> Standing:
        from mainstem.services.planning import open_plan, sound

        loaded = open_plan(self.path, revision=revision)
        return Standing(sound(loaded), loaded.revision)

    def write(
        self,
        changes: Sequence[Change],
        signed: Signature,
        *,
        base: str | None = None,
        undoes: int | None = None,
    ) -> Standing:
        """Refused: a folder is changed by editing its text, which keeps its comments and order."""
        raise PlanError(
            f"{self.path} is a folder of text; changes are made there with an editor.",
            "Edit it, or send it to a server with `mainstem apply`.",
            code="plan.is_text",
        )
