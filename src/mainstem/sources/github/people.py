"""Who somebody is in GitHub's answers, and which of them are programs; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mainstem.sources.github.shape import Node, part, text

_SUFFIX = "[bot]"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as the ledger knows people.

    Attributes:
        name: The public e-mail address where it was asked for and is shown, else the login.
        login: The login; of a program it ends in ``[bot]``, as git and REST write it.
        is_bot: Whether GitHub or the settings say that it is a program.
    """

    name: str
    login: str
    is_bot: bool


def person(value: Node | None, bots: Iterable[str]) -> Person | None:
    """Somebody out of an ``Actor``; ``None`` for an account that was deleted.

    Args:
        bots: Further logins that are programs, in lower case, with or without ``[bot]``.

    Raises:
        Refused: it is no actor.
    """
    login = text(value, "login") if value is not None else None
    if value is None or login is None:
        return None
    says_bot = text(value, "__typename") == "Bot"
    bare = login.removesuffix(_SUFFIX)
    is_bot = says_bot or bare != login or _is_named(bare, bots)
    shown = f"{bare}{_SUFFIX}" if says_bot else login
    return Person(text(value, "email") or shown, shown, is_bot)


def person_in(of: Node, name: str, bots: Iterable[str]) -> Person | None:
    """Somebody out of a field of something."""
    return person(part(of, name), bots)


def _is_named(bare: str, bots: Iterable[str]) -> bool:
    low = bare.lower()
    return any(low == named.removesuffix(_SUFFIX) for named in bots)
