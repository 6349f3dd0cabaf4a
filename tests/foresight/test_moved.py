"""Did the work move the metric? The table of methods 5.1, the laws of 5.3, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.foresight.moved import did_it_move, judged_together
from mainstem.foresight.moved_values import Event, MovedAnswer, MovedVerdict, Watched, Work
from mainstem.foresight.step_fit import fit_last
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries

MONDAY = date(2025, 1, 6)
#: Methods 5.1: weeks before and after → correlation → false alarms, and power at steps of 1 and 2.
TABLE = {
    (6, 7): {0.0: (0.03, 0.30, 0.75), 0.3: (0.08, 0.25, 0.64), 0.6: (0.11, 0.24, 0.58)},
    (13, 13): {0.0: (0.04, 0.62, 1.0), 0.3: (0.07, 0.41, 0.90), 0.6: (0.08, 0.32, 0.74)},
    (26, 13): {0.0: (0.04, 0.78, 1.0), 0.3: (0.06, 0.54, 0.98), 0.6: (0.07, 0.38, 0.88)},
    (52, 13): {0.0: (0.05, 0.88, 1.0), 0.3: (0.06, 0.65, 1.0), 0.6: (0.06, 0.46, 0.93)},
}
TREND = {
    (6, 7): (0.09, 0.31),
    (13, 13): (0.20, 0.62),
    (26, 13): (0.36, 0.89),
    (52, 13): (0.56, 0.99),
}


def noise_of(rng: np.random.Generator, count: int, rho: float) -> np.ndarray:
    """Unit-variance noise in which each value is like the one before."""
    shocks, out = rng.standard_normal(count), np.empty(count)
    out[0] = shocks[0]
    for i in range(1, count):
        out[i] = rho * out[i - 1] + (1 - rho * rho) ** 0.5 * shocks[i]
    return out


def shares_found(before: int, after: int, rho: float, *, trend: bool, runs: int) -> list[float]:
    """Share of series with a finding, at steps of 0, 1 and 2 noise deviations."""
    rng = np.random.default_rng(20261123 + before + int(10 * rho))
    step = np.r_[np.zeros(before), np.ones(after)]
    at = range(before + after)
    columns = [list(map(float, at)), step] if trend else [step]
    found = np.zeros(3)
    for _ in range(runs):
        fit = fit_last(at, noise_of(rng, before + after, rho), columns)
        # a step that is added changes the effect by itself and nothing else
        found += [replace(fit, effect=fit.effect + size).p_value < 0.05 for size in (0, 1, 2)]
    return list(found / runs)


def test_the_simulated_table_of_the_methods_comes_out() -> None:
    """Within 0.04; one cell in 36 may be a little more off: the anchors are of 800 runs themselves."""
    off = [
        abs(found - said)
        for (before, after), rows in TABLE.items()
        for rho, anchors in rows.items()
        for found, said in zip(
            shares_found(before, after, rho, trend=False, runs=1600), anchors, strict=True
        )
    ]
    assert len(off) == 36
    assert sum(o > 0.04 for o in off) <= 1
    assert max(off) < 0.06


@pytest.mark.parametrize(("before", "after"), TREND)
def test_a_free_trend_halves_what_can_be_seen(before: int, after: int) -> None:
    found = shares_found(before, after, 0.0, trend=True, runs=4000)
    assert found[1:] == pytest.approx(TREND[before, after], abs=0.04)


def work_of(
    values: list[float] | np.ndarray, before: int, expected: float = 2.0, **more: object
) -> Work:
    """Work that began after so many weeks, with a ramp of one week inside of ``values``."""
    starts = tuple(MONDAY + timedelta(weeks=i) for i in range(len(values)))
    series = MetricSeries("week", starts, tuple(None if v != v else float(v) for v in values))
    given_: dict[str, object] = {"direction": "up", **more}
    return Work(("warm",), series, starts[before], None, expected, **given_)  # type: ignore[arg-type]


def shifted(before: int, after: int, step: float, seed: int = 1, rho: float = 0.0) -> np.ndarray:
    """Noise around ten with a step after the ramp week."""
    rng = np.random.default_rng(seed)
    whole = 10 + noise_of(rng, before + 1 + after, rho)
    whole[before + 1 :] += step
    return whole


def answer_of(work: Work) -> MovedAnswer:
    found = did_it_move(work)
    assert isinstance(found, MovedAnswer), found
    return found


def test_a_large_step_in_the_wanted_direction_moved_it() -> None:
    found = answer_of(work_of(shifted(26, 13, 2.5), 26))
    assert found.verdict is MovedVerdict.MOVED
    assert found.sure[0] < found.likely[0] < found.effect < found.likely[1] < found.sure[1]
    assert found.effect == pytest.approx(2.5, abs=1)
    assert found.chance > 0.99
    assert found.rung == "C"


def test_the_same_step_against_the_wanted_direction_moved_it_the_wrong_way() -> None:
    found = answer_of(work_of(shifted(26, 13, -2.5, 2), 26))
    assert found.verdict is MovedVerdict.MOVED_WRONG_WAY
    down = answer_of(work_of(shifted(26, 13, -2.5, 2), 26, -2.0, direction="down"))
    assert down.verdict is MovedVerdict.MOVED


def test_no_step_where_a_large_one_was_expected_is_not_moved() -> None:
    assert answer_of(work_of(shifted(52, 20, 0.0), 52, 4.0)).verdict is MovedVerdict.NOT_MOVED


def test_not_moved_is_never_said_of_few_weeks_after_a_small_bet() -> None:
    for seed in range(60):
        for after in (4, 8, 12):
            found = did_it_move(work_of(shifted(40, after, 0.0, seed), 40, 1.2))
            if isinstance(found, MovedAnswer) and 1.2 / found.smallest_shift < 2:
                assert found.verdict is not MovedVerdict.NOT_MOVED


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_without_a_step_moved_is_said_of_at_most_eight_in_a_hundred(rho: float) -> None:
    answers = [
        did_it_move(work_of(shifted(26, 13, 0.0, seed, rho), 26, 2.0)) for seed in range(400)
    ]
    moved = sum(isinstance(a, MovedAnswer) and a.verdict is MovedVerdict.MOVED for a in answers)
    assert moved / len(answers) <= 0.08


@given(st.floats(0.01, 1000), st.floats(-1e4, 1e4), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_another_unit_changes_nothing_but_the_unit(scale: float, shift: float, seed: int) -> None:
    values = shifted(30, 9, 1.0, seed)
    one = answer_of(work_of(values, 30))
    other = answer_of(work_of(values * scale + shift, 30, 2.0 * scale))
    assert other.verdict is one.verdict
    assert other.effect == pytest.approx(one.effect * scale, rel=1e-5, abs=1e-6 * scale)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-3, abs=1e-9)
    mirrored = answer_of(work_of(-values, 30, -2.0, direction="down"))
    assert mirrored.verdict is one.verdict


@given(st.integers(0, 200))
@settings(max_examples=25, deadline=None)
def test_noise_read_backwards_gives_the_same_size_of_effect(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, step = noise_of(rng, 26, 0.3), np.r_[np.zeros(13), np.ones(13)]
    one, other = fit_last(range(26), values, [step]), fit_last(range(26), values[::-1], [step])
    assert other.effect == pytest.approx(-one.effect)
    assert other.p_value == pytest.approx(one.p_value)


@given(st.integers(0, 400), st.integers(-14, 90), st.sampled_from(["work", "event"]))
@settings(max_examples=60, deadline=None)
def test_a_marked_event_that_overlaps_never_leaves_a_verdict(
    seed: int, days: int, kind: str
) -> None:
    work = work_of(shifted(30, 13, 2.5, seed), 30)
    event = Event(work.began + timedelta(days=days), "The new price", kind)
    found = did_it_move(replace(work, events=(event,)))
    if isinstance(found, MovedAnswer):
        assert found.verdict is MovedVerdict.UNCLEAR
    if abs(days) <= 14:
        assert isinstance(found, NotAnswerable)


def test_few_weeks_are_refused_with_how_many_more() -> None:
    before = did_it_move(work_of(shifted(10, 13, 2), 10))
    after = did_it_move(work_of(shifted(20, 3, 2), 20))
    assert isinstance(before, NotAnswerable)
    assert "3 more weeks of earlier values" in str(before)
    assert isinstance(after, NotAnswerable)
    assert "needs 1 more week." in str(after)


def test_holes_a_changed_definition_a_constant_and_a_small_bet_are_refused() -> None:
    values = shifted(26, 13, 2)
    holes = values.copy()
    holes[5:16] = np.nan
    work = work_of(values, 26)
    changed = Event(work.began + timedelta(days=30), "active users", "definition")
    for refused, word in (
        (work_of(holes, 26), "have no value"),
        (replace(work, events=(changed,)), "Something else is measured"),
        (work_of(np.full(40, 3.0), 26), "does not move"),
        (work_of(values, 26, 0.05), "three times the expected"),
        (work_of(values, 26, 0.0), "by how much"),
    ):
        found = did_it_move(refused)
        assert isinstance(found, NotAnswerable)
        assert word in str(found)


def test_a_definition_that_changed_before_leaves_only_what_came_since() -> None:
    work = work_of(shifted(40, 13, 2), 40)
    changed = Event(work.began - timedelta(weeks=20), "counts bots no more", "definition")
    assert answer_of(replace(work, events=(changed,))).before == 20


def test_what_began_earlier_was_too_good_or_broke_a_guardrail_is_not_believed() -> None:
    early = shifted(30, 13, 3.0)
    early[25:30] += 3.0
    early[30] += 3.0
    assert "seems to begin" in " ".join(answer_of(work_of(early, 30)).failures)
    good = answer_of(work_of(shifted(30, 13, 30), 30))
    assert "five times" in " ".join(good.failures)
    work = work_of(shifted(30, 13, 2.5), 30)
    worse = work_of(shifted(30, 13, 3.0, 5), 30).series
    found = answer_of(replace(work, guardrails={"errors": Watched(worse, 1)}))
    assert found.failures == ("The guardrail errors got worse at the same time.",)
    assert {good.verdict, found.verdict} == {MovedVerdict.UNCLEAR}


def test_money_is_looked_at_by_its_ratio_and_a_rate_with_denominators_by_its_odds() -> None:
    money = answer_of(work_of(1000 * 1.1 ** shifted(26, 13, 2.5), 26, 600.0, kind="money"))
    assert money.scale == "ratio"
    assert money.share == pytest.approx(1.1**2.5 - 1, abs=0.15)
    rate = 1 / (1 + np.exp(-shifted(26, 13, 2.0) / 4))
    odds = answer_of(work_of(rate, 26, 0.03, kind="rate", denominators=tuple([500.0] * len(rate))))
    assert odds.scale == "odds"
    assert 0 < odds.effect < 0.1


def test_placebos_rank_the_true_date_and_are_no_test() -> None:
    found = answer_of(work_of(shifted(60, 8, 3.0), 60))
    assert found.rank == 1
    assert len(found.placebos) == 60 - 8 - 13 + 1
    assert answer_of(work_of(shifted(26, 13, 3.0), 26)).rank is None


def test_a_year_is_taken_out_only_of_two_years_and_a_trend_only_where_it_is_plain() -> None:
    short = answer_of(work_of(shifted(26, 13, 2), 26))
    assert any("two full years" in n for n in short.notes)
    season = np.sin(2 * np.pi * np.arange(120) / 52.18) * 3
    long = answer_of(work_of(shifted(106, 13, 0, 3) + season, 106, 3.0))
    assert "A yearly season was taken out." in long.notes
    rising = shifted(40, 13, 2, 4) + 0.4 * np.arange(54)
    assert any("trend" in n for n in answer_of(work_of(rising, 40)).notes)


def test_many_answers_of_a_cycle_are_judged_at_once() -> None:
    one = answer_of(work_of(shifted(26, 13, 2.5), 26))
    weak = replace(one, keys=("weak",), p_value=0.045)
    dull = {
        f"dull-{i}": replace(one, keys=(f"dull-{i}",), p_value=0.5, verdict=MovedVerdict.UNCLEAR)
        for i in range(8)
    }
    judged = judged_together({"warm": one, "weak": weak, **dull})
    assert judged["warm"] == one
    assert isinstance(judged["weak"], MovedAnswer)
    assert judged["weak"].verdict is MovedVerdict.UNCLEAR
    assert judged_together({"weak": weak})["weak"] == weak
    nothing = NotAnswerable("No.", "No.")
    assert judged_together({"warm": nothing}) == {"warm": nothing}
