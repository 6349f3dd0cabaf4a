"""Which streams a piece of work that no claim catches is most likely for, and by which words.

Every stream speaks with the words of its name, its claims, its metric, what it serves and what is bet on
it; the words that few streams have count for more. Nothing is learned and nothing is decided: what comes
out is only whom the one open question is put to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mainstem.challenge.overlap import words_of
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Condition, Plan, Stream

#: What a word counts by where a stream says it.
NAME, CLAIM, METRIC, BET, OBJECTIVE = 3.0, 3.0, 2.0, 1.0, 0.5
#: What a stream's team, and a decision on work that was alike, add.
TEAM, DECIDED = 1.5, 4.0
#: Below this nothing speaks for a stream; a second one must come this near to the first.
LEAST, NEAR = 2.0, 0.75
_WHERE = {NAME: "its name or claims", METRIC: "its metric", BET: "a bet or key result of it",
          OBJECTIVE: "its objective"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likely:
    """A stream that work may be for.

    Attributes:
        stream: Its id.
        weight: How much speaks for it; only to be compared.
        reasons: What does, in words.
    """

    stream: str
    weight: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StreamWords:
    """The words of all streams: word → stream → what it counts there."""

    said: Mapping[str, Mapping[str, float]]
    streams: int


@kept_with_plan
def stream_words(plan: Plan) -> StreamWords:
    """The words by which streams are told apart; made once for each plan."""
    said: dict[str, dict[str, float]] = {}

    def put(stream: str, text: str, weight: float) -> None:
        for word in words_of(text):
            held = said.setdefault(word, {})
            held[stream] = max(held.get(stream, 0.0), weight)

    for key, stream in plan.streams.items():
        for text, weight in _texts(key, stream, plan):
            put(key, text, weight)
    for result in plan.key_results.values():
        if result.stream in plan.streams:
            put(str(result.stream), result.text, BET)
    for name, bet in plan.initiatives.items():
        if bet.stream in plan.streams:
            put(str(bet.stream), f"{bet.name or name} {bet.belief or ''}", BET)
    return StreamWords(said, len(plan.streams))


def _texts(key: str, stream: Stream, plan: Plan) -> Iterator[tuple[str, float]]:
    yield f"{key} {stream.name or ''}", NAME
    yield " ".join(_claimed(stream.claims)), CLAIM
    for name in (*(m.metric for m in stream.metric), *stream.inputs):
        metric = plan.metrics.get(name)
        words = (metric.name, metric.definition, metric.customer_value) if metric else ()
        yield " ".join(filter(None, (name, *words))), METRIC
    for name in stream.objective:
        objective = plan.objectives.get(name)
        yield (objective.name or name) if objective else name, OBJECTIVE


def _claimed(conditions: Iterable[Condition]) -> Iterator[str]:
    for c in conditions:
        yield from (*c.label, *c.component, *c.project, *c.epic, *c.text, *c.path)
        yield from _claimed((*c.all, *c.any))


def likely_streams(
    text: str, plan: Plan, *, teams: Iterable[str] = (), decided: Mapping[str, str] | None = None
) -> tuple[Likely, ...]:
    """The one or two likeliest streams for work that no claim catches; none if nothing speaks for any.

    Args:
        text: Its words: title, text, labels.
        plan: The plan.
        teams: The team that would do it and those it is part of.
        decided: Stream → what was accepted for it and is alike, in words.
    """
    known = stream_words(plan)
    weights: dict[str, float] = {}
    why: dict[str, dict[float, list[str]]] = {}
    for word in sorted(words_of(text)):
        held = known.said.get(word, {})
        rarity = (
            math.log(1 + known.streams / len(held)) / math.log(1 + known.streams) if held else 0
        )
        for stream, weight in held.items():
            weights[stream] = weights.get(stream, 0.0) + weight * rarity
            why.setdefault(stream, {}).setdefault(weight, []).append(word)
    team_reasons = _add_teams(weights, frozenset(teams), plan)
    for stream in decided or {}:
        if stream in plan.streams:
            weights[stream] = weights.get(stream, 0.0) + DECIDED
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    best = [(s, w) for s, w in ranked[:2] if w >= LEAST and w >= NEAR * ranked[0][1]]
    return tuple(
        Likely(s, w, (*_words(why.get(s, {})), *team_reasons.get(s, ()),
                      *filter(None, ((decided or {}).get(s),))))
        for s, w in best
    )  # fmt: skip


def _add_teams(
    weights: dict[str, float], teams: frozenset[str], plan: Plan
) -> dict[str, list[str]]:
    """A stream that the team takes part in is likelier, if anything else speaks for it."""
    reasons: dict[str, list[str]] = {}
    for stream in weights:
        here = sorted(teams & plan.streams[stream].teams.keys())
        if here:
            weights[stream] += TEAM
            team = plan.teams.get(here[0])
            reasons[stream] = [f"{(team.name if team else None) or here[0]} takes part in it"]
    return reasons


def _words(by_weight: Mapping[float, list[str]]) -> Iterator[str]:
    for weight, words in sorted(by_weight.items(), reverse=True):
        said = ", ".join(f"“{w}”" for w in words[:4])
        yield f"{said} {'is' if len(words) == 1 else 'are'} in {_WHERE[weight]}"
