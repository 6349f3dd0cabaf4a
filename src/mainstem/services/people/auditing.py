"""The audit log: one line for each write, sign-in, export and refused attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from mainstem.errors import Invalid
from mainstem.plan.model import FIRST_DAY, LAST_DAY
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.ground import Ground
from mainstem.store import glances
from mainstem.store.models import AuditLine
from mainstem.store.together import together

OUTCOMES = ("ok", "refused", "failed")
#: The columns of a line, as ``Line`` has them.
_LINE = ("pk", "at", "by_id", "by_name", "face", "action", "subject", "outcome", "sentence", "detail",
         "request", "address")  # fmt: skip
#: Lines that are looked at for actions to choose from: a long log must not slow its page.
_NEWEST = 2_000


def record(
    actor: Actor,
    action: str,
    subject: str = "",
    *,
    at: datetime,
    outcome: str = "ok",
    sentence: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds a line. Called inside the transaction of what it tells, so that both happen or neither.

    Args:
        actor: Who.
        action: A word or two with a dot, such as ``plan.change`` or ``sign-in.failed``.
        subject: What it was about, such as ``streams/start-fast``.
        at: When.
        outcome: ``ok``, ``refused`` or ``failed``.
        sentence: What happened, read aloud. Never holds a secret.
        detail: More, as plain values. Never holds a secret.
    """
    AuditLine.objects.create(
        at=at,
        by_id=actor.id,
        by_name=actor.name[:254],
        face=actor.face,
        action=action,
        subject=subject[:400],
        outcome=outcome,
        sentence=sentence,
        detail=dict(detail or {}),
        request=actor.request,
        address=actor.address,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. ``by`` is nothing for the program itself and for who was not signed in."""

    id: int
    at: datetime
    by: int | None
    by_name: str
    face: str
    action: str
    subject: str
    outcome: str
    sentence: str
    detail: Mapping[str, Any]
    request: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are wanted; what is empty is not asked for.

    Attributes:
        person: Part of a name, or the number of an account.
        action: The action, or its beginning up to a dot: ``sign-in`` also finds ``sign-in.failed``.
        subject: Part of what it was about.
        outcome: ``ok``, ``refused`` or ``failed``.
        since: First day.
        until: Last day.
    """

    person: str = ""
    action: str = ""
    subject: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LinesPage:
    """Some lines, newest first, and where older ones go on."""

    lines: tuple[Line, ...]
    next: str


def read_lines(
    asked: Asked, ground: Ground, by: Actor, *, before: str = "", limit: int = 50
) -> LinesPage:
    """Lines that fit, newest first; ``before`` is the ``next`` of the page before.

    Raises:
        Forbidden, Absent: the actor may not read the log.
        Invalid: the outcome or the cursor is none.
    """
    require(by, Action.READ_AUDIT)
    rows = _wanted(asked, ground).order_by("-pk")
    if before:
        if not _is_number(before):
            raise Invalid(f"{before!r} is no place in the log.", "Go back to its first page.")
        rows = rows.filter(pk__lt=int(before))
    found = [Line(*r) for r in rows.values_list(*_LINE)[: limit + 1]]
    more = len(found) > limit
    return LinesPage(tuple(found[:limit]), str(found[limit - 1].id) if more else "")


def actions_seen(by: Actor) -> tuple[str, ...]:
    """The actions of the newest lines, to choose from; there may be others further back.

    Raises:
        Forbidden, Absent: the actor may not read the log.
    """
    require(by, Action.READ_AUDIT)
    return tuple(sorted(glances.actions_of_newest(_NEWEST)))


def export_lines(
    asked: Asked, form: str, ground: Ground, by: Actor, *, at: datetime
) -> Iterator[Line]:
    """All lines that fit, oldest first, after a line that says who took them away.

    Raises:
        Forbidden, Absent: the actor may not read the log.
        Invalid: the outcome is none.
    """
    require(by, Action.READ_AUDIT)
    rows = _wanted(asked, ground).order_by("pk")
    with together():
        last = AuditLine.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        record(by, "audit.export", at=at, sentence=f"Exported the audit log as {form}.",
               detail=_plain(asked))  # fmt: skip
    return (Line(*r) for r in rows.filter(pk__lte=last).values_list(*_LINE).iterator(2000))


def _wanted(asked: Asked, ground: Ground) -> QuerySet[AuditLine]:
    rows = AuditLine.objects.all()
    if asked.person:
        named = Q(by_name__icontains=asked.person)
        rows = rows.filter(named | Q(by=int(asked.person)) if _is_number(asked.person) else named)
    if asked.action:
        rows = rows.filter(Q(action=asked.action) | Q(action__startswith=f"{asked.action}."))
    if asked.subject:
        rows = rows.filter(subject__icontains=asked.subject)
    if asked.outcome:
        if asked.outcome not in OUTCOMES:
            raise Invalid(f"{asked.outcome!r} is no outcome.", f"It is one of {', '.join(OUTCOMES)}.",
                          field="outcome")  # fmt: skip
        rows = rows.filter(outcome=asked.outcome)
    zone = ZoneInfo(ground.plans.head().plan.organisation.timezone)
    if asked.since:
        rows = rows.filter(at__gte=_beginning(asked.since, zone))
    if asked.until:
        rows = rows.filter(at__lt=_beginning(asked.until, zone) + timedelta(days=1))
    return rows


def _is_number(text: str) -> bool:
    """Longer numbers name no row."""
    return text.isdecimal() and len(text) < 16


def _beginning(on: date, zone: ZoneInfo) -> datetime:
    """When a day begins there. Days outside of all reach stand for the first and the last within."""
    return datetime.combine(min(max(on, FIRST_DAY), LAST_DAY), time(), zone)


def _plain(asked: Asked) -> dict[str, str]:
    given = {f: getattr(asked, f) for f in Asked.__dataclass_fields__}
    return {name: str(value) for name, value in given.items() if value}
