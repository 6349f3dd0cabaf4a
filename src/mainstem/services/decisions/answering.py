"""Answers in connected trackers: does this work qualify? Written where it begins, once, edited in place.

A message of a tracker says which items were touched; a job works the answer out for each and writes it, if
it is another than the one before. It holds for any order of messages and any number of them: an item is
always looked at as it is now. A process that dies between writing and noting finds what it wrote by its mark.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings as django_settings

from mainstem.clock import now
from mainstem.errors import SourceError
from mainstem.services.decisions.answer_words import reply_of
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, Given, Role, require
from mainstem.services.server.ground import Ground
from mainstem.services.server.queueing import Later
from mainstem.services.sources import schedule as source_schedule
from mainstem.services.sources.rows import connection_of, row_of
from mainstem.services.sources.telling import BUSY, scrubbed
from mainstem.services.sources.watching import watched
from mainstem.sources.answering import (
    CHECK,
    QUIET_LABEL,
    Answering,
    Answers,
    Item,
    Reply,
)
from mainstem.sources.dates import day
from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Connection, Refused, Stopped
from mainstem.store.models import PostedAnswer, SourceConnection
from mainstem.store.together import together

_LOG = structlog.get_logger("mainstem.sources")
#: Items that are answered in one run; the next one goes on.
AT_ONCE = 500
#: An answer that cannot be written for so long is given up until the item is touched again.
PATIENCE = timedelta(days=1)
#: Failures one after the other that end a run: the tracker is not well.
MOST_FAILURES = 3
#: Items that one message may have answered, and the longest name of one.
_MOST, _LONGEST = 200, 300
_RIGHTS = "Writing answers needs rights of its own; docs/answers-in-trackers.md lists them."


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in a tracker, as it is shown.

    Attributes:
        place: The item, as the tracker tells of it.
        name: What people call it; empty until it was looked at.
        said: The answer in a sentence; empty if none was ever written.
        fault: Why the last one could not be written, for administrators.
        link: Where it is.
        waits: Whether the item was touched since and is still to be looked at.
        at: When it was last written, or tried.
    """

    place: str
    name: str
    said: str
    fault: str
    link: str
    waits: bool
    at: datetime


def is_wanted(row: SourceConnection) -> bool:
    """Whether a source answers."""
    return row.is_on and source_schedule.answers(row)


def want(row: SourceConnection, keys: Iterable[str], *, at: datetime) -> None:
    """Items were touched: each is looked at soon. Called inside the transaction that keeps the message."""
    chosen = list(dict.fromkeys(k for k in keys if 0 < len(k) <= _LONGEST))[:_MOST]
    if not chosen or not is_wanted(row):
        return
    made = [PostedAnswer(source=row.name, place=key, wanted_at=at, at=at) for key in chosen]
    PostedAnswer.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["source", "place"], update_fields=["wanted_at"]
    )
    source_schedule.answer_soon(row.name, at=at)


