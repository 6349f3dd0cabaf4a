"""ETags: an answer says which version it is, a read can ask for news only, a write for no surprise."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse


def mark(response: HttpResponse, version: str) -> None:
    """Says which version of a thing an answer shows."""
    response["ETag"] = f'"{version}"'


def part_of(revision: str, limit: int, after: str) -> str:
    """The version of a page of a list: the plan's revision, and which page."""
    page = hashlib.sha256(f"{limit} {after}".encode()).hexdigest()[:12]
    return f"{revision or 'r0'}.{page}"


def asked_versions(request: HttpRequest) -> frozenset[str]:
    """The versions that a write is meant for, from ``If-Match``; none if it does not say or takes any."""
    given = [_bare(tag) for tag in request.headers.get("If-Match", "").split(",")]
    return frozenset() if "*" in given else frozenset(tag for tag in given if tag)


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a read, or 304 if whoever asks has it already. Marks what has no version of its own."""
    if request.method != "GET" or response.status_code != 200 or response.streaming:
        return response
    if "ETag" not in response:
        mark(response, hashlib.sha256(response.content).hexdigest()[:24])
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    known = [_bare(tag) for tag in request.headers.get("If-None-Match", "").split(",")]
    if _bare(response["ETag"]) not in known and known != ["*"]:
        return response
    short = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary"):
        short[name] = response[name]
    return short


def _bare(tag: str) -> str:
    """A packed answer has a weak tag for the same version, so both count alike."""
    return tag.strip().removeprefix("W/").strip('"')
