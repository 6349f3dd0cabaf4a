"""Taking an import back: what it brought, and withdrawing all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.work.records import MICRO, UNIT_CODES

if TYPE_CHECKING:
    from mainstem.services.plans.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Brought:
    """What a source brought that still counts.

    Attributes:
        rows: Rows of effort, traces of days among them.
        items: Items that they are on.
        effort: Unit (``hour``, ``point``, ``item``) → amount.
        is_synced: Whether it is asked again and again, so that a sync may bring more.
    """

    source: str
    rows: int
    items: int
    effort: Mapping[str, float]
    is_synced: bool

    def words(self) -> str:
        """``5 rows of effort on 2 items: 7.5 hours, 2 points``."""
        sums = ", ".join(
            f"{n:,.2f}".rstrip("0").rstrip(".") + f" {u}{'' if n == 1 else 's'}"
            for u, n in self.effort.items()
        )
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        items = {0: "no item", 1: "1 item"}.get(self.items, f"{self.items:,} items")
        return f"{rows} of effort on {items}" + (f": {sums}" if sums else "")


def brought_by(workspace: Workspace, source: str) -> Brought:
    """What is there of a source.

    Raises:
        UsageError: nothing was ever imported under this name; it lists the names that there are.
    """
    from mainstem.ledger.holdings import cursor_of, effort_of_source

    ledger = workspace.open_ledger()
    view = ledger.view()
    names = sorted({x.source for x in view.landings if x.what == "import" and x.source})
    if source not in names:
        known = f"Sources there are: {', '.join(names)}." if names else "It holds no import yet."
        raise UsageError(
            f"The ledger has no source {source!r}.", known, code="source.unknown"
        )  # fmt: skip
    found = effort_of_source(ledger, source)
    units = {code: word for word, code in UNIT_CODES.items() if word != "event"}
    rows, items, _ = found.pop(0, (0, 0, 0))
    effort = {units[u]: amount / MICRO for u, (_, _, amount) in found.items() if u in units}
    return Brought(source, rows, items, effort, bool(cursor_of(view, source)[0]))


def take_back(workspace: Workspace, source: str, *, at: datetime) -> int:
    """Withdraws everything that a source brought, as one visible change; how many rows that were."""
    from mainstem.ledger.taking_back import take_back as withdraw

    return withdraw(workspace.open_ledger(), source, at=at).withdrawn
