"""Forms for asking whether work qualifies, and for deciding."""

from __future__ import annotations

from typing import Any

from django import forms

from mainstem.challenge.decisions import Work
from mainstem.challenge.verdicts import Answer
from mainstem.figures.wording import one_line, shorten
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan
from mainstem.services.decisions.deciding import MOST_WORDS, Said
from mainstem.services.decisions.qualifying import MOST_TITLE
from mainstem.services.decisions.qualifying_facts import STREAM
from mainstem.web.forms.work import target_choices

Choices = list[tuple[str, str]]
_AREA = forms.Textarea(attrs={"rows": 3})
#: Letters of text on the page: what is asked there stands in its address.
MOST_TEXT = 1_500
ANSWERS = (
    (Answer.FALSE.value, "No, it would read differently"),
    (Answer.TRUE.value, "Yes, it would read the same"),
    (Answer.CANNOT_SAY.value, "I cannot say"),
)


@kept_with_plan
def team_choices(plan: Plan) -> Choices:
    """Teams in the order of the plan."""
    return [(k, shorten(one_line(t.name or k), 80)) for k, t in plan.teams.items()]


@kept_with_plan
def stream_choices(plan: Plan) -> Choices:
    """Streams in the order of the plan."""
    return [(k, shorten(one_line(s.name or k), 80)) for k, s in plan.streams.items()]


class WorkForm(forms.Form):
    """A piece of work: three fields to see, the others where somebody wants to say more."""

    title = forms.CharField(label="What is to be done?", max_length=MOST_TITLE)
    team = forms.ChoiceField(label="Team that would do it", required=False)
    link = forms.CharField(label="Link", max_length=600, required=False,
                           widget=forms.URLInput(), help_text="Its address in your tracker.")  # fmt: skip
    text = forms.CharField(label="More words", max_length=MOST_TEXT, required=False, widget=_AREA)
    label = forms.CharField(
        label="Labels", max_length=300, required=False, help_text="With commas between them."
    )
    component = forms.CharField(label="Components", max_length=300, required=False)
    project = forms.CharField(label="Project", max_length=100, required=False)
    type = forms.CharField(label="Type", max_length=100, required=False)
    key = forms.CharField(label="Key", max_length=100, required=False,
                          help_text="If the ledger knows it, what it knows counts too.")  # fmt: skip
    estimate = forms.FloatField(
        label="Estimate in person-days", required=False, min_value=0, max_value=100_000
    )
    stream = forms.ChoiceField(label="Stream you have in mind", required=False)
    #: Not among the fields that are printed: the answer to the open question.
    w01 = forms.ChoiceField(
        choices=[("", ""), *ANSWERS], required=False, widget=forms.HiddenInput()
    )
    how = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput())

    SEEN = ("title", "team", "link")
    MORE = ("text", "label", "component", "project", "type", "key", "estimate", "stream")

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("team", team_choices(plan)), ("stream", stream_choices(plan))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "not said"), *choices]

    def seen(self) -> list[forms.BoundField]:
        """The fields that everybody sees."""
        return [self[name] for name in self.SEEN]

    def more(self) -> list[forms.BoundField]:
        """The others."""
        return [self[name] for name in self.MORE]

    def says_more(self) -> bool:
        """Whether something is said in the others."""
        return any(self.data.get(name) for name in self.MORE)

    def work(self) -> Work:
        """What was said, as a value."""
        said = self.cleaned_data
        given = {
            name: tuple(v.strip() for v in said[name].split(",") if v.strip())
            for name in ("label", "component")
        } | {
            name: (said[name].strip(),)
            for name in ("project", "type", STREAM)
            if said[name].strip()
        }
        return Work(
            said["title"], said["text"], said["team"], said["estimate"], said["link"], said["key"].strip(),
            given={name: values for name, values in given.items() if values},
        )  # fmt: skip

    def answers(self) -> dict[str, Said]:
        """What was answered to the open question."""
        said = self.cleaned_data
        return {"D-W01": (Answer(said["w01"]), said["how"])} if said["w01"] else {}


class VerdictForm(forms.Form):
    """A verdict or what is said to one: why, for what, until when."""

    why = forms.CharField(
        label="Why", max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2}), help_text="A sentence. Whoever asked reads it."
    )  # fmt: skip
    target = forms.ChoiceField(label="It counts for", required=False)
    until = forms.DateField(
        label="Deferred until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        streams: tuple[str, ...] = (),
        kinds: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "what the answer says"), *_targets(plan, streams, kinds)]

    def target_of(self) -> tuple[str, str]:
        """Stream and kind of the rest that it counts for; at most one of them."""
        kind, _, name = self.cleaned_data["target"].partition(":")
        return (name, "") if kind == "stream" else ("", name)


def _targets(plan: Plan, streams: tuple[str, ...], kinds: bool) -> list[tuple[str, Any]]:
    """What somebody may accept work for."""
    own = {f"stream:{s}" for s in streams}
    out: list[tuple[str, Any]] = []
    for name, entries in target_choices(plan):
        if name == "The rest":
            kept = entries if kinds else []
        else:
            kept = [e for e in entries if e[0] in own]
        if kept:
            out.append((name, kept))
    return out
