"""What issues refer to by number: statuses, projects, people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.remote import Connection
from mainstem.sources.shape import ident, listing, mapping, text

_USUAL = "in progress"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a group to which an issue is assigned: a group is a team and no person.

    Attributes:
        name: E-mail address where Redmine shows it, else the login, else ``user 12``; ``None`` of a group.
        team: A group's name; of a person the first of its groups.
    """

    name: str | None
    bot: bool = False
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Statuses:
    """Numbers of statuses by what they mean."""

    closed: frozenset[int] = frozenset()
    done: frozenset[int] = frozenset()
    working: frozenset[int] = frozenset()


@dataclass(slots=True)
class Lookups:
    """All of them. ``people`` grows while reading.

    Attributes:
        projects: Number → identifier.
        prefix: Stands before numbers in keys.
    """

    statuses: Statuses = field(default_factory=Statuses)
    projects: dict[int, str] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    prefix: str = "#"
    url: str = ""
    points: str = ""
    team_field: str = ""
    groups: bool = False
    fields: tuple[str, ...] = ()


def statuses_of(of: Connection, statuses: Sequence[Any], trackers: Sequence[Any]) -> Statuses:
    """What the statuses mean, by the settings and by what Redmine says of them."""
    known = [(n, mapping(s)) for s in statuses if (n := ident(mapping(s).get("id")))]
    closed = {n for n, s in known if s.get("is_closed") is True}
    not_done = _named(known, of.words("not_done"))
    working = _named(known, of.words("in_progress")) or _named(known, (_USUAL,))
    if not working:
        first = {ident(mapping(mapping(t).get("default_status")).get("id")) for t in trackers}
        working = {n for n, _ in known if n not in closed and n not in first}
    return Statuses(frozenset(closed), frozenset(closed - not_done), frozenset(working - closed))


def unknown_words(of: Connection, option: str, statuses: Sequence[Any]) -> list[str]:
    """Words of an option that name no status."""
    known = [(n, mapping(s)) for s in statuses if (n := ident(mapping(s).get("id")))]
    return [w for w in of.words(option) if not _named(known, (w,))]


def person_of(user: Mapping[str, Any], number: int, bots: Iterable[str], groups: bool) -> Person:
    """Somebody as Redmine describes people."""
    login, mail = text(user.get("login")), text(user.get("mail"))
    names = sorted(n for g in listing(user.get("groups")) if (n := text(mapping(g).get("name"))))
    words = {w.casefold() for w in bots}
    own = {w.casefold() for w in (login, mail, str(number)) if w}
    bot = bool(own & words) or (login or "").endswith("[bot]")
    return Person(mail or login or unnamed(number), bot, names[0] if groups and names else None)


def unnamed(number: int) -> str:
    """What somebody is called whom the account may not look at: one who left, most often."""
    return f"user {number}"


def _named(known: Sequence[tuple[int, Mapping[str, Any]]], wanted: Iterable[str]) -> set[int]:
    words = {w.casefold() for w in wanted}
    return {
        n for n, s in known if str(n) in words or (text(s.get("name")) or "").casefold() in words
    }
