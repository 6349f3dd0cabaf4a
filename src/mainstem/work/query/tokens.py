"""Cutting a query into words, terms, brackets and connecting words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from mainstem.errors import Invalid

MOST_CHARACTERS = 1_000
MOST_DEPTH = 12
MOST_TERMS = 60

_NAME = re.compile(r"([A-Za-z_]+)(>=|<=|:|=|>|<)")
_ENDS = frozenset('()"')


class Misread(Invalid):
    """A query that says nothing that can be answered; ``at`` counts characters from 0."""

    code = "query.misread"

    def __init__(self, what: str, hint: str, *, at: int) -> None:
        super().__init__(f"At character {at + 1}: {what}", hint, field="q")
        self.at = at


class Sign(Enum):
    """Kinds of tokens."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    WORD = auto()
    TERM = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query.

    Attributes:
        at: Where it begins.
        field: Name of the field, in lower case, for a term.
        operator: ``:``, ``>``, ``>=``, ``<`` or ``<=``, for a term.
        value: The word or the value, without quotes.
        value_at: Where the value begins.
    """

    sign: Sign
    at: int
    field: str = ""
    operator: str = ""
    value: str = ""
    value_at: int = 0


_CONNECTING = {"and": Sign.AND, "or": Sign.OR, "not": Sign.NOT}
_BRACKETS = {"(": Sign.OPEN, ")": Sign.CLOSE}


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a query.

    Raises:
        Misread: if it is too long, or a quotation mark is missing.
    """
    if len(text) > MOST_CHARACTERS:
        raise Misread(
            f"the query has {len(text):,} characters.",
            f"{MOST_CHARACTERS:,} are the most; ask for less at once.",
            at=MOST_CHARACTERS,
        )
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in _BRACKETS:
            yield Token(_BRACKETS[char], at)
            at += 1
        elif char == "-" and at + 1 < len(text) and not text[at + 1].isspace():
            yield Token(Sign.NOT, at)
            at += 1
        else:
            token, at = _piece(text, at)
            yield token


def _piece(text: str, at: int) -> tuple[Token, int]:
    named = _NAME.match(text, at)
    if named is None:
        value, end = _value(text, at)
        sign = _CONNECTING.get(value.lower(), Sign.WORD) if text[at] != '"' else Sign.WORD
        return Token(sign, at, value=value, value_at=at), end
    field, operator = named[1].lower(), named[2]
    value, end = _value(text, named.end())
    return Token(
        Sign.TERM, at, field, ":" if operator == "=" else operator, value, named.end()
    ), end


def _value(text: str, at: int) -> tuple[str, int]:
    """A quoted or a bare value, and where it ends."""
    if at < len(text) and text[at] == '"':
        return _quoted(text, at)
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in _ENDS:
        end += 1
    return text[at:end], end


def _quoted(text: str, at: int) -> tuple[str, int]:
    out, end = [], at + 1
    while end < len(text) and text[end] != '"':
        if text[end] == "\\" and end + 1 < len(text):
            end += 1
        out.append(text[end])
        end += 1
    if end >= len(text):
        raise Misread(
            "a quotation mark opens here and is not closed.",
            'Close it, for instance label:"start time".',
            at=at,
        )
    return "".join(out), end + 1


def written(value: str) -> str:
    """A value as it is written in a query: in quotes where it would be read otherwise."""
    plain = (
        value
        and not any(c.isspace() or c in '()"\\' for c in value)
        and value.lower() not in _CONNECTING
        and not value.startswith("-")
        and _NAME.match(value) is None
    )
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
