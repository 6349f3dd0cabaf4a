"""Parts of a sentence that several wording rules ask for: measures, objects, and what is said to be done."""

from __future__ import annotations

from collections.abc import Iterator

from mainstem.challenge import lexicon as lx
from mainstem.challenge.text import Statement
from mainstem.challenge.tokens import Chunk, Number, is_participle


def measures(s: Statement) -> Iterator[Chunk]:
    """Noun phrases of the statement that can be measured, and customers that are counted."""
    counted = {n.place for n in s.numbers if n.role != "condition"}
    for chunk in s.chunks:
        if chunk.is_measure or (chunk.is_customer and _is_counted(s, chunk, counted)):
            yield chunk


def _is_counted(s: Statement, chunk: Chunk, counted: set[int]) -> bool:
    """``12,000 sellers``, ``40% of users``, ``customers who … 38%``, ``sellers to 12,000``."""
    before = range(chunk.start - 4, chunk.start)
    after = s.tokens[chunk.end : chunk.end + 1]
    if any(p in counted for p in before):
        return True
    return bool(counted) and any(
        t.number or t.flags & (lx.TARGET | lx.BELOW | lx.ABOVE | lx.RELATIVE | lx.QUALIFIER)
        for t in after
    )


def opening(s: Statement) -> Chunk | None:
    """The noun phrase that a statement starts with; articles, adjectives and numbers may come first."""
    first = s.chunks[0] if s.chunks else None
    if first is None:
        return None
    before = s.tokens[s.lead : first.start]
    passed = all(t.flags & (lx.DETERMINER | lx.FILLER) or t.number for t in before)
    return first if first.end > s.lead and passed else None


def population(s: Statement, number: Number) -> Chunk | None:
    """X in ``90% of the X``."""
    if number.place + 1 >= len(s.tokens) or s.tokens[number.place + 1].text != "of":
        return None
    return next((c for c in s.chunks if number.place < c.start <= number.place + 4), None)


def object_of(s: Statement, place: int) -> Chunk | None:
    """The noun phrase that a verb at ``place`` acts on, without determiners and numbers."""
    for chunk in s.chunks:
        if chunk.end <= place + 1:
            continue
        start = max(chunk.start, place + 1)
        between = s.tokens[place + 1 : start]
        if any(t.kind == "mark" and t.text in ";:." for t in between):
            return None
        if chunk.head > place:
            return chunk
    return None


def from_to(s: Statement) -> tuple[Number, Number] | None:
    """The pair of numbers of ``from 3 to 5``, ``3 -> 5``, ``to 5, now 3``; None if there is none."""
    starts = [n for n in s.numbers if n.role in ("from", "base")]
    ends = [n for n in s.numbers if n.role in ("to", "bound", "plain")]
    for start in starts:
        for end in ends:
            if start.unit == end.unit or not start.unit or not end.unit:
                return start, end
    return None


def is_noun(s: Statement, place: int) -> bool:
    """Whether a verb at the head is part of a noun phrase: ``build time below 8 min``."""
    chunk = next((c for c in s.chunks if c.start <= place < c.end), None)
    if chunk is None or not s.numbers:
        return False
    token = s.tokens[place]
    if (token.flags & lx.MOVE and not token.flags & lx.TOWARDS) or chunk.end >= len(s.tokens):
        return False
    nxt = s.tokens[chunk.end]
    limit = _is_limited(s, chunk.end)
    if chunk.head == place:
        return bool(token.flags & lx.NOUN) and limit
    if not chunk.is_measure:
        return limit and bool(token.flags & lx.NOUN) and not chunk.flags & lx.THING
    compared = nxt.flags & (
        lx.BELOW | lx.ABOVE | lx.TARGET | lx.RELATIVE | lx.MOVE | lx.COPULA | lx.FACTOR
    )
    if nxt.text == "to" and chunk.end + 1 < len(s.tokens):
        compared = s.tokens[chunk.end + 1].number is not None
    return bool(compared or nxt.number is not None or nxt.text in ("from", "per", ":", "="))


