"""Changing the fields of one mapping and the items of one list where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mainstem.plan.compare import match_elements, text_names
from mainstem.plan.model import Shape
from mainstem.plan.text.nodes import Map, Seq
from mainstem.plan.text.splicing import (
    Lines,
    dash_of,
    indented,
    is_block,
    is_block_entry,
)
from mainstem.plan.text.write import entry_lines, item_lines, keys_of


class TooFine(Exception):
    """The text is not written in a way that lets so little be replaced."""


def edit_fields(text: Lines, node: Map, old: Any, new: Any) -> None:
    """Brings the keys of one mapping into line; those that say the same are left alone."""
    written = keys_of(new)
    shape: type[Shape] = type(new)
    names = list(text_names(shape).items())
    for place, (name, key) in enumerate(names):
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if key not in node:
            line, column = _after(text, node, [k for _, k in names[:place]])
            text.replace(line, line, indented(entry_lines(key, written[key]), column))
            continue
        marks = node.marks_of(key)
        if marks is None or not is_block_entry(text, marks[0]):
            raise TooFine
        if key not in written:
            _cut(text, marks[0])
        elif not _inside(text, node[key], marks[1], before, after):
            _rewrite(text, marks[0], entry_lines(key, written[key]))


def _after(text: Lines, node: Map, earlier: Sequence[str]) -> tuple[int, int]:
    """Where a new key goes: after the last of those that come before it, else at the end."""
    known = [key for key in earlier if key in node] or list(node)
    marks = node.marks_of(known[-1])
    if marks is None or not is_block_entry(text, marks[0]):
        raise TooFine
    return text.end_of(marks[0].line, marks[0].column), marks[0].column


def _cut(text: Lines, mark: Any) -> None:
    end = text.end_of(mark.line, mark.column)
    text.replace(mark.line, end, indented(text.comments(mark.line, end), mark.column))


def _rewrite(text: Lines, mark: Any, new: Sequence[str]) -> None:
    end = text.end_of(mark.line, mark.column)
    comments = text.comments(mark.line, end)
    if len(new) == 1 and end == mark.line + 1 and comments:
        said = [f"{new[0]}  {comments[0]}"]
    else:
        said = [*comments, *new]
    text.replace(mark.line, end, indented(said, mark.column))


def _inside(text: Lines, node: Any, mark: Any, old: Any, new: Any) -> bool:
    """Changes a part of a value where that is possible; whether it was."""
    if not is_block(text, node, mark):
        return False
    if isinstance(node, Map) and isinstance(old, Shape) and type(old) is type(new) and new:
        if not keys_of(new):
            return False
        edit_fields(text, node, old, new)
        return True
    shapes = isinstance(old, tuple) and isinstance(new, tuple) and bool(new)
    if isinstance(node, Seq) and shapes and all(isinstance(v, Shape) for v in (*old, *new)):
        return edit_items(text, node, old, new)
    return False


def edit_items(text: Lines, node: Seq, old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Changes the items of a list one by one; ``False`` if their order changed."""
    pairs = match_elements(tuple(old), tuple(new))
    stay = [pairs[i] for i in sorted(pairs)]
    spans = [_span(text, mark) for mark in node.marks]
    if len(node) != len(old) or stay != sorted(stay) or not stay or None in spans:
        return False
    was = {j: i for i, j in pairs.items()}
    for i, span in enumerate(spans):
        if i not in pairs and span is not None:
            text.replace(span[0], span[1], indented(text.comments(*span[:2]), span[2]))
    first = spans[was[stay[0]]]
    assert first is not None
    line, column = text.above(first[0], first[2]), first[2]
    for j, value in enumerate(new):
        said = item_lines(value)
        if j not in was:
            text.replace(line, line, indented(said, column))
            continue
        span = spans[was[j]]
        assert span is not None
        line = span[1]
        if old[was[j]] != value:
            comments = text.comments(span[0], span[1])
            text.replace(span[0], span[1], indented([*comments, *said], column))
    return True


def _span(text: Lines, mark: Any) -> tuple[int, int, int] | None:
    column = dash_of(text, mark)
    if column is None:
        return None
    return mark.line, text.end_of(mark.line, column, is_item=True), column
