import random
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mainstem.score.alerts import rank_alerts
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import (
    Chart,
    ChartKind,
    Observed,
    aggregated,
    autocorrelation,
    chart,
    xmr_limits,
)

values = st.fractions(0, 1, max_denominator=1000)


def points(values, units=100):
    units = [units] * len(values) if isinstance(units, int) else units
    return [
        Observed(f"W{i:02d}", None if v is None else Fraction(v), u)
        for i, (v, u) in enumerate(zip(values, units, strict=True))
    ]


def noise(seed, n, centre=0.6, sigma=0.02):
    rng = random.Random(seed)
    return [Fraction(round(rng.gauss(centre, sigma), 6)).limit_denominator(10**6) for _ in range(n)]


def calm(seed, n=20, **shape):
    """The first noise from ``seed`` on whose baseline does not hang together."""
    while (hang := autocorrelation(noise(seed, n, **shape))) is None or not -0.3 < hang < 0.3:
        seed += 1000
    return noise(seed, n, **shape)


def test_fewer_than_six_points_have_no_limits_and_say_what_is_missing():
    made = chart(points([Fraction(1, 2)] * 4))
    assert isinstance(made, Chart)
    assert made.limits == ()
    assert "2 more points" in made.notes[-1]


def test_six_to_twelve_points_have_trial_limits_and_no_signals():
    made = chart(points([0.5, 0.52, 0.49, 0.51, 0.5, 0.5, 0.5, 0.5, 0.5, 0.95]))
    assert made.is_trial
    assert made.signals == ()
    assert "W09" in made.notes[-1]


@given(values, st.integers(13, 40))
def test_a_constant_series_has_limits_of_no_width_and_no_signal(value, n):
    made = chart(points([value] * n))
    assert {(lim.lower, lim.upper) for lim in made.limits} == {(value, value)}
    assert made.signals == ()


@given(values, st.integers(13, 30), st.integers(10, 10**6))
def test_a_constant_series_with_unequal_units_has_no_signal_either(value, n, most):
    made = chart(points([value] * n, units=[1 + (i % 2) * most for i in range(n)]))
    assert made.kind is ChartKind.WEIGHTED
    assert made.signals == ()


@given(st.integers(0, 200), st.sampled_from([-1, 1]))
def test_a_shift_of_three_sigma_is_found_within_eight_points(seed, side):
    base = calm(seed)
    shifted = [v + side * Fraction(6, 100) for v in noise(seed + 1, 8)]
    made = chart(points(base + shifted))
    assert made.kind is ChartKind.LEVELS
    assert any(s.last >= 20 for s in made.signals)


@given(
    st.lists(values, min_size=6, max_size=30),
    st.fractions(-5, 5, max_denominator=50).filter(bool),
    st.fractions(-5, 5, max_denominator=50),
)
def test_limits_follow_affine_maps(series, scale, shift):
    centre, limits, top = xmr_limits(series)
    centre2, limits2, top2 = xmr_limits([scale * v + shift for v in series])
    assert centre2 == scale * centre + shift
    assert {limits2.lower, limits2.upper} == {
        scale * limits.lower + shift, scale * limits.upper + shift,
    }  # fmt: skip
    assert top2 == abs(scale) * top


@given(st.lists(values, min_size=6, max_size=40))
def test_limits_of_shares_stay_between_0_and_1(series):
    made = chart(points(series))
    if isinstance(made, Chart) and made.kind is not ChartKind.DIFFERENCES:
        assert all(0 <= lim.lower <= lim.upper <= 1 for lim in made.limits)


@given(st.lists(values, min_size=13, max_size=30), st.integers(1, 10**9))
def test_the_scale_of_units_does_not_matter(series, factor):
    units = [1 + (i * 7) % 13 for i in range(len(series))]
    one = chart(points(series, units))
    other = chart(points(series, [u * factor for u in units]))
    if isinstance(one, NotAnswerable):
        assert one == other
        return
    assert one.centre == other.centre
    for a, b in zip(one.limits, other.limits, strict=True):
        assert abs(a.lower - b.lower) < 1e-9 and abs(a.upper - b.upper) < 1e-9


def test_eight_in_a_row_on_one_side_are_a_signal_and_seven_are_not():
    base = [Fraction(60 + (1 if i % 2 else -1) * (3 + i % 3), 100) for i in range(20)]
    just_above = [sum(base, Fraction(0)) / 20 + Fraction(1, 1000)]
    middle = [sum(base, Fraction(0)) / 20]
    assert chart(points(base + middle + just_above * 7)).signals == ()
    found = chart(points(base + middle + just_above * 8)).signals
    assert [(s.rule, s.first, s.last) for s in found] == [("run", 21, 28)]


def test_a_series_that_hangs_together_is_charted_by_its_changes_with_the_reason():
    level = [Fraction(40 + (i % 3), 100) for i in range(10)] + [
        Fraction(60 + (i % 3), 100) for i in range(10)
    ]
    made = chart(points(level))
    assert made.kind is ChartKind.DIFFERENCES
    assert "much like the one before" in made.notes[-1]
    assert [made.points[s.first].label for s in made.signals if s.rule == "outside"] == ["W10"]


def test_a_steady_climb_cannot_be_charted_and_says_what_would_help():
    climb = [Fraction(i * i, 1000) for i in range(25)]
    made = chart(points(climb))
    assert isinstance(made, NotAnswerable)
    assert "sums of four" in made.what_would_help


def test_periods_without_work_are_left_out_and_said():
    made = chart(points([0.5, None, 0.6, 0.5, 0.55, 0.5, 0.6], units=[5, 0, 5, 5, 5, 5, 5]))
    assert len(made.points) == 6
    assert "no recorded work" in made.notes[0]


def test_no_work_at_all_is_not_answerable():
    assert isinstance(chart([]), NotAnswerable)


def test_limits_are_frozen_after_twenty_points():
    base = calm(3)
    assert (
        chart(points(base)).limits[0] == chart(points([*base, Fraction(1), Fraction(0)])).limits[0]
    )


def test_sums_of_four_weigh_by_units_and_leave_an_unfinished_block_out():
    made = aggregated(points([0, 1, 1, 1, 1], units=[3, 1, 1, 1, 9]))
    assert made == (Observed("W00 to W03", Fraction(1, 2), 6),)


def test_autocorrelation_of_a_constant_series_is_no_number():
    assert autocorrelation([Fraction(1, 2)] * 20) is None


def test_the_strongest_signal_of_each_scope_comes_first_and_the_list_is_capped():
    def with_last(jump):
        return chart(points([*calm(5), Fraction(6, 10) + jump]))

    charts = {
        "quiet": with_last(0),
        "some": with_last(Fraction(15, 100)),
        "much": with_last(Fraction(3, 10)),
        "few": chart(points([1, 1])),
        "none": chart([]),
    }
    told = rank_alerts(charts, at_most=1)
    assert [a.scope for a in told.alerts] == ["much"]
    assert told.left_out == 1
    assert 0.3 < told.expected_false < 0.6
