"""Wording rules L08 to L10: objectives and streams in words, initiatives as bets."""

from __future__ import annotations

import re

from mainstem.challenge import lexicon as lx
from mainstem.challenge.predicates import object_of, opening
from mainstem.challenge.text import Statement
from mainstem.challenge.tokens import Chunk
from mainstem.challenge.wording_case import Case, Hit, quoted, rule
from mainstem.plan.findings import Severity

_METRIC_NAMED = re.compile(r"\(\s*metric\b|\bmetric\s*:", re.IGNORECASE)
_TRIES = frozenset(("test", "a/b test", "ab test", "experiment", "trial", "pilot"))
_ONE = frozenset(("one", "a", "an", "no", "none"))
_VERSION = re.compile(r"(?:v|version |phase |release |part |stage |wave )\d[\d.]*", re.IGNORECASE)


@rule(
    "L08",
    "Objective is a number in disguise",
    Severity.WARNS,
    "An objective says where to go in words that people remember; how far is what key results are for.",
    "objective",
)
def objective_with_number(case: Case) -> Hit | None:
    """L08: a number, dates and names aside, or a measure with a verb that moves it."""
    s = case.statement
    numbers = [
        n for n in s.numbers if n.role not in ("condition",) and s.tokens[n.place].text not in _ONE
    ]
    if numbers:
        said = s.text[numbers[0].start : numbers[0].end]
        return Hit(
            f"It holds a number: {quoted([said])}.",
            (said,),
            "Say in words what will be true for whom, and move the number to a key result.",
        )
    for place, token in enumerate(s.tokens):
        if not token.flags & lx.MOVE or not token.flags & (lx.BASE | lx.ING):
            continue
        thing = object_of(s, place)
        if thing is not None and thing.is_measure and thing.start <= place + 3:
            said = s.said(place, thing.end)
            return Hit(
                f"It moves a measure instead of saying what will be true: {quoted([said])}.",
                (said,),
                "Say what the customer can do or feel then, and keep the measure for a key result.",
            )
    return None


@rule(
    "L09",
    "Initiative is a project, not a bet",
    Severity.WARNS,
    "A list of things to build is finished when they are built; a bet is kept only while its metric answers.",
    "initiative",
)
def project_shaped(case: Case) -> Hit | None:
    """L09: named by what will be made, and no metric is expected to move."""
    s = case.statement
    if case.given.metric_linked or s.lead >= len(s.tokens) or _METRIC_NAMED.search(s.text):
        return None
    said = _made(s)
    if not said or _serves_a_purpose(s):
        return None
    return Hit(
        f"It is named by what will be made: {quoted([said])}.",
        (said,),
        "Give the effect that is expected (`effect: {metric: …, by: …}`), or add “so that <measure> falls below <value>”.",
    )


def _made(s: Statement) -> str:
    lead = s.tokens[s.lead]
    if is_making(s):
        thing = object_of(s, s.lead)
        return s.said(s.lead, thing.end if thing else s.lead + 1)
    if lead.flags & lx.BY_OBJECT and lead.flags & (lx.BASE | lx.ING):
        thing = object_of(s, s.lead)
        if (
            thing is not None
            and thing.is_artefact
            and lead.text not in ("test", "run", "try", "make")
        ):
            return s.said(s.lead, thing.end)
    if lead.flags & (lx.MOVE | lx.HOLD | lx.COMPARATIVE) and not lead.flags & lx.NOUN:
        return ""
    first = opening(s)
    if first is None:
        return ""
    if s.tokens[first.head].text in _TRIES:
        return ""
    if first.is_artefact or (s.tokens[first.head].flags & lx.TECHNOLOGY and _is_last(s, first)):
        return s.said(first.start, first.end)
    last = s.tokens[-1]
    if last.kind == "name" and _VERSION.fullmatch(last.text):
        return s.said(first.start, len(s.tokens))
    return ""


def _is_last(s: Statement, chunk: Chunk) -> bool:
    return all(t.kind in ("mark", "date", "name") for t in s.tokens[chunk.end :])


