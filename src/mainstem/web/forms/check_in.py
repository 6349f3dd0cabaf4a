"""Forms for check-ins and scores."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from mainstem.plan.model import KeyResult, Metric
from mainstem.services.metrics.checking_in import Said
from mainstem.web.forms.written import UnclearNumber, plain_number

_SURE = [("", "not said"), *((str(n), f"{n} %") for n in range(0, 101, 5))]


class Number(forms.FloatField):
    """A number as people write it: a decimal comma is a point, a minus sign is a minus."""

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        """The number, or nothing."""
        if isinstance(value, str):
            try:
                value = plain_number(value)
            except UnclearNumber as unclear:
                raise forms.ValidationError(str(unclear)) from None
        return super().to_python(value)


class CheckInForm(forms.Form):
    """A value, how sure one is, and a note."""

    value = Number(
        label="Value", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    confidence = forms.TypedChoiceField(
        label="How sure are you to reach it?",
        choices=_SURE,
        required=False,
        coerce=lambda v: int(v) / 100,
        empty_value=None,
        help_text="50 % is even odds. It is never used to judge people.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What moved it, what stands in the way.",
    )
    on = forms.DateField(label="On", widget=forms.DateInput(attrs={"type": "date"}))
    is_of_metric = forms.BooleanField(
        required=False,
        help_text="No connected source says its values; they are typed here, or on the metric's page.",
    )

    def __init__(
        self,
        *args: Any,
        kr: KeyResult,
        metric: Metric | None,
        is_typed: bool,
        today: date,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        if metric is not None and is_typed:
            of = self.fields["is_of_metric"]
            of.label = f"Also the value of “{metric.name or kr.metric}” on that day"
            # a key result in a unit of its own counts something else; what the plan names may still say it
            of.initial = kr.unit in (None, metric.unit) and not metric.source
        else:
            del self.fields["is_of_metric"]
        unit = kr.unit or (metric.unit if metric else None)
        if unit:
            self.fields["value"].label = f"Value, in {unit}"
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def said(self) -> Said:
        """What the form says."""
        given = self.cleaned_data
        return Said(
            given["on"], given["value"], given["confidence"], given["note"],
            given.get("is_of_metric", False),
        )  # fmt: skip


class ScoreForm(forms.Form):
    """A score from 0.0 to 1.0 with its reason."""

    score = Number(
        label="Score",
        min_value=0,
        max_value=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="From 0.0 to 1.0.",
    )
    note = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 2}))
