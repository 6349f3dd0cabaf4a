"""The plans port: where a plan is read from and written to, whoever keeps it.

The keeper is a server's store (``mainstem.store.plans.StoredPlans``); use cases take what they are given. A
folder of YAML is read with ``services.planning.open_plan`` and changed with an editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mainstem.plan.changes import Change
from mainstem.plan.standing import Signature, Standing


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
