"""Lines of one file and what is to stand there instead; everything else stays as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mainstem.plan.text.comments import Layout, layout_of
from mainstem.plan.text.nodes import Map, Seq

_BOM = "\ufeff"


class Lines:
    """A file's lines with replacements that are made all at once. Line numbers count from 0."""

    def __init__(self, text: str) -> None:
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._ending = "\r\n" if "\r\n" in text else "\n"
        plain = text.removeprefix(_BOM).replace("\r\n", "\n")
        self.layout: Layout = layout_of(plain)
        self._splices: list[tuple[int, int, int, list[str]]] = []

    @property
    def lines(self) -> list[str]:
        """The lines as they are, without their ends."""
        return self.layout.lines

    def replace(self, start: int, end: int, new: Iterable[str]) -> None:
        """``new`` instead of the lines from ``start`` until before ``end``."""
        self._splices.append((start, end, len(self._splices), list(new)))

    def append(self, new: Iterable[str]) -> None:
        """Adds lines at the end, after a blank one."""
        count = len(self.lines)
        while count and not self.lines[count - 1].strip():
            count -= 1
        before = [""] if count else []
        self.replace(count, len(self.lines), [*before, *new, ""])

    def made(self) -> str:
        """The text with every replacement."""
        out: list[str] = []
        at = 0
        for start, end, _, new in sorted(self._splices, key=lambda s: s[:3]):
            out += [*self.lines[at:start], *new]
            at = max(at, end)
        out += self.lines[at:]
        return self._bom + self._ending.join(out)

    def width(self, line: int) -> int:
        """How far a line is indented."""
        text = self.lines[line]
        return len(text) - len(text.lstrip(" "))

    def has_content(self, line: int) -> bool:
        """Whether anything but blanks and a comment stands in a line."""
        return bool(self.layout.content_end[line]) or line in self.layout.inside

    def end_of(self, line: int, column: int, *, is_item: bool = False) -> int:
        """Where the entry that begins in a line and column ends: the number of the line after it.

        Comments that are indented deeper than the entry belong to it.
        """
        end = line + 1
        for at in range(line + 1, len(self.lines)):
            deeper = self.width(at) > column
            if not self.has_content(at):
                if deeper and self.lines[at].strip():
                    end = at + 1
                continue
            is_held = at in self.layout.inside or deeper
            text = self.lines[at].lstrip(" ")
            dash = not is_item and self.width(at) == column and (text == "-" or text[:2] == "- ")
            if not (is_held or dash):
                break
            end = at + 1
        return end

    def comments(self, start: int, end: int) -> list[str]:
        """All comments that stand in some lines, with their ``#``."""
        return [found for at in range(start, end) if (found := self.layout.comment(at))]

    def above(self, line: int, column: int) -> int:
        """Where the comments begin that stand right above a line, indented like it."""
        while line and self.layout.is_comment(line - 1) and self.width(line - 1) == column:
            line -= 1
        return line


def is_block_entry(lines: Lines, mark: Any) -> bool:
    """Whether a key stands on a line of its own, in a mapping written in lines."""
    before = lines.lines[mark.line][: mark.column]
    return not before.strip(" ")


def is_block(lines: Lines, node: Any, mark: Any) -> bool:
    """Whether a mapping or a list is written in lines, not in brackets."""
    if not isinstance(node, (Map, Seq)) or not node:
        return False
    return lines.lines[mark.line][mark.column : mark.column + 1] not in ("{", "[")


def dash_of(lines: Lines, mark: Any) -> int | None:
    """Column of the dash before an item of a list; ``None`` if it does not stand right before it."""
    before = lines.lines[mark.line][: mark.column].rstrip(" ")
    return len(before) - 1 if before.endswith("-") and not before[:-1].strip(" ") else None


def indented(new: Sequence[str], column: int) -> list[str]:
    """Lines, moved to the right."""
    return [" " * column + line if line else "" for line in new]
