"""What is filled in to answer a question: a few fields, with suggestions out of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import Plan, Stream
from mainstem.workshop.unbundling import Asks, Question, is_live, value_metric
from mainstem.workshop.unbundling_candidates import candidates

#: Most names that are suggested for a field.
MOST_SUGGESTED = 400


class Holds(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    ONE = "one"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Input:
    """A field of an answer.

    Attributes:
        name: Its name, in forms and in JSON.
        label: What it asks.
        holds: What it takes: ``ONE`` and ``SOME`` are of ``choices``.
        now: What stands there; of ``SOME`` one line each.
        help: How to write it.
        is_needed: Whether an answer needs it.
        choices: (value, words) to choose from.
        suggested: (value, words) that may be typed; anything else may be too.
    """

    name: str
    label: str
    holds: Holds = Holds.LINE
    now: str = ""
    help: str = ""
    is_needed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    suggested: tuple[tuple[str, str], ...] = ()


_DIRECTIONS = (("up", "Up"), ("down", "Down"), ("band", "Neither: it should stay within a band"))
_KINDS = (
    ("rate", "A rate: part of a whole"), ("ratio", "A ratio of two numbers"), ("duration", "A duration"),
    ("count_per_period", "A count in each period"), ("level", "A level"),
    ("survey_score", "A score of a survey"), ("money", "Money"),
    ("cumulative_total", "A running total"),
)  # fmt: skip
_TEAM_KINDS = (
    ("stream-aligned", "Stream-aligned"), ("platform", "Platform"), ("enabling", "Enabling"),
    ("complicated-subsystem", "Complicated subsystem"),
)  # fmt: skip
_ANSWERS = (
    ("false", "False"),
    ("true", "True: it disqualifies"),
    ("cannot say", "Nobody can say yet"),
)
_PARTS = (("delivers", "Delivers"), ("supports", "Supports"))
CLAIMED_BY = (
    ("label", "a label"), ("component", "a component"), ("epic", "an epic"), ("project", "a project"),
    ("path", "a path in the repository"), ("type", "a type of item"), ("team", "the team that did it"),
    ("text", "words in the title"),
)  # fmt: skip
#: (section, field) → what it takes, where that is not a line, and what help says.
_LEAVES: Mapping[tuple[str, str], tuple[Holds, tuple[tuple[str, str], ...], str]] = {
    ("objectives", "customer_better_off"): (Holds.TEXT, (), "Begin with: they can now …"),
    ("metrics", "definition"): (Holds.TEXT, (), "What is counted, out of what, when."),
    ("metrics", "direction"): (Holds.ONE, _DIRECTIONS, ""),
    ("metrics", "kind"): (Holds.ONE, _KINDS, ""),
    ("metrics", "customer_value"): (Holds.TEXT, (), ""),
    ("metrics", "baseline"): (Holds.NUMBER, (), "In the metric's unit."),
    ("teams", "kind"): (Holds.ONE, _TEAM_KINDS, ""),
    ("teams", "size"): (Holds.NUMBER, (), "People in the team itself."),
    ("key_results", "baseline"): (Holds.NUMBER, (), "In the metric's unit."),
    ("key_results", "target"): (Holds.NUMBER, (), "In the metric's unit."),
    ("key_results", "by"): (Holds.DAY, (), ""),
    ("initiatives", "belief"): (Holds.TEXT, (), "We believe that …, because …"),
    ("initiatives", "stop_rule"): (Holds.TEXT, (), ""),
    ("customers", "stages"): (Holds.TEXT, (), "One a line, in their order."),
}
_TEAM_HELP = "A team of the plan; another name makes a new one."


def inputs_of(question: Question, plan: Plan) -> tuple[Input, ...]:
    """The fields of the answer to a question, with what stands there now."""
    if question.asks is Asks.STATEMENT:
        return _of_statement(question)
    if question.asks is Asks.WORDING:
        return _of_wording(question, plan)
    if question.asks is Asks.ADD:
        return tuple(_of_addition(question, plan))
    section, ident = split_subject(question.subject)
    entity = getattr(plan, section)[ident]
    made = _SPECIAL.get((section, question.field.partition(":")[0]))
    if made is not None:
        return tuple(made(question, entity, plan))
    return (_leaf(question, section, entity, plan),)


def _of_statement(question: Question) -> tuple[Input, ...]:
    one = question.statement
    assert one is not None
    rests = f"{one.evidence[:1].upper()}{one.evidence[1:]}." if one.evidence else ""
    return (
        Input("answer", "Is it true?", Holds.ONE, one.answer, is_needed=True, choices=_ANSWERS),
        Input("evidence", "What it rests on", Holds.TEXT, one.said, rests),
        Input("owner", "If nobody can say: who finds out", suggested=()),
        Input("until", "By when", Holds.DAY),
    )  # fmt: skip


def mended(question: Question) -> str:
    """The field of the plan's text whose words a rule minds."""
    assert question.finding is not None
    return str(question.finding.path[0]) if question.finding.path else "name"


