"""The reference page: every operation of the document, as a page of our own without any script of others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstem.api.document import document
from mainstem.services.people.access import Action, require

_SIGN_IN = "/account/login/?next=/api/docs"
#: How deep a shape is told field by field; below that its name says enough.
_DEEP = 2


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a request or an answer."""

    name: str
    kind: str
    is_needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    name: str
    method: str
    path: str
    summary: str
    words: str
    given: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations of one area."""

    name: str
    words: str
    operations: tuple[Operation, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.name.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that the page prints."""

    groups: tuple[Group, ...]
    about: str
    failures: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many operations there are."""
        return sum(len(g.operations) for g in self.groups)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What can be asked for, how, and what is answered."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(_SIGN_IN)
    require(request.actor, Action.READ)  # type: ignore[attr-defined]
    return render(request, "api/reference.html", {"page": reference()})


@cache
def reference() -> Reference:
    """The document, put into the order of the page."""
    made = document()
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in made["tags"]}
    for path, operations in made["paths"].items():
        for method, told in operations.items():
            by_tag[told["tags"][0]].append(_operation(path, method, told, made))
    groups = tuple(
        Group(tag["name"], tag["description"], tuple(by_tag[tag["name"]]))
        for tag in made["tags"] if by_tag[tag["name"]]
    )  # fmt: skip
    failures = tuple(
        (name.removeprefix("Failure"), told["description"])
        for name, told in made["components"]["responses"].items()
    )
    return Reference(groups, made["info"]["description"], failures)


def _operation(path: str, method: str, told: dict[str, Any], made: dict[str, Any]) -> Operation:
    given = tuple(
        Field(p["name"], _kind(p["schema"]), p["required"], p.get("description", ""))
        for p in told["parameters"] if "$ref" not in p
    )  # fmt: skip
    body = _schema(told.get("requestBody", {}))
    answer = next((_schema(a) for s, a in told["responses"].items() if s in ("200", "201")), {})
    return Operation(
        told["operationId"], method.upper(), path, told.get("description") or told["summary"], "",
        given, _fields(body, made), _fields(answer, made), _example(method, path, body, made),
    )  # fmt: skip


def _schema(told: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = next(iter(told.get("content", {}).values()), {})
    found: dict[str, Any] = content.get("schema", {})
    return found


def _resolved(schema: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = made["components"]["schemas"][name] if name else schema
    return found


def _fields(
    schema: dict[str, Any], made: dict[str, Any], before: str = "", deep: int = _DEEP
) -> tuple[Field, ...]:
    """The fields of a shape, those of what it holds below them."""
    found = _resolved(schema, made)
    out: list[Field] = []
    for name, told in found.get("properties", {}).items():
        needed = name in found.get("required", ())
        out.append(Field(before + name, _kind(told), needed, told.get("description", "")))
        inner = _held(told)
        if inner is not None and deep > 1:
            out += _fields(inner, made, f"{before}{name}.", deep - 1)
    return tuple(out)


def _held(told: dict[str, Any]) -> dict[str, Any] | None:
    """The shape in a field: itself, or one of its list."""
    for one in (told, told.get("items", {}), *told.get("anyOf", ())):
        if "$ref" in one:
            found: dict[str, Any] = one
            return found
    return None


def _kind(told: dict[str, Any]) -> str:
    if "$ref" in told:
        return str(told["$ref"].rpartition("/")[2])
    if "enum" in told or "const" in told:
        return " | ".join(json.dumps(v) for v in told.get("enum", [told.get("const")]))
    if "anyOf" in told:
        return " | ".join(dict.fromkeys(_kind(one) for one in told["anyOf"]))
    kind = str(told.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(told.get('items', {}))}"
    if kind == "string":
        return str(told.get("format", "text"))
    return "mapping" if kind == "object" else kind


def _example(method: str, path: str, body: dict[str, Any], made: dict[str, Any]) -> str:
    call = f"curl -H 'Authorization: Bearer ms_…' https://mainstem.example.org{path}"
    if method != "get":
        call = call.replace("curl ", f"curl -X {method.upper()} ", 1)
    if not body:
        return call
    found = _resolved(body, made)
    told = {
        name: (held.get("examples") or [f"<{_kind(held)}>"])[0]
        for name, held in found.get("properties", {}).items() if name in found.get("required", ())
    }  # fmt: skip
    sent = json.dumps(told, ensure_ascii=False)
    return f"{call} \\\n  -H 'Content-Type: application/json' \\\n  -d '{sent}'"
