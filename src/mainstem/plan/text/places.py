"""From a subject and a path to the file, line and column where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from mainstem.plan.findings import Place
from mainstem.plan.text.nodes import Map, Seq


@dataclass(frozen=True, slots=True)
class Home:
    """Where one entry of a section stands: the container that it is in, and its file."""

    file: PurePath
    holder: Map | Seq
    key: str | int


@dataclass(frozen=True, slots=True)
class Places:
    """Knows where everything of a plan stands.

    Attributes:
        sections: Section → identifier (or field of the organisation) → where it stands.
        lists: Section that is a list (``links``, ``rest``, ``expect``) → where each item stands.
        heads: Section → where its key stands first.
        first: Where the plan begins.
    """

    sections: Mapping[str, Mapping[str, Home]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Home]] = field(default_factory=dict)
    heads: Mapping[str, Home] = field(default_factory=dict)
    first: Place | None = None

    def of(
        self, subject: str, path: tuple[str | int, ...] = (), *, of_key: bool = False
    ) -> Place | None:
        """The place of a value, or of the nearest thing above it that stands somewhere.

        Args:
            subject: ``section/id``, ``organisation``, ``links/3``, a section, or ``""`` for the plan.
            path: Keys below the subject, as in the text or as named in the model (``in_``).
            of_key: Show the key also where the value is text.
        """
        section, _, entry = subject.partition("/")
        steps: tuple[str | int, ...] = ((entry, *path) if entry else path) if section else path
        if not section and steps:
            section, steps = str(steps[0]), steps[1:]
        if section in self.lists and steps:
            return self._in_list(section, steps, of_key)
        home = self._home(section, steps[0]) if steps else None
        if home is not None:
            return _place(home, steps[1:], of_key)
        head = self.heads.get(section)
        return _place(head, ()) if head is not None else self.first

    def _home(self, section: str, key: str | int) -> Home | None:
        homes = self.sections.get(section, {})
        return homes.get(str(key)) or homes.get(str(key).removesuffix("_"))

    def _in_list(self, section: str, steps: tuple[str | int, ...], of_key: bool) -> Place | None:
        homes, index = self.lists[section], str(steps[0])
        if index.isdecimal() and int(index) < len(homes):
            return _place(homes[int(index)], steps[1:], of_key)
        head = self.heads.get(section)
        return _place(head, ()) if head is not None else self.first


def _place(home: Home, steps: tuple[str | int, ...], of_key: bool = False) -> Place | None:
    mark, value = _stands(home.holder, home.key, of_key)
    for step in steps:
        key = _key_in(value, step)
        if key is _SAME:
            continue
        found = None if key is None else _stands(value, key, of_key)
        if found is None or found[0] is None:
            break
        mark, value = found
    return None if mark is None else Place(home.file, mark.line + 1, mark.column + 1)


_SAME = object()


def _stands(holder: Any, key: Any, of_key: bool) -> tuple[Any, Any]:
    """The mark to show for an entry (its value if that is text, else its key) and its value."""
    value = holder[key]
    if isinstance(holder, Seq):
        return (holder.marks[key] if key < len(holder.marks) else None), value
    marks = holder.marks_of(key)
    if marks is None:
        return None, value
    return (marks[1] if isinstance(value, str) and not of_key else marks[0]), value


def _key_in(value: Any, step: str | int) -> Any:
    """What leads from a value one step down, in any of its shorthands; ``None``: nothing does."""
    if isinstance(value, Map):
        if step in value:
            return step
        if isinstance(step, str) and step.removesuffix("_") in value:
            return step.removesuffix("_")
        return _SAME if step == 0 else None
    if isinstance(value, Seq):
        if isinstance(step, int):
            return step if 0 <= step < len(value) else None
        return next((i for i, item in enumerate(value) if item == step), None)
    return None
