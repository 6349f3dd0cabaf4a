"""Forms for values of a metric: one typed, or many in a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from mainstem.plan.model import Metric
from mainstem.web.forms.check_in import Number


class ValueForm(forms.Form):
    """A value and its day."""

    value = Number(
        label="Value", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Empty takes back what was typed for the day.",
    )  # fmt: skip
    on = forms.DateField(
        label="Day", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="For a week, month or quarter its first day.",
    )  # fmt: skip

    def __init__(self, *args: Any, metric: Metric, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        if metric.unit:
            self.fields["value"].label = f"Value, in {metric.unit}"
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()


class FileForm(forms.Form):
    """A CSV file of values."""

    file = forms.FileField(
        label="CSV file", help_text="With the columns day and value. At most 2 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,text/csv"}),
    )  # fmt: skip
