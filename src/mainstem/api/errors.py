"""Every error becomes one shape, here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field
from pydantic_core import to_json, to_jsonable_python

from mainstem.api.signing import Unsigned
from mainstem.errors import (
    Absent,
    Conflict,
    Forbidden,
    Invalid,
    LedgerError,
    MainstemError,
    TooLarge,
    TooMany,
)
from mainstem.plan.changes import Clash, StaleChange
from mainstem.plan.changes import to_json as change_as_json
from mainstem.services.people import refusing
from mainstem.workshop.agenda_text import AgendaFaulty

_LOG = structlog.get_logger("mainstem.api")
#: Class of error → status; the first that fits counts. Every other of ours is 400.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Unsigned, 401), (Forbidden, 403), (Absent, 404), (Http404, 404), (StaleChange, 409),
    (Conflict, 409), (LedgerError, 409), (RequestDataTooBig, 413), (TooLarge, 413), (TooMany, 429),
    (MainstemError, 400), (ValidationError, 400), (SuspiciousOperation, 400),
)  # fmt: skip
#: Code → status, where a code says more than its class.
_BY_CODE = {"write.precondition": 412, "write.other_request": 422}
#: What is said of errors that are not ours.
_WORDS: Mapping[int, tuple[str, str, str]] = {
    400: ("input.invalid", "The request cannot be read.", "Send JSON as the documentation shows."),
    404: ("access.absent", "There is no such address.", "/api/docs lists all addresses."),
    405: ("request.method", "This address does not do that.", "The head Allow lists what it does."),
    413: ("request.too_large", "The request is too large.", "Send less at once."),
    500: ("unforeseen", "Something went wrong that nobody foresaw. Nothing was changed.",
          "Tell an administrator the number of this request."),
}  # fmt: skip


class Fault(BaseModel):
    """What went wrong, to what, and what to do about it."""

    code: str = Field(
        description="a word with a dot that stays the same", examples=["access.forbidden"]
    )
    message: str = Field(description="what happened to which thing")
    hint: str = Field(description="what to do; may be empty")
    field: str = Field(description="the field of the request that it is about; may be empty")
    details: dict[str, Any] = Field(
        description="more, by code: `clashes` where others changed the same, `faults` of a request"
        " that cannot be read, `at` for the character of a query"
    )
    request: str = Field(description="finds this request in the server's log")


class Failure(BaseModel):
    """The answer to every request that failed."""

    error: Fault


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to an error. What nobody foresaw is logged and told without a trace."""
    status = status_of(error)
    if status == 500:
        _LOG.exception("unforeseen", path=request.path, exc_info=error)
    if status == 403 and isinstance(error, MainstemError):
        _note(request, error)
    response = answer(request, status, _fault(error, status))
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    if isinstance(error, Conflict) and error.code == "write.under_way":
        response["Retry-After"] = "2"
    return response


def status_of(error: Exception) -> int:
    """The status that an error means; 500 for what nobody foresaw."""
    if isinstance(error, MainstemError) and error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if isinstance(error, HttpError):
        return error.status_code
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def answer(request: HttpRequest, status: int, fault: Mapping[str, Any]) -> HttpResponse:
    """An answer in the one shape; what is not given is said of the status in general."""
    code, message, hint = _WORDS.get(status, _WORDS[400])
    told = {
        "code": code, "message": message, "hint": hint, "field": "", "details": {},
        "request": getattr(request, "request_id", ""), **fault,
    }  # fmt: skip
    body = to_json({"error": told})
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


def _fault(error: Exception, status: int) -> dict[str, Any]:
    if isinstance(error, MainstemError):
        return {
            "code": error.code, "message": error.message, "hint": error.hint,
            "field": error.field if isinstance(error, Invalid) else "", "details": _details(error),
        }  # fmt: skip
    if isinstance(error, ValidationError):
        return _unreadable(error)
    if isinstance(error, HttpError) and status == 400:
        return {"message": "The body of the request is not JSON that can be read."}
    return {}


def _details(error: MainstemError) -> dict[str, Any]:
    if isinstance(error, StaleChange):
        return {"clashes": [_clash(clash) for clash in error.clashes]}
    if isinstance(error, AgendaFaulty):
        return {
            "faults": [{"line": f.line, "message": f.what, "hint": f.hint} for f in error.faults]
        }
    at = getattr(error, "at", None)
    return {"at": at} if isinstance(at, int) else {}


def _clash(clash: Clash) -> dict[str, Any]:
    told = change_as_json(clash.change)
    values = {"base": clash.base, "now": clash.now, "wanted": clash.wanted}
    return {"subject": told["subject"], "path": told["path"],
            **{name: plain(value) for name, value in values.items()}}  # fmt: skip


def plain(value: Any) -> Any:
    """A value of the plan as JSON; nothing for what stands for nothing."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    # ``NOTHING`` and other marks have no value of their own
    return to_jsonable_python(value, by_alias=True, fallback=lambda _: None)


def _unreadable(error: ValidationError) -> dict[str, Any]:
    faults = [
        {"in": str(e["loc"][0]), "field": ".".join(str(part) for part in e["loc"][1:]), "what": e["msg"]}
        for e in error.errors[:50]
    ]  # fmt: skip
    first = faults[0]
    where = first["field"] or first["in"]
    return {
        "message": f"`{where}`: {first['what']}.", "hint": "/api/docs says what each field takes.",
        "field": first["field"].rpartition(".")[2] if first["in"] != "body" else first["field"],
        "details": {"faults": faults},
    }  # fmt: skip


def _note(request: HttpRequest, error: MainstemError) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    refusing.note_refusal(
        request.actor, request.ground, error,  # type: ignore[attr-defined]
        asked=f"{request.method} /{route}", subject=request.path,
    )  # fmt: skip
