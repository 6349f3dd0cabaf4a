"""The River: nothing is lost on the way, whatever is grouped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.figures.river import MOST_OBJECTIVES, MOST_TEAMS, Role, course
from mainstem.figures.river_drawing import river
from mainstem.plan.model import Plan, RestKind, Unit
from mainstem.services.scores.scoring import Flow
from tests.figures.report_samples import sample_report_data

TARGETS = [*(f"stream:s{n}" for n in range(30)), *(f"kind:{kind}" for kind in RestKind)]
FLOWS = st.lists(
    st.builds(Flow, st.sampled_from(["", *(f"t{n}" for n in range(40))]), st.sampled_from(TARGETS), st.integers(0, 10**12)),
    max_size=60,
)  # fmt: skip
PLAN = Plan.model_validate({
    "teams": {f"t{n}": {"in": f"t{(n - 1) // 3}"} if n else {} for n in range(35)},
    "objectives": {f"o{n}": {} for n in range(12)},
    "streams": {f"s{n}": {"objective": f"o{n % 12}"} if n % 5 else {} for n in range(28)},
})  # fmt: skip


@settings(max_examples=60)
@given(FLOWS)
def test_every_part_flows_through_exactly_one_ribbon(flows):
    made = course(flows, PLAN)
    whole = sum(f.parts for f in flows)
    assert sum(s.parts for s in made.left) == whole
    assert sum(n.parts for n in made.teams) == whole
    assert sum(n.parts for n in made.targets) == whole


@settings(max_examples=60)
@given(FLOWS)
def test_all_value_arrives_at_an_objective(flows):
    made = course(flows, PLAN)
    value = sum(f.parts for f in flows if f.target.startswith("stream:"))
    assert sum(s.parts for s in made.right) == value
    assert sum(n.parts for n in made.objectives) == value


@settings(max_examples=60)
@given(FLOWS)
def test_no_more_nodes_than_a_picture_holds(flows):
    made = course(flows, PLAN)
    assert len(made.teams) <= MOST_TEAMS + 1
    assert len(made.objectives) <= MOST_OBJECTIVES
    assert len({(n.role, n.key) for n in made.targets}) == len(made.targets)


@settings(max_examples=20)
@given(FLOWS, st.booleans())
def test_it_can_always_be_drawn(flows, narrow):
    picture = str(river(course(flows, PLAN), Unit.HOUR, narrow=narrow))
    assert "nan" not in picture.lower()
    assert picture.count("<svg") == 1


def test_the_rest_leaves_below_the_streams_and_the_unknown_last():
    data = sample_report_data()
    roles = [n.role for n in course(data.flows, data.plan).targets]
    assert roles == sorted(roles, key=[Role.STREAM, Role.REST, Role.UNKNOWN].index)
    assert roles[-1] is Role.UNKNOWN


def test_a_tree_of_teams_is_cut_at_the_level_that_fits():
    data = sample_report_data("large")
    names = [n.name for n in course(data.flows, data.plan).teams]
    assert sorted(names) == [f"Group 1.{n}" for n in range(1, 6)]


def test_many_teams_without_a_tree_become_the_biggest_and_others():
    flows = [Flow(f"x{n}", "kind:debt", 100 - n) for n in range(40)]
    names = [n.name for n in course(flows, Plan()).teams]
    assert names == [*(f"x{n}" for n in range(11)), "29 other teams"]


def test_work_of_no_team_is_never_among_the_others():
    flows = [Flow("", "kind:debt", 1), *(Flow(f"x{n}", "kind:debt", 100) for n in range(40))]
    assert course(flows, Plan()).teams[-1].name == "No team"


def test_a_stream_that_left_the_plan_is_still_shown():
    made = course([Flow("a", "stream:gone", 5)], Plan())
    assert made.targets[0].name == "gone (no longer in the plan)"
    assert made.objectives[0].name == "No objective"
