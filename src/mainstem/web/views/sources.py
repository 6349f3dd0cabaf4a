"""Pages of sources: what was read, and reading a file that somebody uploads."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstem.clock import now
from mainstem.config import settings
from mainstem.errors import Invalid
from mainstem.services.people.access import Action, require
from mainstem.services.sources import showing as source_showing
from mainstem.services.sources import states as source_states
from mainstem.services.work import work_uploads
from mainstem.web.contexts import sources as context
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.request import Request
from mainstem.web.saying import say

_BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def listed(request: Request) -> HttpResponse:
    """Is the data fresh and whole?"""
    found = source_states.look_at_sources(request.ground, request.actor)
    at = now()
    connected = source_showing.connected_sources(request.actor, at=at)
    page = context.build_sources(found, request.actor, connected, now=at)
    if wants_csv(request):
        return csv_response(request, context.sources_tables(page), subject="sources")
    return render(request, "sources/list.html", {"page": page})


@require_safe
def landing(request: Request, number: int) -> HttpResponse:
    """What one import became."""
    row = source_states.look_at_landing(number, request.ground, request.actor)
    return render(request, "sources/landing.html", {"page": context.build_landing(row)})


@_BOTH
def new_upload(request: Request) -> HttpResponse:
    """Takes a file of work."""
    require(request.actor, Action.IMPORT)
    most = settings().bytes("MAINSTEM_UPLOAD")
    data = {"crumbs": context.CRUMBS, "most": f"{most // 1_000_000:,} MB", "problem": ""}
    if request.method != "POST":
        return render(request, "sources/upload.html", data)
    given = request.FILES.get("file")
    if given is None:
        return render(
            request, "sources/upload.html", {**data, "problem": "Choose a file first."}, status=400
        )
    try:
        kept = work_uploads.keep_upload(
            given.name or "", given.chunks(), request.ground, request.actor, most=most,
            at=request.ground.now(),
        )  # fmt: skip
    except Invalid as error:
        problem = f"{error.message} {error.hint}"
        return render(request, "sources/upload.html", {**data, "problem": problem}, status=400)
    return redirect("upload", token=kept.token)


@require_safe
def upload(request: Request, token: str) -> HttpResponse:
    """How an upload would be read, or what became of it."""
    return _upload(request, token)


def _upload(request: Request, token: str, problem: str = "", mapping: str = "") -> HttpResponse:
    found = work_uploads.upload_of(token, request.ground, request.actor)
    page = context.build_upload(found, request.ground)
    data = {"page": page, "wrong": problem, "mapping": mapping or page.mapping}
    return render(request, "sources/one_upload.html", data, status=400 if problem else 200)


@require_POST
def correct(request: Request, token: str) -> HttpResponse:
    """Reads an upload by another mapping: a corrected one, or one that was kept."""
    ground, actor = request.ground, request.actor
    found = work_uploads.upload_of(token, ground, actor)
    text = request.POST.get("mapping", "")
    try:
        if kept := request.POST.get("kept", ""):
            work_uploads.use_mapping(found, kept, ground, actor, at=ground.now())
        else:
            name = request.POST.get("name", "").strip()
            work_uploads.correct_mapping(found, text, name, ground, actor, at=ground.now())
    except Invalid as error:
        return _upload(request, token, f"{error.message} {error.hint}", text)
    say(request, "The file is read by this mapping now.")
    return redirect("upload", token=token)


@require_POST
def run(request: Request, token: str) -> HttpResponse:
    """Asks for an upload to be read."""
    ground, actor = request.ground, request.actor
    found = work_uploads.upload_of(token, ground, actor)
    try:
        work_uploads.ask_for_import(
            found, request.POST.get("source", "").strip(), ground, actor,
            is_whole=bool(request.POST.get("whole")), at=ground.now(),
        )  # fmt: skip
    except Invalid as error:
        return _upload(request, token, f"{error.message} {error.hint}")
    return redirect("upload", token=token)


@_BOTH
def people(request: Request) -> HttpResponse:
    """Takes a people file."""
    require(request.actor, Action.IMPORT)
    data: dict[str, Any] = {
        "crumbs": context.CRUMBS, "problem": "", "findings": (), "count": None,
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "sources/people.html", data)
    given, ground = request.FILES.get("file"), request.ground
    if given is None:
        return render(
            request, "sources/people.html", {**data, "problem": "Choose a file first."}, status=400
        )
    try:
        count, found = work_uploads.keep_people(
            given.chunks(), ground, request.actor, at=ground.now()
        )
    except Invalid as error:
        problem = f"{error.message} {error.hint}"
        return render(request, "sources/people.html", {**data, "problem": problem}, status=400)
    data |= {"count": count, "findings": context.remarks(found)}
    return render(request, "sources/people.html", data)
