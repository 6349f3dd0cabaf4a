"""What a person does with a lump of unattributed work: take it, put it off, assign it, or claim it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.errors import Conflict, Invalid
from mainstem.plan.changes import diff
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.triage import marks as triage_marks
from mainstem.services.triage.claim_trial import read_claim, with_claim
from mainstem.services.triage.marks import CLAIMED, CLAIMED_FOR, SKIPPED, Mark
from mainstem.services.triage.triaging import Triage, TriageLump, triage
from mainstem.services.work.sharing import MOST_AT_ONCE, set_shares
from mainstem.store.together import one_at_a_time
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: Put off for so long if nothing is said, and at most.
SKIP_DAYS, MOST_SKIP_DAYS = 7, 370
MOST_REASON = 500


def take(ident: str, ground: Ground, by: Actor, *, at: datetime) -> Mark | None:
    """Takes a lump for some minutes.

    Returns:
        The mark of somebody else who has it already; ``None`` if it is the actor's now.

    Raises:
        Absent: there is no such lump.
        Forbidden: for somebody who only reads.
    """
    require(by, Action.TRIAGE)
    lump = triage(ground, by, at=at).lump(ident)
    return triage_marks.take(lump.id, by, at)


def skip(ident: str, until: date | None, ground: Ground, by: Actor, *, at: datetime) -> date:
    """Puts a lump off until a day, for everybody.

    Returns:
        The day.

    Raises:
        Absent: there is no such lump.
        Invalid: the day has passed, or is too far away.
    """
    require(by, Action.TRIAGE)
    lump = triage(ground, by, at=at).lump(ident)
    today = ground.today()
    day = until or today + timedelta(days=SKIP_DAYS)
    if not today < day <= today + timedelta(days=MOST_SKIP_DAYS):
        raise Invalid(
            "A lump is put off until a day to come, at most a year.",
            "Choose a later day.",
            field="until",
        )
    with one_at_a_time():
        triage_marks.let_go(lump.id, by)
        triage_marks.put(lump.id, SKIPPED, datetime.combine(day, time(), UTC), by, at)
        auditing.record(
            by,
            "triage.skip",
            lump.title[:400],
            at=at,
            sentence=f"{lump.title}: put off until {day}",
        )
    return day


def assign(
    ident: str, target: str, why: str, seen: str, ground: Ground, by: Actor, *, at: datetime
) -> Written:
    """Sets by hand what all items of a lump count for. ``sharing.undo_shares`` takes it back.

    Args:
        ident: The lump.
        target: ``stream:x`` or ``kind:y``.
        why: The reason, once for all of them.
        seen: ``TriageLump.seen`` of what was shown; empty for a caller who has looked at nothing.
        ground: What the server stands on.
        by: Who.
        at: When.

    Raises:
        Absent: there is no such lump.
        Conflict: it is not as it was shown, or somebody else looks at it.
        Forbidden: an item of it is not theirs to set.
        Invalid: no reason, no such target, or too many items.
    """
    require(by, Action.SHARE)
    with one_at_a_time():
        lump = _as_shown(ident, seen, ground, by, at)
        if lump.items > min(MOST_AT_ONCE, len(lump.keys)):
            raise Invalid(
                f"{lump.items:,} items are too many to be set by hand.",
                f"{MOST_AT_ONCE} are the most. Make a claim: it also counts for what comes later.",
                field="lump",
            )
        written = set_shares(list(lump.keys), {target: WHOLE}, why, ground, by, at=at)
        triage_marks.let_go(lump.id, by)
    return written


def claim(
    ident: str, target: str, fields: Mapping[str, Any], why: str, seen: str, ground: Ground, by: Actor,
    *, at: datetime,
) -> Written:  # fmt: skip
    """Makes a claim for a stream, or a rule for a kind of the rest, out of a lump.

    It is a change of the plan: ``editing.undo`` takes it back. ``fields`` empty: the claim that catches
    the lump. Other arguments and errors are those of ``assign``; without a reason the lump is the reason.
    """
    require(by, Action.CHANGE_PLAN)
    if len(why) > MOST_REASON:
        raise Invalid(
            "The reason is too long.", f"Say it in {MOST_REASON} characters.", field="why"
        )
    with one_at_a_time():
        lump = _as_shown(ident, seen, ground, by, at)
        plan = ground.plans.head().plan
        typed = read_claim(target, fields or lump.claim, plan)
        changes = diff(plan, with_claim(plan, typed))
        reason = " ".join(why.split()) or f"Triage: {lump.title}"
        written = change_plan(changes, ground, by, at=at, why=reason, origin="triage")
        triage_marks.let_go(lump.id, by)
        triage_marks.put(lump.id, CLAIMED, at + CLAIMED_FOR, by, at)
    return written


def _as_shown(ident: str, seen: str, ground: Ground, by: Actor, at: datetime) -> TriageLump:
    """The lump, if it is as it was shown and nobody else has it."""
    queue: Triage = triage(ground, by, at=at)
    lump = queue.lump(ident)
    other = triage_marks.taken_by_other(lump.marks, by)
    if other is not None:
        raise Conflict(
            f"{other.by or 'Somebody'} looks at “{lump.title}” since you did.",
            "Take the next lump, or wait some minutes.", code="triage.taken",
        )  # fmt: skip
    made = lump.mark(CLAIMED)
    if made is not None:
        raise Conflict(
            f"{made.by or 'Somebody'} has made a claim for “{lump.title}” a moment ago.",
            "It counts from the next derivation. Take the next lump.", code="triage.changed",
        )  # fmt: skip
    if seen and seen != lump.seen:
        raise Conflict(_what_changed(lump, seen), "Look at it again before you say what it counts for.",
                       code="triage.changed")  # fmt: skip
    return lump


def _what_changed(lump: TriageLump, seen: str) -> str:
    then = [int(n) if n.isdecimal() else 0 for n in (*seen.split("."), "", "", "")[:3]]
    words = (
        f"“{lump.title}” is not as it was shown: it had {then[0]:,} items and has {lump.items:,}"
    )
    if lump.settled > then[2]:
        words += f"; {lump.settled - then[2]:,} were set by hand since"
    return f"{words}."
