"""What kind of statement a key result is: does it say what will change, or what will be made?

Rules in the order of the methods; the first that holds decides. They were labelled on real lists: most
key results that people write are outputs, and what cannot be told is called ``unclear``, not wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mainstem.challenge import lexicon as lx
from mainstem.challenge.predicates import (
    done_at,
    from_to,
    is_done_to,
    is_made,
    is_noun,
    measures,
    object_of,
    opening,
    population,
    purpose_of,
)
from mainstem.challenge.text import Statement, read
from mainstem.challenge.tokens import Chunk, Number

Kind = Literal["outcome", "outcome?", "output", "mixed", "unmeasured", "unclear"]


@dataclass(frozen=True, slots=True)
class KrKind:
    """The kind of a key result and the words that decided.

    Attributes:
        kind: ``outcome``; ``outcome?`` (a number, but of what?); ``output``; ``mixed`` (something made so
            that something measured changes); ``unmeasured`` (no number); ``unclear``.
        matched: The words that decided, as they were written; may be empty for ``unclear``.
    """

    kind: Kind
    matched: tuple[str, ...] = ()


def kr_kind(
    text: str,
    *,
    baseline: float | None = None,
    target: float | None = None,
    metric_linked: bool = False,
) -> KrKind:
    """The kind of a key result.

    Args:
        text: The key result as written.
        baseline: Its field of that name, if given.
        target: Its field of that name; counts as a number.
        metric_linked: It names a metric; counts as a measure.
    """
    return kind_of(read(text), baseline=baseline, target=target, metric_linked=metric_linked)


def kind_of(
    s: Statement,
    *,
    baseline: float | None = None,
    target: float | None = None,
    metric_linked: bool = False,
) -> KrKind:
    """As ``kr_kind``, for a text that was read already."""
    found = _by_text(s)
    if target is None or found.kind in ("outcome", "mixed"):
        return found
    if found.kind == "output":
        return KrKind("mixed", found.matched) if metric_linked else found
    if metric_linked or found.kind == "unmeasured" or baseline is not None:
        return KrKind("outcome", (*found.matched, f"target {target:g}"))
    return KrKind("outcome?", found.matched)


def _by_text(s: Statement) -> KrKind:
    if s.lead >= len(s.tokens):
        return KrKind("unclear")
    for step in (_from_to, _part_complete, _lead_verb, _count_of_made, _done, _measured):
        found = step(s)
        if found is not None:
            return found
    return KrKind("unclear")


def _kind(kind: Kind, *matched: str) -> KrKind:
    return KrKind(kind, tuple(m for m in matched if m))


# Step 1: from NUM to NUM.


def _from_to(s: Statement) -> KrKind | None:
    pair = from_to(s)
    if pair is None or pair[0].role != "from" or pair[1].role != "to":
        return None
    lead = s.tokens[s.lead]
    if (
        lead.flags & lx.DELIVER
        and lead.flags & lx.BASE
        and not any(measures(s))
        and not s.has(lx.MOVE)
    ):
        return None
    return _kind("outcome", *(s.text[n.start : n.end] for n in pair))


# Step 2: 90% complete, 90% of the epics.


def _part_complete(s: Statement) -> KrKind | None:
    for number in s.numbers:
        if number.unit != "percent" or number.role in ("relative", "from"):
            continue
        after = number.place + 1
        if (
            after < len(s.tokens)
            and s.tokens[after].flags & (lx.DONE | lx.PAST)
            and not any(measures(s))
        ):
            return _kind("output", s.said(number.place, after + 1))
        of = population(s, number)
        if of is not None and of.is_customer and is_done_to(s, of):
            return _kind("output", s.said(number.place, of.end))
        if of is None or not s.tokens[of.head].flags & lx.THING:
            continue
        head = s.tokens[of.head].flags
        said = s.said(number.place, of.end)
        if (head & lx.WORK and not head & lx.MEASURE) or (not of.is_measure and is_made(s, of.end)):
            return _kind("output", said)
    return None


# Steps 3 and 4: it starts with a verb.


def _lead_verb(s: Statement) -> KrKind | None:
    place, token = _verb_place(s)
    flags = s.tokens[place].flags
    if not flags & lx.VERB or not flags & (lx.BASE | lx.ING | lx.PAST) or is_noun(s, place):
        return None
    if flags & (lx.MOVE | lx.HOLD) and not flags & (lx.DELIVER | lx.ACTIVITY | lx.BY_OBJECT):
        return _moved(s, place)
    if flags & lx.PAST and not flags & (lx.BASE | lx.ING):
        return None if s.targets and any(measures(s)) else _kind("output", token)
    if flags & lx.BY_OBJECT:
        found = _by_object(s, place)
        if found is not None or not flags & (lx.DELIVER | lx.ACTIVITY):
            return found or (_moved(s, place) if flags & (lx.MOVE | lx.HOLD) else None)
    if flags & (lx.DELIVER | lx.ACTIVITY):
        return _delivered(s, place)
    if flags & lx.BINARY_VERB and not s.targets:
        return _kind("output", token)
    return None


def _verb_place(s: Statement) -> tuple[int, str]:
    """Where the verb stands that says what is done; ``start publishing`` is about publishing."""
    place = s.lead
    nxt = place + 1
    if s.tokens[place].text in (
        "start",
        "begin",
        "continue",
        "stop",
        "finish",
        "keep",
    ) and nxt < len(s.tokens):
        flags = s.tokens[nxt].flags
        if flags & lx.ING and flags & (lx.DELIVER | lx.ACTIVITY):
            place = nxt
    return place, s.tokens[place].text


def _delivered(s: Statement, place: int) -> KrKind:
    verb = s.tokens[place]
    purpose = purpose_of(s, place)
    if purpose is not None:
        numbers = [n for n in s.targets if n.place > purpose]
        if numbers and (
            any(m for m in measures(s) if m.end > purpose) or numbers[0].unit == "percent"
        ):
            return _kind("mixed", verb.text, s.said(purpose, numbers[0].place + 1))
    if verb.flags & lx.FLOW and s.targets and _is_service_level(s, place):
        return _kind("outcome", s.text[s.targets[0].start : s.targets[0].end])
    thing = object_of(s, place)
    return _kind(
        "output", verb.text, s.said(thing.start, thing.end) if thing and thing.start > place else ""
    )


def _is_service_level(s: Statement, place: int) -> bool:
    """``deliver 95% of parcels within a day``: about what is served, not about what is made."""
    number = s.targets[0]
    of = population(s, number)
    if any(n.unit == "time" and n.role == "bound" for n in s.targets) and number.unit == "percent":
        return True
    if number.unit == "percent" and of is not None:
        return not s.tokens[of.head].flags & lx.THING or of.is_measure
    thing = object_of(s, place)
    if thing is None or thing.is_artefact or s.tokens[thing.head].flags & lx.THING:
        return False
    if any(n.unit == "time" and n.role == "bound" for n in s.targets):
        return True
    return thing.is_measure and (number.unit != "" or number.role in ("bound", "to"))


def _by_object(s: Statement, place: int) -> KrKind | None:
    """Verbs such as "add" or "run": what they act on decides."""
    thing = object_of(s, place)
    verb = s.tokens[place]
    said = s.said(place, thing.end) if thing else verb.text
    if thing is None or thing.start > place + 5:
        return None
    flags = s.tokens[thing.head].flags if thing.flags else 0
    if _is_done_clause(s, thing):
        return _kind("output", said)
    if verb.text in ("make", "making") and s.has(lx.COMPARATIVE | lx.VAGUE):
        return None
    if flags & lx.THING and not thing.is_measure and not _levels(s):
        return _kind("output", said)
    if flags & lx.BINARY_NOUN and verb.flags & lx.BINARY_VERB | lx.BY_OBJECT and not s.targets:
        return _kind("output", said)
    if flags & lx.EVENT and not flags & (lx.OPEN | lx.RATED):
        return _kind("output", said)
    gained = thing.is_customer and (
        verb.flags & lx.WINNING or not verb.flags & (lx.DELIVER | lx.ACTIVITY)
    )
    earned = any(n.unit == "money" for n in s.targets)
    if s.targets and (thing.is_measure or gained or earned):
        return _kind("outcome", said)
    return None


def _is_done_clause(s: Statement, thing: Chunk) -> bool:
    """``have the guide published``."""
    if s.targets or not thing.flags & lx.THING:
        return False
    rest = s.tokens[thing.head + 1 :]
    return any(t.flags & lx.DONE for t in rest)


def _levels(s: Statement) -> list[Number]:
    """Numbers that are no mere count: they have a unit, a bound or a change."""
    return [n for n in s.targets if n.unit or n.role in ("relative",)]


def _moved(s: Statement, place: int) -> KrKind | None:
    """Verbs such as "reduce" or "keep" that act on things made; what they measure is for step 5."""
    verb, thing = s.tokens[place], object_of(s, place)
    counted = thing is not None and s.tokens[thing.head].text in ("number", "count")
    if thing is not None and counted:
        thing = object_of(s, thing.end - 1)
    if thing is not None and thing.is_artefact and s.targets and not _levels(s):
        made = counted or not any(measures(s))
        if made:
            return _kind("output", verb.text, s.said(thing.start, thing.end))
    if s.targets:
        return None
    if verb.flags & lx.HOLD and (done := done_at(s)) is not None:
        return _kind("output", s.tokens[done].text)
    if verb.flags & lx.TOWARDS and thing is not None and thing.flags & lx.BINARY_NOUN:
        return _kind("output", s.said(place, thing.end))
    return None


# Steps 3 (without a verb) and 6: things made, things done.


def _count_of_made(s: Statement) -> KrKind | None:
    """``12 blog posts in spring``, ``featured at 3 conferences``: a count of what we make or do."""
    if s.targets and not any(measures(s)) and all(_counts_events(s, n) for n in s.targets):
        return _kind("output", s.said(s.targets[0].place, s.targets[0].place + 2))
    lead = s.tokens[s.lead]
    number = lead.number
    if (
        number is None
        or number.unit in ("percent", "factor", "time", "money")
        or len(s.targets) > 1
    ):
        return None
    chunk = next((c for c in s.chunks if c.start > s.lead), None)
    if chunk is None or chunk.start > s.lead + 2 or s.tokens[s.lead + 1].text == "of":
        return None
    flags = s.tokens[chunk.head].flags
    made = flags & lx.THING and not flags & (lx.MEASURE | lx.VANITY | lx.CUSTOMER)
    if made or (flags & lx.EVENT and not flags & lx.VANITY):
        return _kind("output", s.said(s.lead, chunk.end))
    if not chunk.is_measure and (done := done_at(s)) is not None:
        return _kind("output", s.said(s.lead, done + 1))
    return None


def _counts_events(s: Statement, number: Number) -> bool:
    chunk = next((c for c in s.chunks if number.place < c.start <= number.place + 2), None)
    return not number.unit and chunk is not None and bool(s.tokens[chunk.head].flags & lx.EVENT)


#: ``live in 3 regions``: how far a thing has been spread, not what it did.
_STATES = frozenset(
    ["live", "in production", "operational", "available", "in place", "rolled out", "deployed"]
)


def _done(s: Statement) -> KrKind | None:
    place = done_at(s)
    if place is None or s.tokens[s.lead].flags & (lx.MOVE | lx.HOLD):
        return None
    subject = next((c for c in s.chunks if c.head < place), None)
    if subject is None:
        return None
    if s.targets:
        spread = all(n.place > place and not n.unit and n.role == "plain" for n in s.targets)
        made = s.tokens[subject.head].flags & lx.THING and not subject.is_measure
        share = any(n.unit == "percent" for n in s.targets)
        if (made and not share) or (spread and s.tokens[place].text in _STATES):
            return _kind("output", s.said(subject.start, place + 1))
        return None
    if subject.is_measure and s.has(lx.COMPARATIVE):
        return None
    return _kind("output", s.said(place, place + 1))


# Steps 5, 7 and 8.


def _is_share(s: Statement, number: Number) -> bool:
    """``40% of users``, ``80% of the time``; of things made it is a share of our own."""
    of = population(s, number)
    return of is not None and not of.is_artefact


def _measured(s: Statement) -> KrKind | None:
    said = [s.said(c.start, c.end) for c in measures(s)]
    lead = s.tokens[s.lead].flags
    if s.targets:
        number = s.targets[-1]
        amount = s.text[number.start : number.end]
        of = any(_is_share(s, n) or n.unit in ("time", "money", "data") for n in s.targets)
        first_move = lead & (lx.MOVE | lx.HOLD) and s.has(lx.CUSTOMER)
        if said or of or first_move:
            return _kind("outcome", *said[:2], amount)
        return _kind("outcome?", amount)
    made = opening(s)
    moves = lead & (lx.MOVE | lx.HOLD) or s.has(lx.COMPARATIVE) or s.has(lx.MOVE)
    if (
        (said and (moves or s.chunks[0].is_measure))
        or (moves and s.has(lx.CUSTOMER))
        or lead & lx.DOWN
    ):
        return _kind("unmeasured", *(said[:2] or [s.tokens[s.lead].text]))
    if (
        made is not None
        and made.is_artefact
        and not lead & (lx.MOVE | lx.HOLD | lx.VAGUE | lx.BY_OBJECT)
    ):
        return _kind("output", s.said(made.start, made.end))
    return None
