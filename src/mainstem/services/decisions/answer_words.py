"""What is said in a tracker about a piece of work: the answer, and what it rests on.

Whoever reads a tracker may know less than whoever reads the plan. So nothing that a person wrote as a reason
is repeated there, nobody is named, and no other piece of work is; the page that is linked has it all.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.decisions import Decision, Step, Work
from mainstem.challenge.verdicts import Answer
from mainstem.plan.model import Plan
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.qualifying import (
    MOST_TEXT,
    MOST_TITLE,
    PRIVATE,
    Qualified,
    QualifyOutcome,
    qualify,
)
from mainstem.services.people.access import Actor
from mainstem.sources.answering import QUIET_LABEL, Item, Reply, Tone, plain

_TONES = {
    QualifyOutcome.QUALIFIES: Tone.GOOD, QualifyOutcome.REST: Tone.REST, QualifyOutcome.DISQUALIFIED: Tone.BAD,
    QualifyOutcome.QUESTION: Tone.QUESTION,
}  # fmt: skip
_FOOT = f"Mainstem writes this, and changes it here when the answer changes. The label {QUIET_LABEL} keeps it quiet."
#: Reasons that rules give begin so; all others may be a person's own words.
_RULES = ("It has ", "It is part of ")


def reply_of(
    desk: Desk, item: Item, source: str, by: Actor, *, at: datetime, base: str = ""
) -> Reply:
    """The answer on an item of a tracker.

    Args:
        source: The connected source that it is from.
        by: Whose rights decide what is seen.
        base: Address of this server; empty: the answer leads nowhere.
    """
    work = work_of(item, source)
    found = qualify(work, desk, by, at=at)
    chain = desk.decisions.chain(found.chain) if found.chain else None
    verdict = chain.verdict if chain else None
    if verdict is not None and verdict.until and verdict.until <= desk.today:
        verdict = None
    plan = desk.standing.plan
    return Reply(
        _TONES[found.outcome], _head(found, verdict, plan), _lines(found, verdict, plan),
        f"{base}{path_of(found, work)}" if base else "", _FOOT,
    )  # fmt: skip


def work_of(item: Item, source: str) -> Work:
    """An item as a piece of work."""
    title = plain(item.title, MOST_TITLE) or item.key
    return Work(
        title, item.text[:MOST_TEXT], link=item.link, key=item.key, source=source, given=item.given
    )


def path_of(found: Qualified, work: Work) -> str:
    """Where there is more: the decisions on it, or the form with what is known of it."""
    if found.chain:
        return f"/decisions/{found.chain}/"
    given = {
        "title": work.title, "link": work.link, "key": work.key, "team": work.team,
        **{name: ", ".join(work.given.get(name, ()))[:300] for name in ("label", "component")},
        **{name: next(iter(work.given.get(name, ())), "") for name in ("project", "type")},
    }  # fmt: skip
    return f"/qualify?{urlencode({name: text for name, text in given.items() if text})}"


def _head(found: Qualified, verdict: Decision | None, plan: Plan) -> str:
    stream = plan.streams.get(found.stream)
    name = (stream.name if stream else "") or found.stream
    if verdict is not None and verdict.step is Step.DEFER:
        return f"This work was deferred{f' until {verdict.until}' if verdict.until else ''}."
    decided = ", as was decided" if verdict is not None else ""
    of = f" for {name}" if name else ""
    return {
        QualifyOutcome.QUALIFIES: f"This work qualifies{of}{decided}.",
        QualifyOutcome.REST: f"This work counts as {found.kind}, not for a stream{decided}.",
        QualifyOutcome.DISQUALIFIED: f"This work does not qualify{of}{decided}.",
        QualifyOutcome.QUESTION: "One question decides whether this work qualifies.",
    }[found.outcome]


def _lines(found: Qualified, verdict: Decision | None, plan: Plan) -> tuple[str, ...]:
    if found.outcome is QualifyOutcome.QUESTION and found.question is not None:
        asked = f"Asked of: {found.question.asked_of}." if found.question.asked_of else ""
        return tuple(line for line in (found.question.text, asked) if line)
    if verdict is not None:
        return ()
    ruled = tuple(f"{r.rstrip('.')}." for r in found.reasons if r.startswith(_RULES))
    if found.outcome in (QualifyOutcome.QUALIFIES, QualifyOutcome.REST):
        return ruled
    known = catalogue_of(plan)
    true = [s.statement for s in found.statements if s.answer is Answer.TRUE]
    shown = [f"“{known[s].text}”" for s in true if s in known and s not in PRIVATE]
    if any(s in PRIVATE for s in true):
        return (*shown, "More is said where it was decided.")
    if not true and found.stream:
        shown.append("The stream would claim it, but is itself disqualified.")
    way = f"What would change it: {found.refusal}" if found.refusal else ""
    return tuple(line for line in (*shown, *ruled, way) if line)
