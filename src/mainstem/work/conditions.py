"""When a claim holds for an item: the meaning that the ledger's SQL must equal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mainstem.plan.model import Condition
from mainstem.work.path_patterns import compiled
from mainstem.work.text_patterns import compiled_text, folded

#: Keys of a condition for fields that hold one value.
SINGLE = ("key", "epic", "parent", "project", "type", "state", "source")
#: Keys for fields that hold several, with the name of the field.
MANY = {"label": "labels", "component": "components"}


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What claims can see of one item.

    Attributes:
        team: The record's own word for the team; counts only where ``teams`` is empty.
        teams: Plan ids of the team that did the work and of the teams it is part of.
        shares: Explicit shares of its own: stream id or ``kind:debt`` -> ten-thousandths.
    """

    key: str = ""
    title: str = ""
    type: str | None = None
    state: str | None = None
    project: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    epic: str | None = None
    parent: str | None = None
    paths: tuple[str, ...] = ()
    team: str | None = None
    source: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)


def is_empty(condition: Condition) -> bool:
    """Whether a condition asks for nothing at all."""
    return not any(getattr(condition, name) for name in Condition.model_fields)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition taken apart, for those who hold it against many items.

    Attributes:
        plain: Keys with their values.
        all: Conditions that must all hold.
        any: Conditions of which one must hold, if there are any.
        none: Conditions of which none may hold.
        is_empty: It asks for nothing, and holds for nothing.
    """

    plain: tuple[tuple[str, tuple[str, ...]], ...]
    all: tuple[Matcher, ...]
    any: tuple[Matcher, ...]
    none: tuple[Matcher, ...]
    is_empty: bool

    @classmethod
    def of(cls, condition: Condition) -> Matcher:
        """Takes a condition apart."""
        return cls(
            tuple(_asked(condition)), tuple(map(cls.of, condition.all)),
            tuple(map(cls.of, condition.any)), tuple(map(cls.of, condition.not_)),
            is_empty(condition),
        )  # fmt: skip

    def holds(self, item: ItemFacts) -> bool:
        """Whether the condition holds for an item; see ``matches``."""
        if self.is_empty:
            return False
        for name, values in self.plain:
            if not _holds(name, values, item):
                return False
        return (
            all(m.holds(item) for m in self.all)
            and (not self.any or any(m.holds(item) for m in self.any))
            and not any(m.holds(item) for m in self.none)
        )


def matches(condition: Condition, item: ItemFacts) -> bool:
    """Whether a condition holds: every key must, and of a key's values one.

    Case does not count; ``*`` stands for anything, but not for a value that is missing. Names of custom
    fields are compared as written. A condition that asks for nothing holds for nothing.
    """
    return Matcher.of(condition).holds(item)


def _asked(condition: Condition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The plain keys of a condition with their values; custom fields as ``field:NAME``."""
    for name in (*SINGLE, *MANY, "team", "path", "text"):
        values = getattr(condition, name)
        if values:
            yield name, values
    for name, values in condition.field.items():
        yield f"field:{name}", values


def _holds(name: str, wanted: Iterable[str], item: ItemFacts) -> bool:
    return any(_found(name, value, item) is not None for value in wanted)


def _found(name: str, wanted: str, item: ItemFacts) -> str | None:
    """The item's value that a wanted value matches, or ``None``."""
    if name == "text":
        regex = compiled_text(wanted)
        return item.title if regex and regex.search(folded(item.title)) else None
    if name == "path":
        pattern = compiled(folded(wanted))
        return next((p for p in item.paths if pattern.fullmatch(folded(p))), None)
    return next((v for v in _values(name, item) if _same(wanted, v)), None)


def _values(name: str, item: ItemFacts) -> Iterable[str]:
    if name in MANY:
        return tuple(getattr(item, MANY[name]))
    if name == "team":
        return item.teams or ((item.team,) if item.team is not None else ())
    value = item.fields.get(name[6:]) if name.startswith("field:") else getattr(item, name)
    return () if value is None else (value,)


def _same(wanted: str, value: str) -> bool:
    if "*" not in wanted:
        return folded(wanted) == folded(value)
    return _wildcard(wanted).fullmatch(folded(value)) is not None


@lru_cache(maxsize=10_000)
def _wildcard(wanted: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(p) for p in folded(wanted).split("*")), re.DOTALL)


def reasons(condition: Condition, item: ItemFacts) -> str:
    """Why a condition holds, in words: ``label start-time and path src/player/a.go (/src/player/)``.

    Only what made it hold is named: the first value of each key that matched. Empty if it does not hold.
    """
    return " and ".join(_reasons(condition, item)) if matches(condition, item) else ""


def _reasons(condition: Condition, item: ItemFacts) -> list[str]:
    out = [_reason(name, values, item) for name, values in _asked(condition)]
    for inner in condition.all:
        out += _reasons(inner, item)
    first = next((c for c in condition.any if matches(c, item)), None)
    if first is not None:
        out += _reasons(first, item)
    return [*out, *(f"not ({_asked_words(c)})" for c in condition.not_)]


def _reason(name: str, wanted: Iterable[str], item: ItemFacts) -> str:
    pairs = ((w, _found(name, w, item)) for w in wanted)
    value, found = next(((w, f) for w, f in pairs if f is not None), ("", ""))
    if name == "text":
        return f"“{value}” in the title"
    word = f"field {name[6:]}" if name.startswith("field:") else name
    return f"{word} {found}" if folded(value) == folded(found) else f"{word} {found} ({value})"


def _asked_words(condition: Condition) -> str:
    """What a condition asks for, in words, without an item."""
    out = [
        f"{name.replace('field:', 'field ')} {' or '.join(values)}"
        for name, values in _asked(condition)
    ]
    out += [f"({_asked_words(c)})" for c in condition.all]
    if condition.any:
        out.append(" or ".join(_asked_words(c) for c in condition.any))
    out += [f"not ({_asked_words(c)})" for c in condition.not_]
    return " and ".join(out)


def describe(condition: Condition) -> str:
    """What a condition asks for, in words: ``label start-time and type bug or task``."""
    return _asked_words(condition) or "nothing"
