"""YAML as mappings, sequences and text, each knowing where it stood; never as numbers or days.

Scalars stay the text that was written (``on``, ``1:30``, ``2026-07``): what a value *is*, the model
decides. Only a plain empty value, ``~`` or ``null`` is nothing. Anchors, aliases and tags are refused,
and nothing here recurses, so that no file can take the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from mainstem.plan.findings import Finding, Place
from mainstem.plan.text.encoding import decoded
from mainstem.plan.text.rules import TEXT_RULES
from mainstem.plan.text.syntax import find_conflicts, syntax_finding

#: Deepest nesting, most nodes of one file, and most faults before the rest of a file is left unread.
MAX_DEPTH = 40
MAX_NODES = 1_000_000
MAX_FAULTS = 100
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))


class Map(dict[str, Any]):
    """A mapping. ``marks`` holds, two for each key in order: where the key and where the value stood.

    ``twice`` holds what a key that was written again had before: (key, value, its two marks).
    """

    __slots__ = ("_index", "marks", "twice")
    marks: list[Any]
    twice: list[tuple[str, Any, tuple[Any, Any]]]
    _index: dict[str, int] | None

    def __init__(self) -> None:
        self.marks = []
        self.twice = []
        self._index = None

    def marks_of(self, key: str) -> tuple[Any, Any] | None:
        """Where a key and its value stood."""
        if self._index is None or len(self._index) != len(self):
            self._index = {k: i for i, k in enumerate(self)}
        at = self._index.get(key)
        if at is None or 2 * at + 1 >= len(self.marks):
            return None
        return self.marks[2 * at], self.marks[2 * at + 1]

    def set_aside(self, key: str) -> tuple[Any, Any]:
        """Takes a key out to make way for its second writing; where it stood."""
        at = list(self).index(key)
        was = (self.marks[2 * at], self.marks[2 * at + 1])
        self.twice.append((key, self.pop(key), was))
        del self.marks[2 * at : 2 * at + 2]
        return was


class Seq(list[Any]):
    """A sequence; ``marks`` holds where each item stood."""

    __slots__ = ("marks",)
    marks: list[Any]

    def __init__(self) -> None:
        self.marks = []


@dataclass(slots=True)
class Document:
    """What one file holds.

    Attributes:
        file: The path as a person knows it.
        roots: Top-level values, one for each YAML document; usually one.
        findings: What is wrong with the text.
        is_complete: Whether the file was read to its end.
    """

    file: PurePath
    roots: list[Any] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_complete: bool = True

    def say(
        self, rule: str, what: str, hint: str, line: int, column: int, matched: str = ""
    ) -> None:
        """Adds a finding at a place; line and column count from 1."""
        known = TEXT_RULES[rule]
        self.findings.append(
            Finding(
                rule, known.severity, "", what, known.why, hint,
                matched=matched, place=Place(self.file, line, column),
            )
        )  # fmt: skip


def read_document(content: bytes, file: PurePath) -> Document:
    """Reads one file. Never raises on any content: what is wrong becomes findings."""
    document = Document(file)
    text = decoded(content, document.say)
    if text is None or find_conflicts(text, document.say):
        document.is_complete = False
        return document
    builder = _Builder(document)
    try:
        builder.read(CParser(text))
    except yaml.YAMLError as error:
        syntax_finding(error, text, document.say)
        builder.drop_open_entry()
    except _StoppedEarly:
        builder.drop_open_entry()
    if document.is_complete and not any(r is not None for r in document.roots):
        document.say(
            "T014", "The file holds nothing but blank lines and comments.",
            "Remove it, or write a section such as `teams:` into it.", 1, 1,
        )  # fmt: skip
    return document


class _StoppedEarly(Exception):
    """The rest of the file is not read."""


class _Builder:
    """Builds one document's values from the parser's events, with an explicit stack."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.current: Map | Seq | None = None
        self.above: list[Map | Seq | None] = []
        self.key = ""
        self.expects_key = False

    def read(self, parser: CParser) -> None:
        """Follows the events to the end, or until a limit is reached."""
        nodes = 0
        next_event: Callable[[], Any] = parser.get_event
        while (event := next_event()) is not None:
            kind = event.__class__
            if kind is ScalarEvent:
                nodes += 1
                if event.anchor is not None or event.tag is not None:
                    self._refuse_properties(event)
                value = event.value
                if self.expects_key:
                    self._take_key(value, event)
                else:
                    self._put(None if value in _NOTHING and not event.style else value, event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self.current = self.above.pop()
                self.expects_key = self.current.__class__ is Map
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                nodes += 1
                self._open(event, Map() if kind is MappingStartEvent else Seq())
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent and self.document.roots:
                self._second_document(event)
            if nodes > MAX_NODES:
                self._stop("T011", f"The file holds more than {MAX_NODES:,} values.",
                           "Split it, or write less: no plan of people is that large.", event)  # fmt: skip

    def _put(self, value: Any, event: Any) -> None:
        """Puts a finished value where it belongs: under the key, into the list, or at the top."""
        current = self.current
        if current is None:
            self.document.roots.append(value)
            return
        current.marks.append(event.start_mark)
        if current.__class__ is Map:
            current[self.key] = value
            self.expects_key = True
        else:
            current.append(value)  # type: ignore[union-attr]

    def _take_key(self, key: str, event: Any) -> None:
        current = self.current
        assert isinstance(current, Map)
        if key in current:
            self._twice(current, key, event)
        current.marks.append(event.start_mark)
        self.key = key
        self.expects_key = False

    def _twice(self, current: Map, key: str, event: Any) -> None:
        before, _ = current.set_aside(key)
        if len(self.above) == 2 and not self._in_organisation():
            self._say(
                "T006", f"`{key}` is defined twice; first in line {before.line + 1}.",
                "Give one of them another identifier, or put the two together.", event, key,
            )  # fmt: skip
        else:
            self._say(
                "T005", f"The key `{key}` is written twice; first in line {before.line + 1}.",
                "Keep one of the two, or put their values together.", event, key,
            )  # fmt: skip

    def _in_organisation(self) -> bool:
        top = self.above[1]
        return isinstance(top, Map) and next(reversed(top), "") == "organisation"

    def _open(self, event: Any, new: Map | Seq) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if self.expects_key:
            self._stop(
                "T003", "A key must be a word, but here stands a list or a mapping.",
                "Put it in quotes if the brackets belong to the text.", event,
            )  # fmt: skip
        if len(self.above) >= MAX_DEPTH:
            self._stop(
                "T011", f"Values are nested more than {MAX_DEPTH} deep.",
                "No part of a plan is that deep; look for brackets that are never closed.", event,
            )  # fmt: skip
        current = self.current
        self._put(new, event)
        self.above.append(current)
        self.current = new
        self.expects_key = new.__class__ is Map

    def _alias(self, event: Any) -> None:
        name = f"*{event.anchor}"
        self._say(
            "T012", f"`{name}` is an alias of YAML, which a plan cannot have.",
            f'Write the value out; if you mean the text, put it in quotes: "{name}".', event, name,
        )  # fmt: skip
        if self.expects_key:
            self._take_key(name, event)
        else:
            self._put(name, event)

    def _refuse_properties(self, event: Any) -> None:
        name = f"&{event.anchor}" if event.anchor is not None else f"{event.tag}"
        word = "an anchor" if event.anchor is not None else "a tag"
        self._say(
            "T012", f"`{name}` is {word} of YAML, which a plan cannot have.",
            "Take it away; if it belongs to the text, put the text in quotes.", event, name,
        )  # fmt: skip

    def _second_document(self, event: Any) -> None:
        self._say(
            "T013", "A second document begins here with `---`.",
            "Remove the line, or move what follows it to a file of its own.", event, "---",
        )  # fmt: skip

    def _say(self, rule: str, what: str, hint: str, event: Any, matched: str = "") -> None:
        mark = event.start_mark
        self.document.say(rule, what, hint, mark.line + 1, mark.column + 1, matched)
        if len(self.document.findings) >= MAX_FAULTS:
            self._stop(
                "T011", f"The file has {MAX_FAULTS} faults up to here; the rest was not read.",
                "Mend these first.", event,
            )  # fmt: skip

    def _stop(self, rule: str, what: str, hint: str, event: Any) -> None:
        mark = event.start_mark
        self.document.say(rule, what, hint, mark.line + 1, mark.column + 1)
        raise _StoppedEarly

    def drop_open_entry(self) -> None:
        """Takes away the entity that was being read: half of it would give misleading findings."""
        self.document.is_complete = False
        holders = [value for value in (*self.above, self.current) if value is not None][:2]
        if not holders:
            return
        holder = holders[-1]
        if isinstance(holder, Map):
            awaits_value = holder is self.current and not self.expects_key
            if holder and not awaits_value:
                holder.popitem()
        elif holder:
            holder.pop()
