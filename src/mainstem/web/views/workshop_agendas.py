"""Pages of agendas: the list, one of them, its text, keeping and removing."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstem.errors import Conflict, Invalid
from mainstem.services.people.access import Action, may, require
from mainstem.services.scores.exporting import record_export
from mainstem.services.workshops import agendas
from mainstem.services.workshops.catching_up import board_of
from mainstem.web.contexts.workshop_agendas import build_agenda, build_agendas
from mainstem.web.request import Request
from mainstem.web.saying import say, warn
from mainstem.web.seating import seat_of
from mainstem.workshop.agenda_text import MOST_LETTERS, AgendaFaulty


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """Which agendas are there? Takes the text of another one."""
    require(request.actor, Action.READ)
    if request.method != "POST":
        return _page(request)
    require(request.actor, Action.HOST)
    text = ""
    try:
        text = _text(request)
        made = agendas.keep_agenda(
            text,
            request.actor,
            at=request.ground.now(),
            replaces=bool(request.POST.get("replaces")),
        )
    except AgendaFaulty as error:
        return _page(request, text, tuple(str(fault) for fault in error.faults), 400)
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        return _page(request, text, (f"{error.message} {error.hint}",), status)
    say(request, f"The agenda “{made.title}” is kept.")
    return redirect("workshop-agenda", name=made.name)


def _page(
    request: Request, text: str = "", wrongs: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    may_host = may(request.actor, Action.HOST)
    page = build_agendas(agendas.offered_agendas(request.actor), may_host=may_host)
    shown = {"page": page, "text": text, "wrongs": wrongs}
    return render(request, "workshop/agendas.html", shown, status=status)


def _text(request: Request) -> str:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        return str(request.POST.get("text", ""))
    content = given.read(4 * MOST_LETTERS)
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid("The file is not UTF-8.", "Save it as UTF-8 and send it again.", field="file") from error  # fmt: skip


@require_safe
def one(request: Request, name: str) -> HttpResponse:
    """What happens in a workshop with this agenda, and how does one run it?"""
    found = agendas.offered_agenda(name, request.actor)
    page = build_agenda(found, may_host=may(request.actor, Action.HOST))
    return render(request, "workshop/agenda.html", {"page": page})


@require_safe
def text(request: Request, name: str) -> HttpResponse:
    """The agenda's text, as a file."""
    require(request.actor, Action.EXPORT)
    found = agendas.text_of_agenda(name, request.actor)
    record_export(request.actor, f"agenda {name}", 1, at=request.ground.now())
    response = HttpResponse(found, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


@require_POST
def remove(request: Request, name: str) -> HttpResponse:
    """Removes an agenda that is kept."""
    agendas.remove_agenda(name, request.actor, at=request.ground.now())
    say(request, "The agenda was removed. Workshops that were opened with it stay as they are.")
    return redirect("workshop-agendas")


@require_POST
def keep_order(request: Request, number: int) -> HttpResponse:
    """Keeps the running order of a room as an agenda."""
    seat = seat_of(request, number)
    require(request.actor, Action.HOST)
    if seat.role != "facilitator":
        warn(request, "Only a facilitator of the room can keep its running order.")
        return redirect(f"/workshop/{number}/summary")
    try:
        made = agendas.keep_running_order(
            board_of(number), request.POST.get("title", ""), request.actor, at=request.ground.now(),
            replaces=bool(request.POST.get("replaces")),
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        warn(request, f"{error.message} {error.hint}")
        return redirect(f"/workshop/{number}/summary")
    say(request, f"The running order is kept as “{made.title}”.", action="Look at it",
        href=f"/workshop/agendas/{made.name}/")  # fmt: skip
    return redirect(f"/workshop/{number}/summary")
