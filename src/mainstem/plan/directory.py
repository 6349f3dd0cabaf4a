"""A plan's entities by name, to be found by a few letters of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import SECTIONS, Plan

#: What is offered first where names fit equally well.
_FIRST = ("streams", "teams", "objectives", "key_results", "initiatives", "metrics", "cycles",
          "customers", "dependencies")  # fmt: skip
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Named:
    """An entity with its name.

    Attributes:
        section: Its section in the plan.
        ident: Its identifier.
        name: What people call it.
        under: What tells it from others of that name.
    """

    section: str
    ident: str
    name: str
    under: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All entities of a plan with their names in plain letters.

    Attributes:
        entries: Text and entity, in the order in which they are offered where names fit equally well.
    """

    entries: tuple[tuple[str, Named], ...]

    def find(self, words: str, most: int = 30) -> tuple[Named, ...]:
        """Entities whose names have all the words, best first.

        A name that begins with what is looked for comes before one with a word that begins so, and that
        before one that has it anywhere.
        """
        wanted = _WORD.findall(folded(words))
        if not wanted:
            return ()
        fitting = list(self.entries)
        for word in wanted:
            fitting = [entry for entry in fitting if word in entry[0]]
        whole = f" {' '.join(wanted)}"
        out = [entry for entry in fitting if entry[0].startswith(whole)][:most]
        if len(out) < most:
            out += [e for e in _beginning(wanted, fitting) if not e[0].startswith(whole)]
        if len(out) < most:
            before = {id(entry) for entry in out}
            out += [entry for entry in fitting if id(entry) not in before]
        return tuple(named for _, named in out[:most])


@kept_with_plan
def directory_of(plan: Plan) -> Directory:
    """The directory of a plan; the same as long as the plan is in memory. Linear in the plan the first time."""
    found = [(f" {folded(f'{n.name} {n.ident}')}", n) for n in _named(plan)]
    # sorting is stable: what is equal stays in the order of the plan
    found.sort(key=lambda entry: (_FIRST.index(entry[1].section), len(entry[0])))
    return Directory(tuple(found))


def _beginning(wanted: list[str], fitting: list[tuple[str, Named]]) -> list[tuple[str, Named]]:
    """Those in which every word begins one."""
    for word in wanted:
        start = f" {word}"
        fitting = [entry for entry in fitting if start in entry[0]]
    return fitting


def folded(text: str) -> str:
    """Letters without case and accents, for comparing."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _named(plan: Plan) -> Iterator[Named]:
    for section in SECTIONS:
        for ident, entity in getattr(plan, section).items():
            said = getattr(entity, "text", None) or getattr(entity, "what", None)
            yield Named(section, ident, entity.name or said or ident, _under(section, entity, plan))


def _under(section: str, entity: object, plan: Plan) -> str:
    word = SECTIONS[section]
    parts = []
    for name, held in (("stream", plan.streams), ("team", plan.teams), ("cycle", plan.cycles)):
        ident = getattr(entity, name, None)
        if isinstance(ident, str) and ident in held:
            parts.append(held[ident].name or ident)
    return f"{word}, {', '.join(parts)}" if parts else word
