"""The Map: every stream on each stage that it serves, exactly once."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.figures.lifecycle import lifecycle_map
from mainstem.plan.model import Plan

TODAY = date(2026, 10, 21)
STAGES = ["s0", "s1", "s2", "s3", "s4"]
STREAMS = st.dictionaries(
    st.sampled_from([f"x{n}" for n in range(9)]),
    st.fixed_dictionaries({
        "customer": st.sampled_from(["c", "d", None]),
        "stages": st.lists(st.sampled_from([*STAGES, "gone"]), max_size=5, unique=True),
    }),
)  # fmt: skip


def plan(streams, **more):
    return Plan.model_validate({
        "customers": {"c": {"stages": STAGES}, "d": {"stages": STAGES[:2]}}, "streams": streams, **more
    })  # fmt: skip


@settings(max_examples=80)
@given(STREAMS)
def test_bars_cover_each_stage_of_a_stream_once_and_lanes_are_whole(streams):
    made = lifecycle_map(plan(streams), TODAY)
    for customer in made.customers:
        covered = []
        for lane in customer.lanes:
            assert [p.first for p in lane] == [
                sum(q.span for q in lane[:n]) for n in range(len(lane))
            ]
            assert sum(p.span for p in lane) == len(customer.stages)
            covered += [(p.stream, p.first + n) for p in lane if p.stream for n in range(p.span)]
        served = [(s, n) for n, stage in enumerate(customer.stages) for s in stage.streams]
        assert sorted(covered) == sorted(served)
    on = {s for c in made.customers for stage in c.stages for s in stage.streams}
    assert set(made.off) == streams.keys() - on


def test_neighbouring_stages_are_one_bar_and_others_are_several():
    made = lifecycle_map(plan({"x": {"customer": "c", "stages": ["s0", "s1", "s3"]}}), TODAY)
    bars = [(p.first, p.span) for lane in made.customers[0].lanes for p in lane if p.stream]
    assert bars == [(0, 2), (3, 1)]


def test_a_stage_is_cut_up_from_the_number_of_teams_that_the_plan_sets():
    streams = {
        "x": {"customer": "c", "stages": ["s0"], "teams": {"a": {}, "b": {"part": "supports"}}},
        "y": {"customer": "c", "stages": ["s0"], "teams": {"d": {}, "e": {}}},
    }
    teams = {"teams": {t: {} for t in "abde"}}
    (first, *_) = lifecycle_map(plan(streams, **teams), TODAY).customers[0].stages
    assert set(first.teams) == {"a", "d", "e"} and first.is_cut
    four = {"organisation": {"settings": {"limits": {"S09.teams": 4}}}}
    (first, *_) = lifecycle_map(plan(streams, **teams, **four), TODAY).customers[0].stages
    assert not first.is_cut
