"""Reminding those who answer an unbundling of the day by which it is to be done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mainstem.services.people.accounts import actor_of
from mainstem.services.server.ground import Ground
from mainstem.services.unbundling.guide import shown
from mainstem.services.unbundling.log import tell_person
from mainstem.services.unbundling.rows import put_off, state_of
from mainstem.store.models import Unbundling, User

#: How long before its day people are told first.
AHEAD = timedelta(days=1)


def is_due(ground: Ground) -> bool:
    """Whether there is anybody to remind."""
    return Unbundling.objects.filter(state="open", until__lte=ground.today() + AHEAD).exists()


def remind(ground: Ground, *, at: datetime) -> int:
    """Tells the author and who was asked how many questions are open, the day before and on the day after.

    Returns how many were told. Each is told the same once, however often this runs.
    """
    today, told = ground.today(), 0
    rows = Unbundling.objects.filter(state="open", until__lte=today + AHEAD)
    for row in rows.select_related("proposal"):
        if state_of(row) == "open" and row.until is not None:
            told += _remind(row, row.until, today, ground, at)
    return told


def _remind(row: Unbundling, until: date, today: date, ground: Ground, at: datetime) -> int:
    author = User.objects.filter(is_active=True, pk__in=[row.author_id or 0]).first()
    if author is None:
        return 0
    found = shown(row, ground, actor_of(author, today=today, face="job"))
    left = {one.key for one in found.course.order}
    asked = {one.asked_id for one in put_off(row) if one.asked_id and one.key in left}
    told = 0
    for person in sorted({author.pk, *asked}) if left else ():
        mine = [one for one in put_off(row) if one.asked_id == person and one.key in left]
        sentence = _sentence(row.title, until, today, len(left), len(mine))
        address = f"/unbundle/{row.pk}/"
        told += tell_person(person, row.pk, sentence, address, at, once=True)
    return told


def _sentence(title: str, until: date, today: date, left: int, mine: int) -> str:
    when = (
        f"was to be done by {until}"
        if until < today
        else f"is to be done {'today' if until == today else 'tomorrow'}"
    )
    questions = f"{left} question{'s' * (left != 1)} {'are' if left != 1 else 'is'} open"
    own = f"; you are asked {mine} of them in person" if mine else ""
    return f"The unbundling of “{title}” {when}: {questions}{own}"
