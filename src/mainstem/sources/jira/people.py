"""Who is who: accounts of Jira by their ids, as they were met. Pure.

A history names people by id alone, other answers show an e-mail address too; both must give one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mainstem.sources.jira.values import text


@dataclass(frozen=True, slots=True)
class Person:
    """``name`` is the e-mail address where Jira shows it, else the account id (Cloud) or login."""

    name: str
    bot: bool = False
    has_address: bool = False


class People:
    """The accounts that were met so far.

    Args:
        bots: Names, addresses or ids of programs, any case.
    """

    def __init__(self, bots: Iterable[str] = ()) -> None:
        self._bots = {b.casefold() for b in bots}
        self._by_id: dict[str, Person] = {}

    def met(self, user: Any) -> Person | None:
        """Somebody out of an answer; ``None`` for nobody, or for what names nobody."""
        if not isinstance(user, dict):
            return None
        for name in ("accountId", "key", "name"):
            ident = user.get(name)
            if isinstance(ident, str) and ident:
                known = self._by_id.get(ident)
                if known is not None and (known.has_address or not user.get("emailAddress")):
                    return known
                break
        return self._learnt(user)

    def by_id(self, ident: str) -> Person:
        """Somebody by an id out of a history; the id itself where nothing more is known."""
        return self._by_id.get(ident) or Person(ident, ident.casefold() in self._bots)

    def unknown(self, idents: Iterable[str]) -> list[str]:
        """Those ids of which nothing is known, each once."""
        return [i for i in dict.fromkeys(idents) if i not in self._by_id]

    def give_up(self, idents: Iterable[str]) -> None:
        """Remembers that nothing more can be had of these."""
        for ident in idents:
            self._by_id.setdefault(ident, self.by_id(ident))

    def _learnt(self, user: Mapping[str, Any]) -> Person | None:
        idents = [i for n in ("accountId", "key", "name") if (i := text(user.get(n)))]
        address = text(user.get("emailAddress"))
        # of the ids of Data Center the login is the one that people know
        login = text(user.get("accountId")) or text(user.get("name")) or text(user.get("key"))
        name = address or login
        if name is None:
            return None
        person = Person(name, self._is_bot(user, [*idents, name]), address is not None)
        for ident in idents:
            self._by_id[ident] = person
        return person

    def _is_bot(self, user: Mapping[str, Any], called: list[str]) -> bool:
        if user.get("accountType") == "app":
            return True
        shown = text(user.get("displayName"))
        every = {c.casefold() for c in (*called, shown) if c}
        return bool(every & self._bots) or any(c.endswith("[bot]") for c in every)
