"""What the pages of the plan share: reading a posted form, rows that come and go, what follows a change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from mainstem.plan.merging import Choice
from mainstem.services.plans.editing import Written
from mainstem.services.plans.editing_entity import seal
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.plan.addresses import shown_changes
from mainstem.web.saying import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.plan.changes import Change
    from mainstem.web.request import Request

#: Names in a form that are no field of the thing.
_OURS = frozenset(("csrfmiddlewaretoken", "do", "seen"))
CHOICE = "choice:"


def posted_texts(query: QueryDict) -> dict[str, list[str]]:
    """Names and texts of a form."""
    return {name: list(texts) for name, texts in query.lists()}


def kept_pairs(query: QueryDict) -> tuple[tuple[str, str], ...]:
    """Everything that was typed, to travel on in hidden fields."""
    return tuple(
        (name, text)
        for name, texts in query.lists()
        if name not in _OURS and not name.startswith(CHOICE)
        for text in texts
    )


def choices_in(query: QueryDict) -> dict[str, Choice]:
    """What somebody chose where two changed the same."""
    return {
        name.removeprefix(CHOICE): cast("Choice", query[name])
        for name in query
        if name.startswith(CHOICE) and query[name] in ("now", "mine")
    }


def with_row_step(
    posted: dict[str, list[str]], step: str
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """What the buttons beside rows do: add one, take one away, move one up. Also how many are added."""
    kind, _, name = step.partition(":")
    if kind == "add":
        return posted, {name: 1}
    found = re.fullmatch(r"(.+)\.(\d{1,6})", name)
    if found is None:
        return posted, {}
    rows, number = found[1], int(found[2])
    if kind == "remove":
        return {k: v for k, v in posted.items() if not k.startswith(f"{name}.")}, {}
    if kind == "up" and number:
        return _swapped(posted, f"{rows}.{number - 1}.", f"{name}."), {}
    return posted, {}


def _swapped(posted: Mapping[str, list[str]], one: str, other: str) -> dict[str, list[str]]:
    out = {}
    for key, texts in posted.items():
        if key.startswith(one):
            key = other + key[len(one) :]
        elif key.startswith(other):
            key = one + key[len(other) :]
        out[key] = texts
    return out


def safe_back(request: Request, back: str, usual: str) -> str:
    """Where to go afterwards: a path of this server, else the usual one."""
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, request.get_host())
    return back if back and is_ours else usual


def after(request: Request, made: Written, address: str) -> HttpResponse:
    """Back to a page, with what was done and the button to undo it."""
    number = made.standing.number
    if address.startswith("/plan/") and "#" not in address:
        joint = "&" if "?" in address else "?"
        return redirect(f"{address}{joint}{urlencode({'done': number})}")
    say(request, f"{made.sentence}.", action="Undo", href=f"/plan/revisions/{number}/")
    return redirect(address)


def ask_first(
    request: Request,
    changes: Sequence[Change],
    base: str,
    *,
    why: str,
    origin: str = "page",
    back: str,
    lead: str = "",
    crumbs: Sequence[Link] = (),
    head: str = "",
) -> HttpResponse:
    """Shows changes before they are made; what is confirmed is the very same list."""
    sealed = seal(changes, base, request.actor, why=why, origin=origin, back=back)
    page = {
        "head": head or f"{len(changes)} changes to the plan. Make them?",
        "lead": lead,
        "crumbs": tuple(crumbs) or (Link("Plan", "/plan/"),),
        "changes": shown_changes(changes, most=300),
        "more": max(len(changes) - 300, 0),
        "sealed": sealed,
        "why": why,
        "back": back,
    }
    return render(request, "plan/confirm.html", {"page": page})
