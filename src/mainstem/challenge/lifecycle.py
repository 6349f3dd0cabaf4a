"""Structure rules about the customers' lifecycles: S08 and S09."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from mainstem.challenge.ground import Ground, begins
from mainstem.challenge.limits import limit
from mainstem.challenge.rules import listed
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Customer

#: (customer, stage) → streams that serve it, sorted.
Cover = Mapping[tuple[str, str], list[str]]


def check_lifecycle(ground: Ground) -> Iterator[Finding]:
    """S08: each stage has a stream, each stream's stage exists, each hand-over has an owner."""
    cover = streams_of_stage(ground)
    for key, customer in ground.plan.customers.items():
        yield from _orphans(key, customer, cover)
        yield from _hand_overs(ground, key, customer, cover)
    yield from _off_the_map(ground)


def streams_of_stage(ground: Ground) -> Cover:
    """Which streams serve which stage. A stream without a customer serves a stage of that name."""
    at: dict[str, list[str]] = defaultdict(list)
    for key, customer in ground.plan.customers.items():
        for stage in customer.stages:
            at[stage.id].append(key)
    cover: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(ground.plan.streams):
        stream = ground.plan.streams[key]
        for stage_id in dict.fromkeys(stream.stages):
            for customer_id in [stream.customer] if stream.customer else at[stage_id]:
                cover[customer_id, stage_id].append(key)
    return cover


def _orphans(key: str, customer: Customer, cover: Cover) -> Iterator[Finding]:
    bare = [(i, s.id) for i, s in enumerate(customer.stages) if not cover.get((key, s.id))]
    if bare:
        stages = listed([stage for _, stage in bare])
        yield finding(
            "S08",
            Severity.WARNS,
            f"customers/{key}",
            f"{begins('customers', key)} has {_count(len(bare))} that no stream serves: {stages}.",
            "Name the stage in the `stages` of the stream that serves it, or accept the gap with a "
            "reason.",
            path=("stages", bare[0][0]),
            matched=stages,
        )


def _count(stages: int) -> str:
    return "a stage" if stages == 1 else f"{stages} stages"


def _hand_overs(ground: Ground, key: str, customer: Customer, cover: Cover) -> Iterator[Finding]:
    loose = []
    for place, (stage, following) in enumerate(pairwise(customer.stages)):
        both = set(cover.get((key, stage.id), ())) & set(cover.get((key, following.id), ()))
        owned = any(ground.plan.streams[stream].owner for stream in both)
        if stage.hand_over is None and not owned:
            loose.append((place, f"{stage.id} → {following.id}"))
    if loose:
        steps = listed([step for _, step in loose])
        yield finding(
            "S08",
            Severity.WARNS,
            f"customers/{key}",
            f"{begins('customers', key)}: nobody owns the hand-over {steps}.",
            "Give the earlier stage a `hand_over:` with who owns it, or let one owned stream serve "
            "both stages.",
            path=("stages", loose[0][0]),
            matched=steps,
        )


def _off_the_map(ground: Ground) -> Iterator[Finding]:
    known: set[tuple[str | None, str]] = set()
    for key, customer in ground.plan.customers.items():
        known.update((key, stage.id) for stage in customer.stages)
        known.update((None, stage.id) for stage in customer.stages)
    for key, stream in ground.plan.streams.items():
        for place, stage_id in enumerate(stream.stages):
            if (stream.customer, stage_id) not in known:
                whose = f"of customer {stream.customer}" if stream.customer else "of any customer"
                yield finding(
                    "S08",
                    Severity.WARNS,
                    f"streams/{key}",
                    f"{begins('streams', key)} serves stage {stage_id}, which is not in the "
                    f"lifecycle {whose}.",
                    "Name a stage that is there, or add this one to the customer's `stages`.",
                    path=("stages", place),
                    matched=stage_id,
                )


def check_fragmented_stage(ground: Ground) -> Iterator[Finding]:
    """S09: fewer than three teams deliver on one stage."""
    most = limit(ground.plan, "S09.teams")
    cover = streams_of_stage(ground)
    for key, customer in ground.plan.customers.items():
        for place, stage in enumerate(customer.stages):
            teams = sorted(
                {
                    team
                    for stream in cover.get((key, stage.id), ())
                    for team, part in ground.plan.streams[stream].teams.items()
                    if part.part == "delivers" and ground.is_checked(part.cycle)
                }
            )
            if len(teams) >= most:
                yield finding(
                    "S09",
                    Severity.WARNS,
                    f"customers/{key}",
                    f"{len(teams)} teams deliver stage {stage.id} of customer {key}: "
                    f"{listed(teams)}.",
                    "Let fewer teams deliver the stage, or make the others `supports`.",
                    path=("stages", place),
                    matched=listed(teams),
                )
