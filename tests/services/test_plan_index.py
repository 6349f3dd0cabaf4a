"""The index says of every link what the plan says, and holds no plan alive."""

from __future__ import annotations

import gc
import weakref

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.plan.model import Plan
from mainstem.services.plans.plan_index import index_of

IDS = st.sampled_from(["a", "b", "c", "a/b.c"])
MAYBE = st.one_of(st.none(), IDS)


def entities(**fields):
    return st.dictionaries(IDS, st.fixed_dictionaries(fields), max_size=4)


PLANS = st.fixed_dictionaries({
    "streams": entities(objective=st.lists(IDS, max_size=2, unique=True), teams=st.lists(IDS, max_size=3, unique=True)),
    "teams": entities(),
    "objectives": entities(parent=MAYBE),
    "key_results": entities(text=st.just("x"), stream=MAYBE, team=MAYBE, objective=MAYBE),
    "initiatives": entities(stream=MAYBE, team=MAYBE, key_result=MAYBE),
    "dependencies": entities(needs=IDS, gives=IDS, what=st.just("x"), initiative=MAYBE),
}).map(Plan.model_validate)  # fmt: skip


@settings(max_examples=80)
@given(PLANS)
def test_it_says_what_a_search_of_the_whole_plan_would_find(plan):
    found = index_of(plan)
    for key in ("a", "b", "c", "a/b.c"):
        assert list(found.streams_of_objective.get(key, ())) == [
            k for k, s in plan.streams.items() if s.objective[:1] == (key,)
        ]
        assert [s for s, _ in found.streams_of_team.get(key, ())] == [
            k for k, s in plan.streams.items() if key in s.teams
        ]
        assert list(found.key_results_of_team.get(key, ())) == [
            k for k, r in plan.key_results.items() if r.team == key
        ]
        assert list(found.initiatives_of_stream.get(key, ())) == [
            k for k, b in plan.initiatives.items() if b.stream == key
        ]
        assert list(found.needs_of_team.get(key, ())) == [
            k for k, d in plan.dependencies.items() if d.needs == key
        ]
        assert list(found.promises_of_team.get(key, ())) == [
            k for k, d in plan.dependencies.items() if d.gives == key
        ]
        bets = [k for k, b in plan.initiatives.items() if b.stream == key]
        assert set(found.dependencies_of_stream.get(key, ())) == {k for k, d in plan.dependencies.items() if d.initiative in bets}  # fmt: skip


def test_it_is_made_once_for_a_plan_and_goes_with_it():
    plan = Plan.model_validate({"teams": {"a": {}}})
    first = index_of(plan)
    assert index_of(plan) is first
    assert index_of(plan.model_copy()) is not first
    gone = weakref.ref(plan)
    del plan
    gc.collect()
    assert gone() is None
