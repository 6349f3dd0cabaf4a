"""What may come at a place in a query: fields, then values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mainstem.work.query.fields import FIELDS
from mainstem.work.query.tokens import MOST_CHARACTERS, written

MOST_OPTIONS = 12
#: Gives values of a field that begin with, or else hold, some letters, the likeliest first.
Values = Callable[[str, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that may come.

    Attributes:
        words: What is shown.
        text: What is put in, in place of the characters from ``first`` until before ``last``.
        about: What it is.
    """

    words: str
    text: str
    first: int
    last: int
    about: str = ""


def complete(text: str, at: int, values: Values) -> list[Completion]:
    """What may come where the cursor stands, at most ``MOST_OPTIONS``.

    Args:
        text: The query so far; it need not be one that can be read.
        at: Place of the cursor.
        values: Knows the values of fields that have no fixed choices, with a word about each.
    """
    if len(text) > MOST_CHARACTERS:
        return []
    at = max(0, min(at, len(text)))
    first, last = _piece(text, at)
    typed = text[first:at]
    name, operator, begun = _split(typed)
    if not operator:
        return _fields(typed, first, last)
    known = FIELDS.get(name.lower())
    if known is None or operator != ":":
        return []
    begins = first + len(name) + 1
    wanted = begun.lstrip('"').lower()
    found = [(c, "") for c in known.choices] if known.choices else values(name.lower(), wanted)
    return [
        Completion(value, written(value) + (" " if last == len(text) else ""), begins, last, about)
        for value, about in _near(wanted, found)
    ][:MOST_OPTIONS]


def _piece(text: str, at: int) -> tuple[int, int]:
    """Begin and end of the piece around the cursor; a minus before it is left alone."""
    first, quoted = 0, False
    for place, char in enumerate(text[:at]):
        if char == '"' and not (place and text[place - 1] == "\\"):
            quoted = not quoted
        elif not quoted and (char.isspace() or char in "()"):
            first = place + 1
    last = at
    while last < len(text) and not text[last].isspace() and text[last] not in "()":
        last += 1
    return (first + 1 if text[first:at].startswith("-") else first), last


def _split(typed: str) -> tuple[str, str, str]:
    for place, char in enumerate(typed):
        if char in ":=<>":
            return typed[:place], ":" if char in ":=" else char, typed[place + 1 :]
    return typed, "", ""


def _fields(typed: str, first: int, last: int) -> list[Completion]:
    near = _near(typed.lower(), [(name, known.about) for name, known in FIELDS.items()])
    return [
        Completion(f"{name}:", f"{name}{'>=' if FIELDS[name].is_compared else ':'}", first, last,
                   about.replace("`", ""))
        for name, about in near
    ][:MOST_OPTIONS]  # fmt: skip


def _near(wanted: str, found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    begin = [pair for pair in found if pair[0].lower().startswith(wanted)]
    hold = [
        pair
        for pair in found
        if pair not in begin
        and (wanted in pair[0].lower() or (wanted and wanted in pair[1].lower()))
    ]
    return [*begin, *hold]
