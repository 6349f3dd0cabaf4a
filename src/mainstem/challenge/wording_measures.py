"""Wording rules L07, L11 and L12: vanity metrics, compound key results, vague words."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge import lexicon as lx
from mainstem.challenge.predicates import measures
from mainstem.challenge.text import Statement
from mainstem.challenge.tokens import Chunk, Token
from mainstem.challenge.wording_case import Case, Hit, quoted, rule
from mainstem.plan.findings import Severity

_RATES = frozenset(("rate", "ratio", "duration", "survey_score", "money"))
_CLOSED = frozenset(
    [
        "closed",
        "completed",
        "delivered",
        "merged",
        "shipped",
        "resolved",
        "done",
        "finished",
        "deployed",
        "written",
        "published",
    ]
)
_WORKED_ON = frozenset(
    [
        "ticket",
        "tickets",
        "issue",
        "issues",
        "task",
        "tasks",
        "bug",
        "bugs",
        "story",
        "stories",
        "feature",
        "features",
        "item",
        "items",
        "change",
        "changes",
        "point",
        "points",
        "hours",
    ]
)


@rule(
    "L07",
    "Counts activity or attention, not value",
    Severity.WARNS,
    "It rises whether or not anybody is better off: a running total, a first glance, or our own busyness.",
    "key result",
    "metric",
)
def vanity(case: Case) -> Hit | None:
    """L07: a running total, attention without what follows from it, or our own activity."""
    if case.given.metric_kind == "cumulative_total":
        return Hit(
            "The metric is a running total: it can only rise.",
            ("cumulative_total",),
            "Count per period instead, or take the share that stays active, pays or returns.",
        )
    s = case.statement
    own = _own_activity(s)
    if own and case.given.metric_kind not in ("duration", "rate", "ratio"):
        return Hit(
            f"It counts what we do ourselves: {quoted([own])}.",
            (own,),
            "Measure what the work does for a customer, for instance the share of users who succeed.",
        )
    if _is_qualified(s) or case.given.has_denominator or case.given.metric_kind in _RATES:
        return None
    seen = _attention(s) or _running_total(s)
    if not seen:
        return None
    return Hit(
        f"It counts attention or a total, not what comes of it: {quoted([seen])}.",
        (seen,),
        f"Take what follows from it: the share of {seen.lower()} that stay active, pay, return or finish.",
    )


def _own_activity(s: Statement) -> str:
    if any(t.flags & lx.RATE_LIKE and t.text != "per" for t in s.tokens) or _has_level_share(s):
        return ""
    for chunk in s.chunks:
        counted = s.tokens[chunk.head].flags & lx.OWN_ACTIVITY and not _is_denominator(s, chunk)
        if counted and not _is_lead_verb(s, chunk):
            return s.said(chunk.start, chunk.end)
    for here, nxt in zip(s.tokens, s.tokens[1:], strict=False):
        pair = {here.text, nxt.text}
        if pair & _CLOSED and pair & _WORKED_ON:
            return s.text[here.start : nxt.end]
    return ""


def _is_lead_verb(s: Statement, chunk: Chunk) -> bool:
    """``release 5 features``, ``visit 10 shops``: the word is the verb."""
    token = s.tokens[s.lead]
    return chunk.start == s.lead == chunk.head and bool(
        token.flags & lx.VERB and token.flags & lx.BASE
    )


def _is_denominator(s: Statement, chunk: Chunk) -> bool:
    before = s.tokens[max(0, chunk.start - 2) : chunk.start]
    return any(t.text in ("per", "of", "/", "each") for t in before)


def _has_level_share(s: Statement) -> bool:
    """A percentage that is a level counts as a denominator; one that is a change does not."""
    moved = bool(s.tokens and s.tokens[min(s.lead, len(s.tokens) - 1)].flags & (lx.UP | lx.DOWN))
    return any(
        n.unit == "percent" and n.role != "relative" and not (moved and n.role == "plain")
        for n in s.numbers
    )


def _is_qualified(s: Statement) -> bool:
    return _has_level_share(s) or any(
        t.flags & (lx.QUALIFIER | lx.RATE_LIKE) and not t.flags & (lx.VANITY | lx.RUNNING_TOTAL)
        for t in s.tokens
    )


def _attention(s: Statement) -> str:
    for chunk in s.chunks:
        if s.tokens[chunk.head].flags & lx.VANITY and not _is_lead_verb(s, chunk):
            return s.said(chunk.start, chunk.end)
        if any(t.text == "registered" for t in s.tokens[chunk.start : chunk.end]) and s.targets:
            return s.said(chunk.start, chunk.end)
    return ""


def _running_total(s: Statement) -> str:
    for place, token in enumerate(s.tokens):
        if not token.flags & lx.RUNNING_TOTAL:
            continue
        countable = lx.COUNTED | lx.CUSTOMER | lx.VANITY
        any_measure = lx.MEASURE if token.text in ("cumulative", "all-time", "all time") else 0
        for chunk in s.chunks:
            head = s.tokens[chunk.head]
            if head.flags & (countable | any_measure) or head.text in ("number", "count"):
                return s.said(min(place, chunk.start), max(place + 1, chunk.end))
    return ""


# L11.


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    joiner: Token | None


@rule(
    "L11",
    "Two key results in one",
    Severity.WARNS,
    "If one half is reached and the other is not, nobody can say whether the key result is.",
    "key result",
)
def compound(case: Case) -> Hit | None:
    """L11: two measures with a number each, joined. A guardrail (``while … stays below``) is none."""
    s = case.statement
    if len(s.targets) < 2 or not (
        s.has(lx.JOINER) or ";" in s.text or "," in s.text or "&" in s.text
    ):
        return None
    found = list(measures(s))
    pairs = [p for p in _parts(s) if _has_pair(s, p, found) and not _is_guardrail(s, p)]
    if len(pairs) < 2:
        return None
    said = tuple(s.said(p.start, p.end) for p in pairs)
    return Hit(
        f"It holds {len(pairs)} results: {quoted(said)}.",
        said,
        "Make each its own key result, or keep one and hold the other: "
        f"`{said[0]} while <the other> stays below <bound>`.",
    )


def _parts(s: Statement) -> list[_Part]:
    out: list[_Part] = []
    start, joiner = s.lead, None
    for place in range(s.lead, len(s.tokens)):
        token = s.tokens[place]
        if token.flags & lx.JOINER or (token.kind == "mark" and token.text in ";,&"):
            if place > start:
                out.append(_Part(start, place, joiner))
            start, joiner = place + 1, token
    out.append(_Part(start, len(s.tokens), joiner))
    return out


def _has_pair(s: Statement, part: _Part, found: list[Chunk]) -> bool:
    clause = next(
        (
            i
            for i in range(part.start, part.end)
            if s.tokens[i].text in ("who", "that", "which", "whose")
        ),
        part.end,
    )
    numbers = [n for n in s.targets if part.start <= n.place < clause]
    return bool(numbers) and any(part.start <= c.start and c.end <= part.end for c in found)


def _is_guardrail(s: Statement, part: _Part) -> bool:
    if part.joiner is None:
        return False
    inside = s.tokens[part.start : part.end]
    holds = any(t.flags & lx.HOLD for t in inside)
    if part.joiner.text in ("while", "whilst"):
        bounds = [n for n in s.targets if part.start <= n.place < part.end and n.role == "bound"]
        return holds or (bool(bounds) and not any(_is_move(t) for t in inside))
    return holds and bool(inside[0].flags & lx.HOLD)


def _is_move(token: Token) -> bool:
    return bool(token.flags & lx.MOVE and token.flags & lx.VERB_FORM and not token.flags & lx.NOUN)


# L12.


@rule(
    "L12",
    "Vague word instead of a number",
    Severity.WARNS,
    "“Better” is always true for somebody; a number can be wrong, and so it can be right.",
    "key result",
)
def vague(case: Case) -> Hit | None:
    """L12: a vague word and no number."""
    s = case.statement
    if case.given.target is not None or s.targets or not s.has(lx.VAGUE):
        return None
    words = [t for i, t in enumerate(s.tokens) if t.flags & lx.VAGUE and not _is_lowering(s, i)]
    if not words:
        return None
    said = tuple(s.text[t.start : t.end] for t in words)
    return Hit(
        f"{quoted(said)} can mean anything.",
        said,
        "Put a number in its place: by how much, or up to which value.",
    )


def _is_lowering(s: Statement, place: int) -> bool:
    """``lower`` at the head is a verb."""
    flags = s.tokens[place].flags
    return place == s.lead and bool(flags & lx.DOWN and flags & lx.BASE and flags & lx.COMPARATIVE)
