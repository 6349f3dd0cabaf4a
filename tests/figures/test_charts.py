"""Charts are honest: gaps stay gaps, few points are dots, limits on trial look like it."""

from datetime import timedelta

from mainstem.figures.charts import NARROW, WIDE, score_chart, sparkline
from mainstem.plan.model import Observation
from mainstem.score.values import Amounts, Period
from tests.figures.report_samples import Observed, cell, chart, sample_report_data


def weeks(count, value=60, unknown=20):
    first = sample_report_data().weeks.cells[0].period.start
    return [
        cell("", "x", Amounts(value + n % 3, 0, {"unknown": unknown, "debt": 20}),
             period=Period(f"w{n}", first + timedelta(weeks=n), first + timedelta(weeks=n + 1)))
        for n in range(count)
    ]  # fmt: skip


def charted(cells):
    return chart([Observed(c.period.label, c.score.point, c.amounts.units) for c in cells])


def test_few_points_are_dots_and_have_no_limits():
    cells = weeks(4)
    drawn = str(score_chart(cells, charted(cells), WIDE))
    assert drawn.count('class="dot"') >= 4
    assert 'class="limit' not in drawn


def test_trial_limits_are_dotted_and_settled_ones_are_not():
    few, many = weeks(9), weeks(20)
    assert 'class="limit trial"' in str(score_chart(few, charted(few), WIDE))
    settled = str(score_chart(many, charted(many), WIDE))
    assert 'class="limit"' in settled
    assert "trial" not in settled


def test_a_gap_in_time_is_a_gap_in_the_line():
    cells = weeks(12)
    drawn = str(score_chart([*cells[:5], *cells[8:]], None, NARROW))
    assert drawn.count('class="known"') == 2
    assert drawn.count('class="band"') == 2


def test_a_single_week_is_a_dot_with_its_range():
    drawn = str(score_chart(weeks(1), None, WIDE))
    assert 'class="dot"' in drawn
    assert 'class="known"' not in drawn


def test_up_to_three_values_of_a_metric_are_dots():
    day = sample_report_data().generated_at.date()
    seen = [Observation(on=day + timedelta(days=n), value=n) for n in range(5)]
    assert "<path" not in sparkline(seen[:3], 4.0)
    assert "<path" in sparkline(seen, None)
    assert "<circle" in sparkline(seen[:1], None)


def test_the_day_under_a_first_month_begins_where_the_picture_does_and_is_not_cut_off():
    for count in (1, 3):
        drawn = str(score_chart(weeks(count), None, NARROW))
        label = next(line for line in drawn.split("<text")[1:] if "2026</text>" in line)
        assert "text-anchor" not in label
        assert float(label.split('x="')[1].split('"')[0]) < NARROW.width / 2
