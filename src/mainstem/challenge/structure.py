"""The structure check: what a plan's graph alone says, rules S00 to S17.

S16 and the history parts of S06 and S07 need past work and never fire from a plan alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from mainstem.challenge.belonging import (
    check_copied_key_result,
    check_number_of_commitments,
    check_objective_of_stream,
    check_stream_of_initiative,
)
from mainstem.challenge.ground import Ground, name
from mainstem.challenge.lifecycle import check_fragmented_stage, check_lifecycle
from mainstem.challenge.limits import LIMITS, is_limit, limit
from mainstem.challenge.load import check_capacity, check_spread
from mainstem.challenge.metrics_in_force import (
    check_guardrails,
    check_key_result_metric,
    check_one_metric,
    check_shared_metric,
)
from mainstem.challenge.needs import check_circles, check_promises
from mainstem.challenge.own_statements import check_own_statements
from mainstem.challenge.structure_rules import STRUCTURE_RULES, finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan

__all__ = ["STRUCTURE_RULES", "check_structure"]

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9À-ÖØ-Þ])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|cf|no|approx|incl|dr|mr|mrs|st)\.)\s+", re.I)


def check_structure(plan: Plan, *, today: date) -> list[Finding]:
    """All findings of the structure rules, rule by rule. Pure; O(V + E) but for knots of S10."""
    ground = Ground(plan, today)
    return [found for check in _CHECKS for found in check(ground)]


def check_limits(ground: Ground) -> Iterator[Finding]:
    """S00: every limit that the plan sets is one that a rule reads, and is not below zero."""
    for key, value in sorted(ground.plan.organisation.settings.limits.items()):
        if key in LIMITS and is_limit(value):
            continue
        known = ", ".join(LIMITS)
        yield finding(
            "S00",
            Severity.WARNS,
            "organisation",
            f"Limit {key} is not one that a rule knows."
            if key not in LIMITS
            else f"Limit {key} is {value:g}; a limit is a number, zero or more.",
            f"Known limits: {known}.",
            path=("settings", "limits", key),
            matched=key,
        )


def check_top_level_texts(ground: Ground) -> Iterator[Finding]:
    """S14: the name of an objective or a stream is one sentence of at most 140 characters."""
    longest = limit(ground.plan, "S14.characters")
    most = limit(ground.plan, "S14.sentences")
    named = [("objectives", k, o.name) for k, o in ground.plan.objectives.items()]
    named += [("streams", k, s.name) for k, s in ground.plan.streams.items()]
    for section, key, text in named:
        size, said = len(text or ""), sentences(text or "")
        if size <= longest and said <= most:
            continue
        what = f"is {size} characters long" if size > longest else f"says {said} sentences"
        yield finding(
            "S14",
            Severity.INFO,
            f"{section}/{key}",
            f"The name of {name(section, key)} {what}.",
            f"Say it in {'one sentence' if most == 1 else f'{most:g} sentences'} of at most "
            f"{longest:g} characters; the rest fits into `note`.",
            path=("name",),
            matched=(text or "")[:200],
        )


def sentences(text: str) -> int:
    """How many sentences a text has, as a reader would count: full stops of abbreviations do not."""
    plain = _ABBREVIATION.sub(" ", " ".join(text.split()))
    return len(_SENTENCE_END.findall(plain)) + bool(plain)


_CHECKS: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
    check_limits,
    check_own_statements,
    check_one_metric,
    check_objective_of_stream,
    check_shared_metric,
    check_key_result_metric,
    check_number_of_commitments,
    check_spread,
    check_capacity,
    check_lifecycle,
    check_fragmented_stage,
    check_circles,
    check_stream_of_initiative,
    check_promises,
    check_guardrails,
    check_top_level_texts,
    check_copied_key_result,
)
