"""A plan's entities by name, to be found by a few letters of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

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
    """All entities of a plan with their names in plain letters. Linear in the plan to make."""

    entries: tuple[tuple[str, Named], ...]

    @classmethod
    def of(cls, plan: Plan) -> Directory:
        """The directory of a plan."""
        return cls(tuple((folded(f"{n.name} {n.ident}"), n) for n in _named(plan)))

    def find(self, words: str, most: int = 30) -> tuple[Named, ...]:
        """Entities whose names have all the words, best first.

        A name that begins with what is looked for comes before one with a word that begins so, and that
        before one that has it anywhere.
        """
        wanted = _WORD.findall(folded(words))
        if not wanted:
            return ()
        whole = " ".join(wanted)
        found = [
            (_fit(text, whole, wanted), _FIRST.index(n.section), len(text), place)
            for place, (text, n) in enumerate(self.entries)
            if all(word in text for word in wanted)
        ]
        return tuple(self.entries[place][1] for *_, place in sorted(found)[:most])


def _fit(text: str, whole: str, wanted: list[str]) -> int:
    if text.startswith(whole):
        return 0
    padded = f" {text}"
    return 1 if all(f" {word}" in padded for word in wanted) else 2


def folded(text: str) -> str:
    """Letters without case and accents, for comparing."""
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