def _serves_a_purpose(s: Statement) -> bool:
    """``so that <measure> falls`` or ``to cut <measure>`` follows."""
    for place in range(s.lead + 1, len(s.tokens) - 1):
        token = s.tokens[place]
        if not token.flags & lx.PURPOSE:
            continue
        rest = s.tokens[place + 1 :]
        if token.text in ("to", "so", "for a", "which"):
            rest = rest[:1] if token.text == "to" else rest[:4]
            if any(t.flags & (lx.MOVE | lx.HOLD) for t in rest):
                return True
        elif any(t.flags & (lx.MOVE | lx.HOLD | lx.MEASURE) or t.number for t in rest):
            return True
    return False


def is_making(s: Statement) -> bool:
    """Whether it starts with a verb of delivering that is not about letting people do something."""
    flags = s.tokens[s.lead].flags
    if not flags & lx.DELIVER or flags & lx.PERMISSIVE or not flags & (lx.BASE | lx.ING):
        return False
    chunk = next((c for c in s.chunks if c.start <= s.lead < c.end), None)
    whole = chunk is not None and chunk.end == len(s.tokens) and chunk.head != s.lead
    return not (
        whole and chunk is not None and chunk.is_measure and not flags & lx.VERB & ~lx.DELIVER
    )


@rule(
    "L10",
    "Says how at the top level",
    Severity.WARNS,
    "A solution at the top cannot be dropped when it does not help; a state that customers want can be reached many ways.",
    "objective",
    "stream",
)
def how_at_the_top(case: Case) -> Hit | None:
    """L10: a technology, a thing to make, or a verb of making."""
    s = case.statement
    if s.lead >= len(s.tokens):
        return None
    said = _technology(s, case.given.technologies) or _artefact(s) or _making(s)
    if not said:
        return None
    return Hit(
        f"It names a solution: {quoted([said])}.",
        (said,),
        "Say what somebody can do once it is there (“they can now …”), and keep the solution as an initiative.",
    )


def _technology(s: Statement, own: frozenset[str]) -> str:
    for place, token in enumerate(s.tokens):
        if token.text in own:
            return s.text[token.start : token.end]
        if not token.flags & lx.TECHNOLOGY:
            continue
        weak = token.flags & lx.WEAK_TECHNOLOGY
        if not weak or (place > 0 and s.text[token.start].isupper()):
            return s.text[token.start : token.end]
    if own:
        text = f" {' '.join(t.text for t in s.tokens)} "
        return next((name for name in sorted(own) if f" {name} " in text), "")
    return ""


def _artefact(s: Statement) -> str:
    first = s.chunks[0] if s.chunks else None
    if first is None:
        return ""
    how = lx.ARTEFACT | lx.HOW
    if first is opening(s) and first.is_artefact and s.tokens[first.head].flags & how:
        return s.said(first.start, first.end)
    if first.is_customer and s.tokens[s.lead].flags & lx.NOUN:
        return ""
    for chunk in s.chunks[1:]:
        if chunk.is_artefact and s.tokens[chunk.head].flags & lx.ARTEFACT:
            return s.said(chunk.start, chunk.end)
    return ""


def _making(s: Statement) -> str:
    lead = s.tokens[s.lead]
    thing = object_of(s, s.lead)
    said = s.said(s.lead, thing.end if thing else s.lead + 1)
    if is_making(s):
        flags = s.tokens[thing.head].flags if thing else 0
        if thing is not None and thing.is_measure and not flags & lx.ARTEFACT:
            return ""
        if lead.flags & lx.FLOW and not (thing is not None and thing.is_artefact):
            return ""
        return said
    if lead.flags & (lx.BY_OBJECT | lx.MOVE) and lead.flags & lx.BASE and thing is not None:
        shown = thing.is_artefact and s.tokens[thing.head].flags & (lx.ARTEFACT | lx.HOW)
        return said if shown else ""
    return ""


def says_what_moves(s: Statement) -> bool:
    """Whether a belief names a measure and a verb that moves it, or a number."""
    moved = any(t.flags & (lx.MOVE | lx.HOLD | lx.COMPARATIVE) for t in s.tokens) or bool(s.numbers)
    return moved and any(c.is_measure for c in s.chunks)
