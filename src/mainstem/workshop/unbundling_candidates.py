"""Metrics of a plan that may be the one of a stream, by what they share in words."""

from __future__ import annotations

import re
from collections import Counter

from mainstem.plan.model import Plan
from mainstem.workshop.unbundling import value_metric

#: Most candidates that are put beside each other.
MOST = 6
_WORD = re.compile(r"[^\W\d_]{3,}")
_SAYS_LITTLE = frozenset(
    ("the", "and", "for", "are", "with", "that", "this", "from", "into", "has", "have", "who", "was", "were",
     "per", "share", "rate", "number", "count", "all", "its", "out", "their", "they", "not", "get",
     "customers", "customer", "one", "within", "every"),
)  # fmt: skip


def candidates(plan: Plan, stream: str) -> tuple[str, ...]:
    """At most six metrics, likeliest first; those that are another stream's value metric come last.

    Words of the stream, its objective, its customer's stages are looked for in the words of each metric; a
    word that many metrics have counts little. What shares nothing is no candidate, but in a plan with few
    metrics. Cost: linear in the metrics.
    """
    taken = {value_metric(one) for key, one in plan.streams.items() if key != stream}
    rails = {g.metric for one in plan.streams.values() for g in one.guardrails}
    said = {key: _words_of(key, plan) for key in plan.metrics}
    often = Counter(word for words in said.values() for word in words)
    wanted = _wanted(plan, stream)
    near = {key: sum(1 / often[w] for w in words & wanted) for key, words in said.items()}
    few = len(said) <= MOST
    found = [key for key in said if near[key] > 0 or few]
    found.sort(key=lambda key: (key in taken, key in rails, -near[key]))
    return tuple(found[:MOST])


def _words_of(metric: str, plan: Plan) -> frozenset[str]:
    held = plan.metrics[metric]
    told = (held.name or metric, held.definition, held.customer_value, held.numerator)
    return _words(*told)


def _wanted(plan: Plan, stream: str) -> frozenset[str]:
    held = plan.streams[stream]
    above = [plan.objectives[o] for o in held.objective if o in plan.objectives]
    better = [text for one in above for text in (one.name, one.customer_better_off)]
    return _words(held.name or stream, held.note, *held.stages, *better)


def _words(*texts: str | None) -> frozenset[str]:
    found = (word for text in texts if text for word in _WORD.findall(text.lower()))
    return frozenset(word[:5] for word in found if word not in _SAYS_LITTLE)
