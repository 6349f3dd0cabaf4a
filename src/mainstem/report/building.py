"""Out of ``ReportData`` a ``Page``: everything that is decided before a template prints it."""

from __future__ import annotations

from collections.abc import Sequence

from mainstem.report import charts, evidence, headline, leftover, stream_rows, team_rows
from mainstem.report.page import Download, Page, Picture, ReportData, Sheet
from mainstem.report.river import Course, course
from mainstem.report.river_drawing import river
from mainstem.report.tables import Value, answer_rows, data_link, units
from mainstem.report.wording import one_line
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind
from mainstem.score.values import Grain
from mainstem.score.words import UNIT_WORDS, percent, signed


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
        grain=_grain(data), weeks=_weeks(data), weeks_words=_weeks_words(data),
        changes=_changes(data), chart_notes=_chart_notes(data),
        rest=leftover.rest_rows(data), rest_words=leftover.rest_words(data), river=_river(data),
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


def _grain(data: ReportData) -> str:
    grain = data.weeks.question.grain
    return "period" if grain is Grain.ALL else grain.value


def _weeks(data: ReportData) -> Picture | None:
    cells = list(data.weeks.cells)
    if not any(c.amounts.units for c in cells):
        return None
    made = data.chart
    return Picture(
        charts.score_chart(cells, made, charts.WIDE), charts.score_chart(cells, made, charts.NARROW),
        _weeks_sheet(data),
    )  # fmt: skip


def _weeks_sheet(data: ReportData) -> Sheet:
    columns, rows = answer_rows(data.weeks)
    grain = _grain(data)
    shown = (grain.capitalize(), "Units", "Value", "Rest", "Unknown", "Score", "Low", "High")
    cells = []
    for c in data.weeks.cells:
        rest = sum(c.amounts.rest.values()) - c.amounts.unknown
        counted = (c.amounts.units, c.amounts.value, rest, c.amounts.unknown)
        shares = (c.score.point, c.score.low, c.score.high)
        words = (*(team_rows.units_words(p) for p in counted), *(percent(s) for s in shares))
        cells.append((one_line(c.period.label), *words))
    return Sheet(
        f"Value Score by {grain}, in {UNIT_WORDS[data.unit][1]}", shown, tuple(cells),
        (False, *(True,) * 7), f"{grain}s.csv", data_link(columns, rows),
    )  # fmt: skip


def _weeks_words(data: ReportData) -> str:
    words = "The line is what we know went to value; the hatched band is what nobody has claimed."
    if isinstance(data.chart, Chart) and data.chart.limits and _is_of_scores(data.chart):
        dots = (
            "Dotted lines are limits on trial"
            if data.chart.is_trial
            else "Dashed lines are the usual range"
        )
        return f"{words} {dots}."
    return words


def _is_of_scores(made: Chart) -> bool:
    return made.kind is not ChartKind.DIFFERENCES


def _chart_notes(data: ReportData) -> tuple[str, ...]:
    """What is unusual, and why the limits are as they are, or are not."""
    made = data.chart
    if made is None or not any(c.amounts.units for c in data.weeks.cells):
        return ()
    if isinstance(made, NotAnswerable):
        return (f"No usual range: {made}",)
    return (*(one_line(s.words) for s in made.signals), *(one_line(n) for n in made.notes))


def _changes(data: ReportData) -> Picture | None:
    """The chart of differences, where limits for the scores themselves would raise false alarms."""
    made, cells = data.chart, data.weeks.cells
    if not isinstance(made, Chart) or _is_of_scores(made) or not made.points:
        return None
    rows = [(p.label, p.value * 100) for p in made.points if p.value is not None]
    sheet = Sheet(
        "Change of the Value Score from one point to the next", (_grain(data).capitalize(), "Points"),
        tuple((one_line(label), signed(points)) for label, points in rows), (False, True),
        "changes.csv", data_link((_grain(data), "points"), rows),
    )  # fmt: skip
    return Picture(
        charts.change_chart(cells, made, charts.WIDE), charts.change_chart(cells, made, charts.NARROW),
        sheet,
    )  # fmt: skip


def _river(data: ReportData) -> Picture | None:
    made = course(data.flows, data.plan)
    if not made.teams:
        return None
    return Picture(
        river(made, data.unit, narrow=False), river(made, data.unit, narrow=True),
        _river_sheet(made, data),
    )  # fmt: skip


def _river_sheet(made: Course, data: ReportData) -> Sheet:
    flows = (*made.left, *made.right)
    shown = tuple((f.source.name, f.target.name, team_rows.units_words(f.parts)) for f in flows)
    many = UNIT_WORDS[data.unit][1]
    return Sheet(
        f"What flows from where to where, in {many}", ("From", "To", many.capitalize()), shown,
        (False, False, True), "river.csv", data_link(("team", "target", "unit", "units"), _flows(data)),
    )  # fmt: skip


def _flows(data: ReportData) -> list[tuple[Value, ...]]:
    """Every flow as given, without grouping."""
    return [(f.team or "(none)", f.target, data.unit.value, units(f.parts)) for f in data.flows]