def _of_wording(question: Question, plan: Plan) -> tuple[Input, ...]:
    section, ident = split_subject(question.subject)
    entity = getattr(plan, section)[ident]
    hint = question.finding.hint if question.finding else ""
    kept = question.finding.accepted if question.finding else None
    return (
        Input("words", "In other words", now=str(getattr(entity, mended(question)) or ""), help=hint),
        Input("keep", "Or keep it, because", now=kept or "", help="The reason is kept with the plan."),
    )  # fmt: skip


def _of_addition(question: Question, plan: Plan) -> Iterable[Input]:
    if question.adds == "streams":
        yield Input(
            "name",
            "What flows to the customer?",
            is_needed=True,
            help="Name what the customer goes through.",
        )
        yield Input("customer", "Whom does it serve?", suggested=_names(plan, "customers"))
    elif question.adds == "key_results":
        metric = _metric_name(question.subject, plan)
        yield Input("text", "In a sentence", is_needed=True)
        yield Input(
            "baseline", "From", Holds.NUMBER, help=f"In the unit of {metric}." if metric else ""
        )
        yield Input("target", "To", Holds.NUMBER)
    elif question.adds == "teams":
        yield Input(
            "team", question.text, Holds.LINE, "", _TEAM_HELP, True, suggested=_names(plan, "teams")
        )
        yield Input("part", "It", Holds.ONE, "supports", "", True, _PARTS)
        yield Input("share", "Share of its effort", Holds.SHARE, help="In per cent.")
    else:
        yield Input("name", "What does it try?", is_needed=True)
        yield Input("belief", "We believe that", Holds.TEXT)


def _metric_name(subject: str, plan: Plan) -> str:
    metric = value_metric(plan.streams[split_subject(subject)[1]])
    held = plan.metrics.get(metric)
    return (held.name if held else None) or metric


def _leaf(question: Question, section: str, entity: Any, plan: Plan) -> Input:
    name = question.field
    holds, choices, help_ = _LEAVES.get((section, name), (Holds.LINE, (), ""))
    value = getattr(entity, name, None)
    suggested = _suggested(section, name, plan)
    return Input(name, question.text, holds, in_text(value), help_, True, choices, suggested)


def in_text(value: Any) -> str:
    """A value of the plan as somebody would type it."""
    if value is None or value == ():
        return ""
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return "\n".join(
            str(getattr(one, "name", None) or getattr(one, "id", one)) for one in value
        )
    return str(getattr(value, "value", value))


def _suggested(section: str, name: str, plan: Plan) -> tuple[tuple[str, str], ...]:
    if name == "owner":
        held: Iterable[Any] = (
            *plan.objectives.values(), *plan.streams.values(), *plan.metrics.values(),
            *plan.key_results.values(), *plan.initiatives.values(),
        )  # fmt: skip
    elif (section, name) in (("objectives", "horizon"), ("metrics", "unit"), ("metrics", "source")):
        held = getattr(plan, section).values()
    else:
        return ()
    said = dict.fromkeys(sorted({str(v) for one in held if (v := getattr(one, name))}))
    return tuple((one, "") for one in said)[:MOST_SUGGESTED]


def _names(plan: Plan, section: str) -> tuple[tuple[str, str], ...]:
    held = getattr(plan, section)
    return tuple((entity.name or key, key) for key, entity in held.items())[:MOST_SUGGESTED]


# -- fields that hold more than words


