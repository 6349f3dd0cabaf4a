"""Writes that may be sent again: the first answer to a key is kept for a day and given again.

The answer is kept in the transaction of what was done, so there is never one without the other. While a
write is under way its key is held for ``HOLD``; if the process dies, nothing was done and the key is free
again after that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from mainstem.errors import Conflict, Invalid
from mainstem.services.server.cleaning import KEPT_ANSWERS
from mainstem.store.models import RepeatedWrite
from mainstem.store.together import together

#: How long a key is held by a write that does not come to an end.
HOLD = timedelta(seconds=60)
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer that was given first."""

    status: int
    body: str
    etag: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Leave to do what a key stands for; ends when the answer is kept or the hold is let go."""

    number: int
    since: datetime


class Overtaken(Conflict):
    """A write took longer than its hold, and somebody else has taken its key. Nothing was done."""

    code = "write.overtaken"


def begin(person: int, key: str, request_hash: str, *, at: datetime) -> Hold | KeptAnswer:
    """Takes hold of a key, or finds the answer that was given to it before.

    Args:
        person: Number of the account.
        key: As the caller chose it.
        request_hash: Of method, address and body: a key stands for one request.
        at: The moment.

    Raises:
        Invalid: the key is too long, or stands for another request (``write.other_request``).
        Conflict: the first request with this key is still under way (``write.under_way``).
    """
    if not key or len(key) > LONGEST_KEY:
        raise Invalid(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.", "A random UUID is a good one."
        )
    with together():
        # a key is free again after a day, also before the clean-up comes by
        RepeatedWrite.objects.filter(user=person, key=key, at__lt=at - KEPT_ANSWERS).delete()
    try:
        with together():
            made = RepeatedWrite.objects.create(
                user_id=person, key=key, request_hash=request_hash, at=at
            )
        return Hold(made.pk, at)
    except IntegrityError:
        return _known(person, key, request_hash, at)


def _known(person: int, key: str, request_hash: str, at: datetime) -> Hold | KeptAnswer:
    row = RepeatedWrite.objects.filter(user=person, key=key).first()
    if row is None:
        raise _under_way()
    if row.request_hash != request_hash:
        raise Invalid(
            "This Idempotency-Key was used for another request.",
            "Use a new key for each thing that you do; repeat a request exactly as it was.",
            code="write.other_request",
        )
    if row.status is not None:
        return KeptAnswer(row.status, row.body, row.etag)
    stuck = RepeatedWrite.objects.filter(pk=row.pk, status=None, at=row.at)
    if row.at > at - HOLD or not stuck.update(at=at):
        raise _under_way()
    return Hold(row.pk, at)


def _under_way() -> Conflict:
    return Conflict(
        "The first request with this Idempotency-Key is still under way.",
        "Wait a few seconds and send it again.",
        code="write.under_way",
    )


@contextmanager
def held(hold: Hold) -> Iterator[None]:
    """What is done inside is done together with ``keep``, or not at all; a failure frees the key."""
    try:
        with together():
            yield
    except BaseException:
        RepeatedWrite.objects.filter(pk=hold.number, status=None, at=hold.since).delete()
        raise


def keep(hold: Hold, answer: KeptAnswer) -> None:
    """Keeps the answer; called inside ``held``.

    Raises:
        Overtaken: somebody else has the key meanwhile; what was done is undone.
    """
    mine = RepeatedWrite.objects.filter(pk=hold.number, status=None, at=hold.since)
    if not mine.update(status=answer.status, body=answer.body, etag=answer.etag[:80]):
        raise Overtaken(
            "This took too long, and the same was asked for again.", "Look at what is so now."
        )
