"""Pages of unbundling: the list, one question at a time, and the draft as a whole."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.figures.wording import plural
from mainstem.services.people.access import Action, require
from mainstem.services.unbundling import acts
from mainstem.services.unbundling import guide as service
from mainstem.services.unbundling.guide import Unbundled
from mainstem.services.unbundling.log import events
from mainstem.services.unbundling.reading import read_day
from mainstem.services.unbundling.rows import unbundlings
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.unbundling import build_page
from mainstem.web.contexts.unbundling_end import build_end
from mainstem.web.contexts.unbundling_list import build_list
from mainstem.web.contexts.unbundling_tree import address
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def listed(request: Request) -> HttpResponse:
    """Which objectives are being taken apart?"""
    return _list(request)


def _list(request: Request, wrong: Invalid | None = None) -> HttpResponse:
    ground = request.ground
    typed = {name: str(text) for name, text in request.POST.items()} if wrong else None
    page = build_list(
        unbundlings(request.actor), ground.plans.head().plan, request.actor, ground.today(),
        chosen=request.GET.get("objective", ""), typed=typed,
        wrong={wrong.field or "words": f"{wrong.message} {wrong.hint}"} if wrong else None,
    )  # fmt: skip
    return render(request, "unbundle/list.html", {"page": page}, status=400 if wrong else 200)


@require_POST
def start(request: Request) -> HttpResponse:
    """Begins one."""
    require(request.actor, Action.PROPOSE)
    given, ground = request.POST, request.ground
    try:
        made = service.start_unbundling(
            given.get("objective", ""), ground, request.actor, at=ground.now(),
            words=given.get("words", ""), until=read_day(given.get("until", "")),
            is_shared="is_shared" in given,
        )  # fmt: skip
    except Invalid as error:
        return _list(request, error)
    return redirect(address(made))


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    """What is left to answer, and what is next?"""
    found = service.unbundling(number, request.ground, request.actor)
    return _page(request, found, request.GET.get("q", ""))


def _page(
    request: Request,
    found: Unbundled,
    key: str,
    *,
    wrong: Invalid | None = None,
    met: Conflict | None = None,
) -> HttpResponse:
    question = found.course.of(key) if key else None
    if key and question is None and not (wrong or met):
        say(
            request,
            "That question is gone: what it was about was taken away. Here is the next one.",
        )
    question = question or found.course.next
    page = build_page(
        found, events(found.listed.number, request.actor), request.actor,
        question if found.is_open else None, zone_of(request), branch=request.GET.get("at", ""),
        typed=_typed(request) if wrong or met else None,
        wrong=(wrong.field or "", f"{wrong.message} {wrong.hint}") if wrong else ("", ""),
        met=f"{met.message} {met.hint}" if met else "",
    )  # fmt: skip
    status = 400 if wrong else 409 if met else 200
    return render(request, "unbundle/one.html", {"page": page}, status=status)


def _typed(request: Request) -> dict[str, str]:
    """What was filled in; several choices are a line each."""
    return {
        name.removeprefix("a."): "\n".join(str(text) for text in texts)
        for name, texts in request.POST.lists()
        if name.startswith("a.")
    }


@require_POST
def answer(request: Request, number: int) -> HttpResponse:
    """Answers a question."""
    ground, key = request.ground, request.POST.get("key", "")
    require(request.actor, Action.PROPOSE)
    try:
        made = acts.answer_question(
            number, key, _typed(request), ground, request.actor, at=ground.now(),
            seen=request.POST.get("seen", ""),
        )  # fmt: skip
    except Invalid as error:
        return _page(request, service.unbundling(number, ground, request.actor), key, wrong=error)
    except Conflict as error:
        if error.code != "unbundling.met":
            raise
        return _page(request, service.unbundling(number, ground, request.actor), key, met=error)
    return _next(request, made, "Taken into the draft.")


def _next(request: Request, made: Unbundled, done: str) -> HttpResponseRedirect:
    count = len(made.course.order)
    left = f"{plural(count, 'question')} left." if count else "Nothing is left to answer."
    say(request, f"{done} {left}")
    return redirect(address(made))


@require_POST
def take(request: Request, number: int) -> HttpResponse:
    """Takes an answer away, or a thing that the draft has added."""
    require(request.actor, Action.PROPOSE)
    ground, given = request.ground, request.POST
    made = acts.take_away(
        number, given.get("key", ""), ground, request.actor, at=ground.now(),
        thing=given.get("thing", ""),
    )  # fmt: skip
    return _next(request, made, "Taken out of the draft.")


@require_POST
def put_off(request: Request, number: int) -> HttpResponse:
    """Passes for now."""
    require(request.actor, Action.PROPOSE)
    ground = request.ground
    made = acts.pass_question(
        number, request.POST.get("key", ""), ground, request.actor, at=ground.now()
    )
    return _next(request, made, "Put off: it comes back when nothing else is left.")


@require_POST
def ask(request: Request, number: int) -> HttpResponse:
    """Asks somebody by name."""
    require(request.actor, Action.PROPOSE)
    ground, given = request.ground, request.POST
    key, person = given.get("key", ""), given.get("person", "")
    try:
        made = acts.ask_somebody(number, key, person, ground, request.actor, at=ground.now())
    except (Invalid, Absent) as error:
        found = service.unbundling(number, ground, request.actor)
        field = error if isinstance(error, Invalid) else Invalid(error.message, error.hint)
        return _page(request, found, key, wrong=field)
    return _next(request, made, f"{' '.join(person.split())} was told.")


@require_POST
def settle(request: Request, number: int) -> HttpResponse:
    """Until when, and who answers."""
    require(request.actor, Action.PROPOSE)
    ground, given = request.ground, request.POST
    service.settle_unbundling(
        number, ground, request.actor, at=ground.now(), until=read_day(given.get("until", "")),
        is_shared="is_shared" in given,
    )  # fmt: skip
    say(request, "Saved.")
    return redirect(f"/unbundle/{number}/")


@require_safe
def end(request: Request, number: int) -> HttpResponse:
    """What does the challenge say of the draft as a whole?"""
    found = service.unbundling(number, request.ground, request.actor)
    return render(request, "unbundle/end.html", {"page": build_end(found)})


@require_POST
def open_one(request: Request, number: int) -> HttpResponse:
    """Opens the draft as a proposal."""
    require(request.actor, Action.PROPOSE)
    ground = request.ground
    made = service.open_as_proposal(number, ground, request.actor, at=ground.now())
    say(request, "It is open: whoever reads the plan can discuss it now.")
    return redirect(f"/plan/proposals/{made.number}/")


@require_POST
def stop(request: Request, number: int) -> HttpResponse:
    """Ends it without a proposal."""
    require(request.actor, Action.PROPOSE)
    service.stop_unbundling(number, request.ground, request.actor, at=request.ground.now())
    say(request, "It is stopped. What was answered stays readable in its proposal.")
    return redirect("/unbundle/")
