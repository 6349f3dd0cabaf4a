"""What decisions and their outcomes say of the metric in whose name they were made (methods 4).

Nothing is claimed of what refused work would have done: that is seen only where it was done anyway
(selective labels; Lakkaraju et al. 2017). The numbers say something of a metric, never of a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from mainstem.challenge.decisions import Chain, Step
from mainstem.challenge.rates import JEFFREYS, Rate, pooled, rate
from mainstem.challenge.reading_values import (
    Bounds,
    Case,
    Counts,
    Discrimination,
    Moved,
    Outcome,
    Reading,
    ReadingKind,
    Yield,
    case_of,
    counts_of,
)
from mainstem.challenge.statements import STATEMENTS
from mainstem.challenge.verdicts import Answer, Answered, verdict
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.findings import Severity

__all__ = [
    "Case", "Moved", "Outcome", "Reading", "ReadingKind", "bounds_of", "case_of", "discrimination",
    "kind_of", "readings", "statement_yields",
]  # fmt: skip

#: Fewest decisions and answered outcomes for a reading; fewest decisions to say that nothing is refused.
LEAST_DECISIONS, LEAST_ANSWERS, LEAST_TO_REFUSE_NOTHING = 10, 5, 40
#: Limits of the reading rules, in their order.
FEW_REFUSED, MANY_OVERRULED, MUCH_REGRET, OFTEN_RIGHT, RARE_HITS = 0.05, 0.30, 0.25, 0.30, 0.20
OFTEN_UNCLEAR, SURE, GOOD_HITS = 0.5, 0.9, 0.30
#: Draws from what is believed of two rates, and where they start.
DRAWS, SEED = 4000, 20170813
#: Statements named beside "people work around it".
MOST_TOP = 5

#: The warning that stands beside every reading (methods 4.4).
SELECTION_WARNING = (
    "What refused work would have done is unseen unless it was done anyway, so nobody can say how often"
    " a refusal was right. The bounds say what is possible without any assumption."
)
_Key = tuple[str, str, str]


def readings(cases: Iterable[Case], *, since: date, until: date) -> tuple[Reading, ...]:
    """One reading for each version of each stream's metric, from its cases of a window.

    Args:
        cases: All cases; those outside of the window, and those of no metric, are left out.
        since: First day of the window.
        until: Its last day.
    """
    held: dict[_Key, list[Case]] = {}
    for case in cases:
        if case.metric and since <= case.at.date() <= until:
            held.setdefault((case.stream, case.metric, case.version), []).append(case)
    counts = {key: counts_of(mine) for key, mine in held.items()}
    priors = _priors(counts)
    return tuple(
        _reading(key, held[key], counts[key], priors, since, until) for key in sorted(held)
    )


_RATES: dict[str, Callable[[Counts], tuple[int, int]]] = {
    "refusal": lambda c: (c.refused, c.decided),
    "override": lambda c: (c.overridden, c.decided),
    "regret": lambda c: (c.done_anyway, c.refused),
    "right": lambda c: (c.right, c.anyway_answered),
    "hit": lambda c: (c.hits, c.answered),
}


def _priors(counts: Mapping[_Key, Counts]) -> Mapping[str, tuple[float, float]]:
    """What is believed of each rate before a stream is looked at: of all streams, if they are many."""
    streams: dict[str, list[Counts]] = {}
    for (stream, _, _), found in counts.items():
        streams.setdefault(stream, []).append(found)
    out = {}
    for name, of in _RATES.items():
        pairs = [[of(c) for c in mine] for mine in streams.values()]
        out[name] = pooled([(sum(k for k, _ in p), sum(n for _, n in p)) for p in pairs])
    return out


def _reading(
    key: _Key, cases: Sequence[Case], counts: Counts, priors: Mapping[str, tuple[float, float]],
    since: date, until: date,
) -> Reading:  # fmt: skip
    rates = {name: rate(*of(counts), priors[name]) for name, of in _RATES.items()}
    apart = discrimination(cases)
    stream, metric, version = key
    return Reading(
        stream=stream, metric=metric, version=version, since=since, until=until, counts=counts,
        refusal=rates["refusal"], override=rates["override"], regret=rates["regret"],
        right=rates["right"], hit=rates["hit"], discrimination=apart, bounds=bounds_of(counts),
        kind=kind_of(counts, rates, apart), top=_top(cases),
        is_pooled=any(p != JEFFREYS for p in priors.values()),
    )  # fmt: skip


def kind_of(
    counts: Counts, rates: Mapping[str, Rate], apart: Discrimination | NotAnswerable
) -> ReadingKind:
    """The first rule of methods 4.5 that holds; each looks at the interval, not the point."""
    if counts.decided < LEAST_DECISIONS or counts.answered + counts.anyway_answered < LEAST_ANSWERS:
        return ReadingKind.TOO_EARLY
    enough = counts.decided >= LEAST_TO_REFUSE_NOTHING
    if enough and rates["refusal"].upper < FEW_REFUSED:
        return ReadingKind.REFUSES_NOTHING
    if rates["override"].lower > MANY_OVERRULED:
        return ReadingKind.WORKED_AROUND
    if rates["regret"].lower > MUCH_REGRET:
        blind = counts.anyway_answered > 0 and rates["right"].lower > OFTEN_RIGHT
        return ReadingKind.BLIND_SPOT if blind else ReadingKind.NO_FORCE
    return _of_hits(counts, rates["hit"], apart)


def _of_hits(counts: Counts, hit: Rate, apart: Discrimination | NotAnswerable) -> ReadingKind:
    """Rules 5 to 7; where half of the outcomes are unclear nothing is read from the rest."""
    unclear = counts.unclear_share
    if counts.answered == 0 or unclear is None or unclear >= OFTEN_UNCLEAR:
        return ReadingKind.NONE_YET
    if hit.upper < RARE_HITS:
        return ReadingKind.DOES_NOT_MOVE
    if isinstance(apart, Discrimination) and apart.chance >= SURE and hit.lower > GOOD_HITS:
        return ReadingKind.EARNS_ITS_KEEP
    return ReadingKind.NONE_YET


def bounds_of(counts: Counts) -> Bounds | None:
    """Of refused work, the share that would have moved the metric, without assumption (methods 4.4).

    What was done anyway and has no answer yet may have moved it, as what was not done may have.
    """
    if not counts.refused:
        return None
    wrong = counts.anyway_answered - counts.right
    return Bounds(counts.right / counts.refused, 1 - wrong / counts.refused)


def discrimination(cases: Sequence[Case]) -> Discrimination | NotAnswerable:
    """Hits of what was accepted by rule less hits of what was accepted against it (4,000 seeded draws)."""
    by_rule = _hits(c for c in cases if c.step is Step.ACCEPT)
    overruled = _hits(c for c in cases if c.step is Step.OVERRIDE_ACCEPT)
    if not by_rule.n or not overruled.n:
        which = "accepted by rule" if not by_rule.n else "accepted against the rules"
        return NotAnswerable(
            f"No work that was {which} has an answer yet.",
            "It takes answers of both kinds to compare them.",
        )
    import numpy as np

    draws = np.random.default_rng(SEED)
    apart = draws.beta(*by_rule.beliefs, DRAWS) - draws.beta(*overruled.beliefs, DRAWS)
    lower, upper = (float(v) for v in np.quantile(apart, (0.025, 0.975)))
    return Discrimination(
        by_rule, overruled, float(apart.mean()), lower, upper, float((apart > 0).mean()),
        _area(cases),
    )  # fmt: skip


def _hits(cases: Iterable[Case]) -> Rate:
    answered = [c for c in cases if c.is_answered]
    return rate(sum(c.moved is Moved.YES for c in answered), len(answered))


def _area(cases: Sequence[Case]) -> float | None:
    """How often a hit had fewer warnings than a miss, ties counted half; ``None`` without both."""
    accepted = [c for c in cases if c.is_accepted and c.is_answered]
    hits = Counter(c.warnings for c in accepted if c.moved is Moved.YES)
    misses = Counter(c.warnings for c in accepted if c.moved is Moved.NO)
    pairs = hits.total() * misses.total()
    if not pairs:
        return None
    won = sum(
        n * m * (1.0 if mine < theirs else 0.5 if mine == theirs else 0.0)
        for mine, n in hits.items()
        for theirs, m in misses.items()
    )
    return won / pairs


def _top(cases: Iterable[Case]) -> tuple[tuple[str, int], ...]:
    """Statements that stood against work which was then accepted or refused over the rules, or refused."""
    found = Counter(s for c in cases for s in c.true)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TOP])


def statement_yields(
    chains: Iterable[Chain], severities: Mapping[str, Severity] | None = None
) -> tuple[Yield, ...]:
    """How often the answer to each statement changed a verdict, of how often it was answered (methods 4.2).

    Args:
        chains: Each standing verdict with its answers is one asking.
        severities: Of statements beyond the fixed list.
    """
    weights = {s.id: s.severity for s in STATEMENTS.values()} | dict(severities or {})
    asked: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for chain in chains:
        for statement, decided in _changed(chain, weights):
            asked[statement] += 1
            changed[statement] += decided
    return tuple(Yield(s, rate(changed[s], n)) for s, n in sorted(asked.items()))


def _changed(chain: Chain, weights: Mapping[str, Severity]) -> Iterable[tuple[str, bool]]:
    """Each answered statement, and whether the verdict would be another if its answer were false."""
    decided = chain.verdict
    if decided is None:
        return
    answers = {
        s.statement: Answered(s.statement, s.answer, weights.get(s.statement, Severity.WARNS))
        for s in decided.statements
    }
    whole = verdict(answers.values())
    for name, mine in answers.items():
        if mine.answer is Answer.FALSE:
            yield name, False
        else:
            yield name, verdict(a for a in answers.values() if a is not mine) is not whole
