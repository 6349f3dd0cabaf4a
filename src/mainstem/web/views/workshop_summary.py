"""What a workshop came to: the page, its files, writing the proposal, answering open questions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.services.people.access import Action, require
from mainstem.services.scores.exporting import record_export
from mainstem.services.workshops import questions
from mainstem.services.workshops.catching_up import whole
from mainstem.services.workshops.files import summary_as_json, summary_as_markdown
from mainstem.services.workshops.outcome import WrittenProposal, write_proposal
from mainstem.services.workshops.summary import summary
from mainstem.web.contexts.workshop.frame import room_frame
from mainstem.web.contexts.workshop_summary import build_summary
from mainstem.web.request import Request
from mainstem.web.saying import say, warn
from mainstem.web.seating import seat_of

_FORMS = {
    "md": (summary_as_markdown, "text/markdown; charset=utf-8"),
    "json": (summary_as_json, "application/json"),
}


@never_cache
@require_safe
def page(request: Request, number: int) -> HttpResponse:
    """What did we decide, and what is still open?"""
    seat = seat_of(request, number)
    made = summary(number, seat, request.ground)
    may_answer = questions.may_answer(seat.actor)
    return render(request, "workshop/summary.html", {
        "room": room_frame(whole(number, seat), seat, here=f"/workshop/{number}/summary"),
        "page": build_summary(made, request.ground.today(), may_answer=may_answer),
    })  # fmt: skip


@never_cache
@require_safe
def as_markdown(request: Request, number: int) -> HttpResponse:
    """The summary as a file for people."""
    return _file(request, number, "md")


@never_cache
@require_safe
def as_json(request: Request, number: int) -> HttpResponse:
    """The summary as a file for programs."""
    return _file(request, number, "json")


def _file(request: Request, number: int, form: str) -> HttpResponse:
    seat = seat_of(request, number)
    made = summary(number, seat, request.ground)
    if seat.actor is not None:
        require(seat.actor, Action.EXPORT)
        record_export(seat.actor, f"workshop {number} summary", 1, at=request.ground.now())
    write, kind = _FORMS[form]
    response = HttpResponse(write(made), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="workshop-{number}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def write(request: Request, number: int) -> HttpResponse:
    """Writes the room's outcome as a proposal, or brings the proposal up to the room."""
    seat = seat_of(request, number)
    try:
        made = write_proposal(number, seat, request.ground, at=request.ground.now())
    except (Invalid, Conflict) as error:
        warn(request, f"{error.message} {error.hint}")
    else:
        _say_written(request, made)
    return redirect(f"/workshop/{number}/summary")


def _say_written(request: Request, made: WrittenProposal) -> None:
    what = "written" if made.is_new else "up to the room"
    changes = "1 change" if made.changes == 1 else f"{made.changes} changes"
    say(request, f"Proposal {made.proposal} is {what}: {changes}.", action="Look at it",
        href=f"/plan/proposals/{made.proposal}/")  # fmt: skip
    for sentence in made.kept[:5]:
        warn(request, sentence)


@require_POST
def answer(request: Request, number: int, key: str) -> HttpResponse:
    """Answers an open question."""
    seat = seat_of(request, number)
    if seat.actor is None:
        raise Forbidden("Guests cannot answer open questions.", "Tell it to a member of the organisation.")  # fmt: skip
    given = request.POST.get("text", "")
    try:
        questions.answer_question(
            number, key, given, request.ground, seat.actor, at=request.ground.now()
        )
    except Invalid as error:
        warn(request, f"{error.message} {error.hint}")
    else:
        say(request, "Answered. Nobody is reminded of it any more.")
    return redirect(f"/workshop/{number}/summary#questions")


@require_POST
def reopen(request: Request, number: int, key: str) -> HttpResponse:
    """Takes an answer back."""
    seat = seat_of(request, number)
    if seat.actor is None:
        raise Forbidden("Guests cannot open questions again.", "Ask a member of the organisation.")
    questions.reopen_question(number, key, request.ground, seat.actor, at=request.ground.now())
    say(request, "The question is open again.")
    return redirect(f"/workshop/{number}/summary#questions")