def answered_lately(name: str, by: Actor, *, most: int = 50) -> tuple[Answered, ...]:
    """What was answered in a source, newest first.

    Raises:
        Absent: there is none of that name.
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.CONNECT)
    row = row_of(name)
    found = PostedAnswer.objects.filter(source=row.name).order_by("-at", "-pk")[:most]
    return tuple(
        Answered(p.place, p.name, p.said, p.fault, p.link, p.wanted_at is not None, p.at)
        for p in found
    )


def answer_touched(name: str, ground: Ground) -> str:
    """Answers in a source what was touched; called by its job. It may be stopped anywhere and run twice.

    Returns:
        What was done, in a sentence; empty if nothing was to do.

    Raises:
        SourceError: something could not be written and is tried again.
    """
    row = SourceConnection.objects.filter(name=name).first()
    if row is None or not is_wanted(row):
        return ""
    wanted = PostedAnswer.objects.filter(source=name, wanted_at__isnull=False)
    found = list(wanted.order_by("wanted_at", "pk")[:AT_ONCE])
    if not found:
        return ""
    of = connection_of(row, ground)
    kind = cast(Answers, make_connected(row.kind))
    try:
        with (
            watched(row, ground.now(), ground.data / "clones") as watch,
            kind.answering(of, watch) as tracker,
        ):
            return _Run(row, of, tracker, server_desk(ground), ground).all(found)
    except Stopped as error:
        raise Later(BUSY) from error
    except SourceError as error:
        raise SourceError(
            scrubbed(error.message, of), error.hint, code=error.code, permanent=False
        ) from None


class _Run:
    """One round through what was touched."""

    def __init__(
        self, row: SourceConnection, of: Connection, tracker: Answering, desk: Desk, ground: Ground
    ) -> None:
        self._row, self._of, self._tracker, self._ground = row, of, tracker, ground
        self._desk = desk
        self._since = _since(row, of)
        self._only = frozenset(w.casefold() for w in of.words("answers_only"))

    def all(self, found: Sequence[PostedAnswer]) -> str:
        """Each of them; one that fails in passing keeps no other back, several end the round."""
        written, failures = 0, 0
        failure: SourceError | None = None
        for one in found:
            try:
                written += self._one(one)
                failures = 0
            except Stopped:
                raise
            except SourceError as error:
                failure = self._failed(one, error) or failure
                failures += failure is error
            if failures >= MOST_FAILURES:
                break
        if failure is not None:
            raise failure
        return f"{self._row.name} told of {len(found):,}: {written:,} answers written."

    def _failed(self, one: PostedAnswer, error: SourceError) -> SourceError | None:
        """Notes why; a failure that may pass is handed back, unless it has lasted too long."""
        hint = _RIGHTS if error.code in ("source.rights", "source.absent") else error.hint
        fault = scrubbed(f"{error.message} {hint}".strip(), self._of)
        lasts = one.wanted_at is not None and now() - one.wanted_at > PATIENCE
        PostedAnswer.objects.filter(pk=one.pk).update(
            fault=fault, name=one.name, link=one.link, at=now()
        )
        if not error.permanent and not lasts:
            return error
        _close(one)
        return None

    def _one(self, one: PostedAnswer) -> bool:
        item = self._tracker.look(one.place)
        if item is None or self._is_silent(item):
            # what was said before stays as it is
            _close(one, removes=not one.digest)
            return False
        one.name, one.link = item.key[:_LONGEST], item.link[:600]
        reply = reply_of(
            self._desk, item, self._row.name, _VIEWER, at=self._ground.now(), base=_base()
        )
        digest = digest_of(reply, item.commit if self._checks else "")
        if digest == one.digest:
            _close(one)
            return False
        mark = mark_of(self._row.name, one.place)
        posted = self._tracker.write(item, reply, posted=one.posted, mark=mark)
        self._note(one, item, reply, digest, posted)
        return True

    def _note(self, one: PostedAnswer, item: Item, reply: Reply, digest: str, posted: str) -> None:
        at = now()
        with together():
            PostedAnswer.objects.filter(pk=one.pk).update(
                posted=posted[:200], digest=digest, fault="", said=reply.head, name=one.name,
                link=one.link, at=at,
            )  # fmt: skip
            _close(one)
            auditing.record(
                _VIEWER, "source.answer", f"sources/{self._row.name}", at=self._ground.now(),
                sentence=f"Answered at {item.key}: {reply.head}"[:400],
            )  # fmt: skip

    @property
    def _checks(self) -> bool:
        return self._of.text("answers") == CHECK

    def _is_silent(self, item: Item) -> bool:
        names = {name.casefold() for name in item.labels}
        is_old = item.created is None or item.created < self._since
        is_other = bool(self._only) and not self._only & {*names, item.project.casefold()}
        lacks = self._checks and not item.commit
        return (
            item.is_bot or not item.is_open or is_old or is_other or lacks or QUIET_LABEL in names
        )


#: Whoever reads a tracker sees no more of the plan than a viewer.
_VIEWER = Actor(None, "Mainstem", frozenset({Given(Role.VIEWER)}), may_write=False, face="job")


def digest_of(reply: Reply, commit: str) -> str:
    """What an answer says; a check is another one for another commit."""
    # what the form behind the link is filled in with is no part of the answer
    path = reply.link.partition("?")[0]
    said = [reply.tone, reply.head, list(reply.lines), path, reply.foot, commit]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def mark_of(source: str, place: str) -> str:
    """The hidden word of an answer: nobody else can make it, and another server has another one."""
    told = f"{len(source)}:{source}{place}".encode()
    key = hashlib.sha256(f"answers {django_settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, told, hashlib.sha256).hexdigest()[:32]


def _close(one: PostedAnswer, *, removes: bool = False) -> None:
    """It was looked at, unless it was touched again meanwhile."""
    same = PostedAnswer.objects.filter(pk=one.pk, wanted_at=one.wanted_at)
    if removes:
        same.delete()
    else:
        same.update(wanted_at=None)


def _since(row: SourceConnection, of: Connection) -> datetime:
    """Items that are older are not answered.

    Raises:
        SourceError: ``answers_since`` is no day.
    """
    try:
        first = day(of.text("answers_since").strip(), "first day")
    except Refused as error:
        raise SourceError(
            f"answers_since of {of.name} is no day.", "Write it as 2026-01-31.",
            code="source.settings",
        ) from error  # fmt: skip
    if first is None:
        return row.at
    return datetime.combine(first, time(), ZoneInfo(of.timezone)).astimezone(UTC)


def _base() -> str:
    """Where people reach this server; empty if nobody has said so."""
    return str(getattr(django_settings, "PUBLIC_URL", "") or "")


__all__ = (
    "Answered", "answer_touched", "answered_lately", "digest_of", "is_wanted", "mark_of",
    "want",
)  # fmt: skip
