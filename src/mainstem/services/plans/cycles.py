"""The life of cycles: steps with who, when and why; what became of a commitment; what carries over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.changes import Changed, diff
from mainstem.plan.cycle_steps import (
    STEPS,
    Commitment,
    commitments,
    following_days,
    following_id,
    is_step_back,
    with_next_cycle,
)
from mainstem.plan.model import Cycle, Plan
from mainstem.plan.standing import Standing, revision_name
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.plans.proposals import Proposed, start_proposal
from mainstem.services.plans.revising import committed_step
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.store.models import CycleStep, Scoring
from mainstem.store.together import together

#: Below this score a key result is proposed to go on in the next cycle.
REACHED = 0.7


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken."""

    state: str
    revision: int
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class CycleLife:
    """A cycle with what happened to it.

    Attributes:
        ident: Its identifier.
        cycle: As it stands.
        steps: Steps taken, oldest first.
        committed: The plan that was committed to, if it was.
        commitments: What was committed, beside what it is now; empty before.
        scores: Key result → the score from 0.0 to 1.0 that it was closed with.
        values: Key result → where it stands, by its newest check-in or observation.
    """

    ident: str
    cycle: Cycle
    steps: tuple[Step, ...]
    committed: Standing | None
    commitments: tuple[Commitment, ...]
    scores: Mapping[str, float]
    values: Mapping[str, float]

    @property
    def next_states(self) -> tuple[str, ...]:
        """The states that may come next, forward first."""
        return STEPS[self.cycle.state]

    @property
    def unscored(self) -> tuple[str, ...]:
        """Committed key results without a score."""
        said = [c.subject.partition("/")[2] for c in self.commitments if c.now is not None
                and c.subject.startswith("key_results/")]  # fmt: skip
        return tuple(key for key in said if key not in self.scores)


def cycle_life(ident: str, ground: Ground, by: Actor) -> CycleLife:
    """A cycle, what was committed to in it and what became of that.

    Raises:
        Absent: the plan has no such cycle.
    """
    require(by, Action.READ)
    head = ground.plans.head()
    cycle = _cycle(head.plan, ident)
    rows = CycleStep.objects.filter(cycle=ident).order_by("pk")
    steps = tuple(Step(r.state, r.revision, r.at, r.by_name, r.why) for r in rows)
    frozen = None
    if cycle.state in ("committed", "closed"):
        number = next((s.revision for s in reversed(steps) if s.state == "committed"), 0)
        frozen = ground.plans.at(revision_name(number)) if number else None
    found = commitments(frozen.plan, head.plan, ident) if frozen else ()
    return CycleLife(
        ident, cycle, steps, frozen, found, _scores(ident), values_of(head.plan, ident, ground)
    )


def _cycle(plan: Plan, ident: str) -> Cycle:
    cycle = plan.cycles.get(ident)
    if cycle is None:
        raise Absent(f"The plan has no cycle {ident!r}.", "The page of the plan lists its cycles.")
    return cycle


def _scores(cycle: str) -> dict[str, float]:
    rows = Scoring.objects.filter(cycle=cycle).order_by("pk")
    return dict(rows.values_list("key_result", "score"))


def values_of(plan: Plan, cycle: str, ground: Ground) -> dict[str, float]:
    """Where the key results of a cycle stand: their newest check-in with a value, else the metric's."""
    plan = ground.with_observations(plan)
    told = ground.check_ins.readings()
    last_day = plan.cycles[cycle].last_day
    out: dict[str, float] = {}
    for key, kr in plan.key_results.items():
        if kr.cycle != cycle:
            continue
        known: list[tuple[date, float]] = [
            (r.on, r.value) for r in told.get(key, ()) if r.value is not None
        ]
        metric = plan.metrics.get(kr.metric or "")
        known += [
            (o.on, o.value) for o in (metric.observations if metric else ()) if o.on <= last_day
        ]
        if known:
            out[key] = max(known)[1]
    return out


