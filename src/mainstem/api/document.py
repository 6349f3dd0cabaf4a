"""The OpenAPI document: what ninja knows of the endpoints, and what holds for all of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from mainstem.api.entrance import guarded
from mainstem.api.errors import Failure
from mainstem.api.operations import does_take_version
from mainstem.api.versions import unless_known

_TAGS = {
    "me": "Who one is here", "tokens": "One's own tokens",
    "plan": "The plan as a whole and thing by thing", "revisions": "What happened to the plan",
    "findings": "What is to be said against the plan",
    "challenge": "Statements that disqualify, and their answers", "proposals": "Changes to be discussed",
    "cycles": "Planning periods and their commitments",
    "key results": "Where key results stand, check-ins and scores",
    "score": "The Value Score and where effort went", "work": "Work items, contests, shares by hand",
    "imports": "Bringing work in", "sources": "Connected sources", "finding": "Finding things by name",
    "watching": "Watching things, and notices", "remarks": "What people say",
    "people": "People, rights, teams, invitations, groups", "audit": "The audit log",
    "webhooks": "Telling other programs", "jobs": "What the server does by itself",
    "decisions": "Whether work qualifies, and what was decided on it",
    "metrics": "Values of metrics, and what history and decisions say of them: the card, whether bets"
    " moved it, readings",
    "unbundlings": "Objectives that are taken apart, question by question",
    "workshops": "Rooms: what stands in them, acts, people, the link, the proposal; agendas",
}  # fmt: skip
_FAILURES = {
    400: "The request cannot be read, or a value in it cannot be taken",
    401: "Nobody is signed in, or the token does not work",
    403: "You may see it, but not do this; a browser did not send its CSRF token",
    404: "There is no such thing, or none that you may know of",
    409: "Others changed the same meanwhile, or it is not in a state for this",
    412: "It was changed since you read it (`If-Match`)",
    413: "The request is too large",
    422: "The Idempotency-Key was used for another request",
    429: "Too many requests; `Retry-After` says when to come back",
    500: "Something went wrong that nobody foresaw; nothing was changed",
}
#: Answers that are no JSON, by operation.
_TEXTS = {
    "export_audit_log": ("application/x-ndjson", "string"),
    "get_plan": ("application/yaml", "object"),
}
_READ, _WRITE = (
    (400, 401, 403, 404, 409, 429, 500),
    (400, 401, 403, 404, 409, 412, 413, 422, 429, 500),
)


@cache
def document() -> dict[str, Any]:
    """The whole document, the same for everybody."""
    from mainstem.api.urls import api

    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    made["servers"] = [{"url": "/", "description": "this server"}]
    made["tags"] = [{"name": name, "description": words} for name, words in _TAGS.items()]
    made["security"] = [{"token": []}, {"session": []}]
    _complete_components(made["components"])
    matched = _matched()
    for operations in made["paths"].values():
        for method, operation in operations.items():
            _complete(operation, method, operation["operationId"] in matched)
    return made


def _matched() -> frozenset[str]:
    """Operations that look at ``If-Match``."""
    from mainstem.api.urls import api

    return frozenset(
        str(operation.operation_id)
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if does_take_version(operation.view_func)
    )


def _complete_components(components: dict[str, Any]) -> None:
    failure = Failure.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {**failure.pop("$defs"), "Failure": failure}
    components["schemas"] = dict(sorted(components["schemas"].items()))
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    components["responses"] = {
        f"Failure{status}": {"description": words, "content": shape}
        for status, words in _FAILURES.items()
    }
    components["parameters"] = {
        "IdempotencyKey": _head("Idempotency-Key", "A write with the same key is done once, and its"
                                " answer given again for a day. A random UUID is a good one.", 200),
        "IfMatch": _head("If-Match", "The ETag that was read; refused with 412 if it is otherwise now.", 100),
        "IfNoneMatch": _head("If-None-Match", "The ETag that was read; answered 304 if it is so still.", 200),
    }  # fmt: skip
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of your account, `ms_…`;"
                  " with the scope `read` it writes nothing"},
        "session": {"type": "apiKey", "in": "cookie", "name": "mainstem_session", "description": "A browser"
                    " that is signed in; writes need the head X-CSRFToken as well"},
    }  # fmt: skip


def _head(name: str, words: str, longest: int) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": longest, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": False, "description": words, "schema": schema}


def _complete(operation: dict[str, Any], method: str, is_matched: bool) -> None:
    is_read = method == "get"
    operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
    answers = operation["responses"]
    for status in _READ if is_read else _WRITE:
        if status == 412 and not is_matched:
            continue
        answers[str(status)] = {"$ref": f"#/components/responses/Failure{status}"}
    if is_read:
        answers["304"] = {"description": "It is as you have it"}
    operation["responses"] = dict(sorted(answers.items()))
    for parameter in operation["parameters"]:
        # beside a parameter examples are a mapping of names; those of its schema are a list
        parameter.pop("examples", None)
    if body := operation.get("requestBody"):
        for content in body["content"].values():
            content["schema"] = _without_null(content["schema"])
    heads = ("IfNoneMatch",) if is_read else ("IdempotencyKey", "IfMatch")[: 1 + is_matched]
    operation["parameters"] += [{"$ref": f"#/components/parameters/{name}"} for name in heads]
    if operation["operationId"] in _TEXTS:
        media, kind = _TEXTS[operation["operationId"]]
        answers["200"].setdefault("content", {})[media] = {"schema": {"type": kind}}
    _tag_answers(answers)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A body that may be left out is not a body that may be ``null``."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return dict(kinds[0]) if len(kinds) == 1 else schema


def _tag_answers(answers: dict[str, Any]) -> None:
    schema = {"schema": {"type": "string"}, "description": "the version that is shown"}
    if "200" in answers:
        answers["200"]["headers"] = {"ETag": schema}


def text() -> str:
    """The document as it is committed in ``docs/openapi.json``."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


@guarded
def show(request: HttpRequest) -> HttpResponse:
    """The document, for who is signed in: it says what the server is for."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    response = HttpResponse(text(), content_type="application/json; charset=utf-8")
    return unless_known(request, response)
