"""The metric card: what is written down of a metric, what is left open, and what its history says.

Methods 1.2 and 1.3. A card decides nothing: it is what the statements on metrics are answered from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mainstem.challenge.ground import in_force
from mainstem.challenge.metric_measures import Measures
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.model import Metric, Plan, Stream


@dataclass(frozen=True, slots=True)
class CardField:
    """One line of a card.

    Attributes:
        key: The field in the plan: ``definition``, or of the stream: ``stream.stages``.
        name: What it is called.
        words: What is written there; empty where it is left open.
        why: What it is for; said where it is left open.
        subject: Where it is written, ``section/id``.
    """

    key: str
    name: str
    words: str
    why: str
    subject: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has written it down yet."""
        return not self.words


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A metric's card.

    Attributes:
        key: Its identifier.
        metric: As it stands in the plan.
        streams: The streams whose value metric it is on that day.
        fields: What is written down, and what is left open.
        measures: What its history says.
        deaf: Whether it did not move in two quarters, whatever was finished; or why not answerable.
    """

    key: str
    metric: Metric
    streams: tuple[str, ...]
    fields: tuple[CardField, ...]
    measures: Measures
    deaf: bool | NotAnswerable

    @property
    def left_open(self) -> tuple[CardField, ...]:
        """What nobody has written down yet."""
        return tuple(f for f in self.fields if f.is_open)


#: Fields of the metric itself: key, name, what they are for.
_OWN = (
    ("definition", "What it is", "so that two people mean the same"),
    ("numerator", "Numerator", "so that two people who reckon it get the same number"),
    ("denominator", "Denominator", "or the word “count”, if it is one"),
    ("unit", "Unit", "so that a number can be read"),
    ("kind", "Kind", "a running total can only rise, and a rate is read unlike a count"),
    ("direction", "Better is", "so that better can be told from worse"),
    ("customer_value", "What a customer has of it", "else it may rise while customers get less"),
    ("grain", "New value every", "so that a stale value is noticed"),
    ("source", "Source", "so that anybody can look it up"),
    ("owner", "Owner", "so that somebody keeps it right"),
    ("lag_days", "Days until it is visible", "what is learned too late cannot steer"),
    ("baseline", "Baseline", "without a start nobody can say how far it got"),
    ("target", "Target", "so that the change that is asked for can be held against its noise"),
    ("gaming", "Ways to game it", "each names a guardrail that would notice"),
)  # fmt: skip


def fields_of(key: str, plan: Plan, today: date) -> tuple[CardField, ...]:
    """What is written of a metric, in the metric itself and in the streams that have it."""
    metric = plan.metrics[key]
    own = tuple(
        CardField(name, label, _words(getattr(metric, name)), why, f"metrics/{key}")
        for name, label, why in _OWN
    )
    return own + tuple(
        line for ident in streams_of(key, plan, today) for line in _of_stream(ident, plan)
    )


def streams_of(key: str, plan: Plan, today: date) -> tuple[str, ...]:
    """The streams whose value metric it is on a day."""
    return tuple(
        ident for ident, stream in plan.streams.items()
        if any(m.metric == key and in_force(m, today, today) for m in stream.metric)
    )  # fmt: skip


def _of_stream(ident: str, plan: Plan) -> tuple[CardField, ...]:
    stream, subject = plan.streams[ident], f"streams/{ident}"
    return (
        CardField("stream.stages", "Stage of the customer's life", _stage(stream, plan),
                  "so that it is about somebody", subject),
        CardField("stream.guardrails", "Guardrails", _guards(stream, plan),
                  "numbers that must not get worse while this one gets better", subject),
    )  # fmt: skip


def _stage(stream: Stream, plan: Plan) -> str:
    customer = plan.customers.get(stream.customer or "")
    if customer is None or not stream.stages:
        return ""
    names = {s.id: s.name or s.id for s in customer.stages}
    stages = ", ".join(names.get(s, s) for s in stream.stages)
    return f"{customer.name or stream.customer}: {stages}"


def _guards(stream: Stream, plan: Plan) -> str:
    out = []
    for guard in stream.guardrails:
        metric = plan.metrics.get(guard.metric)
        name = metric.name if metric and metric.name else guard.metric
        out.append(f"{name} ({guard.bound})" if guard.bound else name)
    return "; ".join(out)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value).replace("_", " ")
