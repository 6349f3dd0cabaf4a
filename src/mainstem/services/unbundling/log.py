"""Who answered what and when: the events of an unbundling, kept as remarks about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mainstem.services.people.access import Action, Actor, require
from mainstem.services.unbundling.rows import kept
from mainstem.store.models import Notice, Remark

#: Most events that are shown.
MOST = 500


class Event(StrEnum):
    """What happened."""

    BEGUN = "begun"
    ANSWERED = "answered"
    TAKEN = "taken away"
    PASSED = "passed"
    ASKED = "asked"
    SETTLED = "settled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, as it is read.

    Attributes:
        what: What happened.
        key: Key of the question, if it was about one.
        words: What was asked and answered, in words.
        by: Who did.
        at: When, in UTC.
    """

    what: Event
    key: str
    words: str
    by: str
    at: datetime


def log(number: int, what: Event, words: str, by: Actor, at: datetime, *, key: str = "") -> None:
    """Keeps an event. Called inside the transaction of what it tells."""
    Remark.objects.create(
        subject=_subject(number), author_id=by.id, author_name=by.name, at=at,
        text=f"{what}\n{key}\n{words}",
    )  # fmt: skip


def events(number: int, by: Actor) -> tuple[Happened, ...]:
    """What happened, newest first.

    Raises:
        Absent: there is none, or it is not for the reader.
    """
    require(by, Action.READ)
    kept(number, by)
    rows = Remark.objects.filter(subject=_subject(number), withdrawn_at=None).order_by("-pk")
    return tuple(_read(row) for row in rows[:MOST])


def _read(row: Remark) -> Happened:
    what, key, words = (*row.text.split("\n", 2), "", "")[:3]
    known = Event(what) if what in set(Event) else Event.SETTLED
    return Happened(known, key, words, row.author_name, row.at)


def say_on_proposal(number: int, proposal: int, words: str, by: Actor, at: datetime) -> None:
    """Puts who answered how much, and what is still open, beside the proposal."""
    who: dict[str, int] = {}
    rows = Remark.objects.filter(subject=_subject(number), text__startswith=f"{Event.ANSWERED}\n")
    for name in rows.order_by("pk").values_list("author_name", flat=True):
        who[name] = who.get(name, 0) + 1
    told = ", ".join(f"{name} {count}" for name, count in who.items())
    answered = f"Answers of the unbundling by: {told}.\n" if told else ""
    Remark.objects.create(
        subject=f"proposal/{proposal}", author_id=by.id, author_name=by.name, at=at,
        text=f"{answered}{words}",
    )  # fmt: skip


def tell_person(
    person: int, number: int, sentence: str, address: str, at: datetime, *, once: bool = False
) -> bool:
    """Tells one person in the app; whether they were told. ``once``: not if the same was told before."""
    subject = _subject(number)
    if once and Notice.objects.filter(user=person, subject=subject, sentence=sentence).exists():
        return False
    Notice.objects.create(
        user_id=person, at=at, subject=subject, sentence=sentence, address=address
    )
    return True


def _subject(number: int) -> str:
    return f"unbundling/{number}"
