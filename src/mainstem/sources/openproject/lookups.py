"""What work packages refer to by address: statuses, projects, people, names of custom fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.remote import Connection
from mainstem.sources.shape import ident, mapping, text

_USUAL = "in progress"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a group: a group is a team and no person.

    Attributes:
        name: E-mail address where OpenProject shows it, else the login, else ``user 12``.
    """

    name: str | None
    bot: bool = False
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Statuses:
    """Numbers of statuses by what they mean, and by their names in lower case."""

    done: frozenset[int] = frozenset()
    working: frozenset[int] = frozenset()
    named: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Lookups:
    """All of them. ``people`` and ``schemas`` grow while reading.

    Attributes:
        projects: Number → identifier.
        people: Address (``users/5``) → person.
        called: Name as people see it → address, for histories, which have names alone. Two people of one
            name are left out.
        schemas: Address of a schema → name of a field in lower case → property.
        labels: What histories call status, and whose work it is, in the account's language.
    """

    statuses: Statuses = field(default_factory=Statuses)
    projects: dict[int, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    schemas: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: tuple[str, str] = ("Status", "Assignee")
    prefix: str = "#"
    url: str = ""
    person: str = "assignee"
    points: str = ""
    team_field: str = ""
    fields: tuple[str, ...] = ()

    @property
    def needs_schemas(self) -> bool:
        """Whether fields are known by names that only schemas tell."""
        own = (self.team_field, *self.fields, self.points if self.points != "storyPoints" else "")
        return any(own)


def statuses_of(of: Connection, rows: Sequence[Any]) -> Statuses:
    """What the statuses mean, by the settings and by what OpenProject says of them."""
    known = {n: mapping(s) for s in rows if (n := ident(mapping(s).get("id")))}
    named = {(text(s.get("name")) or "").casefold(): n for n, s in known.items()}
    closed = {n for n, s in known.items() if s.get("isClosed") is True}
    working = _numbers(of.words("in_progress"), named) or _numbers((_USUAL,), named)
    if not working:
        working = {n for n, s in known.items() if s.get("isDefault") is not True}
    done = closed - _numbers(of.words("not_done"), named)
    return Statuses(frozenset(done), frozenset(working - closed), named)


def unknown_words(words: Iterable[str], statuses: Statuses) -> list[str]:
    """Words that name no status."""
    return [w for w in words if not _numbers((w,), statuses.named)]


def link(row: Mapping[str, Any], name: str) -> tuple[str, str | None]:
    """(address below ``/api/v3/``, title) of something linked; empty where there is nothing."""
    return address(mapping(mapping(row.get("_links")).get(name)))


def address(given: Mapping[str, Any]) -> tuple[str, str | None]:
    """As ``link``, of the link itself."""
    href = text(given.get("href")) or ""
    return href.rpartition("/api/v3/")[2].strip("/"), text(given.get("title"))


def number_in(href: str, kind: str) -> int | None:
    """The number in ``work_packages/12``; ``None`` where it is the address of something else."""
    head, _, last = href.rpartition("/")
    return ident(last) if head == kind else None


def person_of(user: Mapping[str, Any], href: str, bots: Iterable[str]) -> Person:
    """Somebody as OpenProject describes people."""
    login, mail, name = (text(user.get(n)) for n in ("login", "email", "name"))
    words = {w.casefold() for w in bots}
    bot = bool({w.casefold() for w in (login, mail, name) if w} & words)
    return Person(mail or login or unnamed(href), bot or (login or "").endswith("[bot]"))


def unnamed(href: str) -> str:
    """What somebody is called whose login and address are hidden."""
    return f"user {href.rpartition('/')[2]}"


def called_of(principals: Iterable[Any]) -> dict[str, str]:
    """Names of people and groups → their addresses; names that two bear are left out."""
    found: dict[str, set[str]] = {}
    for row in map(mapping, principals):
        href, name = link(row, "self")[0], text(row.get("name"))
        if href and name:
            found.setdefault(name, set()).add(href)
    return {name: hrefs.pop() for name, hrefs in found.items() if len(hrefs) == 1}


def fields_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """Names of fields in lower case → property."""
    return {
        name.casefold(): prop
        for prop, one in schema.items() if (name := text(mapping(one).get("name")))
    }  # fmt: skip


def _numbers(words: Iterable[str], named: Mapping[str, int]) -> set[int]:
    numbers = set(named.values())
    by_number = {n for w in words if (n := ident(w)) in numbers and n}
    return by_number | {named[w.casefold()] for w in words if w.casefold() in named}
