"""Why an item's effort counts for what it counts, in the words that pages use."""

from __future__ import annotations

from collections.abc import Mapping

from mainstem.plan.model import Plan
from mainstem.services.scores.book import Book
from mainstem.services.server.answers import Answers
from mainstem.work.branches import branches
from mainstem.work.conditions import describe

_CLAIM, _LINK = "claim ", "link "
_WORDS: Mapping[int, str] = {
    1: "set by hand",
    2: "as set by hand for what it is part of",
    3: "claimed",
    4: "claimed through what it is part of",
    5: "a rule of the rest",
    6: "claimed by no stream",
}
_CLAIMS = Answers(4_000_000)


def reason_in_words(rank: int, reason: str, book: Book) -> str:
    """``claimed by label start-time``; of a claim that the plan no longer has only its name."""
    if rank == 3 and reason.startswith(_CLAIM):
        asked = _claims(book).get(reason.removeprefix(_CLAIM))
        return f"claimed by {asked}" if asked else reason
    if rank == 1:
        if not reason.startswith(_LINK):
            return reason or _WORDS[1]
        _, _, why = reason.partition(": ")
        return f"set by hand: {why}" if why else _WORDS[1]
    if rank == 5 and reason:
        return reason
    return _WORDS.get(rank, reason)


def _claims(book: Book) -> Mapping[str, str]:
    key = (book.revision, id(book.plan))
    return _CLAIMS.get(key, lambda: _described(book.plan))


def _described(plan: Plan) -> dict[str, str]:
    return {b.claim_id: describe(b.condition) for b in branches(plan)}
