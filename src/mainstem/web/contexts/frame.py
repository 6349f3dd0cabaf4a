"""Fills the shell around every page: a context processor, so that no view has to.

A view may set ``request.pickers`` (a tuple of ``Picker``) for a page that answers for a period, scope or
unit, and ``request.shown`` (a ``Standing``) where it shows another revision than the newest.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.messages import get_messages
from django.contrib.messages.constants import ERROR, SUCCESS, WARNING
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from mainstem import __version__
from mainstem.errors import MainstemError
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.telling import waiting
from mainstem.web.contexts.finding import talk
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.shell import (
    Entry,
    Freshness,
    Message,
    Person,
    Shell,
    Theme,
    Tone,
)
from mainstem.web.recent import subject_of

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: Name, address, and what the actor must be allowed to see it; in groups as they stand in the menu.
_MENU: tuple[tuple[tuple[str, str, Action], ...], ...] = (
    (
        ("Pulse", "/", Action.READ),
        ("River", "/river", Action.READ),
        ("Map", "/map", Action.READ),
        ("Plan", "/plan/", Action.READ),
        ("Challenge", "/challenge/", Action.READ),
        ("Key results", "/key-results/", Action.READ),
        ("Work", "/items/", Action.READ),
        ("Qualify", "/qualify", Action.READ),
        ("Decisions", "/decisions/", Action.READ),
    ),
    (("Workshop", "/workshop/", Action.READ), ("Unbundle", "/unbundle/", Action.READ)),
    (
        ("Notices", "/notices/", Action.READ),
        ("Sources", "/sources/", Action.READ),
        ("Settings", "/settings/", Action.ADMINISTER),
        ("Audit", "/audit/", Action.READ_AUDIT),
    ),
)
_TONES = {SUCCESS: Tone.GOOD, WARNING: Tone.REST, ERROR: Tone.BAD}


@cache
def _exists(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def frame(request: HttpRequest) -> dict[str, Any]:
    """``shell`` for every template, and ``talk`` for the page of a thing of the plan."""
    actor: Actor | None = getattr(request, "actor", None)
    ground: Ground | None = getattr(request, "ground", None)
    # one mask for all forms of a page: making one asks the system for random numbers many times
    csrf = SimpleLazyObject(lambda: csrf_input(request))
    if actor is None or ground is None or not actor.is_known:
        return {"shell": _bare(request), "talk": None, "csrf_input": csrf}
    subject = subject_of(request)
    said = talk(subject, request.get_full_path(), actor) if subject else None
    return {"shell": _full(request, actor, ground), "talk": said, "csrf_input": csrf}


def _bare(request: HttpRequest) -> Shell:
    """For who is not signed in, or an outsider: nothing of the organisation is told."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return Shell(
        organisation="Mainstem",
        home="/",
        navigation=(),
        here=request.get_full_path(),
        person=_person(user) if known else None,
        sign_in="" if known else "/account/login/",
        theme=_theme(request),
        messages=_messages(request),
        version="",
    )


def _full(request: HttpRequest, actor: Actor, ground: Ground) -> Shell:
    standing = getattr(request, "shown", None) or ground.plans.head()
    user: Any = request.user
    return Shell(
        organisation=standing.plan.organisation.name or "Mainstem",
        home="/",
        navigation=_navigation(request, actor),
        here=request.get_full_path(),
        pickers=getattr(request, "pickers", ()),
        theme=_theme(request),
        person=_person(user),
        messages=_messages(request),
        freshness=_freshness(ground, standing.revision),
        version=__version__,
    )


def _person(user: Any) -> Person:
    return Person(user.get_full_name(), "/account/", "/account/logout/")


def _theme(request: HttpRequest) -> Theme:
    given = getattr(getattr(request, "user", None), "theme", "") or ""
    return Theme(given) if given in set(Theme) else Theme.AUTO


def _navigation(request: HttpRequest, actor: Actor) -> tuple[tuple[Entry, ...], ...]:
    counts = waiting.counts(actor)
    kept = _kept_query(request)
    groups = []
    for group in _MENU:
        entries = []
        for name, address, action in group:
            if not _exists(address) or not may(actor, action):
                continue
            here = request.path == address or (
                address != "/" and request.path.startswith(address.rstrip("/") + "/")
            )
            count, words = counts.get(name, ("", ""))
            entries.append(Entry(name, address + kept, here, count, words))
        if entries:
            groups.append(tuple(entries))
    return tuple(groups)


def _kept_query(request: HttpRequest) -> str:
    """Period, scope and unit stay as people move from page to page."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("cycle", "since", "until", "team", "unit"):
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""


def _messages(request: HttpRequest) -> tuple[Message, ...]:
    if not hasattr(request, "_messages"):
        return ()
    out = []
    for message in get_messages(request):
        # "words|action|address": an undo or a link travels with the message
        words, _, rest = str(message.message).partition("\x1f")
        action, _, href = rest.partition("\x1f")
        out.append(Message(words, _TONES.get(message.level, Tone.PLAIN), action, href))
    return tuple(out)


def _freshness(ground: Ground, revision: str) -> Freshness:
    try:
        view = ground.book().desk.view
    except MainstemError:
        return Freshness(revision, "/plan/revisions/")
    last = view.last("import")
    synced = f"Last import {day_here(last.at)}" if last else ""
    return Freshness(
        revision,
        "/plan/revisions/",
        str(view.version) if view.version else "",
        "/sources/",
        synced,
    )
