"""Pages of decisions on work."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Invalid
from mainstem.plan.model import Plan
from mainstem.services.decisions import deciding, done_work, showing_decisions
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people.access import Action, require
from mainstem.web.contexts import decisions as context
from mainstem.web.contexts.qualifying import default_target
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.deciding import VerdictForm, stream_choices, team_choices
from mainstem.web.request import Request
from mainstem.web.saying import say

#: Rows of a CSV; who wants more asks in parts.
MOST_IN_CSV = 10_000
_NAMES = ("standing", "stream", "team", "words", "appealed", "below")


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    words = forms.CharField(label="Words in the title", required=False, max_length=200)
    stream = forms.ChoiceField(label="Stream", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    appealed = forms.ChoiceField(
        label="Appeals", required=False, choices=[("", "any"), ("yes", "one waits for its answer")]
    )
    standing = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: object, plan: Plan, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, choices in (("stream", stream_choices(plan)), ("team", team_choices(plan))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "any"), *choices]


@require_safe
def listed(request: Request) -> HttpResponse:
    """What did we say no to, and were we right?"""
    require(request.actor, Action.READ)
    desk = server_desk(request.ground)
    request.shown = desk.standing
    given = {name: request.GET.get(name, "") for name in _NAMES}
    below = given["below"]
    wanted = Wanted(
        context.standing_of(given), given["stream"][:100], given["team"][:100], given["words"][:200],
        appealed=bool(given["appealed"]),
        below=int(below) if below.isdecimal() and len(below) < 18 else None,
        most=MOST_IN_CSV if wants_csv(request) else showing_decisions.PAGE,
    )  # fmt: skip
    chains, has_more = showing_decisions.list_decisions(wanted, desk, request.actor)
    if wants_csv(request):
        return csv_response(request, context.decision_tables(chains), subject="decisions")
    page = context.build_decisions(chains, has_more, given, desk.standing.plan)
    form = FilterForm(given, plan=desk.standing.plan)
    return render(request, "deciding/list.html", {"page": page, "form": form})


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    """What was decided on this, and why?"""
    require(request.actor, Action.READ)
    desk = server_desk(request.ground)
    return _page(request, Asked(number, desk))


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for, with the form as it was sent, if one was and was wrong."""

    number: int
    desk: Desk
    form: VerdictForm | None = None


def _page(request: Request, asked: Asked) -> HttpResponse:
    desk = asked.desk
    request.shown = desk.standing
    shown = showing_decisions.show_decision(asked.number, desk, request.actor)
    form = asked.form or VerdictForm(
        plan=desk.standing.plan, streams=shown.streams, kinds=shown.kinds,
        initial={"target": default_target(shown.answer, shown.streams)},
    )  # fmt: skip
    page = context.build_decision(shown, desk.standing.plan)
    share = request.build_absolute_uri(request.path.removesuffix("steps"))
    status = 400 if asked.form is not None else 200
    return render(
        request,
        "deciding/decision.html",
        {"page": page, "form": form, "share": share},
        status=status,
    )


@require_POST
def step(request: Request, number: int) -> HttpResponse:
    """Decides, appeals, or answers an appeal."""
    require(request.actor, Action.ASK_WORK)
    desk, at = server_desk(request.ground), request.ground.now()
    plan, word = desk.standing.plan, request.POST.get("step", "")
    deciding.chain_of(number, desk)
    form = VerdictForm(request.POST, plan=plan, streams=tuple(plan.streams), kinds=True)
    after = request.POST.get("after", "")
    seen = int(after) if after.isdecimal() and len(after) < 9 else None
    if not form.is_valid():
        return _page(request, Asked(number, desk, form))
    why, (stream, kind) = form.cleaned_data["why"], form.target_of()
    try:
        if word in ("appeal", "answer"):
            act = deciding.appeal if word == "appeal" else deciding.answer_appeal
            act(number, why, desk, request.actor, at=at, after=seen)
        else:
            deciding.decide(
                number, word, why, desk, request.actor, at=at, after=seen, stream=stream,
                kind="" if word in ("refuse", "defer") else kind, until=form.cleaned_data["until"],
            )  # fmt: skip
    except (Invalid, Conflict) as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return _page(request, Asked(number, desk, form))
    say(request, "Recorded. Whoever asked is told.")
    return redirect("decision", number)


@require_POST
def done(request: Request, number: int) -> HttpResponse:
    """Says whether an item that was found is this work."""
    require(request.actor, Action.ASK_WORK)
    desk, at = server_desk(request.ground), request.ground.now()
    item, is_same = request.POST.get("item", ""), request.POST.get("same") == "yes"
    done_work.say_done(number, item, is_same, desk, request.actor, at=at)
    say(request, "Kept. It is the same work." if is_same else "Kept. It is another piece of work.")
    return redirect("decision", number)
