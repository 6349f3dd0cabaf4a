"""Acts by form, where no script runs: one act a form, then back to the page with a word of what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from mainstem.errors import Absent, MainstemError
from mainstem.services.workshops import acting as workshop_acting
from mainstem.web.request import Request
from mainstem.web.room_acts import taken
from mainstem.web.saying import say, warn
from mainstem.web.seating import seat_of
from mainstem.workshop.case import OtherWords
from mainstem.workshop.kinds import CARD_KINDS, Holds

#: Fields of a form that are no part of the act.
_OF_THE_FORM = frozenset(("csrfmiddlewaretoken", "back"))
#: What forms send as text and acts hold as numbers, as yes or no, as lists; ``order`` of ``rank`` is a list.
_NUMBERS = frozenset(("seen", "n", "order", "seat", "seconds", "add", "dots", "minutes", "number"))
_YES_OR_NO = frozenset(("up", "silent", "open", "ranking", "breakouts", "stop", "pause", "resume"))
_LISTS = frozenset(("cards", "field.stages"))
#: Fields of cards that are numbers, whatever the kind of the card.
_NUMBER_FIELDS = frozenset(
    f"field.{field.name}"
    for kind in CARD_KINDS.values() for field in kind.fields if field.holds in (Holds.NUMBER, Holds.SHARE)
)  # fmt: skip


def answer_form(request: Request, number: int) -> HttpResponse:
    """Does what a form asks for, and goes back to where it was."""
    seat = seat_of(request, number)
    taken(seat, 1)
    sent = act_of(request.POST)
    acted = workshop_acting.act(number, seat, [sent], at=request.ground.now())
    for refused in acted.refused:
        _say_refused(request, refused.error)
    if not acted.refused:
        say(request, "Done.")
    for one in acted.advice:
        warn(request, f"{one['what']} {one['hint']}".strip())
    return HttpResponseRedirect(_back(request, number))


def act_of(form: QueryDict) -> dict[str, Any]:
    """The act that a form holds: ``field.NAME`` are fields of the card, empty numbers are left out."""
    act: dict[str, Any] = {}
    for name, value in _values(form):
        if name.startswith("field."):
            act.setdefault("fields", {})[name[6:]] = value
        else:
            act[name] = value
    return act


def _values(form: QueryDict) -> Iterator[tuple[str, Any]]:
    is_rank = form.get("act") == "rank"
    for name in form:
        value = str(form[name])
        if name in _OF_THE_FORM or (name == "until" and not value):
            continue
        if name in _LISTS or (is_rank and name == "order"):
            yield name, [one for one in form.getlist(name) if one]
        elif name in _NUMBER_FIELDS:
            yield name, _number(value.strip()) if value.strip() else None
        elif name in _NUMBERS:
            if value.strip():
                yield name, _number(value.strip())
        elif name in _YES_OR_NO:
            yield name, value in ("true", "on")
        else:
            yield name, value


def _number(value: str) -> int | float | str:
    """The number that a text says; the text itself, for the rules to refuse, if it says none."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _say_refused(request: HttpRequest, error: MainstemError) -> None:
    words = f"{error.message} {error.hint}".strip()
    if isinstance(error, OtherWords):
        # nothing that was written is lost: it stands on the page, to be sent again
        words += f" They wrote: “{_words(error.theirs)}”. You wrote: “{_words(error.yours)}”."
    if isinstance(error, Absent):
        raise error
    warn(request, words)


def _words(record: dict[str, Any]) -> str:
    fields = record.get("fields") or {}
    return "; ".join(str(word) for word in (record.get("text"), *fields.values()) if word)


def _back(request: HttpRequest, number: int) -> str:
    """Where the form was, if that is in this room."""
    back, room = request.POST.get("back", ""), f"/workshop/{number}/"
    is_ours = back.startswith(room) and url_has_allowed_host_and_scheme(back, None)
    return back if is_ours else room
