"""Forms for administering people, rights and groups, and for asking the audit log."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from mainstem.plan.model import Plan
from mainstem.services.people.access import ROLES, Given, Role
from mainstem.services.people.auditing import OUTCOMES, Asked
from mainstem.services.people.people import Belonging
from mainstem.web.sign_in_forms import EMAIL

_ROLES = [(role.value, ROLES[role][0]) for role in Role]
_DAY = {"type": "date"}


def _teams(plan: Plan) -> list[tuple[str, str]]:
    return sorted(((k, t.name or k) for k, t in plan.teams.items()), key=lambda c: c[1].lower())


def _streams(plan: Plan) -> list[tuple[str, str]]:
    return sorted(((k, s.name or k) for k, s in plan.streams.items()), key=lambda c: c[1].lower())


class RightForm(forms.Form):
    """A role, and where it holds."""

    role = forms.ChoiceField(label="Role", choices=_ROLES)
    team = forms.ChoiceField(
        label="Team", required=False, help_text="For a team lead; without one, their own teams."
    )
    stream = forms.ChoiceField(label="Stream", required=False, help_text="For a stream owner.")

    def __init__(self, *args: Any, plan: Plan, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["team"].choices = [("", "no team"), *_teams(plan)]  # type: ignore[attr-defined]
        self.fields["stream"].choices = [("", "no stream"), *_streams(plan)]  # type: ignore[attr-defined]

    def given(self) -> Given | None:
        """What the form says; nothing without a role."""
        said = self.cleaned_data
        if not said["role"]:
            return None
        return Given(Role(said["role"]), said["team"], said["stream"])


class InviteForm(RightForm):
    """Whom, and as what."""

    email = forms.EmailField(label=EMAIL, max_length=254)
    field_order = ("email", "role", "team", "stream")

    def right(self) -> Given:
        """What they will hold; the field is required."""
        said = self.cleaned_data
        return Given(Role(said["role"]), said["team"], said["stream"])


class GroupForm(RightForm):
    """A group of the identity provider and what it means here."""

    name = forms.CharField(
        label="Group", max_length=300, help_text="As the identity provider writes it."
    )
    field_order = ("name", "role", "team", "stream")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        role = self.fields["role"]
        role.required, role.choices = False, [("", "no role, membership only"), *_ROLES]  # type: ignore[attr-defined]
        self.fields["team"].help_text = "Its people become members of it; as leads they lead it."

    def meaning(self) -> tuple[Given | None, str]:
        """The right, and the team that its people are members of."""
        said = self.cleaned_data
        if not said["role"]:
            return None, said["team"]
        role = Role(said["role"])
        leads = said["team"] if role is Role.LEAD else ""
        return Given(role, leads, said["stream"]), said["team"]


class PersonForm(forms.Form):
    """What somebody is called and signs in with."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label=EMAIL, max_length=254)


class BelongForm(forms.Form):
    """A membership."""

    team = forms.ChoiceField(label="Team")
    first_day = forms.DateField(
        label="First day", required=False, widget=forms.DateInput(attrs=_DAY)
    )
    last_day = forms.DateField(label="Last day", required=False, widget=forms.DateInput(attrs=_DAY))
    part = forms.IntegerField(
        label="Part of their time, in %", min_value=1, max_value=100, initial=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["team"].choices = _teams(plan)  # type: ignore[attr-defined]

    def belonging(self) -> Belonging:
        """What the form says."""
        said = self.cleaned_data
        part = Decimal(said["part"]) / 100
        return Belonging(0, said["team"], said["first_day"], said["last_day"], part, "person")


class PeopleFilter(forms.Form):
    """Which people are shown."""

    q = forms.CharField(label="Name or address", required=False, max_length=200)
    state = forms.ChoiceField(
        label="Who", required=False,
        choices=[("", "everybody"), ("active", "with an open account"),
                 ("inactive", "with a closed account"), ("outside", "without any right")],
    )  # fmt: skip


class AuditFilter(forms.Form):
    """Which lines are shown."""

    person = forms.CharField(label="Person", required=False, max_length=200)
    action = forms.CharField(
        label="Action",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "actions"}),
    )
    subject = forms.CharField(label="About", required=False, max_length=400)
    outcome = forms.ChoiceField(
        label="Outcome", required=False, choices=[("", "any"), *((o, o) for o in OUTCOMES)]
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs=_DAY))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs=_DAY))

    def asked(self) -> Asked:
        """What the form says; what is wrong is left out, and said beside its field."""
        if not self.is_bound:
            return Asked()
        self.is_valid()
        return Asked(**{k: v for k, v in self.cleaned_data.items() if v})
