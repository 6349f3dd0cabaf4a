"""Open questions of a workshop: who answers by when, what was answered, and reminders that stop by themselves.

An answer is kept as a remark about the question (``workshops/7/question/KEY``), so it has words, a name and
a day. A reminder is a notice about the same subject; that it exists is why it is not sent again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.plans import Made, made_of, workshop_row
from mainstem.store.models import Notice, Remark, User, Workshop
from mainstem.store.together import together
from mainstem.workshop.outcome_values import OpenQuestion

#: How long before its day somebody is reminded of a question.
AHEAD = timedelta(days=3)
#: How long after its day a reminder is still made up for, where no job ran on that day.
LATE = timedelta(days=7)
#: How long after its end a workshop's questions are looked at.
LOOKED_AT = timedelta(days=370)
LONGEST_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a workshop.

    Attributes:
        key: By which it is answered; the same as long as the question is.
        what: The question.
        owner: Who will answer; empty where nobody is named.
        until: By when.
        answer: What was answered; ``None`` while it is open.
        answered_by: Who answered, and ``answered_at`` when.
    """

    key: str
    what: str
    owner: str
    until: date | None
    answer: str | None = None
    answered_by: str = ""
    answered_at: datetime | None = None


def questions_of(row: Workshop, made: Made) -> tuple[Question, ...]:
    """All questions of a workshop, those that are open first and the soonest of them on top."""
    start = f"workshops/{row.pk}/question/"
    remarks = Remark.objects.filter(subject__startswith=start, withdrawn_at=None).order_by("pk")
    said = {remark.subject: remark for remark in remarks}
    found = [_question(asked, said.get(start + key_of(asked))) for asked in made.outcome.open]
    late = date.max
    return tuple(sorted(found, key=lambda q: (q.answer is not None, q.until or late)))


def key_of(asked: OpenQuestion) -> str:
    """A word for a question: its card, and what is asked."""
    return hashlib.sha256(f"{asked.card}\n{asked.what}".encode()).hexdigest()[:16]


def _question(asked: OpenQuestion, remark: Remark | None) -> Question:
    if remark is None:
        return Question(key_of(asked), asked.what, asked.owner, asked.until)
    return Question(
        key_of(asked), asked.what, asked.owner, asked.until, remark.text, remark.author_name,
        remark.at,
    )  # fmt: skip


def answer_question(
    number: int, key: str, text: str, ground: Ground, by: Actor, *, at: datetime
) -> None:
    """Answers an open question of a workshop; nobody is reminded of it any more.

    Raises:
        Absent: there is no such question, or to an outsider.
        Forbidden: the actor may not remark on anything.
        Invalid: nothing was said, or too much.
    """
    require(by, Action.REMARK)
    text = " ".join(text.split())
    if not text:
        raise Invalid("Nothing was answered.", "Say in a line what the answer is.", field="text")
    if len(text) > LONGEST_ANSWER:
        raise Invalid("That is too long for an answer.", f"{LONGEST_ANSWER:,} letters are enough.", field="text")  # fmt: skip
    row = workshop_row(number)
    asked = _asked(row, key, ground)
    subject = f"workshops/{number}/question/{key}"
    with together():
        Remark.objects.create(subject=subject, author_id=by.id, author_name=by.name, at=at, text=text)  # fmt: skip
        auditing.record(
            by, "workshop.question.answered", f"workshops/{number}", at=at,
            sentence=f"Answered “{asked.what[:200]}”: {text[:200]}",
        )  # fmt: skip


