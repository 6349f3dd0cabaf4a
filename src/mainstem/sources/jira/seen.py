"""Ids of issues that were met in one sync: eight bytes each, so that a million cost little."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator


class Seen:
    """A set of ids that only grows. Ids of Jira are numbers; others are kept as they are."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._others: set[str] = set()
        self._sorted = 0

    def add(self, ident: str) -> None:
        """Adds one."""
        if ident.isdecimal() and len(ident) < 19 and ident == str(int(ident)):
            self._numbers.append(int(ident))
        else:
            self._others.add(ident)

    def __contains__(self, ident: str) -> bool:
        if not (ident.isdecimal() and len(ident) < 19):
            return ident in self._others
        if self._sorted != len(self._numbers):
            self._numbers = array("q", sorted(set(self._numbers)))
            self._sorted = len(self._numbers)
        value = int(ident)
        at = bisect_left(self._numbers, value)
        return at < len(self._numbers) and self._numbers[at] == value

    def __iter__(self) -> Iterator[str]:
        yield from (str(n) for n in sorted(set(self._numbers)))
        yield from self._others