def _is_limited(s: Statement, place: int) -> bool:
    """Whether ``below 2 s`` or ``is`` follows, with at most one phrase such as ``in the ward`` between."""
    limits = ("below", "under", "at or below", "at or above")
    between = s.tokens[place].text in ("in", "at", "on", "for", "of", "by")
    for token in s.tokens[place : place + (6 if between else 1)]:
        if token.text in limits or token.flags & lx.COPULA:
            return True
    return False


def is_made(s: Statement, end: int) -> bool:
    """Whether a participle of making stands at or right after a phrase that ends at ``end``."""
    around = s.tokens[max(0, end - 2) : end + 4]
    return any(t.flags & lx.DONE or (t.flags & lx.DELIVER and t.flags & lx.PAST) for t in around)


def is_done_to(s: Statement, of: Chunk) -> bool:
    """``80% of nurses trained``: what we do to them, not what they do."""
    for token in s.tokens[of.head + 1 : of.end + 2]:
        if token.flags & lx.BINARY_DONE:
            return True
        if (
            token.flags & lx.DELIVER
            and token.flags & lx.PAST
            and not token.flags & (lx.FLOW | lx.BASE)
        ):
            return True
    return False


def done_at(s: Statement) -> int | None:
    """Where the main predicate says "done": ``… live in production``, ``… was signed``; None if nowhere.

    Something must stand before it, and it must be the end of its sentence but for where and when.
    """
    for place in range(s.lead + 1, len(s.tokens)):
        token = s.tokens[place]
        if not _is_finished(s, place) or (
            token.flags & lx.NOUN
            and not token.flags & lx.PAST
            and token.text not in ("go-live", "go live")
        ):
            continue
        if token.text == "covered" and s.targets:
            continue
        if _ends_predicate(s, place):
            return place
    return None


def _is_finished(s: Statement, place: int) -> bool:
    token, before = s.tokens[place], s.tokens[place - 1]
    if token.flags & (lx.DONE | lx.BINARY_DONE) or (
        token.flags & lx.DELIVER and token.flags & lx.PAST
    ):
        return not _is_felt(s, place)
    passive = before.flags & lx.COPULA and is_participle(token) and not token.flags & lx.MOVE
    return bool(passive) and not s.targets and not s.chunks[0].is_customer


def _is_felt(s: Statement, place: int) -> bool:
    """``patients feel supported``, ``parcels delivered on time``: a state of those served, no deed of ours."""
    subject = next((c for c in s.chunks if c.head < place), None)
    token = s.tokens[place]
    if subject is None:
        return False
    if s.tokens[subject.head].flags & lx.COUNTED and token.flags & lx.FLOW:
        return True
    made = token.flags & (lx.DELIVER | lx.BINARY_DONE)
    return (
        subject.is_customer
        and not made
        and token.text not in ("live", "in production", "signed off")
    )


def _ends_predicate(s: Statement, place: int) -> bool:
    rest = s.tokens[place + 1 :]
    for token in rest[:1]:
        if token.kind in ("date", "mark") or token.flags & (lx.STOP | lx.DONE | lx.JOINER):
            return not token.flags & (lx.BELOW | lx.ABOVE) and token.text not in ("than", "per")
        return bool(token.text.endswith("ly") or is_participle(token))
    return True


def purpose_of(s: Statement, place: int) -> int | None:
    """Where ``so that …`` or ``to reduce …`` begins."""
    for i in range(place + 2, len(s.tokens) - 1):
        token, nxt = s.tokens[i], s.tokens[i + 1]
        if not token.flags & lx.PURPOSE and token.text != "and":
            continue
        moves = nxt.flags & (lx.MOVE | lx.HOLD) and nxt.flags & (lx.BASE | lx.ING)
        if token.text in ("to", "and", "for a", "so"):
            if moves:
                return i
        elif token.text != "which" or nxt.flags & (lx.MOVE | lx.HOLD):
            return i
    return None
