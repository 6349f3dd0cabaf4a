"""Pictures in two widths with their numbers beside them: the score by week, and the River.

``link`` is where the numbers are as CSV; without one, they are put into the page itself.
"""

from __future__ import annotations

from collections.abc import Callable

from mainstem.figures import charts
from mainstem.figures.given import ReportData
from mainstem.figures.river import Course, Node, course
from mainstem.figures.river_drawing import river
from mainstem.figures.shown import Picture, Sheet
from mainstem.figures.tables import Value, answer_rows, data_link, units
from mainstem.figures.team_rows import units_words
from mainstem.figures.wording import one_line
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind
from mainstem.score.values import Grain
from mainstem.score.words import UNIT_WORDS, percent, signed

FLOW_COLUMNS: tuple[str, ...] = ("team", "target", "unit", "units")


def grain_word(data: ReportData) -> str:
    """What one point of the chart is: ``week``."""
    grain = data.weeks.question.grain
    return "period" if grain is Grain.ALL else grain.value


def weeks_picture(
    data: ReportData, *, link: str | None = None, has_marks: bool = False
) -> Picture | None:
    """The score over time; ``None`` where no work was recorded."""
    cells = list(data.weeks.cells)
    if not any(c.amounts.units for c in cells):
        return None
    frames = (charts.WIDE, charts.NARROW)
    wide, narrow = charts.score_charts(cells, data.chart, frames, has_marks=has_marks)
    return Picture(wide, narrow, _weeks_sheet(data, link))


def _weeks_sheet(data: ReportData, link: str | None) -> Sheet:
    grain = grain_word(data)
    shown = (grain.capitalize(), "Units", "Value", "Rest", "Unknown", "Score", "Low", "High")
    cells = []
    for c in data.weeks.cells:
        rest = sum(c.amounts.rest.values()) - c.amounts.unknown
        counted = (c.amounts.units, c.amounts.value, rest, c.amounts.unknown)
        shares = (c.score.point, c.score.low, c.score.high)
        words = (*(units_words(p) for p in counted), *(percent(s) for s in shares))
        cells.append((one_line(c.period.label), *words))
    return Sheet(
        f"Value Score by {grain}, in {UNIT_WORDS[data.unit][1]}", shown, tuple(cells),
        (False, *(True,) * 7), f"{grain}s.csv",
        data_link(*answer_rows(data.weeks)) if link is None else link,
    )  # fmt: skip


def weeks_words(data: ReportData) -> str:
    """How to read the chart."""
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


def chart_notes(data: ReportData) -> tuple[str, ...]:
    """What is unusual, and why the limits are as they are, or are not."""
    made = data.chart
    if made is None or not any(c.amounts.units for c in data.weeks.cells):
        return ()
    if isinstance(made, NotAnswerable):
        return (f"No usual range: {made}",)
    return (*(one_line(s.words) for s in made.signals), *(one_line(n) for n in made.notes))


def changes_picture(data: ReportData, *, link: str | None = None) -> Picture | None:
    """The chart of differences, where limits for the scores themselves would raise false alarms."""
    made, cells = data.chart, data.weeks.cells
    if not isinstance(made, Chart) or _is_of_scores(made) or not made.points:
        return None
    rows = [(p.label, p.value * 100) for p in made.points if p.value is not None]
    grain = grain_word(data)
    sheet = Sheet(
        "Change of the Value Score from one point to the next", (grain.capitalize(), "Points"),
        tuple((one_line(label), signed(points)) for label, points in rows), (False, True),
        "changes.csv", data_link((grain, "points"), rows) if link is None else link,
    )  # fmt: skip
    wide, narrow = charts.change_charts(cells, made, (charts.WIDE, charts.NARROW))
    return Picture(wide, narrow, sheet)


def river_picture(
    data: ReportData, *, link: str | None = None, href: Callable[[Node], str] | None = None
) -> Picture | None:
    """The River; ``href`` says where a node leads, empty for nowhere. ``None`` where nothing flows."""
    made = course(data.flows, data.plan)
    if not made.teams:
        return None
    return Picture(
        river(made, data.unit, narrow=False, href=href),
        river(made, data.unit, narrow=True, href=href),
        _river_sheet(made, data, link),
    )


def _river_sheet(made: Course, data: ReportData, link: str | None) -> Sheet:
    flows = (*made.left, *made.right)
    shown = tuple((f.source.name, f.target.name, units_words(f.parts)) for f in flows)
    many = UNIT_WORDS[data.unit][1]
    return Sheet(
        f"What flows from where to where, in {many}", ("From", "To", many.capitalize()), shown,
        (False, False, True), "river.csv",
        data_link(FLOW_COLUMNS, flow_rows(data)) if link is None else link,
    )  # fmt: skip


def flow_rows(data: ReportData) -> list[tuple[Value, ...]]:
    """Every flow as given, without grouping; see ``FLOW_COLUMNS``."""
    return [(f.team or "(none)", f.target, data.unit.value, units(f.parts)) for f in data.flows]