def reopen_question(number: int, key: str, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Takes an answer back: the question is open again. For who answered, planners and who opened the room.

    Raises:
        Absent: there is no such answer.
        Forbidden: it is somebody else's.
    """
    require(by, Action.REMARK)
    row = workshop_row(number)
    subject = f"workshops/{number}/question/{key}"
    with together():
        given = Remark.objects.select_for_update().filter(subject=subject, withdrawn_at=None)
        last = given.order_by("-pk").first()
        if last is None:
            raise Absent("Nobody has answered that question.", "Look at the summary again.")
        if by.id not in (last.author_id, row.author_id) and not by.plans:
            raise Forbidden(
                "Somebody else answered it.", "Ask them, or a planner, to take it back."
            )
        given.update(withdrawn_at=at)
        auditing.record(
            by, "workshop.question.reopened", f"workshops/{number}", at=at,
            sentence=f"Opened a question again that was answered with “{last.text[:200]}”.",
        )  # fmt: skip


def _asked(row: Workshop, key: str, ground: Ground) -> OpenQuestion:
    for asked in made_of(row, ground).outcome.open:
        if key_of(asked) == key:
            return asked
    raise Absent("There is no such question.", "The room may have changed; look at the summary again.")  # fmt: skip


def may_answer(by: Actor | None) -> bool:
    """Whether somebody may answer questions."""
    return by is not None and may(by, Action.REMARK)


def reminders_wait(ground: Ground) -> bool:
    """Whether some workshop has not been looked at today."""
    return _waiting(ground.now()).exists()


def remind(ground: Ground, *, at: datetime) -> str:
    """Reminds owners of open questions, three days before and on the day, once each; called by its job.

    Owners are found by their name; where nobody, or more than one, is called so, whoever opened the room is
    told. It may be stopped anywhere and run twice.

    Returns:
        What was done, in a sentence; empty if nothing was to do.
    """
    told = 0
    for row in list(_waiting(at).order_by("pk")):
        with together():
            made = made_of(row, ground)
            for question in questions_of(row, made):
                told += _remind(row, question, ground.today(), at)
            Workshop.objects.filter(pk=row.pk).update(reminded_at=at)
    return f"{told} reminders of open questions" if told else ""


def _waiting(at: datetime) -> QuerySet[Workshop]:
    """Workshops that were held, not long ago, and not looked at on this day."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Workshop.objects.exclude(state="prepared")
    rows = rows.filter(Q(finished_at=None) | Q(finished_at__gt=at - LOOKED_AT))
    return rows.filter(Q(reminded_at=None) | Q(reminded_at__lt=today))


def _remind(row: Workshop, question: Question, today: date, at: datetime) -> int:
    """Tells whoever answers for a question, if it is time and they were not told; how many were told."""
    when = _when(question, today)
    if not when:
        return 0
    subject = f"workshops/{row.pk}/question/{question.key}/{when}"
    known = frozenset(Notice.objects.filter(subject=subject).values_list("user_id", flat=True))
    people = [user for user in _owners(row, question.owner) if user not in known]
    words = _words(row, question, when)
    Notice.objects.bulk_create(
        Notice(
            user_id=user, at=at, subject=subject, sentence=words,
            address=f"/workshop/{row.pk}/summary#questions",
        )
        for user in people
    )  # fmt: skip
    return len(people)


def _when(question: Question, today: date) -> str:
    """``soon`` or ``due``; empty where it is not time, or it was answered."""
    if question.answer is not None or question.until is None or today > question.until + LATE:
        return ""
    if today >= question.until:
        return "due"
    return "soon" if today >= question.until - AHEAD else ""


def _owners(row: Workshop, owner: str) -> tuple[int, ...]:
    """The account that is called so; if there is none, or several, whoever opened the room."""
    if owner:
        named = Q(name__iexact=owner) | Q(email__iexact=owner)
        found = User.objects.filter(named, is_active=True).values_list("pk", flat=True)[:2]
        if len(found) == 1:
            return (found[0],)
    return (row.author_id,) if row.author_id is not None else ()


def _words(row: Workshop, question: Question, when: str) -> str:
    day = "is due" if when == "due" else f"is due on {question.until}"
    who = f" ({question.owner} answers it)" if question.owner else " (nobody is named to answer it)"
    return f"An open question of “{row.title}” {day}: {question.what}{who}"
