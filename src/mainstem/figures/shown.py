"""What figures come out as: rows, pictures and sheets, decided to the last word.

All text is plain text: whoever prints it escapes it. A picture is markup already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of numbers beside a chart, and its CSV."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    file: str
    link: str


@dataclass(frozen=True, slots=True)
class Download:
    """A CSV inside the page."""

    file: str
    link: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in two widths, with what it says in words."""

    wide: Markup
    narrow: Markup
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Notice:
    """A state that needs a word: what is so, the one next thing to do, and perhaps text to copy."""

    title: str
    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line in two voices, what stands under it, and the split of the change."""

    head: str
    tail: str
    lead: str
    change: str = ""
    split: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A word of attention; ``tone`` is ``rest`` (look), ``bad`` (broken) or empty."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class RestRow:
    """One kind of the rest: words, per cent of a bar, whether it is the unknown."""

    name: str
    width: float
    share: str
    amount: str
    is_unknown: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream: its metric, its share of effort beside the planned one, who works on it."""

    name: str
    objective: str
    metric: str
    now: str
    target: str
    spark: Markup | None
    no_spark: str
    share: str
    amount: str
    planned: str
    width: float
    tick: float | None
    teams: str
    tags: tuple[Tag, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team and the teams in it; widths are per cent of the whole bar and add up to 100."""

    name: str
    depth: int
    amount: str
    score: str
    range: str
    coverage: str
    value: float
    unknown: float
    rest: float
    rest_words: str
    is_group: bool
    is_own: bool = False
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class LumpRow:
    """One lump in words."""

    title: str
    amount: str
    share: str
    width: float
    items: str
    shared: str
    claim: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in words; ``after`` is what stands between its subject and what is so of it."""

    subject: str
    after: str
    what: str
    hint: str
    place: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one rule; ``hint`` is what all of them say to do, if they say the same."""

    rule: str
    severity: str
    why: str
    rows: tuple[FindingRow, ...]
    more: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in words."""

    source: str
    when: str
    counts: tuple[str, ...]
    rejects: tuple[tuple[str, str, str], ...]
    more: int
    notes: tuple[str, ...]
