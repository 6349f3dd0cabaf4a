"""What a report's page shows: ``report.building`` makes it; the template prints it and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.figures.shown import (
    Download,
    FindingGroup,
    Headline,
    ImportLine,
    LumpRow,
    Notice,
    Picture,
    RestRow,
    Sheet,
    StreamRow,
    TeamRow,
)


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
