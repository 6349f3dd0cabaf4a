"""A metric's chart: what was observed and nothing else."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.figures.metric_chart import Mark, metric_picture, metric_rows
from mainstem.plan.model import Metric

FIRST = date(2026, 4, 6)
VALUES = st.floats(-1e9, 1e9, allow_nan=False)


def metric(values, **more):
    seen = [{"on": str(FIRST + timedelta(weeks=n)), "value": v} for n, v in enumerate(values)]
    return Metric.model_validate(
        {"name": "Sessions <within> 2 s", "unit": "%", "observations": seen, **more}
    )


def test_without_a_value_there_is_no_chart():
    assert metric_picture(metric([]), [], until=date(2026, 10, 1)) is None


@settings(max_examples=60)
@given(
    st.lists(VALUES, min_size=1, max_size=40),
    st.one_of(st.none(), VALUES),
    st.one_of(st.none(), VALUES),
)
def test_any_values_can_be_drawn_and_all_are_in_the_table(values, baseline, target):
    made = metric_picture(
        metric(values, baseline=baseline, target=target),
        [Mark(FIRST, "A bet"), Mark(FIRST + timedelta(days=1), "Another")],
        until=FIRST + timedelta(weeks=60),
    )
    for picture in (str(made.wide), str(made.narrow)):
        assert "nan" not in picture.lower() and "inf" not in picture.lower()
        places = [float(y) for y in re.findall(r'cy="([-\d.]+)"', picture)]
        assert all(0 <= y <= 400 for y in places)
    assert len(made.sheet.rows) == len(values)


def test_values_to_come_are_not_drawn():
    made = metric_picture(metric([80, 81, 99]), [], until=FIRST + timedelta(weeks=1))
    assert "99" not in str(made.wide)
    assert len(made.sheet.rows) == 2


def test_no_line_is_drawn_over_a_gap_or_a_change_of_definition():
    whole = str(metric_picture(metric([1, 2, 3, 4]), [], until=FIRST + timedelta(weeks=4)).wide)
    for kind in ("gap", "definition", "break"):
        known = [Mark(FIRST + timedelta(weeks=2), "counted <b>otherwise</b>", kind)]
        made = metric_picture(metric([1, 2, 3, 4]), known, until=FIRST + timedelta(weeks=4))
        assert str(made.wide).count('class="known"') == whole.count('class="known"') + 1
        assert "to know: counted &lt;b&gt;otherwise" in str(made.wide)
    remark = [Mark(FIRST + timedelta(weeks=2), "a campaign", "note")]
    made = metric_picture(metric([1, 2, 3, 4]), remark, until=FIRST + timedelta(weeks=4))
    assert str(made.wide).count('class="known"') == whole.count('class="known"')


def test_it_names_target_baseline_and_bets_and_escapes_what_people_wrote():
    made = metric_picture(
        metric([80, 84, 88], baseline=79, target=92),
        [
            Mark(FIRST + timedelta(days=8), "Warm <b>start</b>"),
            Mark(FIRST - timedelta(days=30), "Before"),
        ],
        until=FIRST + timedelta(weeks=3),
    )
    text = str(made.wide)
    assert "target 92" in text and "baseline 79" in text and "88" in text
    assert "Warm &lt;b&gt;start" in text and "<b>" not in text
    assert "Before" not in text


def test_an_address_takes_the_place_of_numbers_inside_the_page():
    held = metric([80, 81])
    made = metric_picture(
        held, [], until=date(2026, 10, 1), link="/streams/x?format=csv&table=metric"
    )
    assert made.sheet.link == "/streams/x?format=csv&table=metric"
    assert [row[3] for row in metric_rows(held)] == [80, 81]
