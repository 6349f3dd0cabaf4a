"""The form for proposing another metric for a stream."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from mainstem.figures.wording import one_line, shorten
from mainstem.plan.model import Plan, Stream


class MetricProposalForm(forms.Form):
    """Which metric, from when on, and why."""

    metric = forms.ChoiceField(
        label="The metric", help_text="One of the plan's; the stream's input metrics come first."
    )
    begins = forms.DateField(
        label="From", help_text="The present metric ends the day before.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    why = forms.CharField(
        label="Because", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your words; what the decisions say is added below them.",
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, stream: Stream, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"begins": _next_cycle(plan, today)})
        super().__init__(*args, **kwargs)
        field = self.fields["metric"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "choose"), *_choices(plan, stream)]


def _choices(plan: Plan, stream: Stream) -> list[Any]:
    """Inputs first, then what else the plan has; not the metrics that it has had."""
    had = {m.metric for m in stream.metric}
    inputs = [k for k in stream.inputs if k in plan.metrics and k not in had]
    drives = [k for k, m in plan.metrics.items() if had & set(m.drives) and k not in inputs]
    first = [*inputs, *drives]
    others = [k for k in plan.metrics if k not in had and k not in first]
    groups = [("Inputs of the stream", first), ("Other metrics of the plan", others)]
    return [(name, [(k, _name(k, plan)) for k in keys]) for name, keys in groups if keys]


def _name(key: str, plan: Plan) -> str:
    return shorten(one_line(plan.metrics[key].name or key), 80)


def _next_cycle(plan: Plan, today: date) -> date:
    """The first day of the next cycle, else today."""
    coming = [c.first_day for c in plan.cycles.values() if c.first_day > today]
    return min(coming, default=today)
