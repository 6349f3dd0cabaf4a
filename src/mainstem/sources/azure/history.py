"""The history of a work item out of its revisions: state, assignee and completed work. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, mapping, number, text

COMPLETED = "Microsoft.VSTS.Scheduling.CompletedWork"


@dataclass(frozen=True, slots=True)
class Change:
    """A revision in which something of the history changed, as it was from then on.

    Attributes:
        who: Who made it; ``assignee``: who has it; by ``name_of``, empty: nobody.
        hours: Completed work until then.
    """

    revision: int
    at: str
    who: str
    state: str
    assignee: str
    hours: float

    def as_json(self) -> list[Any]:
        """For the spool."""
        return [self.revision, self.at, self.who, self.state, self.assignee, self.hours]


def change_of(row: Any) -> Change:
    """What a revision says.

    Raises:
        Refused: it has no number or no moment.
    """
    fields = mapping(mapping(row).get("fields"))
    revision = ident(mapping(row).get("rev")) or ident(fields.get("System.Rev"))
    at = moment(fields.get("System.ChangedDate"), "moment of a change")
    if revision is None or at is None:
        raise Refused("a revision has no number or no moment", repr(mapping(row).get("id"))[:80])
    return Change(
        revision, at.isoformat(), name_of(fields.get("System.ChangedBy")),
        text(fields.get("System.State")) or "", name_of(fields.get("System.AssignedTo")),
        max(number(fields.get(COMPLETED)) or 0.0, 0.0),
    )  # fmt: skip


def added(changes: Sequence[Change], one: Change) -> list[Change]:
    """The history with one more revision, which is kept only if it changed something."""
    if changes and _same(changes[-1], one):
        return list(changes)
    return [*changes, one]


def whole(rows: Iterable[Any]) -> list[Change]:
    """The history out of all revisions, in whatever order.

    Raises:
        Refused: a revision cannot be read.
    """
    out: list[Change] = []
    for one in sorted(map(change_of, rows), key=lambda c: c.revision):
        out = added(out, one)
    return out


def changes_from(kept: Iterable[Sequence[Any]]) -> list[Change]:
    """Back from ``Change.as_json``."""
    return [Change(*one) for one in kept]


def name_of(identity: Any) -> str:
    """E-mail address or account name; of a text ``Ann <ann@example.org>`` what is in brackets."""
    if isinstance(identity, dict):
        named = (identity.get(n) for n in ("uniqueName", "displayName", "id"))
        return next((t for t in map(text, named) if t), "")
    said = text(identity) or ""
    inner = said.rpartition("<")[2].rstrip(">") if said.endswith(">") else said
    return inner.strip() or said


def moment_of(change: Change) -> datetime:
    """When it was."""
    return datetime.fromisoformat(change.at)


def _same(a: Change, b: Change) -> bool:
    return (a.state, a.assignee, a.hours) == (b.state, b.assignee, b.hours)
