"""Words with numbers: what lets big tables hold small whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.store import Change


class Numbers(Protocol):
    """Gives words their numbers."""

    def number(self, kind: str, name: str) -> int:
        """The number of a word."""
        ...

    def numbers(self, kind: str, names: Sequence[str]) -> dict[str, int]:
        """Numbers of several words."""
        ...


class Names:
    """The ledger's words inside a change; ``write`` adds the new ones."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._by_kind: dict[str, dict[str, int]] = {}
        rows = change.con.execute(f"SELECT kind, no, name FROM {change.view('names')}").fetchall()
        for kind, no, name in rows:
            self._by_kind.setdefault(kind, {})[name] = no
        self._new: list[tuple[str, int, str]] = []

    def number(self, kind: str, name: str) -> int:
        """The number of a word; a new one if it has none."""
        known = self._by_kind.setdefault(kind, {})
        if name not in known:
            known[name] = len(known) + 1
            self._new.append((kind, known[name], name))
        return known[name]

    def numbers(self, kind: str, names: Sequence[str]) -> dict[str, int]:
        """Numbers of several words."""
        return {name: self.number(kind, name) for name in names}

    def all(self, kind: str) -> dict[int, str]:
        """Number -> word, of one kind."""
        return {no: name for name, no in self._by_kind.get(kind, {}).items()}

    def write(self) -> None:
        """Adds new words to the ledger."""
        if self._new:
            put_small(self._change.con, "new_word",
                      Small({"kind": "VARCHAR", "no": "INTEGER", "name": "VARCHAR"}, self._new))  # fmt: skip
            self._change.put("names", "SELECT * FROM new_word")
            self._new = []


class SupposedNames:
    """The ledger's words for one question: a new word has a number that is forgotten with the answer.

    Args:
        known: Of each kind, number -> word.
    """

    def __init__(self, known: Mapping[str, Mapping[int, str]]) -> None:
        self._by_kind = {kind: {w: no for no, w in held.items()} for kind, held in known.items()}

    def number(self, kind: str, name: str) -> int:
        """The number of a word; the one that it would be given if it has none."""
        known = self._by_kind.setdefault(kind, {})
        return known.setdefault(name, len(known) + 1)

    def numbers(self, kind: str, names: Sequence[str]) -> dict[str, int]:
        """Numbers of several words."""
        return {name: self.number(kind, name) for name in names}
