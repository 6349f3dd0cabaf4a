"""What belongs to what in a plan, looked up instead of searched for: made once for each plan in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Participation, Plan
from mainstem.score.tree import TeamTree, tree_of

Ids = tuple[str, ...]


@dataclass(frozen=True)
class PlanIndex:
    """Entities of a plan by what they belong to, in the order of the plan.

    It holds identifiers and shares only, so that a plan which nobody uses any more can go.

    Attributes:
        tree: The tree of teams.
        streams_of_objective: Objective → streams that serve it first.
        also_serving: Objective → streams that serve it beside another.
        objectives_below: Objective → objectives that are part of it.
        streams_of_team: Team → (stream, participation).
        streams_of_metric: Metric → streams that have or had it as their value metric.
        key_results_of_stream: Stream → key results.
        key_results_of_team: Team → key results.
        key_results_of_objective: Objective → key results that name it, or one of its streams.
        initiatives_of_stream: Stream → initiatives.
        initiatives_of_team: Team → initiatives.
        initiatives_of_key_result: Key result → initiatives.
        needs_of_team: Team → dependencies in which it needs something.
        promises_of_team: Team → dependencies in which it gives something.
        dependencies_of_initiative: Initiative → dependencies.
    """

    tree: TeamTree
    streams_of_objective: Mapping[str, Ids]
    also_serving: Mapping[str, Ids]
    objectives_below: Mapping[str, Ids]
    streams_of_team: Mapping[str, tuple[tuple[str, Participation], ...]]
    streams_of_metric: Mapping[str, Ids]
    key_results_of_stream: Mapping[str, Ids]
    key_results_of_team: Mapping[str, Ids]
    key_results_of_objective: Mapping[str, Ids]
    initiatives_of_stream: Mapping[str, Ids]
    initiatives_of_team: Mapping[str, Ids]
    initiatives_of_key_result: Mapping[str, Ids]
    needs_of_team: Mapping[str, Ids]
    promises_of_team: Mapping[str, Ids]
    dependencies_of_initiative: Mapping[str, Ids]

    @cached_property
    def dependencies_of_stream(self) -> Mapping[str, Ids]:
        """Stream → dependencies of its initiatives."""
        return _grouped(
            (stream, key)
            for stream, bets in self.initiatives_of_stream.items()
            for bet in bets
            for key in self.dependencies_of_initiative.get(bet, ())
        )


@kept_with_plan
def index_of(plan: Plan) -> PlanIndex:
    """The index of a plan; the same as long as the plan is in memory. Linear in the plan the first time."""
    results, bets, needs = plan.key_results, plan.initiatives, plan.dependencies
    streams = plan.streams
    return PlanIndex(
        tree=tree_of(plan),
        streams_of_objective=_grouped((s.objective[0], k) for k, s in streams.items() if s.objective),
        also_serving=_grouped(
            (o, k) for k, s in streams.items() for o in (*s.objective[1:], *s.also_serves)
        ),
        objectives_below=_grouped((o.parent, k) for k, o in plan.objectives.items()),
        streams_of_team=_parts(plan),
        streams_of_metric=_grouped((m.metric, k) for k, s in streams.items() for m in s.metric),
        key_results_of_stream=_grouped((r.stream, k) for k, r in results.items()),
        key_results_of_team=_grouped((r.team, k) for k, r in results.items()),
        key_results_of_objective=_grouped((_objective_of(r.objective, r.stream, plan), k)
                                          for k, r in results.items()),
        initiatives_of_stream=_grouped((b.stream, k) for k, b in bets.items()),
        initiatives_of_team=_grouped((b.team, k) for k, b in bets.items()),
        initiatives_of_key_result=_grouped((b.key_result, k) for k, b in bets.items()),
        needs_of_team=_grouped((d.needs, k) for k, d in needs.items()),
        promises_of_team=_grouped((d.gives, k) for k, d in needs.items()),
        dependencies_of_initiative=_grouped((d.initiative, k) for k, d in needs.items()),
    )  # fmt: skip


def _objective_of(objective: str | None, stream: str | None, plan: Plan) -> str | None:
    if objective is not None or stream is None or stream not in plan.streams:
        return objective
    served = plan.streams[stream].objective
    return served[0] if served else None


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, Ids]:
    out: dict[str, dict[str, None]] = {}
    for under, key in pairs:
        if under is not None:
            out.setdefault(under, {})[key] = None
    return {under: tuple(keys) for under, keys in out.items()}


def _parts(plan: Plan) -> dict[str, tuple[tuple[str, Participation], ...]]:
    out: dict[str, list[tuple[str, Participation]]] = {}
    for key, stream in plan.streams.items():
        for team, part in stream.teams.items():
            out.setdefault(team, []).append((key, part))
    return {team: tuple(parts) for team, parts in out.items()}
