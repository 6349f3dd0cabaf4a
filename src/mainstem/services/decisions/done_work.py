"""What was refused and then done anyway, and what was accepted and then begun: found in the ledger.

An item with the same link or the same key is the work that was asked about. One with much the same title
may be: it counts only when a person has said so. Looked for after each derivation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mainstem.challenge.decisions import ACCEPTED, REFUSED, Chain, Step, bare_link
from mainstem.challenge.done import CONFIRMED, DENIED, FOUND, LIKENESS, Done, is_regretted
from mainstem.challenge.overlap import words_of
from mainstem.errors import Absent, Forbidden
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_decisions import role_for

if TYPE_CHECKING:
    from mainstem.ledger.done_items import AskedRow, DoneRow

__all__ = ["Done", "done_of", "is_regretted", "look_for_done", "say_done"]

#: How alike two titles are at least, as a share of their words; and with how many words in common.
LEAST_LIKENESS, LEAST_WORDS = 0.6, 2
#: More chains than anybody has.
_ALL = 1_000_000


def look_for_done(desk: Desk, by: Actor, *, at: datetime, after: int = 0) -> tuple[Done, ...]:
    """Looks in the ledger for work that was asked about, and keeps what is new.

    Args:
        by: Who looks; the program itself after a derivation.
        after: Only items that landed after this landing of the ledger.

    Returns:
        What was found and not known before.
    """
    require(by, Action.READ)
    book = desk.book()
    chains = {c.number: c for c in desk.decisions.chains(Wanted(most=_ALL))}
    if book is None or not chains:
        return ()
    from mainstem.ledger.done_items import done_items

    zone = ZoneInfo(desk.standing.plan.organisation.timezone)
    asked = [_asked_row(chain, zone) for chain in chains.values()]
    rows = done_items(book.desk, asked, after=after)
    known = desk.decisions.done(chains)
    new = [f for f in _found(rows, chains, at) if not _is_known(f, known)]
    if new:
        with desk.room.together():
            for found in new:
                desk.decisions.keep_done(found, by)
                _tell(found, chains[found.number], desk, by, at)
    return tuple(new)


def _asked_row(chain: Chain, zone: ZoneInfo) -> AskedRow:
    from mainstem.ledger.done_items import AskedRow

    work, verdict = chain.work, chain.verdict
    refused = verdict is not None and verdict.step in REFUSED | {Step.DEFER}
    moment = verdict.at if verdict is not None and refused else chain.at
    # what is accepted may begin on the day it is asked; what goes on after a refusal begins the day after
    since = moment.astimezone(zone).date() - timedelta(days=0 if refused else 1)
    words = (
        words_of(work.title)
        if verdict is not None and verdict.step not in ACCEPTED
        else frozenset()
    )
    least = max(LEAST_WORDS, math.ceil(LEAST_LIKENESS * len(words)))
    spelt = tuple(sorted(_spellings(words))) if len(words) >= LEAST_WORDS else ()
    return AskedRow(
        chain.number, work.key.lower(), work.source, bare_link(work.link), since, spelt, least
    )


def _spellings(words: Iterable[str]) -> Iterable[str]:
    """A word as titles may have it, since ``words_of`` takes plurals for their singular."""
    for word in words:
        yield from (word, f"{word}s")
        if word.endswith("y"):
            yield f"{word[:-1]}ies"


def _found(rows: Iterable[DoneRow], chains: Mapping[int, Chain], at: datetime) -> Iterable[Done]:
    """Each item once for each chain, by the strongest sign."""
    best: dict[tuple[int, str], Done] = {}
    for row in rows:
        likeness = None
        if row.how == LIKENESS:
            likeness = _likeness(chains[row.no].work.title, row.title)
            if likeness < LEAST_LIKENESS:
                continue
        was = best.get((row.no, row.item))
        if was is None or was.how == LIKENESS:
            best[row.no, row.item] = Done(
                row.no, row.item, row.title, row.how, likeness, FOUND, row.first_day, at
            )
    return best.values()


def _likeness(one: str, other: str) -> float:
    a, b = words_of(one), words_of(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def _is_known(found: Done, known: Mapping[int, tuple[Done, ...]]) -> bool:
    same = next((d for d in known.get(found.number, ()) if d.item == found.item), None)
    return same is not None and (
        same.how != LIKENESS or found.how == LIKENESS or same.state != FOUND
    )


def _tell(found: Done, chain: Chain, desk: Desk, by: Actor, at: datetime) -> None:
    verdict = chain.verdict
    refused = verdict is not None and verdict.step in REFUSED
    if not refused:
        return
    what = "may have been" if found.how == LIKENESS else "was"
    said = (
        f"“{chain.work.title}” was refused and {what} done anyway: {found.item.partition('/')[2]}"
    )
    about = [
        f"asked/{chain.number}",
        *([f"streams/{verdict.stream}"] if verdict and verdict.stream else []),
    ]
    desk.room.tell("decision", about, said, f"/decisions/{chain.number}/", by, at=at)


def done_of(chain: Chain, desk: Desk, by: Actor) -> tuple[Done, ...]:
    """What was found in the ledger for a piece of work, earliest first."""
    require(by, Action.READ)
    found = desk.decisions.done([chain.number]).get(chain.number, ())
    return tuple(sorted(found, key=lambda d: (d.first_day or date.max, d.item)))


def say_done(number: int, item: str, is_same: bool, desk: Desk, by: Actor, *, at: datetime) -> Done:
    """Says that an item that was found is the work that was asked about, or is not.

    Raises:
        Absent: nothing like that was found.
        Forbidden: only whoever may decide on the work, or leads its team, says so.
    """
    require(by, Action.ASK_WORK)
    with desk.room.together():
        chain = desk.decisions.chain(number)
        found = next(
            (d for d in desk.decisions.done([number]).get(number, ()) if d.item == item), None
        )
        if chain is None or found is None:
            raise Absent("That was not found for this work.", "Look at the decision again.")
        _require_say(chain, desk, by)
        made = Done(number, item, found.title, found.how, found.likeness,
                    CONFIRMED if is_same else DENIED, found.first_day, at, by.name)  # fmt: skip
        desk.decisions.keep_done(made, by)
        said = f"{item.partition('/')[2]} {'is' if is_same else 'is not'} “{chain.work.title}”."
        desk.room.record(by, "work.done", f"asked/{number}", at=at, sentence=said)
    return made


def may_say(chain: Chain, desk: Desk, by: Actor) -> bool:
    """Whether somebody may say that an item is the work."""
    plan, verdict = desk.standing.plan, chain.verdict
    stream = verdict.stream if verdict else ""
    return any(
        role_for(by, plan, stream=name, team=chain.work.team) is not None for name in {stream, ""}
    )


def _require_say(chain: Chain, desk: Desk, by: Actor) -> None:
    if not may_say(chain, desk, by):
        raise Forbidden(
            "You may not say whether this is the work that was decided on.",
            "Whoever may decide on it can, or the lead of its team.", code="access.decide",
        )  # fmt: skip
