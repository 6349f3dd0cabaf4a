"""Out of ``ReportData`` a ``Page``: everything that is decided before a template prints it."""

from __future__ import annotations

from collections.abc import Sequence

from mainstem.figures import evidence, headline, leftover, pictures, stream_rows, team_rows
from mainstem.figures.given import ReportData
from mainstem.figures.shown import Download
from mainstem.figures.tables import Value, data_link
from mainstem.figures.wording import one_line
from mainstem.report.page import Page
from mainstem.score.words import UNIT_WORDS


def build_page(data: ReportData) -> Page:
    """Decides everything that the page shows."""
    rows = stream_rows.stream_rows(data)
    most = stream_rows.MOST_ROWS
    first = headline.headline(data)
    streams_csv = _download(
        "streams.csv", stream_rows.CSV_COLUMNS, stream_rows.stream_csv_rows(data)
    )
    return Page(
        title=f"{one_line(data.scope or data.organisation)}, {one_line(data.period)}: Value Score",
        organisation=one_line(data.organisation), scope=one_line(data.scope),
        period=one_line(data.period), unit=UNIT_WORDS[data.unit][1], headline=first,
        notices=headline.notices(data), is_empty=headline.whole_of(data) is None,
        grain=pictures.grain_word(data), weeks=pictures.weeks_picture(data),
        weeks_words=pictures.weeks_words(data),
        changes=pictures.changes_picture(data), chart_notes=pictures.chart_notes(data),
        rest=leftover.rest_rows(data), rest_words=leftover.rest_words(data), river=pictures.river_picture(data),
        streams=rows[:most], more_streams=rows[most:], streams_words=stream_rows.streams_words(data),
        streams_csv=streams_csv, teams=team_rows.team_rows(data),
        teams_words=team_rows.teams_words(data), all_teams=team_rows.all_teams(data),
        lumps=leftover.lump_rows(data), lumps_words=leftover.lumps_words(data),
        lumps_csv=_download("lumps.csv", leftover.LUMP_COLUMNS, leftover.lump_csv_rows(data)),
        findings=evidence.finding_groups(data), findings_words=evidence.findings_words(data),
        findings_more=evidence.findings_more(data),
        findings_csv=_download("findings.csv", evidence.FINDING_COLUMNS, evidence.finding_csv_rows(data)),
        imports=evidence.import_lines(data),
        imports_csv=_download("imports.csv", evidence.IMPORT_COLUMNS, evidence.import_csv_rows(data)),
        facts=evidence.facts(data), kinds=evidence.kind_facts(), notes=_notes(data),
        made=evidence.made_words(data),
    )  # fmt: skip


def _download(
    file: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> Download | None:
    return Download(file, data_link(columns, rows)) if rows else None


def _notes(data: ReportData) -> tuple[str, ...]:
    """Notes of the report and of its answers, each once."""
    given = (*data.notes, *data.weeks.notes, *data.teams.notes, *data.streams.notes)
    return tuple(dict.fromkeys(one_line(note) for note in given if note.strip()))
