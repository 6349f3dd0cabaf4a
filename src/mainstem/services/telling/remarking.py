"""Remarks: what people say about a thing of the plan or a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.plan.model import SECTIONS
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.services.telling.watching import name_of
from mainstem.store.models import Proposal, Remark
from mainstem.store.together import together

LONGEST = 10_000
MOST = 200


@dataclass(frozen=True, slots=True)
class RemarkMade:
    """A remark as it is read."""

    number: int
    by: str
    at: datetime
    text: str
    is_own: bool


def remark(
    subject: str, text: str, ground: Ground, by: Actor, *, at: datetime, address: str
) -> int:
    """Says something about a thing; its number.

    Raises:
        Absent: there is no such thing.
        Forbidden: a viewer reads only.
        Invalid: nothing was said, or too much.
    """
    require(by, Action.REMARK)
    _require_thing(subject, ground)
    words = text.strip()
    if not words:
        raise Invalid("Nothing was said.", "Write a sentence.", field="text")
    if len(words) > LONGEST:
        raise Invalid(
            f"The remark has {len(words)} characters.",
            f"At most {LONGEST} are kept; link to a longer text.",
            field="text",
        )
    name = name_of(subject, ground.plans.head().plan)
    with together():
        made = Remark.objects.create(
            subject=subject, author_id=by.id, author_name=by.name, at=at, text=words
        )
        auditing.record(by, "remark", subject, at=at, sentence=f"{name}: {words[:200]}")
        telling.tell(
            "remark", (subject,), f"{by.name} on {name}: {words[:200]}", address, by, at=at
        )
    return made.pk


def remarks(subject: str, by: Actor) -> tuple[RemarkMade, ...]:
    """What was said about a thing, oldest first; the last ``MOST``."""
    rows = Remark.objects.filter(subject=subject, withdrawn_at=None).order_by("-pk")[:MOST]
    found = [
        RemarkMade(r.pk, r.author_name, r.at, r.text, r.author_id is not None and r.author_id == by.id)
        for r in rows
    ]  # fmt: skip
    return tuple(reversed(found))


def withdraw_remark(number: int, by: Actor, *, at: datetime) -> str:
    """Takes one's own remark back; administrators may take back any. What it was about.

    Raises:
        Absent: there is none of that number.
        Forbidden: it is somebody else's.
    """
    require(by, Action.REMARK)
    found = Remark.objects.filter(pk=number, withdrawn_at=None).first()
    if found is None:
        raise Absent("There is no such remark.", "It may have been withdrawn.")
    if found.author_id != by.id and not by.administers:
        raise Forbidden(
            "This remark is somebody else's.", "They or an administrator can withdraw it."
        )
    with together():
        Remark.objects.filter(pk=number).update(withdrawn_at=at)
        auditing.record(by, "remark.withdraw", found.subject, at=at, detail={"remark": number})
    return found.subject


def _require_thing(subject: str, ground: Ground) -> None:
    section, _, ident = subject.partition("/")
    plan = ground.plans.head().plan
    if section in SECTIONS and ident in getattr(plan, section):
        return
    if section == "proposal" and ident.isdecimal() and Proposal.objects.filter(pk=ident).exists():
        return
    raise Absent(f"There is no {subject!r}.", "It may have been renamed or removed.")
