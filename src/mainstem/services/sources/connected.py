"""Connected sources of a server: made, changed, switched, asked to sync, removed.

Credentials go in and never come out again: they are sealed, and everything that is shown says only
whether there is one. An empty field keeps the old one, unless the source is elsewhere now.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from mainstem.errors import Conflict, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server import queueing
from mainstem.services.server.ground import Ground
from mainstem.services.sources import schedule as source_schedule
from mainstem.services.sources.connecting import Kind, connect, every, kind_of
from mainstem.services.sources.places import check_places, hosts_of
from mainstem.services.sources.rows import new_secret, row_of, sealed, unsealed
from mainstem.sources.answering import NAMES as ANSWER_NAMES
from mainstem.sources.remote import Connection, Secret
from mainstem.store.models import SourceConnection
from mainstem.store.together import one_at_a_time, together

#: Connected sources of one server.
MOST = 200
_LEAST_SECRET = 12
#: Some kinds list the secret of their messages among their options, for the command line.
HOOK_SECRET = "hook_secret"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a source to be.

    Attributes:
        options: What is no secret, as it was given.
        secrets: Credentials in the clear; what is empty or missing stays as it was.
        every: Time between two syncs, such as ``15 min``.
        forget: Names of credentials to take away.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    every: str = ""
    forget: tuple[str, ...] = ()


def connect_source(
    name: str, kind: str, wanted: Wanted, ground: Ground, by: Actor, *, at: datetime
) -> None:
    """Connects a source; its first sync begins at once.

    Raises:
        Forbidden: only an administrator may.
        Invalid: something that was given cannot be; ``field`` names it.
        Conflict: the name is taken.
    """
    require(by, Action.CONNECT)
    pace = _minutes(wanted.every)
    made = checked(name, kind, wanted, ground, by)
    with one_at_a_time():
        if SourceConnection.objects.count() >= MOST:
            raise Invalid(f"There are {MOST} sources already.", "Remove one.", field="name")
        try:
            with together():
                row = SourceConnection.objects.create(
                    name=name, kind=kind, options=dict(made.options), sealed=_own(made.secrets),
                    every_minutes=pace, hook_token=secrets.token_urlsafe(32),
                    hook_secret=new_secret(made.secrets.get(HOOK_SECRET, ""))[1], by_id=by.id, at=at, changed_at=at,
                )  # fmt: skip
        except IntegrityError as error:
            raise Conflict(
                f"There is a source {name!r} already.", "Choose another name, or change that one."
            ) from error
        source_schedule.stand(row, at=_moment())
        auditing.record(by, "source.connect", _subject(name), at=at, detail=_detail(made),
                        sentence=f"Connected the source {name} ({kind})")  # fmt: skip


def change_source(name: str, wanted: Wanted, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Changes what a source is told. It is synced at once, also if it had been given up.

    With other options than before it reads everything again; other credentials or times change nothing.

    Raises:
        Absent: there is none of that name.
        Forbidden, Invalid: as for ``connect_source``.
    """
    require(by, Action.CONNECT)
    row = row_of(name)
    pace = _minutes(wanted.every) if wanted.every else row.every_minutes
    made = checked(name, row.kind, wanted, ground, by)
    with together():
        changed = sorted(n for n, v in made.options.items() if row.options.get(n, "") != v)
        # nothing else of the row: a sync may be writing its state
        SourceConnection.objects.filter(pk=row.pk).update(
            options=dict(made.options), sealed=_own(made.secrets), every_minutes=pace, changed_at=at,
            # what it reads now and did not before may be older than the place where it was
            is_anew=row.is_anew or bool(set(changed) - ANSWER_NAMES),
        )  # fmt: skip
        if given := made.secrets.get(HOOK_SECRET):
            SourceConnection.objects.filter(pk=row.pk).update(hook_secret=new_secret(given)[1])
        row.refresh_from_db()
        if row.is_on:
            source_schedule.stand(row, at=_moment())
        told = {"options": changed, "secrets": sorted(n for n, v in wanted.secrets.items() if v)}
        auditing.record(by, "source.change", _subject(name), at=at, detail=told,
                        sentence=f"Changed the source {name}")  # fmt: skip


def checked(name: str, kind: str, wanted: Wanted, ground: Ground, by: Actor) -> Connection:
    """The connection that a source would be: credentials that were not given again are the old ones.

    Raises:
        Invalid: something that was given cannot be, or leads where it may not.
    """
    require(by, Action.CONNECT)
    table = kind_of(kind)
    row = SourceConnection.objects.filter(name=name, kind=kind).first()
    old = unsealed(row) if row is not None else {}
    given = {n: v for n, v in wanted.secrets.items() if v}
    kept = {n: v for n, v in old.items() if n not in given and n not in wanted.forget}
    zone = ground.plans.head().plan.organisation.timezone
    made = connect(name, kind, wanted.options, {**kept, **given}, timezone=zone)
    check_places(made, ground)
    if row is not None and kept:
        _require_same_place(row, made, table, kept)
    return made


def _require_same_place(
    row: SourceConnection, made: Connection, table: Kind, kept: Mapping[str, str]
) -> None:
    """A credential is only ever sent where it was given for."""
    before = Connection(row.name, row.kind, row.options, {}, made.timezone)
    if set(hosts_of(made)) <= set(hosts_of(before)):
        return
    name = next(o.name for o in table.options if o.name in kept)
    raise Invalid(
        f"The source {row.name} is to be somewhere else, so its {name} must be given again.",
        "What was given is kept for the place that it was given for.",
        code="source.credentials", field=name,
    )  # fmt: skip


