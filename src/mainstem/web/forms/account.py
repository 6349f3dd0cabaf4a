"""Forms of one's own account, of the first run and of accepting an invitation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, QueryDict

from mainstem.errors import Invalid
from mainstem.services.people.accounts import DIGESTS, THEMES, Profile
from mainstem.services.people.first_run import First
from mainstem.services.people.tokens import LONGEST, SCOPES
from mainstem.web.sign_in_forms import EMAIL, PASSWORD, STRONG

_ZONES = [(z, z.replace("_", " ")) for z in sorted(available_timezones()) if "/" in z or z == "UTC"]


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even if it is nothing; ``None`` where the form is only shown."""
    return request.POST if request.method == "POST" else None


def told(form: forms.Form, error: Invalid) -> None:
    """Says beside its field what a service refused, or on top."""
    place = error.field if error.field in form.fields else None
    form.add_error(place, f"{error.message} {error.hint}".strip())


def _password(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, widget=widget, strip=False, help_text=help_text, max_length=1000
    )


def _same_twice(given: dict[str, Any], form: forms.Form) -> None:
    if given.get("password") and given.get("again") and given["password"] != given["again"]:
        form.add_error("again", "The two are not the same.")


class AcceptForm(forms.Form):
    """A name and a password make the account that somebody was invited to."""

    name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = _password(PASSWORD, STRONG)
    again = _password("The same again")

    def clean(self) -> dict[str, Any]:
        """Both passwords are one."""
        given = super().clean() or {}
        _same_twice(given, self)
        return given


class StartForm(AcceptForm):
    """The administrator, and the organisation if the plan has none yet."""

    email = forms.EmailField(
        label=EMAIL, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    organisation = forms.CharField(label="Name of your organisation", max_length=200)
    timezone = forms.ChoiceField(
        label="Its time zone",
        choices=_ZONES,
        initial="UTC",
        help_text="Days and weeks are cut in it.",
    )
    code = forms.CharField(
        label="Setup code", max_length=40, help_text="The server printed it when it started, or wrote it to its log.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    field_order = ("code", "organisation", "timezone", "name", "email", "password", "again")

    def __init__(self, *args: Any, asks_organisation: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not asks_organisation:
            del self.fields["organisation"], self.fields["timezone"]

    def first(self) -> First:
        """What the form says."""
        given = self.cleaned_data
        return First(
            given["name"], given["email"], given["password"],
            given.get("organisation", ""), given.get("timezone", ""),
        )  # fmt: skip


class ProfileForm(forms.Form):
    """What people set about themselves."""

    name = forms.CharField(label="Name", max_length=200)
    timezone = forms.ChoiceField(
        label="Time zone", required=False, choices=[("", "that of the organisation"), *_ZONES]
    )
    theme = forms.ChoiceField(label="Light or dark", required=False, choices=list(THEMES.items()))
    digest = forms.ChoiceField(
        label="Mail about what you watch", choices=list(DIGESTS.items()),
        help_text="One mail with what happened since the last.",
    )  # fmt: skip

    def profile(self) -> Profile:
        """What the form says."""
        return Profile(**self.cleaned_data)


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label="What uses it", max_length=100)
    scope = forms.ChoiceField(label="What it may do", choices=list(SCOPES.items()))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        last = self.fields["last_day"]
        last.initial = today + timedelta(days=90)
        last.help_text = "At most a year from now."
        last.widget.attrs.update(
            min=today.isoformat(), max=(today + timedelta(days=LONGEST)).isoformat()
        )
