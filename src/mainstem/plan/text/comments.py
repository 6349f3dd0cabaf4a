"""Comments of a YAML text: where they stand, and their usual place beside and above what they are about."""

from __future__ import annotations

from dataclasses import dataclass

from yaml._yaml import CParser

_BEFORE = "  "


@dataclass(frozen=True, slots=True)
class Layout:
    """What each line of a text is.

    Attributes:
        lines: The lines, without their ends.
        content_end: For each line: the column after its last token, 0 if it has none.
        inside: Lines that belong to a text begun on an earlier line; they must not be touched.
    """

    lines: list[str]
    content_end: list[int]
    inside: frozenset[int]

    def comment(self, line: int) -> str:
        """The comment of a line, with its ``#``; empty if there is none."""
        if line in self.inside:
            return ""
        rest = self.lines[line][self.content_end[line] :].strip()
        return rest if rest.startswith("#") else ""

    def is_comment(self, line: int) -> bool:
        """Whether a line holds a comment and nothing else."""
        return not self.content_end[line] and bool(self.comment(line))

    def comments(self) -> list[str]:
        """All comments in order."""
        return [found for i in range(len(self.lines)) if (found := self.comment(i))]


def layout_of(text: str) -> Layout:
    """The layout of a text that the parser can read."""
    lines = text.split("\n")
    content_end = [0] * (len(lines) + 1)
    inside: set[int] = set()
    parser = CParser(text)
    while (token := parser.get_token()) is not None:
        start, end = token.start_mark, token.end_mark
        if end.index <= start.index:
            continue
        last = end.line if end.column else end.line - 1
        if last > start.line:
            content_end[start.line] = len(lines[start.line])
            inside.update(_held(lines, start.line, last))
        if last == end.line:
            content_end[end.line] = max(content_end[end.line], end.column)
    return Layout(lines, content_end, frozenset(inside))


def _held(lines: list[str], first: int, last: int) -> list[int]:
    """Lines of a text after its first; comments below a block that are indented less are not in it."""
    held = list(range(first + 1, min(last, len(lines) - 1) + 1))
    while held and not lines[held[-1]].strip():
        held.pop()
    return held


def tidy(made: str, before: str) -> str:
    """The formatted text with comments indented like what they are about, and single blank lines.

    Args:
        made: The text after formatting; its comments still stand in their old columns.
        before: The text before; it tells whether a comment is about what follows or what went before.
    """
    about = _about_next(layout_of(before))
    layout = layout_of(made)
    whole = [i for i in range(len(layout.lines)) if layout.is_comment(i)]
    if [layout.comment(i) for i in whole] != [comment for comment, _ in about]:
        return made
    belongs_to_next = dict(zip(whole, (is_next for _, is_next in about), strict=True))
    out: list[str] = []
    for i, line in enumerate(layout.lines):
        if i in belongs_to_next:
            out.append(" " * _indent(layout, i, is_next=belongs_to_next[i]) + layout.comment(i))
        elif comment := layout.comment(i):
            out.append(line[: layout.content_end[i]] + _BEFORE + comment)
        elif i in layout.inside:
            out.append(line)
        elif line.strip() or (out and out[-1].strip()):
            out.append(line.rstrip())
    return "\n".join(out)


def _about_next(layout: Layout) -> list[tuple[str, bool]]:
    """Each comment on a line of its own, and whether it is about what follows."""
    out = []
    for i, line in enumerate(layout.lines):
        if layout.is_comment(i):
            following = _neighbour(layout, i, 1)
            is_next = following is not None and _width(line) <= _width(layout.lines[following])
            is_next = is_next or (following is None and _width(line) == 0)
            out.append((layout.comment(i), is_next))
    return out


def _indent(layout: Layout, line: int, *, is_next: bool) -> int:
    neighbour = _neighbour(layout, line, 1 if is_next else -1)
    return 0 if neighbour is None else _width(layout.lines[neighbour])


def _neighbour(layout: Layout, line: int, step: int) -> int | None:
    """The next line with content in a direction that is not inside a longer text."""
    at = line + step
    while 0 <= at < len(layout.lines):
        if layout.content_end[at] and at not in layout.inside:
            return at
        at += step
    return None


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
