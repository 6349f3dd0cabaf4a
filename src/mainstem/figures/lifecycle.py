"""The Map: customers, the stages of their lifecycles, and streams as bars across the stages they serve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mainstem.challenge.ground import Ground
from mainstem.challenge.lifecycle import streams_of_stage
from mainstem.challenge.limits import limit
from mainstem.figures.wording import one_line
from mainstem.plan.model import Customer, Plan


@dataclass(frozen=True, slots=True)
class StageOn:
    """One stage: its streams, and the teams that deliver them.

    Attributes:
        is_cut: Whether so many teams deliver it that it counts as cut up (limit ``S09.teams``).
    """

    key: str
    name: str
    streams: tuple[str, ...]
    teams: tuple[str, ...]
    is_cut: bool

    @property
    def is_empty(self) -> bool:
        """Whether no stream serves it."""
        return not self.streams


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a lane: a stream across stages, or a gap (no stream)."""

    stream: str
    first: int
    span: int


@dataclass(frozen=True, slots=True)
class CustomerOn:
    """A customer with stages in order and lanes of streams; stretches of a lane fill all its stages."""

    key: str
    name: str
    stages: tuple[StageOn, ...]
    lanes: tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True, slots=True)
class LifecycleMap:
    """The whole Map; ``off`` are streams that serve no stage of any customer."""

    customers: tuple[CustomerOn, ...]
    off: tuple[str, ...]


def lifecycle_map(plan: Plan, today: date) -> LifecycleMap:
    """Lays the Map out. A stream on stages that are not neighbours has several bars."""
    ground = Ground(plan, today)
    cover = streams_of_stage(ground)
    most = limit(plan, "S09.teams")
    customers = []
    for key, customer in plan.customers.items():
        stages = tuple(
            _stage(ground, s.id, one_line(s.name or s.id), cover.get((key, s.id), ()), most)
            for s in customer.stages
        )
        customers.append(
            CustomerOn(key, one_line(customer.name or key), stages, _lanes(customer, stages, plan))
        )
    served = {s for c in customers for stage in c.stages for s in stage.streams}
    return LifecycleMap(tuple(customers), tuple(s for s in plan.streams if s not in served))


def _stage(ground: Ground, key: str, name: str, streams: Iterable[str], most: float) -> StageOn:
    held = tuple(streams)
    teams = dict.fromkeys(
        team
        for stream in held
        for team, part in ground.plan.streams[stream].teams.items()
        if part.part == "delivers" and ground.is_checked(part.cycle)
    )
    return StageOn(key, name, held, tuple(teams), len(teams) >= most)


def _lanes(
    customer: Customer, stages: Sequence[StageOn], plan: Plan
) -> tuple[tuple[Stretch, ...], ...]:
    """Bars from left to right, each in the first lane that is free there."""
    lanes: list[list[Stretch]] = []
    for bar in sorted(_bars(stages, plan), key=lambda b: (b.first, -b.span)):
        lane = next((x for x in lanes if x[-1].first + x[-1].span <= bar.first), None)
        if lane is None:
            lanes.append([bar])
        else:
            lane.append(bar)
    return tuple(_filled(lane, len(customer.stages)) for lane in lanes)


def _bars(stages: Sequence[StageOn], plan: Plan) -> Iterable[Stretch]:
    for stream in plan.streams:
        on = [n for n, stage in enumerate(stages) if stream in stage.streams]
        while on:
            span = next((n for n in range(1, len(on)) if on[n] != on[0] + n), len(on))
            yield Stretch(stream, on[0], span)
            on = on[span:]


def _filled(lane: Sequence[Stretch], stages: int) -> tuple[Stretch, ...]:
    out: list[Stretch] = []
    at = 0
    for bar in lane:
        out += [Stretch("", at, bar.first - at)] if bar.first > at else []
        out.append(bar)
        at = bar.first + bar.span
    return (*out, Stretch("", at, stages - at)) if at < stages else tuple(out)