def _customer(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    held = plan.customers.get(stream.customer or "")
    now = (held.name if held else None) or stream.customer or ""
    help_ = "A customer of the plan; another name makes a new one."
    yield Input(
        "customer", question.text, Holds.LINE, now, help_, True, suggested=_names(plan, "customers")
    )


def _stages(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    customer = plan.customers[stream.customer or ""]
    choices = tuple((one.id, one.name or one.id) for one in customer.stages)
    yield Input("stages", question.text, Holds.SOME, "\n".join(stream.stages), "", True, choices)


def _metric(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    ident = split_subject(question.subject)[1]
    now = value_metric(stream)
    found = dict.fromkeys((*((now,) if now else ()), *candidates(plan, ident)))
    choices = tuple((key, _told(key, plan)) for key in found)
    if choices:
        yield Input("metric", "One of these", Holds.ONE, now, "", False, choices)
    other = "Another" if choices else "What is it called?"
    help_ = "A metric of the plan; another name makes a new one."
    yield Input("other", other, help=help_, suggested=_names(plan, "metrics"))


def _told(metric: str, plan: Plan) -> str:
    held = plan.metrics.get(metric)
    if held is None:
        return metric
    unit = f", in {held.unit}" if held.unit else ""
    return f"{held.name or metric}{unit}"


def _guardrails(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    first = stream.guardrails[0] if stream.guardrails else None
    held = plan.metrics.get(first.metric) if first else None
    now = ((held.name if held else None) or first.metric) if first else ""
    help_ = "A metric of the plan; another name makes a new one."
    yield Input(
        "metric", question.text, Holds.LINE, now, help_, True, suggested=_names(plan, "metrics")
    )
    bound = (first.bound if first else "") or ""
    yield Input("bound", "Its bound", now=bound, help="For instance: below 2 %.")


def _teams(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    first = next((t for t, p in stream.teams.items() if p.part == "delivers"), "")
    held = plan.teams.get(first)
    now = (held.name if held else None) or first
    share = stream.teams[first].share if first else None
    yield Input(
        "team", question.text, Holds.LINE, now, _TEAM_HELP, True, suggested=_names(plan, "teams")
    )
    yield Input("share", "Share of its effort", Holds.SHARE, _percent(share), "In per cent.")


def _share(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    part = stream.teams.get(question.team)
    now = _percent(part.share if part else None)
    yield Input("share", question.text, Holds.SHARE, now, "In per cent.", True)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.10g}"


def _claims(question: Question, stream: Stream, plan: Plan) -> Iterable[Input]:
    yield Input("by", "Work counts by", Holds.ONE, "label", "", True, CLAIMED_BY)
    yield Input("is", "That is", help="Several with commas between.", is_needed=True)


def _cycle(question: Question, entity: Any, plan: Plan) -> Iterable[Input]:
    held = ((k, c) for k, c in plan.cycles.items() if is_live(k, plan))
    choices = tuple((key, cycle.name or key) for key, cycle in held)
    yield Input("cycle", question.text, Holds.ONE, entity.cycle or "", "", True, choices)


def _team(question: Question, entity: Any, plan: Plan) -> Iterable[Input]:
    held = plan.teams.get(entity.team or "")
    now = (held.name if held else None) or entity.team or ""
    yield Input(
        "team", question.text, Holds.LINE, now, _TEAM_HELP, True, suggested=_names(plan, "teams")
    )


def _moved(question: Question, entity: Any, plan: Plan) -> Iterable[Input]:
    stream = plan.streams.get(entity.stream or "")
    near: Sequence[str] = ()
    if stream is not None:
        rails = tuple(one.metric for one in stream.guardrails)
        driven = tuple(k for k, m in plan.metrics.items() if value_metric(stream) in m.drives)
        near = (value_metric(stream), *stream.inputs, *driven, *rails)
    choices = tuple((key, _told(key, plan)) for key in dict.fromkeys(near) if key)
    if not choices:
        yield Input(
            "metric",
            question.text,
            Holds.LINE,
            entity.metric or "",
            "",
            True,
            suggested=_names(plan, "metrics"),
        )
        return
    yield Input(
        "metric", question.text, Holds.ONE, entity.metric or choices[0][0], "", True, choices
    )


def _effect(question: Question, entity: Any, plan: Plan) -> Iterable[Input]:
    now = in_text(entity.effect.by) if entity.effect else ""
    help_ = "With its sign, in the metric's unit: 2, or −0.5."
    yield Input("effect", question.text, Holds.NUMBER, now, help_, True)


def _window(question: Question, entity: Any, plan: Plan) -> Iterable[Input]:
    held = entity.window
    first = in_text(held.from_) if held else ""
    yield Input("from", "From", Holds.DAY, first, is_needed=True)
    yield Input("to", "To", Holds.DAY, in_text(held.to) if held else "", is_needed=True)


_SPECIAL = {
    ("streams", "customer"): _customer, ("streams", "stages"): _stages, ("streams", "metric"): _metric,
    ("streams", "guardrails"): _guardrails, ("streams", "teams"): _teams, ("streams", "share"): _share,
    ("streams", "claims"): _claims, ("key_results", "cycle"): _cycle, ("key_results", "team"): _team,
    ("key_results", "metric"): _moved, ("initiatives", "team"): _team,
    ("initiatives", "effect"): _effect, ("initiatives", "window"): _window,
}  # fmt: skip
