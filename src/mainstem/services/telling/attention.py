"""What needs a person now: check-ins, metrics, needs between teams, contests, findings that block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from mainstem.ledger.observations import version_of
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.standing import Standing
from mainstem.score.attention import (
    Attention,
    Kind,
    due_check_ins,
    most_urgent,
    open_needs,
    stale_metrics,
)
from mainstem.services.metrics.key_results import progress_of_each
from mainstem.services.plans.plan_index import PlanIndex, index_of
from mainstem.services.server.answers import kept_for
from mainstem.store.models import Contest

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground


def needs_a_person(
    ground: Ground, *, team: str = "", findings: Sequence[Finding] = ()
) -> tuple[Attention, ...]:
    """Everything that waits, most urgent first.

    Two queries, whatever the size of the plan: what follows from the plan and the check-ins alone is
    kept until one of them changes.

    Args:
        ground: What the server stands on.
        team: Only what is of this team, the teams in it and the streams that they take part in.
        findings: Findings on the plan; those that block and that nobody accepted count.
    """
    standing, today = ground.observed(), ground.today()
    said, seen = ground.check_ins.version(), ground.shelf.view()
    # a metric whose values come by themselves is no longer stale when they do
    observed = version_of(seen) if seen else None
    key = ("attention", standing.revision, said, observed, today, team)
    waiting = kept_for(ground, key, lambda: tuple(_of_plan(ground, standing, team, today)))
    return most_urgent((*waiting, *_blocking(findings), *_contests(team, today)))


def _of_plan(ground: Ground, standing: Standing, team: str, today: date) -> Iterable[Attention]:
    plan, index = standing.plan, index_of(standing.plan)
    inside = frozenset(index.tree.subtree(team)) if team else frozenset(plan.teams)
    under_way = kept_for(
        ground, ("under way", standing.revision, today), lambda: _under_way(standing, today)
    )
    results = [k for k, of in under_way if not team or of in inside]
    yield from due_check_ins(progress_of_each(results, ground), today)
    yield from stale_metrics(plan, today, _streams(plan.streams, index, team, inside))
    needs = [
        k
        for k, d in plan.dependencies.items()
        if not team or d.needs in inside or d.gives in inside
    ]
    yield from open_needs(plan, today, needs)


def _under_way(standing: Standing, today: date) -> tuple[tuple[str, str | None], ...]:
    """Key results whose cycle is under way, each with its team."""
    results = standing.plan.key_results.items()
    return tuple((k, r.team) for k, r in results if _is_under_way(r.cycle, standing, today))


def _is_under_way(cycle: str | None, standing: Standing, today: date) -> bool:
    found = standing.plan.cycles.get(cycle or "")
    return found is None or (found.state != "closed" and found.first_day <= today <= found.last_day)


def _streams(
    streams: Iterable[str], index: PlanIndex, team: str, inside: frozenset[str]
) -> Iterable[str]:
    if not team:
        return streams
    found = (s for t in inside for s, _ in index.streams_of_team.get(t, ()))
    return dict.fromkeys(found)


def _blocking(findings: Sequence[Finding]) -> Iterable[Attention]:
    for found in findings:
        if found.severity is Severity.BLOCKS and found.accepted is None:
            yield Attention(Kind.FINDING, found.subject, 0, is_late=True)


def _contests(team: str, today: date) -> Iterable[Attention]:
    """Open contests, as one thing: they are answered in one place."""
    if team:
        return
    waiting = list(Contest.objects.filter(state="open").order_by("at").values_list("at", flat=True))
    if waiting:
        first = waiting[0].date()
        yield Attention(Kind.CONTEST, f"items/{len(waiting)}", (today - first).days, first)