def switch_source(name: str, is_on: bool, by: Actor, *, at: datetime) -> None:
    """Asks a source from time to time, or no more; what runs is stopped.

    Raises:
        Absent: there is none of that name.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row = row_of(name)
        SourceConnection.objects.filter(pk=row.pk).update(is_on=is_on, stop_asked=not is_on)
        if is_on:
            source_schedule.stand(row, at=_moment())
        else:
            source_schedule.lift(name)
        auditing.record(by, "source.switch", _subject(name), at=at,
                        sentence=f"Switched the source {name} {'on' if is_on else 'off'}")  # fmt: skip


def sync_source(name: str, by: Actor, *, at: datetime, anew: bool = False) -> None:
    """Asks for a sync as soon as possible, also of a source that had been given up.

    Args:
        anew: Read everything again from the beginning.

    Raises:
        Absent: there is none of that name.
        Invalid: it is switched off.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row = row_of(name)
        if not row.is_on:
            raise Invalid(f"The source {name} is switched off.", "Switch it on first.")
        changed = {"stop_asked": False, **({"is_anew": True} if anew else {})}
        SourceConnection.objects.filter(pk=row.pk).update(**changed)
        source_schedule.stand(row, at=_moment())
        what = "read again as a whole" if anew else "synced"
        auditing.record(by, "source.sync", _subject(name), at=at,
                        sentence=f"Asked for the source {name} to be {what}")  # fmt: skip


def stop_source(name: str, by: Actor, *, at: datetime) -> None:
    """Ends the sync that runs, at its next request. The next one goes on where it was.

    Raises:
        Absent: there is none of that name.
        Invalid: no sync of it runs.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row = row_of(name)
        job = source_schedule.syncs_of([name]).get(name)
        if job is None or job.state != queueing.RUNNING:
            raise Invalid(f"No sync of {name} runs.", "There is nothing to stop.")
        SourceConnection.objects.filter(pk=row.pk).update(stop_asked=True)
        auditing.record(by, "source.stop", _subject(name), at=at,
                        sentence=f"Stopped the sync of the source {name}")  # fmt: skip


def ask_for_proof(name: str, by: Actor, *, at: datetime) -> None:
    """Asks for a count on both sides as soon as possible.

    Raises:
        Absent: there is none of that name.
        Invalid: it brings no work that could be counted.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row = row_of(name)
        if kind_of(row.kind).brings != "work":
            raise Invalid(f"The source {name} brings no items.", "Only items can be counted.")
        queueing.ask(source_schedule.PROVE, {"source": name}, by, at=_moment())
        auditing.record(by, "source.prove", _subject(name), at=at,
                        sentence=f"Asked for proof of the source {name}")  # fmt: skip


def ask_for_test(name: str, by: Actor, *, at: datetime) -> None:
    """Asks for a test as soon as possible; what it finds is kept with the source.

    Raises:
        Absent: there is none of that name.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row_of(name)
        queueing.ask(source_schedule.TEST, {"source": name}, by, at=_moment())
        auditing.record(by, "source.test", _subject(name), at=at,
                        sentence=f"Asked for a test of the source {name}")  # fmt: skip


def set_hook_secret(name: str, by: Actor, *, at: datetime, given: str = "") -> str:
    """Another secret for the messages of a source, shown once; the one before stops.

    Args:
        given: What the tracker shows as its own; empty: one is made, to be given to the tracker.

    Raises:
        Absent: there is none of that name.
        Invalid: sources of its kind send none, or what was given is no secret.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    if given and not _LEAST_SECRET <= len(given) <= 500:
        raise Invalid(
            "This is too short or too long for a secret.", f"It has {_LEAST_SECRET} to 500 letters.",
            field="secret",
        )  # fmt: skip
    with together():
        row = row_of(name)
        if not kind_of(row.kind).is_hooked:
            raise Invalid(f"Sources of kind {row.kind} send no messages.", "They are asked.")
        secret, kept = new_secret(given)
        SourceConnection.objects.filter(pk=row.pk).update(hook_secret=kept)
        auditing.record(by, "source.hook-secret", _subject(name), at=at,
                        sentence=f"Set another secret for messages of the source {name}")  # fmt: skip
    return secret


def remove_source(name: str, by: Actor, *, at: datetime) -> None:
    """Removes a source with its credentials. What it brought stays in the ledger.

    Raises:
        Absent: there is none of that name.
        Forbidden: only an administrator may.
    """
    require(by, Action.CONNECT)
    with together():
        row = row_of(name)
        source_schedule.lift(name)
        auditing.record(by, "source.remove", _subject(name), at=at,
                        sentence=f"Removed the source {name}; what it brought stays")  # fmt: skip
        row.delete()


def _own(given: Mapping[str, Secret]) -> str:
    """Credentials as they are kept; the secret of messages has a place of its own."""
    return sealed({n: v for n, v in given.items() if n != HOOK_SECRET})


def _minutes(text: str) -> int:
    return int(every(text).total_seconds() // 60)


def _moment() -> datetime:
    """Jobs run by the real clock, also where a demonstration holds the day."""
    from mainstem.clock import now

    return now()


def _subject(name: str) -> str:
    return f"sources/{name}"


def _detail(made: Connection) -> dict[str, Any]:
    """Names only: a value may be a secret that somebody put into the wrong field."""
    given = sorted(n for n, v in made.options.items() if v)
    return {"kind": made.kind, "options": given, "secrets": sorted(made.secrets)}
