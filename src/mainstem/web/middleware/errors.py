"""Turns every error into a page in exactly one place. No trace ever reaches a browser."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from mainstem.errors import (
    Absent,
    Conflict,
    Forbidden,
    Invalid,
    MainstemError,
    PlanError,
    QuestionError,
    TooLarge,
    TooMany,
)
from mainstem.plan.changes import StaleChange
from mainstem.web.refusals import note_refusal
from mainstem.web.views import failures

_LOG = structlog.get_logger("mainstem.web")
#: Class of error → status. The first that fits counts.
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Absent, 404), (Http404, 404), (Forbidden, 403), (PermissionDenied, 403), (StaleChange, 409),
    (Conflict, 409), (TooMany, 429), (RequestDataTooBig, 413), (TooLarge, 413), (Invalid, 400), (QuestionError, 400),
    (PlanError, 400), (SuspiciousOperation, 400), (MainstemError, 400),
)  # fmt: skip


def status_of(error: Exception) -> int:
    """The status that an error means; 500 for what nobody foresaw."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


class Errors:
    """Catches what views raise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers. To an outsider a page that takes no such request is as absent as any other."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and failures.is_outsider(request):
            return failures.page(request, 404)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The page for an error; Django calls this."""
        status = status_of(error)
        if status == 500:
            _LOG.exception("unforeseen", path=request.path)
        if status == 403 and isinstance(error, MainstemError):
            note_refusal(request, error)
        has_words = isinstance(error, MainstemError) and error.code != Absent.code
        if status == 404 and not has_words and (elsewhere := failures.sign_in_first(request)):
            return elsewhere
        return failures.page(request, status, error)
