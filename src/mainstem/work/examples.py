"""What may be learned from: an item's words and fields, and the team that worked on it. Never a person.

``Example`` has no place for who did the work, and its texts are cleaned of addresses and mentions, so
that no person can become a feature by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import NewType

from mainstem.plan.model import Condition
from mainstem.work.text_patterns import compiled_text, folded

#: Identifier of a team of the plan. Only these are learned from, never a name that a tracker gives.
TeamId = NewType("TeamId", str)

#: Longer titles are cut, in characters.
MOST_TITLE = 400
#: Values of one field that are looked at.
MOST_VALUES = 12
_PERSON = re.compile(r"\S*@\S+|\[~[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Example:
    """What is looked at of one item.

    Attributes:
        key: Its key; never learned from.
        title: Its title.
        day: The day from which it is, by which the past is told from the future.
        project, type: As its source has them; empty where it has none.
        labels, components, paths: The same.
        team: The team with most effort on it; empty if there is none.
        group: What it is part of (epic or parent), so that parts of one thing stay together.
    """

    key: str
    title: str
    day: date
    project: str = ""
    type: str = ""
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    team: TeamId | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An example of which somebody, or a claim, has said what it was for.

    Attributes:
        example: The item.
        target: ``stream:x`` or ``kind:y``.
        by_person: A person said so of this very item.
    """

    example: Example
    target: str
    by_person: bool = False


def words_of(example: Example) -> str:
    """The title as it is learned from: in lower case and without people."""
    return " ".join(_PERSON.sub(" ", example.title[:MOST_TITLE]).lower().split())


def bare_words(text: str) -> list[str]:
    """Words of two letters and more, in lower case."""
    return re.findall(r"\w\w+", text.lower())


def tags_of(example: Example) -> list[str]:
    """The fields as words: ``component=player``, ``path=src/player``, ``team=player-core``."""
    return [f"{kind}={value}" for kind, value in _tags(example)]


def without(example: Example, condition: Condition) -> Example:
    """An example without what a condition asks for: what decided it is never there where a suggestion is
    needed, so nothing must be learned from it."""
    out = _without_own(example, condition)
    for inner in (*condition.all, *condition.any):
        out = without(out, inner)
    return out


def _without_own(example: Example, asked: Condition) -> Example:
    gone: dict[str, object] = {}
    for kind in ("project", "type", "team"):
        if getattr(asked, kind):
            gone[kind] = None if kind == "team" else ""
    if asked.label:
        gone["labels"] = _others(example.labels, asked.label)
    if asked.component:
        gone["components"] = _others(example.components, asked.component)
    if asked.path:
        gone["paths"] = ()
    if asked.text:
        gone["title"] = _unsaid(example.title, asked.text)
    return replace(example, **gone) if gone else example  # type: ignore[arg-type]


def _others(values: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    patterns = [folded(a) for a in asked]
    return tuple(v for v in values if not any(fnmatchcase(folded(v), p) for p in patterns))


def _unsaid(title: str, asked: Sequence[str]) -> str:
    """A title without the words that a claim by text went by; all of it where that cannot be told."""
    left = folded(title)
    for words in asked:
        regex = compiled_text(words)
        left = regex.sub(" ", left) if regex else left
    return left


def _tags(example: Example) -> Iterator[tuple[str, str]]:
    singles: Mapping[str, str | None] = {
        "project": example.project, "type": example.type, "team": example.team,
    }  # fmt: skip
    for kind, value in singles.items():
        if value:
            yield kind, value.lower()
    for kind, values in (("label", example.labels), ("component", example.components)):
        for value in values[:MOST_VALUES]:
            if "@" not in value:
                yield kind, value.lower()
    for folder in _folders(example.paths):
        yield "path", folder


def _folders(paths: Sequence[str]) -> list[str]:
    """The first one and two parts of the paths, each once."""
    found: dict[str, None] = {}
    for path in paths[: 4 * MOST_VALUES]:
        parts = path.strip("/").lower().split("/")[:-1]
        for depth in (1, 2):
            if len(parts) >= depth:
                found["/".join(parts[:depth])] = None
    return list(found)[: 2 * MOST_VALUES]
