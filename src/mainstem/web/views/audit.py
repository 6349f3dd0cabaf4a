"""The audit log, to search and to take away; and the page of settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import islice

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mainstem.errors import Invalid
from mainstem.figures.tables import to_csv
from mainstem.services.people.access import Action, require
from mainstem.services.people.auditing import Asked, Line, export_lines
from mainstem.web.contexts import audit as context
from mainstem.web.contexts.settings import settings_page
from mainstem.web.forms.people import AuditFilter
from mainstem.web.request import Request

_COLUMNS = (
    "id", "at", "by", "by_name", "face", "action", "subject", "outcome", "sentence", "detail",
    "request", "address",
)  # fmt: skip
_AT_ONCE = 1_000


@require_GET
def log(request: Request) -> HttpResponseBase:
    """The log, newest first."""
    require(request.actor, Action.READ_AUDIT)
    form = AuditFilter(request.GET) if request.GET else _blank()
    asked = form.asked()
    wanted = request.GET.get("format", "")
    if wanted:
        return _export(request, asked, wanted)
    page = context.audit_page(request, asked)
    return render(request, "audit/log.html", {"page": page, "form": form})


@cache
def _blank() -> AuditFilter:
    """The filter before anything is asked; it is never changed, and can be printed once."""
    return AuditFilter()


@require_GET
def settings(request: Request) -> HttpResponse:
    """What this server is set to, and where to change it."""
    require(request.actor, Action.ADMINISTER)
    return render(request, "settings/settings.html", {"page": settings_page(request)})


def _export(request: Request, asked: Asked, form: str) -> HttpResponseBase:
    writers = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}
    if form not in writers:
        raise Invalid(f"The log is not written as {form!r}.", "Ask for csv or json.")
    write, kind = writers[form]
    lines = export_lines(asked, form, request.ground, request.actor, at=request.ground.now())
    response = StreamingHttpResponse(write(lines), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="audit-log.{form}"'
    response["Cache-Control"] = "no-store"
    return response


def _csv(lines: Iterator[Line]) -> Iterator[str]:
    yield "\ufeff" + to_csv(_COLUMNS, ())
    header = len(to_csv(_COLUMNS, ()))
    while some := list(islice(lines, _AT_ONCE)):
        yield to_csv(_COLUMNS, (_row(line) for line in some))[header:]


def _row(line: Line) -> tuple[str | int | None, ...]:
    told = asdict(line) | {"at": line.at.isoformat(), "detail": _text(dict(line.detail))}
    return tuple(told[c] for c in _COLUMNS)


def _json(lines: Iterator[Line]) -> Iterator[str]:
    """One array, a line of it at a time, so that no log is too long."""
    yield "["
    for n, line in enumerate(lines):
        told = asdict(line) | {"at": line.at.isoformat()}
        yield ("\n" if n == 0 else ",\n") + _text(told)
    yield "\n]\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
