"""Messages of sources that tell of changes by themselves: believed only if signed, and only as a hint.

What a message touched is fetched from the source itself, with its credentials. A message that comes
again does nothing; one that is forged is refused without a word on why.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import structlog
from django.db import IntegrityError
from django.db.models import Q

from mainstem.errors import MainstemError, TooMany
from mainstem.services.decisions import answering
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, Given, Role, nothing_here
from mainstem.services.sources import schedule as source_schedule
from mainstem.services.sources.rows import hook_secret_of
from mainstem.sources.registry import CONNECTED, make_connected
from mainstem.sources.remote import Forged, Hooked, Touched
from mainstem.store.models import ReceivedHook, SourceConnection
from mainstem.store.together import together

_LOG = structlog.get_logger("mainstem.sources")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
#: Of a token so much finds the row; the rest is compared in constant time.
_FINDS = 8
#: Messages of one source, and tries of addresses that there are not, in a minute.
MOST_OF_ONE, MOST_UNKNOWN = 1_200, 120
#: Longest message, in bytes.
MOST = 5_000_000
#: Things that one message may touch; what touches more is left to the next sync, which is brought forward.
MOST_KEYS = 1_000
_QUIET = timedelta(minutes=1)


class Refused(MainstemError):
    """A message that is not taken. Its sender learns nothing more."""

    code = "source.hook"


@dataclass(slots=True)
class _Rate:
    """How many there were of each kind within a minute, in this process."""

    _seen: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str, most: int) -> None:
        at = time.monotonic()
        with self._lock:
            if len(self._seen) > 1_000:
                self._seen.clear()
            seen = self._seen.setdefault(name, deque())
            while seen and seen[0] < at - 60:
                seen.popleft()
            if len(seen) >= most:
                raise TooMany("There are too many messages.", "Send them again in a minute.")
            seen.append(at)

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()


RATE = _Rate()
_LAST_UNKNOWN: dict[str, datetime] = {}


def receive(
    token: str, headers: Mapping[str, str], body: bytes, *, at: datetime, address: str = ""
) -> str:
    """Takes a message in.

    Args:
        token: The secret part of the address that it came to.
        headers: Names in lower case.
        at: The real moment; messages that are too old are forged.
        address: Network address that it came from, for the audit log.

    Returns:
        What became of it, for the log: ``taken``, ``again``, ``nothing`` or ``off``.

    Raises:
        Absent: there is no such address.
        Refused: it is forged, or cannot be read; ``permanent`` refusals are all alike.
        TooMany: there were too many within a minute.
    """
    row = _row(token, at, address)
    RATE.take(row.name, MOST_OF_ONE)
    touched = _read(row, headers, body, at, address)
    if not row.is_on:
        return "off"
    return _keep(row, touched, body, at)


def _row(token: str, at: datetime, address: str) -> SourceConnection:
    found = None
    if _TOKEN.fullmatch(token):
        found = SourceConnection.objects.filter(hook_token__startswith=token[:_FINDS]).first()
    held = found.hook_token if found is not None else "-" * 43
    is_it = hmac.compare_digest(held.encode(), token.encode("utf-8", "replace"))
    if found is None or not is_it or found.kind not in CONNECTED:
        RATE.take("", MOST_UNKNOWN)
        if at - _LAST_UNKNOWN.get("", at - _QUIET) >= _QUIET:
            _LAST_UNKNOWN[""] = at
            _audit("sources/", "A message came to an address that there is not", at, address)
        raise nothing_here()
    return found


def _read(
    row: SourceConnection, headers: Mapping[str, str], body: bytes, at: datetime, address: str
) -> Touched:
    source = make_connected(row.kind)
    if not hasattr(source, "read_hook"):
        raise nothing_here()
    try:
        return cast(Hooked, source).read_hook(headers, body, hook_secret_of(row), at)
    except Forged as error:
        why = "A message that it did not sign was refused"
        raise _refusal(row, why, at, address) from error
    except Exception as error:  # a message can hold anything; it is refused, and the log has why
        _LOG.warning("message not read", source=row.name, error=type(error).__name__)
        raise _refusal(row, "A message that cannot be read was refused", at, address) from error


def _refusal(row: SourceConnection, why: str, at: datetime, address: str) -> Refused:
    quiet = Q(refused_at=None) | Q(refused_at__lte=at - _QUIET)
    if SourceConnection.objects.filter(quiet, pk=row.pk).update(refused_at=at):
        _audit(f"sources/{row.name}", why, at, address)
    return Refused(f"{why}.")


def _audit(subject: str, why: str, at: datetime, address: str) -> None:
    by = Actor(None, "somebody", frozenset({Given(Role.VIEWER)}), face="hook", address=address)
    auditing.record(by, "source.hook", subject, at=at, outcome="refused", sentence=why)


def _keep(row: SourceConnection, touched: Touched, body: bytes, at: datetime) -> str:
    delivery = touched.delivery.replace("\0", "")
    if not 0 < len(delivery) <= 200:
        delivery = hashlib.sha256(delivery.encode() + body).hexdigest()
    keys = [key.replace("\0", "")[:400] for key in touched.keys]
    fetches = 0 < len(keys) <= MOST_KEYS
    try:
        with together():
            ReceivedHook.objects.create(
                source=row, delivery=delivery, at=at,
                keys=keys if fetches else [], is_open=fetches,
            )  # fmt: skip
            _bring_forward(row, len(keys), at)
            answering.want(row, keys, at=at)
    except IntegrityError:
        return "again"
    return "taken" if keys else "nothing"


def _bring_forward(row: SourceConnection, count: int, at: datetime) -> None:
    if count > MOST_KEYS:
        source_schedule.sync_soon(row.name, at=at)
    elif count:
        source_schedule.fetch_soon(row.name, at=at)
