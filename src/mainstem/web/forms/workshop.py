"""Forms around a room: preparing it, its link, a guest's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from mainstem.plan.cycle_steps import following_id
from mainstem.plan.model import Plan

#: What a board can hold at the start.
STARTS = ("nothing", "plan", "review")
_MOMENT = {"type": "datetime-local"}
_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class NewWorkshopForm(forms.Form):
    """Everything that a workshop is opened with."""

    title = forms.CharField(
        label="Title", max_length=200, widget=forms.TextInput(attrs={"placeholder": "Planning day for the next quarter"})
    )  # fmt: skip
    why = forms.CharField(
        label="Why now?", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Two sentences. They stand in the invitation and on the wall before you begin.",
    )  # fmt: skip
    starts = forms.DateTimeField(
        label="Begins", required=False, widget=forms.DateTimeInput(attrs=_MOMENT), input_formats=_MOMENTS,
        help_text="The running order shows when each step is due.",
    )  # fmt: skip
    cycle = forms.ChoiceField(
        label="Plans which cycle?", required=False, help_text="Key results of the day belong to it."
    )
    agenda = forms.ChoiceField(label="Agenda")
    started_from = forms.ChoiceField(label="Start from", choices=[(s, s) for s in STARTS])
    guests = forms.BooleanField(
        label="Guests too: whoever has the link comes in with a name only", required=False,
        help_text="Guests see this room and nothing else of your organisation. Without guests, the link is for people with an account.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, plan: Plan, agendas: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].choices = _cycles(plan)  # type: ignore[attr-defined]
        self.fields["agenda"].choices = list(agendas)  # type: ignore[attr-defined]
        self.fields["agenda"].error_messages["required"] = "Choose an agenda."


def _cycles(plan: Plan) -> list[tuple[str, str]]:
    """Cycles that a workshop can plan: none, those that are not closed, and the one after the last."""
    open_ = [(k, c.name or k) for k, c in plan.cycles.items() if c.state != "closed"]
    new = [(key, f"{key}, the next one") for key in _following(plan)]
    return [("", "none"), *open_, *new]


def _following(plan: Plan) -> list[str]:
    """The identifier of the cycle after the last one; nothing where there is none, or it is taken."""
    last = max(plan.cycles, key=lambda k: plan.cycles[k].last_day, default="")
    return [key for key in [following_id(last)] if key not in plan.cycles] if last else []


def cycle_to_plan(plan: Plan) -> str:
    """The cycle that a workshop most likely plans: one that is not committed to yet, or else the next."""
    waiting = [k for k, c in plan.cycles.items() if c.state in ("draft", "open")]
    return (waiting + _following(plan) + [""])[0]


class LinkForm(forms.Form):
    """Until when a link works, and for whom."""

    until = forms.DateTimeField(label="Works until", input_formats=_MOMENTS)
    guests = forms.BooleanField(required=False)


class GuestForm(forms.Form):
    """A guest's name."""

    name = forms.CharField(
        label="Your name", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As the others call you.",
    )  # fmt: skip
