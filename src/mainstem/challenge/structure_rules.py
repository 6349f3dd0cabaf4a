"""The structure rules as a table, and the one place that makes a finding of one of them."""

from __future__ import annotations

from mainstem.challenge.rules import RuleInfo, table
from mainstem.plan.findings import Finding, Severity

_B, _W, _I = Severity.BLOCKS, Severity.WARNS, Severity.INFO

STRUCTURE_RULES = table(
    RuleInfo(
        "S00",
        "A limit that no rule knows",
        _W,
        "A limit with a misspelt name limits nothing, and nobody notices.",
        ("organisation",),
    ),
    RuleInfo(
        "S01",
        "Not exactly one value metric in force",
        _B,
        "A stream without a metric cannot say whether it delivers; with two it can always choose "
        "the one that looks better.",
        ("stream",),
    ),
    RuleInfo(
        "S02",
        "Objective and streams do not belong together",
        _B,
        "An objective without a stream is a wish; a stream without one objective has no reason that "
        "anybody could weigh.",
        ("objective", "stream"),
    ),
    RuleInfo(
        "S03",
        "One metric for streams of different objectives",
        _W,
        "When two objectives are measured by one number, nobody can tell which stream moved it.",
        ("metric",),
    ),
    RuleInfo(
        "S04",
        "A key result on a metric that is not the stream's",
        _B,
        "A key result can be hit while the stream stands still if its metric is neither the stream's "
        "own, nor declared to drive it, nor one of its guardrails.",
        ("key result",),
    ),
    RuleInfo(
        "S05",
        "Too few or too many commitments",
        _W,
        "An objective without a key result is not worked for; more than a handful of key results, or "
        "of objectives for one team, is a list and not a choice.",
        ("objective", "team"),
    ),
    RuleInfo(
        "S06",
        "A team is spread over too many streams",
        _W,
        "A team that serves many streams at once pays for each switch, and none of the streams can "
        "count on it.",
        ("team",),
    ),
    RuleInfo(
        "S07",
        "A team is promised to more than it can carry",
        _B,
        "What exceeds the days that a team has will not be done; deciding now what goes is cheaper "
        "than finding out at the end of the cycle.",
        ("team",),
    ),
    RuleInfo(
        "S08",
        "A lifecycle that does not hang together",
        _W,
        "Customers walk the whole lifecycle: what no stream serves, or what nobody hands over, is "
        "where they are lost.",
        ("customer", "stream"),
    ),
    RuleInfo(
        "S09",
        "A stage cut among many teams",
        _W,
        "When many teams deliver one stage of a customer's life, every improvement needs all of them.",
        ("customer",),
    ),
    RuleInfo(
        "S10",
        "Teams wait for one another in a circle",
        _B,
        "In a circle of needs nobody can begin: each promise rests, in the end, on itself.",
        ("dependency",),
    ),
    RuleInfo(
        "S11",
        "An initiative without its stream",
        _B,
        "A bet that belongs to no stream, or to a stream of another objective than the one it is "
        "listed under, moves no number that anybody asked for.",
        ("initiative",),
    ),
    RuleInfo(
        "S12",
        "Promised too late, or not promised at all",
        _B,
        "A need that is met after the day it was needed is not met; without a promise nobody knows.",
        ("dependency",),
    ),
    RuleInfo(
        "S13",
        "No guardrail beside the metric",
        _W,
        "Every number can be pushed at somebody's cost; the guardrail is the second number that would "
        "show it.",
        ("stream",),
    ),
    RuleInfo(
        "S14",
        "A top-level text that nobody will remember",
        _I,
        "Objectives and streams are said aloud in every meeting; one short sentence survives that.",
        ("objective", "stream"),
    ),
    RuleInfo(
        "S15",
        "A key result copied from its parent",
        _W,
        "Copying a key result downwards adds no decision: the team has not said what it will move.",
        ("key result",),
        version=2,
    ),
    RuleInfo(
        "S16",
        "The same work planned again and again",
        _W,
        "Work that comes back every cycle and never moved a metric is a habit, not a bet.",
        ("initiative",),
        needs_history=True,
    ),
    RuleInfo(
        "S17",
        "An own statement that cannot be asked",
        _B,
        "A disqualifying statement without a sentence, or without what it is said of, would be shown to "
        "nobody and seem to be asked.",
        ("organisation",),
    ),
)


def finding(
    rule: str,
    severity: Severity,
    subject: str,
    what: str,
    hint: str,
    *,
    path: tuple[str | int, ...] = (),
    matched: str = "",
) -> Finding:
    """A finding of a structure rule, with the reason that the table gives for it."""
    why = STRUCTURE_RULES[rule].why
    return Finding(rule, severity, subject, what, why, hint, path, matched)
