"""The plan that came out of a room, in words: what a reader who was not there needs, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mainstem.plan.model import Initiative, KeyResult, Metric, Plan, Stream
from mainstem.workshop.outcome_values import Outcome


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the plan: a heading, a sentence below it, and lines with their own lines.

    ``kind`` is ``customer``, ``objective``, ``stream`` or ``asks`` (what groups need of each other).
    """

    kind: str
    title: str
    text: str = ""
    lines: tuple[str, ...] = ()


def plan_in_words(outcome: Outcome, shown: frozenset[str]) -> tuple[Part, ...]:
    """Customers, then objectives each followed by its streams, then what groups need of each other.

    Args:
        outcome: What came out.
        shown: Subjects of the plan that the room worked on.
    """
    plan = outcome.plan
    return (
        *_customers(plan, shown),
        *_objectives(plan, shown, outcome.cycle),
        *_asks(plan, shown),
    )


def _name(held: dict[str, Any], ident: str | None) -> str:
    found = held.get(ident or "")
    return str(getattr(found, "name", None) or ident or "") if found is not None else ""


def _customers(plan: Plan, shown: frozenset[str]) -> Iterator[Part]:
    for ident, customer in plan.customers.items():
        if f"customers/{ident}" in shown:
            stages = " → ".join(stage.name or stage.id for stage in customer.stages)
            yield Part("customer", customer.name or ident, stages)


def _objectives(plan: Plan, shown: frozenset[str], cycle: str) -> Iterator[Part]:
    for ident, objective in plan.objectives.items():
        streams = [
            key for key, stream in plan.streams.items()
            if ident in stream.objective and _is_shown(key, plan, shown)
        ]  # fmt: skip
        if f"objectives/{ident}" in shown or streams:
            yield Part("objective", objective.name or ident, objective.customer_better_off or "")
            yield from (_stream(key, plan, shown, cycle) for key in streams)
    for key, stream in plan.streams.items():
        if not stream.objective and _is_shown(key, plan, shown):
            yield _stream(key, plan, shown, cycle)


def _is_shown(stream: str, plan: Plan, shown: frozenset[str]) -> bool:
    """A stream that the room worked on, or under which it promised something."""
    return f"streams/{stream}" in shown or any(
        f"{section}/{key}" in shown
        for section in ("key_results", "initiatives")
        for key, held in getattr(plan, section).items()
        if held.stream == stream
    )


def _stream(ident: str, plan: Plan, shown: frozenset[str], cycle: str) -> Part:
    stream = plan.streams[ident]
    return Part(
        "stream", stream.name or ident, _serves(stream, plan),
        tuple(_lines(ident, stream, plan, shown, cycle)),
    )  # fmt: skip


def _serves(stream: Stream, plan: Plan) -> str:
    customer = plan.customers.get(stream.customer or "")
    if customer is None:
        return ""
    known = {stage.id: stage.name or stage.id for stage in customer.stages}
    at = " and ".join(known.get(stage, stage) for stage in stream.stages)
    owner = f"; {stream.owner} answers for it" if stream.owner else ""
    return f"For {customer.name or stream.customer}{f', where they {at}' if at else ''}{owner}"


def _lines(
    ident: str, stream: Stream, plan: Plan, shown: frozenset[str], cycle: str
) -> Iterator[str]:
    if stream.metric:
        yield f"Metric: {_metric(plan.metrics.get(stream.metric[-1].metric), stream.metric[-1].metric)}"
    for rail in stream.guardrails:
        bound = f" ({rail.bound})" if rail.bound else ""
        yield f"Guardrail: {_name(plan.metrics, rail.metric)}{bound}"
    for team, part in stream.teams.items():
        if part.cycle in (None, cycle or None):
            share = f" with {round(100 * part.share)} %" if part.share is not None else ""
            yield f"{_name(plan.teams, team) or team} {part.part}{share}"
    yield from (_key_result(k, plan) for k in _of(plan.key_results, ident, shown, "key_results"))
    yield from (_bet(b, plan) for b in _of(plan.initiatives, ident, shown, "initiatives"))


def _of(held: dict[str, Any], stream: str, shown: frozenset[str], section: str) -> Iterable[Any]:
    return (v for key, v in held.items() if v.stream == stream and f"{section}/{key}" in shown)


def _metric(metric: Metric | None, ident: str) -> str:
    if metric is None:
        return ident
    unit = f", in {metric.unit}" if metric.unit else ""
    way = {"up": ", more is better", "down": ", less is better", "band": ", within a band"}
    said = f" ({metric.definition})" if metric.definition else ""
    return f"{metric.name or ident}{unit}{way.get(metric.direction or '', '')}{said}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}".replace("-", "−")


def _key_result(of: KeyResult, plan: Plan) -> str:
    team = _name(plan.teams, of.team)
    unit = f" {of.unit}" if of.unit else ""
    by = f" by {of.by}" if of.by else ""
    who = f" ({team})" if team else ""
    return f"Key result: {of.text}, from {_number(of.baseline)} to {_number(of.target)}{unit}{by}{who}"  # fmt: skip


def _bet(of: Initiative, plan: Plan) -> str:
    team = _name(plan.teams, of.team)
    effect = f"; by about {_number(of.effect.by)}" if of.effect else ""
    until = f" until {of.window.to}" if of.window and of.window.to else ""
    stop = f"; we stop if: {of.stop_rule}" if of.stop_rule else ""
    who = f" ({team})" if team else ""
    return f"Bet: {of.belief or of.name}{effect}{until}{stop}{who}"


def _asks(plan: Plan, shown: frozenset[str]) -> Iterator[Part]:
    lines = tuple(
        f"{_name(plan.teams, d.needs)} needs {d.what} of {_name(plan.teams, d.gives)} by {d.needed_by}: "
        + ("declined" if d.state == "refused" else f"promised for {d.promised}" if d.promised else "asked")
        for key, d in plan.dependencies.items()
        if f"dependencies/{key}" in shown
    )  # fmt: skip
    if lines:
        yield Part("asks", "What groups need of each other", "", lines)
