"""Watching things, and the notices that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent
from mainstem.plan.changes import names_of
from mainstem.plan.model import SECTIONS, Plan
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.ground import Ground
from mainstem.store import glances
from mainstem.store.models import Notice, Watch

PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A notice."""

    number: int
    at: datetime
    subject: str
    sentence: str
    address: str
    is_read: bool


def watch(subject: str, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Wants to be told of what happens to a thing of the plan or a proposal. Twice is once.

    Raises:
        Absent: there is no such thing, or nothing is told to an outsider.
    """
    require(by, Action.READ)
    _require_thing(subject, ground.plans.head().plan)
    Watch.objects.get_or_create(user_id=_me(by), subject=subject, defaults={"at": at})


def unwatch(subject: str, by: Actor) -> None:
    """No longer wants to be told."""
    require(by, Action.READ)
    Watch.objects.filter(user_id=_me(by), subject=subject).delete()


def looked_at(subject: str, by: Actor) -> tuple[bool, bool]:
    """Whether somebody watches a thing, and whether anything was said about it."""
    return glances.talk(_me(by), subject)


def watched(by: Actor) -> tuple[str, ...]:
    """What somebody watches, newest first."""
    rows = Watch.objects.filter(user_id=_me(by)).order_by("-pk")
    return tuple(rows.values_list("subject", flat=True)[:200])


def notices(by: Actor, *, before: int | None = None) -> tuple[Told, ...]:
    """What somebody was told, newest first, at most ``PAGE`` at once."""
    require(by, Action.READ)
    rows = Notice.objects.filter(user_id=_me(by)).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(
        Told(n.pk, n.at, n.subject, n.sentence, n.address, n.read_at is not None)
        for n in rows[:PAGE]
    )


def unread(by: Actor) -> int:
    """How many notices somebody has not read."""
    return Notice.objects.filter(user_id=_me(by), read_at=None).count()


def mark_read(by: Actor, *, at: datetime, number: int | None = None) -> None:
    """Marks one notice as read, or all."""
    require(by, Action.READ)
    rows = Notice.objects.filter(user_id=_me(by), read_at=None)
    if number is not None:
        rows = rows.filter(pk=number)
    rows.update(read_at=at)


def _me(by: Actor) -> int:
    """The number of somebody's account; nobody has 0."""
    return by.id or 0


def name_of(subject: str, plan: Plan) -> str:
    """What people call a thing: ``streams/start-fast`` → ``Start to first frame``."""
    section, _, ident = subject.partition("/")
    return names_of(plan).of(section, ident) if section in SECTIONS else subject


def _require_thing(subject: str, plan: Plan) -> None:
    section, _, ident = subject.partition("/")
    if section == "proposal" and ident.isdecimal():
        return
    if section not in SECTIONS or ident not in getattr(plan, section):
        raise Absent(f"There is no {subject!r} to watch.", "It may have been renamed.")
