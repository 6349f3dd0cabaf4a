"""Reading what the plan was: revisions page by page, and one entity as it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from mainstem.plan.standing import revision_name
from mainstem.store.models import Element, Revision
from mainstem.store.plans import _value, no_revision

#: What ``element_at`` answers where there was nothing.
NOTHING_THERE = None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision in a list.

    Attributes:
        number: Its number.
        at: When it was made.
        by: Who made it, as they were called.
        why: Their reason; may be empty.
        origin: Where it came from: ``page``, ``api``, ``text``, ``proposal``, ``undo``, ``cycle``, ``start``.
        sentence: What it did.
        undoes: Number of the revision that it took back.
    """

    number: int
    at: datetime
    by: str
    why: str
    origin: str
    sentence: str
    undoes: int | None

    @property
    def name(self) -> str:
        """``r12``."""
        return revision_name(self.number)


_COLUMNS = ("number", "at", "by_name", "why", "origin", "sentence", "undoes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which revisions are asked for; all of them if nothing is said.

    Attributes:
        person: Part of the name of who made it.
        subject: ``section/id`` that it touched.
        since: First day, in UTC.
        until: Last day, in UTC.
    """

    person: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def list_revisions(
    wanted: Wanted, *, before: int | None = None, most: int = 50
) -> tuple[RevisionRow, ...]:
    """Revisions, newest first; those below ``before`` only. One query."""
    rows = Revision.objects.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if wanted.person:
        rows = rows.filter(by_name__icontains=wanted.person)
    if wanted.subject:
        told = f"{wanted.subject} "
        rows = rows.filter(Q(subjects__startswith=told) | Q(subjects__contains=f" {told}"))
    if wanted.since:
        rows = rows.filter(at__date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__date__lte=wanted.until)
    return tuple(RevisionRow(*row) for row in rows.values_list(*_COLUMNS)[:most])


def revision_row(number: int) -> tuple[RevisionRow, str]:
    """One revision as in a list, with its digest. One query.

    Raises:
        Absent: there is none of that number.
    """
    found = Revision.objects.filter(pk=number).values_list(*_COLUMNS, "digest").first()
    if found is None:
        raise no_revision(revision_name(number))
    return RevisionRow(*found[:-1]), found[-1]


def element_at(section: str, ident: str, number: int) -> Any:
    """An entity (or the organisation, or a list) as it stood at a revision, or ``None``. One query."""
    body = (
        Element.objects.filter(section=section, ident=ident, since__lte=number)
        .filter(Q(until=None) | Q(until__gt=number))
        .values_list("body", flat=True)
        .first()
    )
    return None if body is None else _value(section, body)
