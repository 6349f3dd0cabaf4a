"""Structure rules about what belongs to what: S02, S05, S11 and S15."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from mainstem.challenge.ground import OPEN_STATES, Ground, begins, name
from mainstem.challenge.likeness import is_alike
from mainstem.challenge.limits import limit
from mainstem.challenge.rules import listed
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Initiative


def check_objective_of_stream(ground: Ground) -> Iterator[Finding]:
    """S02: every objective has a stream (own, also serving, or below it); a stream has one objective."""
    served_by_any = {
        o for s in ground.plan.streams.values() for o in (*s.objective, *s.also_serves)
    }
    reached = ground.with_ancestors(served_by_any)
    for key in ground.plan.objectives:
        if key not in reached:
            yield finding(
                "S02",
                Severity.BLOCKS,
                f"objectives/{key}",
                f"No stream serves {name('objectives', key)}.",
                "Add a stream with this objective, or drop the objective.",
            )
    yield from _streams_without_one_objective(ground)


def _streams_without_one_objective(ground: Ground) -> Iterator[Finding]:
    for key, stream in ground.plan.streams.items():
        served = tuple(dict.fromkeys(stream.objective))
        if len(served) == 1:
            continue
        what = (
            f"serves {len(served)} objectives: {listed(served)}" if served else "has no objective"
        )
        yield finding(
            "S02",
            Severity.BLOCKS,
            f"streams/{key}",
            f"{begins('streams', key)} {what}.",
            "Keep the one objective it exists for; list the others under `also_serves`."
            if served
            else "Add `objective:` with the one objective that it serves.",
            path=("objective",) if served else (),
            matched=listed(served),
        )


def check_number_of_commitments(ground: Ground) -> Iterator[Finding]:
    """S05: an objective has one to five key results; a team works for at most three objectives."""
    yield from _key_results_per_objective(ground)
    yield from _objectives_per_team(ground)


def _key_results_per_objective(ground: Ground) -> Iterator[Finding]:
    least = limit(ground.plan, "S05.key_results_min")
    most = limit(ground.plan, "S05.key_results_max")
    count: Counter[str] = Counter()
    by_cycle: dict[str, Counter[str]] = defaultdict(Counter)
    for result in ground.plan.key_results.values():
        if ground.is_checked(result.cycle):
            served = ground.objectives_of(result)
            count.update(ground.with_ancestors(set(served)))
            for objective in served:
                by_cycle[objective][result.cycle or ""] += 1
    for key in ground.plan.objectives:
        if count[key] < least:
            yield _commitments(
                f"objectives/{key}",
                f"{begins('objectives', key)} has {_number(count[key], 'key result')}"
                f"{_at_least(least)}.",
                "Add the key result that says what will have moved by the end of the cycle.",
            )
        cycle, number = max(by_cycle[key].items(), key=lambda p: (p[1], p[0]), default=("", 0))
        when = f" in {name('cycles', cycle)}" if cycle else ""
        if number > most:
            yield _commitments(
                f"objectives/{key}",
                f"{begins('objectives', key)} has {number} key results{when}; at most {most:g} "
                "are a choice.",
                "Keep those whose failure would change the plan; drop the others or split the "
                "objective.",
            )


def _commitments(subject: str, what: str, hint: str, matched: str = "") -> Finding:
    return finding("S05", Severity.WARNS, subject, what, hint, matched=matched)


def _number(count: int, word: str) -> str:
    return f"no {word}" if not count else f"{count} {word}{'s' if count > 1 else ''}"


def _at_least(least: float) -> str:
    return f", fewer than {least:g}" if least > 1 else ""


def _objectives_per_team(ground: Ground) -> Iterator[Finding]:
    most = limit(ground.plan, "S05.objectives_per_team")
    served: dict[str, set[str]] = defaultdict(set)
    for stream in ground.plan.streams.values():
        for team, part in stream.teams.items():
            if ground.is_checked(part.cycle):
                served[team].update(stream.objective)
    for result in ground.plan.key_results.values():
        if result.team is not None and ground.is_checked(result.cycle):
            served[result.team].update(ground.objectives_of(result))
    for bet in ground.plan.initiatives.values():
        flow = ground.plan.streams.get(ground.stream_of(bet) or "")
        if bet.team and bet.state in OPEN_STATES and ground.is_checked(bet.cycle) and flow:
            served[bet.team].update(flow.objective)
    for team in ground.plan.teams:
        if len(served[team]) > most:
            yield _commitments(
                f"teams/{team}",
                f"{begins('teams', team)} works for {len(served[team])} objectives: "
                f"{listed(sorted(served[team]))}.",
                f"Choose at most {most:g} for this cycle; let other teams take the rest.",
                matched=listed(sorted(served[team])),
            )


def check_stream_of_initiative(ground: Ground) -> Iterator[Finding]:
    """S11: an open initiative has a stream, and that stream serves the objective it is listed under."""
    for key, bet in ground.plan.initiatives.items():
        if bet.state not in OPEN_STATES:
            continue
        stream = ground.stream_of(bet)
        if stream is None:
            yield finding(
                "S11",
                Severity.BLOCKS,
                f"initiatives/{key}",
                f"{begins('initiatives', key)} has no stream.",
                "Add `stream:` with the stream whose metric it should move, or drop it.",
            )
        elif stream in ground.plan.streams:
            yield from _other_objective(ground, key, bet, stream)


def _other_objective(ground: Ground, key: str, bet: Initiative, stream: str) -> Iterator[Finding]:
    flow = ground.plan.streams[stream]
    served = ground.with_ancestors({*flow.objective, *flow.also_serves})
    result = ground.plan.key_results.get(bet.key_result) if bet.key_result else None
    parents: dict[str, tuple[str, ...]] = {"objective": (bet.objective,) if bet.objective else ()}
    if result is not None:
        parents["key_result"] = ground.objectives_of(result)
    for field, objectives in parents.items():
        if objectives and not served.intersection(objectives):
            yield finding(
                "S11",
                Severity.BLOCKS,
                f"initiatives/{key}",
                f"{begins('initiatives', key)} is listed under {name('objectives', objectives[0])}, "
                f"but its {name('streams', stream)} serves {listed(flow.objective) or 'none'}.",
                "Move it to a stream of that objective, or list it under the stream's own.",
                path=(field,),
                matched=objectives[0],
            )


def check_copied_key_result(ground: Ground) -> Iterator[Finding]:
    """S15: a key result is more than a copy of the one it was taken from."""
    least = limit(ground.plan, "S15.similarity")
    for key, result in ground.plan.key_results.items():
        parent = ground.plan.key_results.get(result.parent) if result.parent else None
        if parent is None or result.parent == key or not ground.is_checked(result.cycle):
            continue
        if parent.cycle and result.cycle and parent.cycle != result.cycle:
            # taken on from another cycle: the same result goes on, nobody copied it downwards
            continue
        if is_alike(result.text, parent.text, least):
            yield finding(
                "S15",
                Severity.WARNS,
                f"key_results/{key}",
                f"{begins('key_results', key)} repeats its parent {result.parent} almost word for "
                "word.",
                "Say what this team will move so that the parent moves; or drop it and work on the "
                "parent.",
                path=("text",),
                matched=result.text,
            )
