"""The API put together: its areas, its one way of reading, answering and failing."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from mainstem.api.errors import failed
from mainstem.api.operations import around


class Reader(Parser):
    """Reads JSON strictly: what other programs could not read again is refused."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values."""
        try:
            # of bytes, ``loads`` would let half of a character pair pass
            text = request.body.decode(json.detect_encoding(request.body))
            found = json.loads(text, parse_constant=_refuse)
            # half of a character pair cannot be written down anywhere
            if "\\u" in text:
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise HttpError(400, "not JSON") from error
        if "\\u0000" in text:
            raise HttpError(400, "a zero character")
        return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


class Writer(BaseRenderer):
    """Writes JSON; what is no number becomes ``null``."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body of an answer."""
        return to_json(data, by_alias=True, inf_nan_mode="null")


def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    return failed(request, error)


class Api(NinjaAPI):
    """Without pages and addresses that ninja would add by itself."""

    def set_default_exception_handlers(self) -> None:
        """All errors are told in one place."""
        for kind in (Exception, HttpError, ValidationError):
            self.add_exception_handler(kind, _failed)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        # the last is ninja's own address for the root
        urls: list[URLResolver | URLPattern] = super()._get_urls()[:-1]
        return urls


def make_api() -> Api:
    """The API with all its areas."""
    from mainstem.api import (
        agendas,
        audit,
        challenging,
        contests,
        cycles,
        entities,
        finding,
        findings,
        hooks,
        imports,
        invitations,
        items,
        jobs,
        key_results,
        me,
        measured,
        metric_values,
        people,
        plan,
        proposals,
        qualifying,
        remarks,
        revisions,
        score,
        shares,
        sources,
        suggestions,
        tokens,
        triage,
        unbundling,
        watching,
        workshops,
    )

    api = Api(
        title="Mainstem", version="1", urls_namespace="api", openapi_url=None, docs_url=None,
        renderer=Writer(), parser=Reader(), description=ABOUT,
    )  # fmt: skip
    api.add_decorator(around, mode="view")
    areas = (
        me, tokens, plan, entities, revisions, findings, challenging, proposals, unbundling, cycles, key_results, score, items,
        contests, suggestions, metric_values, measured, qualifying, shares, triage, imports, sources, finding, watching, workshops, agendas, remarks, people, invitations, audit, hooks, jobs,
    )  # fmt: skip
    for area in areas:
        api.add_router("", area.router, tags=[area.TAG])
    return api


ABOUT = """Everything that a page can do. Sign in with a token of your account:
`Authorization: Bearer ms_…`. Lists are paged by `limit` and `after`; writes take an `Idempotency-Key`;
reads carry an `ETag`; every error has one shape. Amounts of effort are of teams and streams: there is no
figure about one person's effort."""