def take_step(
    ident: str, state: str, ground: Ground, by: Actor, *, at: datetime, why: str = ""
) -> Written:
    """Takes a cycle to its next state (or back), with the revision that says so.

    The step to ``committed`` freezes the commitment: it is the plan at that revision.

    Raises:
        Absent: the plan has no such cycle.
        Forbidden: the actor is no planner.
        Conflict: the cycle is in another state meanwhile.
        Invalid: a step back without a reason.
    """
    require(by, Action.CHANGE_CYCLE)
    cycle = _cycle(ground.plans.head().plan, ident)
    if state not in STEPS[cycle.state]:
        raise Conflict(
            f"The cycle {ident} is {cycle.state}; from there it cannot become {state}.",
            "Look at it again: somebody may have taken the step already.",
        )
    if is_step_back(cycle.state, state) and not why.strip():
        raise Invalid("A step back needs a reason.", "Say why in a line.", field="why")
    change = Changed(f"cycles/{ident}", ("state",), cycle.state, state)
    with together():
        made = change_plan([change], ground, by, at=at, why=why, origin="cycle", is_step=True)
        CycleStep.objects.create(
            cycle=ident, state=state, revision=made.standing.number, at=at, by_id=by.id,
            by_name=by.name, why=why.strip(), detail=_detail(ident, state, made.standing, ground),
        )  # fmt: skip
        said = f"{by.name}: the cycle {cycle.name or ident} is {state} now"
        telling.tell("cycle", (f"cycles/{ident}",), said, f"/plan/cycles/{ident}/", by, at=at)
    return made


def _detail(ident: str, state: str, standing: Standing, ground: Ground) -> dict[str, object]:
    if state != "closed":
        return {}
    scores = _scores(ident)
    values = values_of(standing.plan, ident, ground)
    return {
        "scores": scores,
        "values": values,
        "carries": list(to_carry(standing.plan, ident, scores)),
    }


def to_carry(plan: Plan, cycle: str, scores: Mapping[str, float]) -> tuple[str, ...]:
    """Key results of a cycle that are not reached: without a score, or with one below ``REACHED``."""
    return tuple(
        key
        for key, kr in plan.key_results.items()
        if kr.cycle == cycle and scores.get(key, 0.0) < REACHED
    )


def prepare_next(
    ident: str,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    carried: Sequence[str] | None = None,
    next_id: str = "",
) -> Proposed:
    """Proposes the cycle after one, with the key results that go on and the teams that take part.

    Args:
        ident: The cycle that ends.
        ground: The server's ground.
        by: Who prepares it.
        at: The moment.
        carried: Key results that go on; those that are not reached if nobody says.
        next_id: Identifier of the next cycle; worked out if nobody says.

    Raises:
        Absent: the plan has no such cycle, or no such key result in it.
        Conflict: there is nothing to prepare: all of it is there already.
    """
    require(by, Action.PROPOSE)
    head = ground.plans.head()
    cycle = _cycle(head.plan, ident)
    unreached = to_carry(head.plan, ident, _scores(ident))
    going = unreached if carried is None else tuple(carried)
    for key in going:
        if key not in head.plan.key_results:
            raise Absent(f"The plan has no key result {key!r}.", "It may have been renamed.")
    fresh = next_id.strip() or existing_next(head.plan, ident) or following_id(ident)
    wanted = with_next_cycle(
        head.plan, ident, fresh, carried=going, values=values_of(head.plan, ident, ground)
    )
    changes = diff(head.plan, wanted)
    if not changes:
        raise Conflict(f"The cycle {fresh} is prepared already.", "Change it in the plan.")
    title = f"The cycle after {cycle.name or ident}"
    why = (
        f"{len(going)} key {'result goes' if len(going) == 1 else 'results go'} on"
        f" from {cycle.name or ident}."
    )
    return start_proposal(title, changes, ground, by, at=at, why=why, base=head.revision)


def existing_next(plan: Plan, ident: str) -> str:
    """A cycle of the plan that begins when one ends, if there is one."""
    first, _ = following_days(plan.cycles[ident])
    return next((key for key, cycle in plan.cycles.items() if cycle.first_day == first), "")


__all__ = [
    "REACHED", "CycleLife", "Step", "committed_step", "cycle_life", "existing_next", "prepare_next",
    "take_step", "to_carry", "values_of",
]  # fmt: skip
