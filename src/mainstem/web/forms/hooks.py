"""The form for a webhook."""

from __future__ import annotations

from django import forms

from mainstem.services.telling.telling import EVENTS


class HookForm(forms.Form):
    """Who is told, where, and of what."""

    name = forms.CharField(label="Name", max_length=100, help_text="Who is told, e.g. Chat.")
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="An https:// address that the internet can reach.",
    )
    events = forms.MultipleChoiceField(
        label="Told when",
        choices=list(EVENTS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["plan", "proposal", "cycle"],
    )
