"""What figures are made from: values of the core, and what was read and left over, in plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Protocol

from mainstem.plan.findings import Finding
from mainstem.plan.model import Plan, Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change
from mainstem.score.chart import Chart
from mainstem.score.values import Answer


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
        smallest: The smallest group shown; smaller ones are merged into the team they are in.
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
    smallest: int = 1
