"""Forms for work items: contesting, answering, setting shares by hand."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstem.figures.wording import one_line, shorten
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan, RestKind
from mainstem.score.words import REST_WORDS

Choices = list[tuple[str, Any]]
#: Things that one item can be split between.
SPLITS = 3


@kept_with_plan
def target_choices(plan: Plan) -> Choices:
    """Streams by objective, then kinds of the rest."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, stream in plan.streams.items():
        objective = plan.objectives.get(next(iter(stream.objective), ""))
        name = shorten(one_line((objective and objective.name) or "Other streams"), 80)
        groups.setdefault(name, []).append(
            (f"stream:{key}", shorten(one_line(stream.name or key), 80))
        )
    kinds = [(f"kind:{k}", REST_WORDS[k]) for k in RestKind if k is not RestKind.UNKNOWN]
    return [*groups.items(), ("The rest", kinds)]


class ContestForm(forms.Form):
    """What an item should count for, and why."""

    wanted = forms.ChoiceField(label="It should count for")
    why = forms.CharField(
        label="Because", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the work was for, in a sentence.",
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["wanted"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "choose"), *target_choices(plan)]


@kept_with_plan
def blank_contest(plan: Plan) -> ContestForm:
    """The form before anything is said; it is never changed, and can be printed once."""
    return ContestForm(plan=plan)


class SharesForm(forms.Form):
    """What items count for by hand: up to ``SPLITS`` targets with a part each, and a reason."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = target_choices(plan)
        for n in range(1, SPLITS + 1):
            first = (
                ("claims", "what the claims say (take the hand away)")
                if n == 1
                else ("", "nothing")
            )
            self.fields[f"target_{n}"] = forms.ChoiceField(
                label="Counts for" if n == 1 else f"and for ({n})", required=n == 1,
                choices=[*([("", "choose")] if n == 1 else []), first, *choices],
            )  # fmt: skip
            self.fields[f"part_{n}"] = forms.DecimalField(
                label=f"Per cent ({n})" if n > 1 else "Per cent", required=False, min_value=0, max_value=100,
                decimal_places=2, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
                help_text="Empty: 100, or what the others leave." if n == 1 else "",
            )  # fmt: skip
        self.fields["why"] = forms.CharField(
            label="Because", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
            help_text="It stands beside the number for everybody to read.",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Each target once, together at most the whole."""
        given = super().clean() or {}
        targets = [given.get(f"target_{n}") or "" for n in range(1, SPLITS + 1)]
        said = [t for t in targets if t and t != "claims"]
        if len(said) != len(set(said)):
            raise forms.ValidationError("Name each stream or kind once.")
        if "claims" in targets and said:
            raise forms.ValidationError(
                "Either the claims decide, or you do: take the others away."
            )
        if not self.errors and sum(self.parts().values()) > 10_000:
            raise forms.ValidationError("Together it may be 100 % at most.")
        return given

    def parts(self) -> dict[str, int]:
        """Target → parts of 10,000; nothing where the claims decide."""
        given = self.cleaned_data
        pairs = [(given.get(f"target_{n}"), given.get(f"part_{n}")) for n in range(1, SPLITS + 1)]
        rows = [(str(t), p) for t, p in pairs if t and t != "claims"]
        named = sum(round(p * 100) for _, p in rows if p is not None)
        open_ends = [t for t, p in rows if p is None]
        left = max(0, 10_000 - named)
        out = {t: round(p * 100) for t, p in rows if p is not None}
        return {**out, **{t: left // len(open_ends) for t in open_ends}}
