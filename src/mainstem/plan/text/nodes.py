"""YAML text to plain values with places. All scalars stay text: the model decides what they mean.

So ``on``, ``1:30`` and ``2026-07`` are words unless a field wants a flag, a number or a day. Anchors,
aliases, tags and merge keys are refused: they hide what a plan says and can blow up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import yaml

from mainstem.plan.findings import Finding, Place, Severity

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 40
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_TAB = re.compile(r"^ *\t", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Report = Callable[[Finding], None]


def fault(rule: str, place: Place, what: str, why: str, hint: str, matched: str = "") -> Finding:
    """A finding on the text that keeps it from being used."""
    return Finding(rule, Severity.BLOCKS, "", what, why, hint, matched=matched, place=place)


def read_nodes(content: bytes, file: PurePath, report: Report) -> yaml.MappingNode | None:
    """The root mapping of a file, or ``None`` with findings that say why not."""
    text = _decode(content, file, report)
    if text is None:
        return None
    found = _CONFLICT.search(text)
    if found:
        report(fault("T004", _place(text, found.start(), file), "This is the mark of an unfinished merge.",
                     "Both sides stand in the file, so it says two things.",
                     "Keep one side, delete the marks, and check again.", found.group(1)))  # fmt: skip
        return None
    tab = _TAB.search(text)
    if tab:
        report(fault("T014", _place(text, tab.end() - 1, file), "This line is indented with a tab.",
                     "YAML counts spaces; a tab has no width.", "Indent with two spaces."))  # fmt: skip
        return None
    try:
        if _may_be_deep(text) and not _depth_is_sound(text, file, report):
            return None
        documents = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        report(_syntax(error, file))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        report(fault("T001", Place(file, 1, 1), f"This is no YAML: {error}".splitlines()[0],
                     "Nothing in the file can be read.", "Look for control characters."))  # fmt: skip
        return None
    return _root(documents, file, report)


def _decode(content: bytes, file: PurePath, report: Report) -> str | None:
    at = Place(file, 1, 1)
    if len(content) > MOST_BYTES:
        report(fault("T003", at, f"The file has {len(content) / 1048576:.0f} MB; at most 10 MB are read.",
                     "A plan of that size is most likely not a plan.", "Split it, or take out what is no plan."))  # fmt: skip
        return None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report(fault("T002", at, "The file is in UTF-16.", "Plans are read as UTF-8.",
                     "Save it as UTF-8."))  # fmt: skip
        return None
    if content[:3] == b"\xef\xbb\xbf":
        report(Finding("T011", Severity.INFO, "", "The file begins with a byte order mark.",
                       "It is harmless here, but other tools stumble over it.",
                       "Save it as UTF-8 without BOM; `mainstem fmt` does.", place=at))  # fmt: skip
        content = content[3:]
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        report(fault("T002", Place(file, line, column), f"The byte {content[error.start]:#04x} is no UTF-8.",
                     "The file was saved in another encoding, such as Latin-1.",
                     "Save it as UTF-8."))  # fmt: skip
        return None


def _place(text: str, at: int, file: PurePath) -> Place:
    return Place(file, text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


def place_of(node: yaml.Node, file: PurePath) -> Place:
    """Where a node starts."""
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _syntax(error: yaml.MarkedYAMLError, file: PurePath) -> Finding:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    said = (error.problem or str(error)).rstrip(".")
    context = f" ({error.context})" if error.context else ""
    return fault("T001", place, f"This is no YAML: {said}{context}.",
                 "Nothing in the file can be read until it is.",
                 "Check indentation, colons and quotes here and in the line before.")  # fmt: skip


def _may_be_deep(text: str) -> bool:
    """Whether the text could nest deeply: only then are its events walked first."""
    if text.count("[") + text.count("{") > MOST_DEPTH or "- - -" in text or "? ?" in text:
        return True
    return bool(re.search(rf"^ {{{MOST_DEPTH * 2},}}\S", text, re.MULTILINE))


def _depth_is_sound(text: str, file: PurePath, report: Report) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                place = Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
                report(fault("T003", place, f"The text nests more than {MOST_DEPTH} levels deep here.",
                             "No plan needs that; a file made to break readers does.",
                             "Flatten it."))  # fmt: skip
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return True


def _root(documents: list[Any], file: PurePath, report: Report) -> yaml.MappingNode | None:
    nodes = [d for d in documents if d is not None]
    if not nodes:
        report(Finding("T012", Severity.INFO, "", "The file is empty.", "It adds nothing to the plan.",
                       "Fill it or delete it.", place=Place(file, 1, 1)))  # fmt: skip
        return None
    if len(nodes) > 1:
        report(fault("T013", place_of(nodes[1], file), "A second document starts here.",
                     "Only one would be read.", "Take out the line with three dashes."))  # fmt: skip
        return None
    if not isinstance(nodes[0], yaml.MappingNode):
        report(fault("T007", place_of(nodes[0], file), "The file must be a mapping, such as `streams:` with entries.",
                     "A list or a word says nothing about what it is.", "Begin with a section, for instance `teams:`."))  # fmt: skip
        return None
    return nodes[0]


class Reader:
    """Turns nodes into plain values once, noticing aliases, tags and keys that stand twice."""

    def __init__(self, file: PurePath, report: Report) -> None:
        self._file = file
        self._report = report
        self._seen: set[int] = set()

    def pairs(self, node: yaml.MappingNode) -> list[tuple[str, yaml.Node, yaml.Node]]:
        """Key, key node and value node of a mapping; a key that stands twice is reported."""
        out: list[tuple[str, yaml.Node, yaml.Node]] = []
        first: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(fault("T007", place_of(key_node, self._file), "A key must be a word.",
                                   "It names an entity or a field.", "Quote it if it begins with [ or {."))  # fmt: skip
                continue
            key = key_node.value
            if key in first:
                line = first[key].start_mark.line + 1
                self._report(fault("T005", place_of(key_node, self._file), f"{key!r} stands here twice; first in line {line}.",
                                   "One of the two would silently be lost.",
                                   "Rename one, or bring them together.", key))  # fmt: skip
                continue
            first[key] = key_node
            out.append((key, key_node, value_node))
        return out

    def value(self, node: yaml.Node) -> Any:
        """A node as text, list or mapping; nothing at all is ``None``."""
        if isinstance(node, yaml.ScalarNode):
            if node.style is None and node.value in ("", "~", "null", "Null", "NULL"):
                return None
            return node.value
        if id(node) in self._seen:
            self._report(fault("T003", place_of(node, self._file), "This is used again by an alias (*).",
                               "Anchors and aliases hide what a plan says, and can blow up a file.",
                               "Write it out where it is needed."))  # fmt: skip
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(n) for n in node.value]
        assert isinstance(node, yaml.MappingNode)
        found = ((key, self.value(value)) for key, _, value in self.pairs(node))
        return {key: value for key, value in found if value is not None}
