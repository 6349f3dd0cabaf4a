"""Values that the macros of ``templates/parts`` print: tables, bars, needs, changes, findings, pages.

A page's context is made of these and of ``figures.shown``. All text is plain text, with days and numbers
in words; a template adds nothing and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mainstem.figures.shown import Tag
from mainstem.web.contexts.shell import Tone

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    words: str
    href: str


class Stretch(StrEnum):
    """What a part of a bar is."""

    VALUE = "value"
    UNKNOWN = "unknown"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: parts in per cent of its whole, one after another, and where the plan said it would end.

    Attributes:
        parts: What it is and how wide, in per cent; together at most 100.
        tick: Where the planned mark stands, in per cent.
        words: What it shows, for those who do not see it; empty if the words beside it say the same.
    """

    parts: tuple[tuple[Stretch, float], ...]
    tick: float | None = None
    words: str = ""

    @property
    def placed(self) -> tuple[tuple[str, float, float], ...]:
        """Kind, start and width of each part, in per cent."""
        out, at = [], 0.0
        for kind, width in self.parts:
            out.append((kind.value, round(at, 2), round(width, 2)))
            at += width
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: any of words, a line under them, a bar, a picture and tags."""

    words: str = ""
    href: str = ""
    under: str = ""
    bar: Bar | None = None
    picture: Markup | None = None
    tags: tuple[Tag, ...] = ()
    exact: str = ""

    @property
    def is_void(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.words or self.under or self.bar or self.picture or self.tags)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``sort`` is the page sorted by it, ``sorted`` how it is now: ``ascending`` or ``descending``."""

    name: str
    is_number: bool = False
    sort: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first cell names it; ``depth`` (0 to 5) indents it."""

    cells: tuple[Cell, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a person reads.

    Attributes:
        caption: What it holds, in words.
        columns: As many as each row has cells.
        rows: Its rows.
        csv: Where the same numbers are as CSV.
        is_wide: Whether it scrolls sideways in its own region where it does not fit; if not, each row
            becomes a card on a narrow screen.
        is_named: Whether the caption is shown; if not, it is only heard.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    csv: str = ""
    is_wide: bool = False
    is_named: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class KeptTable:
    """A table in something whose print can be kept as long as it is."""

    table: Table


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs a person: of what, what is so, and the one thing to do."""

    subject: str
    words: str
    action: str
    href: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is so of it."""

    name: str
    words: str
    href: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the same thing."""

    name: str
    href: str
    is_here: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where one is in a long list: ``words`` is ``51 to 100 of 1,240 items``."""

    words: str
    previous: str = ""
    next: str = ""


class Kind(StrEnum):
    """What a change does to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two plans: what changed, where, from what to what."""

    kind: Kind
    words: str
    place: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding in words; ``href`` leads to the thing or the rule."""

    rule: str
    severity: str
    words: str
    why: str = ""
    hint: str = ""
    place: str = ""
    href: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing here yet: why, the one next thing to do, and perhaps text to copy."""

    title: str
    words: str
    action: Link | None = None
    code: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Failure:
    """What an error page can say beyond its own words; ``reference`` finds the request in the log."""

    message: str = ""
    hint: str = ""
    code: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a query: words, and the place in it, counted from 0."""

    words: str
    at: int

    @property
    def marker(self) -> str:
        """A line that points to the place from below."""
        return " " * self.at + "^"
