"""The outcome of a room as a proposed revision: one for each workshop, made once and renewed.

What somebody changed in the proposal by hand stays: the room's words are put beside theirs, and where both
say something else of the same thing, the words written by hand stay and the room's are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import Conflict, Invalid
from mainstem.plan.changes import diff, sentence
from mainstem.plan.merging import Meeting, carry
from mainstem.plan.model import Plan
from mainstem.plan.standing import revision_name
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.proposals import gather, planned, start_proposal
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.answers import keep_answers
from mainstem.services.workshops.plans import Made, board_at, made_of
from mainstem.services.workshops.seated import Seated, lead_of
from mainstem.store.models import AuditLine, Proposal, RoomEvent, Workshop
from mainstem.store.together import together
from mainstem.workshop.deck import Deck
from mainstem.workshop.plan_cards import folded

#: What the audit log calls it; the line remembers what was written, and when in the life of the room.
WRITTEN = "workshop.proposal"
#: Events that are looked through for one that changed a card; with more, something did.
_LOOKED_BACK = 500


@dataclass(frozen=True, slots=True)
class WrittenProposal:
    """What became of writing.

    Attributes:
        proposal: Number of the proposal.
        is_new: Whether it was made now.
        changes: How many changes it holds.
        kept: Where somebody's words in the proposal stayed against the room's, as sentences.
        answers: How many answers to statements were kept with it.
    """

    proposal: int
    is_new: bool
    changes: int
    kept: tuple[str, ...] = ()
    answers: int = 0


def write_proposal(number: int, seat: Seated, ground: Ground, *, at: datetime) -> WrittenProposal:
    """Makes the proposal of a workshop, or brings it up to the room as it is.

    Raises:
        Forbidden: the seat does not facilitate, or the proposal is for somebody else to change.
        Invalid: the room has nothing for the plan.
        Conflict: nothing has changed since it was applied.
    """
    with together():
        row, by = lead_of(seat)
        require(by, Action.PROPOSE)
        made = made_of(row, ground)
        written = _renewed(row, made, ground, by, at) or _started(row, made, ground, by, at)
        answers = keep_answers(row, made, by, at=at)
        _note(row, written, made, by, at)
    return WrittenProposal(written.proposal, written.is_new, written.changes, written.kept, answers)


def _renewed(
    row: Workshop, made: Made, ground: Ground, by: Actor, at: datetime
) -> WrittenProposal | None:
    """The proposal that is there, with the room's words; ``None`` where there is none to renew."""
    held = _proposal(row, "draft", "open")
    if held is None:
        return None
    _, there = planned(held.pk, ground, by)
    merged = carry(_last_written(row, made, ground), there, made.outcome.plan, {})
    if diff(there, merged.plan):
        gather(held.pk, merged.plan, {}, ground, by, at=at)
        held.refresh_from_db()
    return WrittenProposal(held.pk, False, len(held.changes), tuple(map(_kept, merged.meetings)))


def _proposal(row: Workshop, *states: str) -> Proposal | None:
    """The workshop's proposal, if it is in one of these states; in whatever state, if none is named."""
    held = Proposal.objects.filter(pk=row.proposal_id).first() if row.proposal_id else None
    return held if held is not None and (not states or held.state in states) else None


def _kept(meeting: Meeting) -> str:
    _, now, wanted = meeting.said()
    return f"{meeting.place}: the proposal keeps {now}, which somebody wrote into it; the room says {wanted}"  # fmt: skip


def _started(row: Workshop, made: Made, ground: Ground, by: Actor, at: datetime) -> WrittenProposal:
    """A new proposal: from the plan that the room began from, or from what was applied of it before."""
    before = _proposal(row, "applied")
    base = made.base
    kept: tuple[str, ...] = ()
    wanted = made.outcome.plan
    if before is not None:
        base = ground.plans.head()
        merged = carry(_last_written(row, made, ground), base.plan, wanted, {})
        wanted, kept = merged.plan, tuple(map(_kept, merged.meetings))
    changes = diff(base.plan, wanted)
    if not changes:
        raise _nothing(before)
    made_one = start_proposal(
        f"Workshop: {row.title}", changes, ground, by, at=at, why=_why(row, made), state="open",
        base=base.revision,
    )  # fmt: skip
    row.proposal_id = made_one.number
    row.save(update_fields=["proposal"])
    return WrittenProposal(made_one.number, True, made_one.count, kept)


def _nothing(before: Proposal | None) -> Exception:
    if before is not None:
        return Conflict(
            f"Proposal {before.pk} was applied, and the room has said nothing new since.",
            "Change a card first.",
        )
    return Invalid(
        "The room has nothing for the plan yet.",
        "Write a customer, an objective or a stream; the summary says what is missing.",
    )


def _last_written(row: Workshop, made: Made, ground: Ground) -> Plan:
    """The plan that the room wrote last, made again from the room as it was then."""
    line = _last_line(row.pk, row.proposal_id)
    if line is None:
        return made.base.plan
    return made_of(row, ground, board_at(row.pk, int(line.detail["event"]))).outcome.plan


def _last_line(number: int, proposal: int | None) -> AuditLine | None:
    lines = AuditLine.objects.filter(action=WRITTEN, subject=f"workshops/{number}").order_by("-pk")
    return next((li for li in lines[:50] if li.detail.get("proposal") == proposal), None)


def written_at(number: int, proposal: int | None) -> int:
    """Number of the room's event up to which its proposal was written; 0 if it never was."""
    line = _last_line(number, proposal)
    return int(line.detail["event"]) if line is not None else 0


def _note(row: Workshop, written: WrittenProposal, made: Made, by: Actor, at: datetime) -> None:
    what = "Wrote" if written.is_new else "Renewed"
    auditing.record(
        by, WRITTEN, f"workshops/{row.pk}", at=at,
        sentence=f"{what} proposal {written.proposal} from the workshop “{row.title}”.",
        detail={"proposal": written.proposal, "event": made.board.number, "changes": written.changes},
    )  # fmt: skip


def _why(row: Workshop, made: Made) -> str:
    """Why, in the words of the call to arms."""
    said = [f"From the workshop “{row.title}” of {(row.started_at or row.at).date()}."]
    if row.why:
        said.append(row.why)
    for card in Deck(made.board).alive("call"):
        if not card.is_hidden and card.text:
            part = folded(card.fields.get("part")) or "why now"
            said.append(f"{part.capitalize()}: {card.text}")
    return "\n".join(said)[:4_000]


def changes_in_words(made: Made) -> tuple[str, ...]:
    """What the room changes in the plan that it began from, each read aloud."""
    return tuple(sentence(change) for change in diff(made.base.plan, made.outcome.plan))


def _went_on(number: int, since: int) -> bool:
    """Whether a card was written or changed after an event; people come, go and vote without that."""
    events = RoomEvent.objects.filter(workshop_id=number, number__gt=since).order_by("-number")
    later = events.values_list("puts", flat=True)[:_LOOKED_BACK]
    return any(name.startswith("card/") for puts in later for name in puts)


def standing_proposal(row: Workshop) -> dict[str, Any]:
    """The proposal of a workshop for a page: number, state and whether the room went on since; or nothing."""
    held = _proposal(row)
    if held is None:
        return {}
    return {
        "number": held.pk, "state": held.state, "title": held.title,
        "revision": revision_name(held.applied_as) if held.applied_as else "",
        "is_behind": held.state in ("draft", "open") and _went_on(row.pk, written_at(row.pk, held.pk)),
    }  # fmt: skip
