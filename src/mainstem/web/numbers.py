"""Numbers of rows, as addresses and forms name them."""

from __future__ import annotations

#: Larger numbers name nothing.
_LONGEST = 15


def number_in(text: str) -> int | None:
    """The number that a text names; nothing for what is no number, or names no row for its length."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST else None
