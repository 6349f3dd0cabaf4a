"""What disqualifies a stream itself: one that is disqualified cannot take work silently."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mainstem.challenge.answers import with_statements
from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.ground import Ground
from mainstem.challenge.metrics_in_force import check_one_metric
from mainstem.plan.acceptance import apply_acceptances
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan

Blocks = Mapping[str, tuple[Finding, ...]]


@kept_with_plan
def _by_day(plan: Plan) -> dict[date, Blocks]:
    return {}


def stream_blocks(plan: Plan, today: date) -> Blocks:
    """Stream → findings that carry a statement which disqualifies it and that nobody accepted.

    Worked out once for each plan and day.
    """
    kept = _by_day(plan)
    if today not in kept:
        kept[today] = _blocks(plan, today)
    return kept[today]


def _blocks(plan: Plan, today: date) -> Blocks:
    ground = Ground(plan, today)
    known = catalogue_of(plan)
    found = [f for f in with_statements(ground, tuple(check_one_metric(ground))) if _is_one(f)]
    judged = apply_acceptances(plan, found, today=today, known_rules=(), checked_rules=())
    out: dict[str, tuple[Finding, ...]] = {}
    for finding in judged:
        counts = any(
            s in known and known[s].severity is Severity.BLOCKS for s in finding.statements
        )
        if counts and _is_one(finding) and finding.accepted is None:
            stream = finding.subject.partition("/")[2]
            out[stream] = (*out.get(stream, ()), finding)
    return out


def _is_one(finding: Finding) -> bool:
    return finding.subject.startswith("streams/") and finding.severity is Severity.BLOCKS
