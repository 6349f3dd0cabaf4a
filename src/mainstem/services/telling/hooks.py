"""Webhooks out: addresses that are told of events, signed, tried again, logged."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstem.config import settings
from mainstem.errors import Absent, Invalid, MainstemError
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.reaching import Network, check_address, networks, post_bytes
from mainstem.services.server.sealing import seal, unseal
from mainstem.services.telling.telling import EVENTS
from mainstem.store.models import Delivery, Hook
from mainstem.store.together import together

#: Waits after each try that failed; after the last the delivery is given up.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440))
#: While one process tries, no other does.
_HELD = timedelta(minutes=5)
_PURPOSE = "webhook"
PAGE = 50


@dataclass(frozen=True, slots=True)
class HookShown:
    """A webhook as it may be shown: never its secret."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    is_on: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """What became of one event for one address."""

    id: int
    event: str
    at: datetime
    status: str
    tries: int
    answer: str
    next_at: datetime | None


def add_hook(
    name: str, url: str, events: Sequence[str], by: Actor, *, at: datetime
) -> tuple[HookShown, str]:
    """Makes a webhook; its secret is returned once.

    Raises:
        Forbidden: only an administrator may.
        Invalid: no name, an address that may not be reached, or an event that there is not.
    """
    require(by, Action.ADMINISTER)
    _check(name, url, events)
    secret = f"whs_{secrets.token_urlsafe(32)}"
    with together():
        row = Hook.objects.create(
            name=name.strip(), url=url, events=list(events), secret=seal(secret, _PURPOSE),
            by_id=by.id, at=at,
        )  # fmt: skip
        auditing.record(
            by, "hook.add", f"hooks/{row.pk}", at=at, sentence=f"Added the webhook {row.name}."
        )
    return _shown(row), secret


def change_hook(
    hook: int,
    by: Actor,
    *,
    at: datetime,
    name: str | None = None,
    url: str | None = None,
    events: Sequence[str] | None = None,
    is_on: bool | None = None,
) -> HookShown:
    """Changes what is given; the secret stays.

    Raises:
        Absent: there is none of that number.
        Forbidden, Invalid: as for ``add_hook``.
    """
    require(by, Action.ADMINISTER)
    row = _hook(hook)
    row.name = row.name if name is None else name.strip()
    row.url = row.url if url is None else url
    row.events = row.events if events is None else list(events)
    row.is_on = row.is_on if is_on is None else is_on
    _check(row.name, row.url, row.events)
    with together():
        row.save()
        auditing.record(
            by, "hook.change", f"hooks/{row.pk}", at=at, sentence=f"Changed the webhook {row.name}."
        )
    return _shown(row)


def remove_hook(hook: int, by: Actor, *, at: datetime) -> None:
    """Removes a webhook and what waits for it.

    Raises:
        Absent: there is none of that number.
        Forbidden: only an administrator may.
    """
    require(by, Action.ADMINISTER)
    row = _hook(hook)
    with together():
        auditing.record(
            by, "hook.remove", f"hooks/{row.pk}", at=at, sentence=f"Removed the webhook {row.name}."
        )
        row.delete()


def hooks(by: Actor) -> tuple[HookShown, ...]:
    """All webhooks, for administrators."""
    require(by, Action.READ_SETTINGS)
    return tuple(_shown(row) for row in Hook.objects.order_by("pk"))


def deliveries(hook: int, by: Actor, *, before: int | None = None) -> tuple[DeliveryShown, ...]:
    """What became of a webhook's events, newest first, at most ``PAGE`` at once."""
    require(by, Action.READ_SETTINGS)
    rows = Delivery.objects.filter(hook=_hook(hook)).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(
        DeliveryShown(d.pk, d.event, d.at, d.status, d.tries, d.answer, d.next_at)
        for d in rows[:PAGE]
    )


def deliver_again(delivery: int, by: Actor, *, at: datetime) -> None:
    """Tries a delivery again that was given up or taken.

    Raises:
        Absent: there is none of that number.
        Forbidden: only an administrator may.
    """
    require(by, Action.ADMINISTER)
    with together():
        asked = Delivery.objects.filter(pk=delivery).exclude(status="waiting")
        if not asked.update(status="waiting", next_at=at, tries=0):
            raise Absent("There is no such delivery to try again.", "Look at the list.")
        auditing.record(by, "hook.again", f"deliveries/{delivery}", at=at)


def deliver_due(*, at: datetime, most: int = 50) -> int:
    """Tries what is due; how many were taken. Processes that run at once do not try the same."""
    allowed = networks(settings().words("MAINSTEM_HOOK_NETWORKS"))
    due = Delivery.objects.filter(status="waiting", next_at__lte=at).order_by("next_at")
    taken = 0
    for row in due.select_related("hook")[:most]:
        mine = Delivery.objects.filter(pk=row.pk, status="waiting", next_at=row.next_at)
        if mine.update(next_at=at + _HELD):
            taken += _deliver(row, at, allowed)
    return taken


def _deliver(row: Delivery, at: datetime, allowed: Sequence[Network]) -> bool:
    body = json.dumps(row.body, ensure_ascii=False).encode()
    try:
        secret = unseal(row.hook.secret, _PURPOSE)
        answered = post_bytes(row.hook.url, body, _headers(row, body, secret, at), allowed)
        said, is_taken = f"{answered.status} {answered.text}".strip(), 200 <= answered.status < 300
    except MainstemError as error:
        said, is_taken = error.message, False
    tries = row.tries + 1
    last = tries > len(WAITS)
    Delivery.objects.filter(pk=row.pk).update(
        tries=tries,
        answer=said[:600],
        status="taken" if is_taken else ("given up" if last else "waiting"),
        next_at=None if is_taken or last else at + WAITS[tries - 1],
        done_at=at if is_taken or last else None,
    )
    return is_taken


def _headers(row: Delivery, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Mainstem",
        "Mainstem-Event": row.event,
        "Mainstem-Delivery": str(row.pk),
        "Mainstem-Signature": signature(body, secret, int(at.timestamp())),
    }


def signature(body: bytes, secret: str, moment: int) -> str:
    """``t=<seconds>,v1=<hex>``: HMAC-SHA256 of ``<seconds>.<body>``, so that a copy grows old."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def _check(name: str, url: str, events: Sequence[str]) -> None:
    if not name.strip():
        raise Invalid("The webhook has no name.", "Say who is told.", field="name")
    unknown = [e for e in events if e not in EVENTS]
    if unknown or not events:
        raise Invalid(
            f"There is no event {unknown[0]!r}." if unknown else "No event was chosen.",
            f"Choose of: {', '.join(EVENTS)}.",
            field="events",
        )
    check_address(url, networks(settings().words("MAINSTEM_HOOK_NETWORKS")))


def _hook(number: int) -> Hook:
    found = Hook.objects.filter(pk=number).first()
    if found is None:
        raise Absent("There is no such webhook.", "It may have been removed.")
    return found


def _shown(row: Hook) -> HookShown:
    return HookShown(row.pk, row.name, row.url, tuple(row.events), row.is_on, row.at)
