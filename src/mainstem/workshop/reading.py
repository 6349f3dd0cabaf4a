"""Reads what a browser or a program sent as an act: nothing in it is trusted, everything wrong is told.

Sentences have their white space folded; characters that control a screen or turn its direction are refused.
"""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainstem.errors import Invalid

#: Longest sentence, and longest text of several lines, in characters.
MOST_LINE, MOST_TEXT = 500, 2_000
MOST_NAME = 100
#: Numbers beyond are no measure of anything and would not survive every browser.
_FURTHEST = 1e15
_WORD = re.compile(r"[a-z0-9]{6,24}\Z")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
#: They turn the direction of what follows: a text could show as another than it is.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def new_word() -> str:
    """An id for a card or comment that came without one; random, twelve characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def is_word(value: Any) -> bool:
    """Whether a value may be the id of a card, a step or a comment."""
    return isinstance(value, str) and _WORD.match(value) is not None


def line(value: Any, name: str, most: int = MOST_LINE, *, may_be_empty: bool = False) -> str:
    """A sentence: one line, white space folded.

    Raises:
        Invalid: it is no text, empty, too long, or holds what controls a screen.
    """
    text = " ".join(_plain(value, name, most * 4).split())
    return _measured(text, name, most, may_be_empty)


def lines(value: Any, name: str, most: int = MOST_TEXT, *, may_be_empty: bool = True) -> str:
    """A text that may have several lines; white space is folded within each. Errors are those of ``line``."""
    rows = [" ".join(row.split()) for row in _plain(value, name, most * 4).splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()
    return _measured(text, name, most, may_be_empty)


def _plain(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text.", "Send it as a string.", field=name)
    if len(value) > most:
        raise _too_long(name, most // 4)
    for character in value:
        if character in _TURNING or (
            unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r"
        ):
            raise Invalid(
                f"{name} holds the character U+{ord(character):04X}, which nobody can read.",
                "Leave it out.", field=name,
            )  # fmt: skip
    return unicodedata.normalize("NFC", value)


def _measured(text: str, name: str, most: int, may_be_empty: bool) -> str:
    if not text and not may_be_empty:
        raise Invalid(f"{name} is empty.", "Write a few words.", field=name)
    if len(text) > most:
        raise _too_long(name, most)
    return text


def _too_long(name: str, most: int) -> Invalid:
    return Invalid(
        f"{name} is too long.", f"At most {most:,} characters fit.", field=name,
        code="input.too_large",
    )  # fmt: skip


def number(
    value: Any, name: str, least: float = -_FURTHEST, most: float = _FURTHEST
) -> int | float:
    """A finite number within bounds.

    Raises:
        Invalid: it is none.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not least <= value <= most:
        bounds = "" if most == _FURTHEST else f" from {least:g} to {most:g}"
        raise Invalid(f"{name} must be a number{bounds}.", "Send it as digits.", field=name)
    found: int | float = value
    return found


def whole(value: Any, name: str, least: int, most: int) -> int:
    """A whole number within bounds.

    Raises:
        Invalid: it is none.
    """
    if type(value) is not int or not least <= value <= most:
        raise Invalid(
            f"{name} must be a whole number from {least:,} to {most:,}.", "Send it as digits.",
            field=name,
        )  # fmt: skip
    return value


def day(value: Any, name: str) -> str:
    """A day as ``YYYY-MM-DD``.

    Raises:
        Invalid: it is none.
    """
    try:
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise Invalid(f"{name} must be a day.", "Write it as 2026-01-31.", field=name)


def choice(value: Any, name: str, of: Sequence[str]) -> str:
    """One of some words.

    Raises:
        Invalid: another.
    """
    if not isinstance(value, str) or value not in of:
        raise Invalid(f"{name} is none of {', '.join(of)}.", "Choose one of them.", field=name)
    return value


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent as one act, read key by key."""

    values: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """Whether the key is there and not null."""
        return self.values.get(name) is not None

    def word(self, name: str) -> str:
        """An id.

        Raises:
            Invalid: it is none.
        """
        value = self.values.get(name)
        if not is_word(value):
            raise Invalid(
                f"{name} must be an id: 6 to 24 small letters and digits.", "Take one as it was given.",
                field=name,
            )  # fmt: skip
        return str(value)

    def word_or_none(self, name: str) -> str:
        """An id, or empty for none."""
        return "" if self.values.get(name, "") in ("", None) else self.word(name)

    def line(self, name: str = "text", most: int = MOST_LINE, *, may_be_empty: bool = False) -> str:
        """A sentence."""
        return line(self.values.get(name, ""), name, most, may_be_empty=may_be_empty)

    def flag(self, name: str) -> bool:
        """True or false.

        Raises:
            Invalid: neither.
        """
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise Invalid(f"{name} must be true or false.", "Send one of them.", field=name)
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        return whole(self.values.get(name), name, least, most)

    def choice(self, name: str, of: Sequence[str]) -> str:
        """One of some words."""
        return choice(self.values.get(name), name, of)

    def words(self, name: str, most: int) -> tuple[str, ...]:
        """A list of different ids.

        Raises:
            Invalid: no list, too many, not ids, or one twice.
        """
        value = self.values.get(name)
        if (
            not isinstance(value, (list, tuple))
            or len(value) > most
            or not all(map(is_word, value))
        ):
            raise Invalid(f"{name} must be a list of at most {most} ids.", "Send them as a list.",
                          field=name)  # fmt: skip
        if len(set(value)) != len(value):
            raise Invalid(f"{name} names one twice.", "Name each once.", field=name)
        return tuple(value)

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A mapping with texts as keys; empty if it is not there.

        Raises:
            Invalid: it is none.
        """
        value = self.values.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or not all(isinstance(k, str) for k in value):
            raise Invalid(f"{name} must be a mapping.", "Send name and value pairs.", field=name)
        return value
