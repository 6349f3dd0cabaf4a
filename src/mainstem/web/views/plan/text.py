"""The plan as text: download, and upload that shows what it would change."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from mainstem.errors import Invalid
from mainstem.services.people.access import Action, require
from mainstem.services.plans.plan_text import plan_as_text, weigh_text
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.plan.form import decisions_of
from mainstem.web.request import Request
from mainstem.web.views.plan.posting import ask_first, choices_in

#: Largest text that is taken.
MOST_BYTES = 10_000_000
_CRUMBS = (Link("Plan", "/plan/"),)


@require_safe
def download(request: Request) -> HttpResponse:
    """The plan as one YAML file, as it stands or stood; with its check-ins."""
    require(request.actor, Action.EXPORT)
    text = plan_as_text(request.ground, request.actor, at=request.GET.get("at", ""))
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="plan.yaml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """Takes a YAML file and shows what it would change, before anything is."""
    require(request.actor, Action.READ)
    require(request.actor, Action.PROPOSE)
    if request.method != "POST":
        return _page(request, "")
    text = _text(request)
    base = request.POST.get("base", "").strip()
    weighed = weigh_text(
        text, base, request.ground, request.actor, choices=choices_in(request.POST)
    )
    if weighed.faults:
        return _page(request, base, faults=weighed.faults, status=400)
    if weighed.meetings:
        decisions = decisions_of(weighed.meetings, choices_in(request.POST))
        return _page(request, base, text=text, decisions=decisions, status=409)
    if not weighed.changes:
        return _page(request, base, said="The file says what the plan says already.")
    lead = (
        "What others changed since the revision that you named stays."
        if base
        else "The file stands for the whole plan: what is not in it would be removed."
    )
    return ask_first(
        request, weighed.changes, weighed.revision, why=request.POST.get("why", ""), origin="text",
        back="/plan/", lead=lead, crumbs=_CRUMBS,
        head=f"{len(weighed.changes)} changes are in this file. Make them?",
    )  # fmt: skip


def _text(request: Request) -> str:
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        kept = str(request.POST.get("text", ""))
        if not kept:
            raise Invalid("No file was sent.", "Choose a YAML file of a plan.", field="file")
        return kept
    if (given.size or 0) > MOST_BYTES:
        raise Invalid(
            f"The file has {(given.size or 0) / 1e6:.1f} MB; a plan may have {MOST_BYTES / 1e6:.0f}.",
            "Send larger plans with `mainstem apply`.", field="file",
        )  # fmt: skip
    content = given.read(MOST_BYTES + 1)
    if b"\0" in content:
        raise Invalid(
            "The file is no text.", "A plan is a text file ending in .yaml.", field="file"
        )
    try:
        return str(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(
            "The file is not UTF-8.", "Save it as UTF-8 and send it again.", field="file"
        ) from error


def _page(
    request: Request,
    base: str,
    *,
    faults: object = (),
    text: str = "",
    decisions: object = (),
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    page = {
        "crumbs": _CRUMBS, "base": base, "faults": faults, "text": text, "decisions": decisions,
        "said": said, "newest": request.ground.plans.head().revision,
    }  # fmt: skip
    return render(request, "plan/upload.html", {"page": page}, status=status)
