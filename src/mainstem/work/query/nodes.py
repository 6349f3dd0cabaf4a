"""A query as a value, and as text again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mainstem.work.query.tokens import written


@dataclass(frozen=True, slots=True)
class Everything:
    """Asks for nothing in particular."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase inside a title or a key."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field with a value; ``at`` and ``value_at`` say where it stands in the text."""

    field: str
    operator: str
    value: str
    at: int = dataclasses.field(default=0, compare=False)
    value_at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but this."""

    inner: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these; two or more, none of them an ``And``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these; two or more, none of them an ``Or``."""

    parts: tuple[Node, ...]


Node = Everything | Word | Term | Not | And | Or
EVERYTHING = Everything()


def joined(kind: type[And] | type[Or], parts: Sequence[Node]) -> Node:
    """One node of several; parts of the same kind become one."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def both(first: Node, second: Node) -> Node:
    """What both ask for."""
    parts = [n for n in (first, second) if not isinstance(n, Everything)]
    return joined(And, parts) if parts else EVERYTHING


def print_query(node: Node) -> str:
    """The query as text; ``parse`` gives the same node again."""
    match node:
        case Everything():
            return ""
        case Word(text):
            return written(text)
        case Term(name, operator, value):
            return f"{name}{operator}{written(value)}"
        case And(parts):
            return " ".join(_inside(p) for p in parts)
        case Or(parts):
            return " or ".join(_inside(p) for p in parts)
        case Not(Word() | Term() as inner):
            return f"-{print_query(inner)}"
        case Not(inner):
            return f"not {_inside(inner)}"


def _inside(node: Node) -> str:
    text = print_query(node)
    return f"({text})" if isinstance(node, (And, Or)) else text


def terms_of(node: Node) -> Iterator[Term]:
    """Every term, wherever it stands."""
    match node:
        case Term():
            yield node
        case Not(inner):
            yield from terms_of(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms_of(part)
        case _:
            return
