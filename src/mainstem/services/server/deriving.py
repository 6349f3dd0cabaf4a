"""Bringing a server's ledger up to its plan: the newest revision, and people from file and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstem.plan.findings import Finding
from mainstem.plan.model import Plan
from mainstem.services.plans.workspace import PEOPLE
from mainstem.services.server.deriving_ahead import make_ready
from mainstem.services.server.ground import Ground
from mainstem.services.work.attributing import refresh_plan
from mainstem.store.models import Membership as StoredMembership
from mainstem.work.people import Membership, read_people
from mainstem.work.text_patterns import folded


@dataclass(frozen=True, slots=True)
class Derived:
    """What a derivation did.

    Attributes:
        revision: The revision of the plan that the ledger's numbers now belong to.
        changed: Whether any number may have changed.
        items: How many items were attributed anew; ``None`` for all.
        unmapped_people: People of the ledger that are in no team.
        findings: What is wrong with the people file.
    """

    revision: str
    changed: bool
    items: int | None
    unmapped_people: int
    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """What was done, in a sentence; empty if nothing was."""
        if not self.changed:
            return ""
        what = "all items" if self.items is None else f"{self.items:,} items"
        return f"Derived revision {self.revision or 'none'}: {what} attributed anew."


def derive(ground: Ground, *, at: datetime, full: bool = False) -> Derived:
    """Brings the ledger's numbers up to the newest revision, the people and what has landed.

    Then makes ready what pages ask first. Does next to nothing where nothing changed. ``full`` derives everything anew.

    Raises:
        LedgerError: if there is no ledger yet.
    """
    standing = ground.plans.head()
    members, findings = members_of(ground, standing.plan)
    ledger = ground.shelf.ledger()
    work, unmapped = refresh_plan(
        ledger, standing.plan, standing.revision, members, at=at, full=full
    )
    make_ready(ground)
    items = None if work is not None and work.every_item else work.items if work else 0
    return Derived(standing.revision, work is not None, items, unmapped, findings)


def members_of(ground: Ground, plan: Plan) -> tuple[Sequence[Membership], tuple[Finding, ...]]:
    """Who is in which team when: the accounts' memberships, and the people file for everybody else.

    Accounts are matched by e-mail. A person whose account has memberships has no others: the file's
    rows about them would make two people of one.
    """
    stored = [m for m in _stored() if m.team in plan.teams]
    file = ground.data / PEOPLE
    if not file.exists():
        return stored, ()
    found = read_people(file, plan)
    known = {folded(m.person) for m in stored}
    others = [m for m in found.memberships if folded(m.person.strip()) not in known]
    return [*stored, *others], found.findings


def _stored() -> list[Membership]:
    rows = StoredMembership.objects.order_by("user__email", "team", "first_day").values_list(
        "user__email", "team", "first_day", "last_day", "fraction"
    )
    return [
        Membership(mail, team, first, last, float(part)) for mail, team, first, last, part in rows
    ]


def derived_revision(ground: Ground) -> str:
    """The revision of the plan that the ledger's numbers belong to; empty if there are none."""
    last = ground.book().desk.view.last("refresh")
    return last.plan if last else ""
