"""What a report is made of: its input out of values of the core, and what its page shows.

``ReportData`` goes in; ``report.building`` turns it into a ``Page``; the template prints a page and
decides nothing. All text of a page is plain text: whoever prints it escapes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from mainstem.plan.findings import Finding
from mainstem.plan.model import Plan, Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change
from mainstem.score.chart import Chart
from mainstem.score.values import Answer

if TYPE_CHECKING:
    from markupsafe import Markup


class FlowLike(Protocol):
    """Effort of one team for one target; ``services.scoring.Flow`` is one."""

    @property
    def team(self) -> str:
        """Id of the team; empty where the team is not known."""

    @property
    def target(self) -> str:
        """``stream:id``, ``kind:debt`` … or ``kind:unknown``."""

    @property
    def parts(self) -> int:
        """Effort, in parts of the unit."""


@dataclass(frozen=True, slots=True)
class Lump:
    """Unattributed effort that shares something, and the claim that would catch it.

    Attributes:
        title: What it is called, e.g. ``label spike``.
        units_parts: Effort, in parts of the report's unit.
        items: Number of items.
        shared: What all of it shares, in words.
        claim_yaml: The claim as it would stand in the plan.
        examples: A few of its items, ``KEY title``.
    """

    title: str
    units_parts: int
    items: int
    shared: tuple[str, ...] = ()
    claim_yaml: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that were refused for one reason, with the first of them."""

    reason: str
    count: int
    place: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What became of everything that one import read: ``read = new + changed + unchanged + rejected``."""

    source: str
    read: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    landed: datetime | None = None
    rejects: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything a report is made from.

    Attributes:
        organisation: Its name.
        period: The period as people say it, e.g. ``2026 Q3``.
        unit: The one unit of all amounts.
        weeks: Answer by organisation (or one team), cut by week; its ``total`` is the headline.
        teams: Answer by team over the whole period, each team with its own effort.
        streams: Answer by stream over the whole period.
        flows: Team x stream or kind over the whole period.
        plan: The plan in force.
        generated_at: When the report was made.
        scope: Name of the team that the report is about; empty for the organisation.
        change: The split of the change since the period before, or why there is none.
        previous: Name of the period before, the first of the two that ``change`` compares.
        compared: Name of the second, where that is not ``period``.
        chart: The process behaviour chart of ``weeks``, or why there is none.
        lumps: Biggest unattributed lumps, biggest first.
        lumps_left: Parts of the unknown that are in none of ``lumps``.
        no_item: Parts of the unknown that are on no item at all.
        findings: Findings on the plan, accepted ones included.
        base: Folder from which file names of findings are shown.
        imports: What was read, latest first.
        notes: What a reader must know, in words.
        plan_revision: Revision of the plan.
        ledger_version: Version of the ledger.
        as_of: The moment whose knowledge counts, if not that of ``generated_at``.
    """

    organisation: str
    period: str
    unit: Unit
    weeks: Answer
    teams: Answer
    streams: Answer
    flows: Sequence[FlowLike]
    plan: Plan
    generated_at: datetime
    scope: str = ""
    change: Change | NotAnswerable | None = None
    previous: str = ""
    compared: str = ""
    chart: Chart | NotAnswerable | None = None
    lumps: tuple[Lump, ...] = ()
    lumps_left: int = 0
    no_item: int = 0
    findings: tuple[Finding, ...] = ()
    base: PurePath | None = None
    imports: tuple[ImportRow, ...] = ()
    notes: tuple[str, ...] = ()
    plan_revision: str = ""
    ledger_version: int = 0
    as_of: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a report's page shows, in the order in which it shows it."""

    title: str
    organisation: str
    scope: str
    period: str
    unit: str
    headline: Headline
    notices: tuple[Notice, ...]
    is_empty: bool
    grain: str
    weeks: Picture | None
    weeks_words: str
    changes: Picture | None
    chart_notes: tuple[str, ...]
    rest: tuple[RestRow, ...]
    rest_words: str
    river: Picture | None
    streams: tuple[StreamRow, ...]
    more_streams: tuple[StreamRow, ...]
    streams_words: str
    streams_csv: Download | None
    teams: tuple[TeamRow, ...]
    teams_words: str
    all_teams: Sheet | None
    lumps: tuple[LumpRow, ...]
    lumps_words: str
    lumps_csv: Download | None
    findings: tuple[FindingGroup, ...]
    findings_words: str
    findings_more: str
    findings_csv: Download | None
    imports: tuple[ImportLine, ...]
    imports_csv: Download | None
    facts: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    made: str
