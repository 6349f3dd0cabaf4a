"""Forms of triage: what a lump counts for, and the claim that would catch it."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstem.plan.model import Plan, RestKind
from mainstem.score.words import REST_WORDS
from mainstem.web.forms.work import target_choices

_WHY = "It stands beside the number for everybody to read."


class AssignForm(forms.Form):
    """A stream, and why; the reason is asked once for all items."""

    target = forms.ChoiceField(label="Stream")
    why = forms.CharField(label="Because", max_length=500, help_text=_WHY)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "assign-%s", **kwargs})
        streams = [group for group in target_choices(plan) if group[0] != "The rest"]
        _choose(self, [("", "choose"), *streams])


class KindForm(forms.Form):
    """A kind of the rest, and why."""

    target = forms.ChoiceField(label="Kind of the rest")
    why = forms.CharField(label="Because", max_length=500, help_text=_WHY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "kind-%s", **kwargs})
        kinds = [(f"kind:{k}", REST_WORDS[k]) for k in RestKind if k is not RestKind.UNKNOWN]
        _choose(self, [("", "choose"), *kinds])


class ClaimForm(forms.Form):
    """A claim, for a stream or a kind."""

    target = forms.ChoiceField(label="For")
    claim = forms.CharField(
        label="Claim", max_length=4_000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}),
        help_text="As in the plan’s text: label: spike, or several lines that must all hold.",
    )  # fmt: skip
    why = forms.CharField(label="Because", max_length=500, required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "claim-%s", **kwargs})
        _choose(self, [("", "choose"), *target_choices(plan)])


class SkipForm(forms.Form):
    """Until when a lump is put off."""

    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "skip-%s", **kwargs})


def _choose(form: forms.Form, choices: list[Any]) -> None:
    field = form.fields["target"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
