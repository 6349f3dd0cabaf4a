"""JSON of any shape, looked at with care: what is not as it should be is nothing, never an error. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

#: Longest text that is kept, in characters.
LONGEST = 1_000


def mapping(value: object) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> Sequence[Any]:
    """A list; an empty one for anything else."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str | None:
    """A text that is not empty, without what a file of text cannot hold; numbers as texts."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str):
        clean = value[: LONGEST * 2].replace("\0", "").strip()[:LONGEST]
        # half of a pair of code units cannot be written as UTF-8
        return clean.encode("utf-8", "replace").decode() or None
    found = number(value)
    if found is None or abs(found) >= 1e15:
        return None
    return str(int(found)) if found == int(found) else str(found)


def number(value: object) -> float | None:
    """A finite number, also one written as a text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    # Python reads 1_3 as 13, nobody else does
    if isinstance(value, str) and "_" in value:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def ident(value: object) -> int | None:
    """A whole number above zero, as databases number their rows; also one written as a text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
        return None
    return value


def words(value: object) -> str | None:
    """A value as a claim may ask for it: a text, a number, yes or no; of a list all, with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        found = [w for w in map(words, value[:100]) if w]
        return ", ".join(found)[:LONGEST] or None
    if isinstance(value, dict):
        named = (value.get(n) for n in ("name", "displayName", "title", "value"))
        return next((w for w in map(text, named) if w), None)
    return text(value)
