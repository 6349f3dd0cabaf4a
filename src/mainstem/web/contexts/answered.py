"""What was answered in a source, where the work is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from mainstem.figures.shown import Tag
from mainstem.figures.wording import one_line, plural, shorten
from mainstem.services.decisions.answering import Answered
from mainstem.web.contexts.jobs import when
from mainstem.web.contexts.pieces import Cell, Column, Row, Table


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """A part of the page of a source.

    Attributes:
        words: How it stands, in a sentence or two.
        table: The newest answers; nothing where there are none.
    """

    words: str
    table: Table | None


def answered_section(found: Sequence[Answered], how: str, now: datetime) -> AnsweredSection | None:
    """The answers of a source; nothing for one that gives none and never did.

    Args:
        how: What its option ``answers`` says.
    """
    is_off = how in ("", "off")
    if is_off and not found:
        return None
    rows = tuple(_row(one, now) for one in found)
    columns = (Column("Item"), Column("Answer"), Column("Written"))
    table = Table("What was answered lately", columns, rows) if rows else None
    return AnsweredSection(_words(found, is_off), table)


def _words(found: Sequence[Answered], is_off: bool) -> str:
    if is_off:
        return "It answers no more; what it wrote stays where it is."
    if not found:
        return (
            "Nothing was asked yet. As soon as an item is made or changed in the tracker, and its message comes"
            " in, the answer is written there."
        )
    faults, waiting = sum(bool(one.fault) for one in found), sum(one.waits for one in found)
    parts = []
    if faults:
        parts.append(f"{plural(faults, 'answer')} could not be written.")
    if waiting:
        parts.append(f"{plural(waiting, 'item waits', 'items wait')} to be looked at.")
    return " ".join(parts) or "Every answer was written."


def _row(of: Answered, now: datetime) -> Row:
    tags = [Tag("not written", "bad")] if of.fault else []
    tags += [Tag("waits", "rest")] if of.waits else []
    under = shorten(one_line(of.fault), 300)
    return Row((
        Cell(one_line(of.name or of.place), _safe(of.link)),
        Cell(one_line(of.said), "", under, tags=tuple(tags)), Cell(when(of.at, now)),
    ))  # fmt: skip


def _safe(link: str) -> str:
    """A tracker says where its items are; only an address of the web is one."""
    return link if urlsplit(link).scheme in ("http", "https") else ""
