from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import UsageError
from mainstem.plan.graph import DEFAULT_KINDS, Kind, build_graph, kinds_of, to_dot, to_mermaid
from mainstem.plan.model import Plan
from tests.plan.small_plans import plans

PLAN: dict[str, Any] = {
    "customers": {"viewer": {"name": "Viewer", "stages": ["discover", "watch"]}},
    "teams": {
        "video": {"name": "Video"},
        "playback": {"name": "Playback", "in": "video"},
        "apps": {"name": "Apps"},
        "idle": {},
    },
    "metrics": {"start-rate": {"name": "Start rate"}, "unused": {}},
    "objectives": {"instant": {"name": "Instant start"}, "calm": {"name": "A calm evening"}},
    "streams": {
        "start-fast": {
            "name": "Start fast",
            "objective": "instant",
            "also_serves": ["calm"],
            "customer": "viewer",
            "stages": ["watch"],
            "metric": "start-rate",
            "teams": {"playback": 0.4, "apps": {"part": "supports"}},
        },
        "stay": {"name": "Stay", "objective": "calm"},
    },
    "key_results": {"kr1": {"text": "Start rate 92 %", "stream": "start-fast"}},
    "initiatives": {"bet": {"name": "Preload", "key_result": "kr1", "state": "active"}},
    "dependencies": {
        "d": {"needs": "playback", "gives": "apps", "what": "an API", "needed_by": "2026-08-01"}
    },
}


def plan(**sections: Any) -> Plan:
    return Plan.model_validate({**PLAN, **sections})


def test_without_wishes_it_shows_objectives_streams_and_teams() -> None:
    assert to_mermaid(plan()) == (
        "flowchart LR\n"
        "  %% 1 team in no stream is not drawn\n"
        '  objective_instant(["Instant start"]):::objective\n'
        '  objective_calm(["A calm evening"]):::objective\n'
        '  stream_start_2d_fast["Start fast"]:::stream\n'
        '  stream_stay["Stay"]:::stream\n'
        '  team_playback("Playback"):::team\n'
        '  team_apps("Apps"):::team\n'
        "  objective_instant --> stream_start_2d_fast\n"
        '  objective_calm -.->|"also served"| stream_start_2d_fast\n'
        '  stream_start_2d_fast -->|"40 %"| team_playback\n'
        '  stream_start_2d_fast -.->|"supports"| team_apps\n'
        "  objective_calm --> stream_stay\n"
    )


def test_dot_says_the_same() -> None:
    dot = to_dot(plan())
    assert '"streams/start-fast" [label="Start fast", shape=box];' in dot
    assert '"streams/start-fast" -> "teams/apps" [label="supports", style=dashed];' in dot
    assert dot.startswith("digraph plan {\n") and dot.endswith("}\n")


def test_kinds_can_be_chosen() -> None:
    graph = build_graph(plan(), kinds=set(Kind))
    edges = {(edge.start, edge.end, edge.label) for edge in graph.edges}
    assert {
        ("customers/viewer", "stages/viewer/watch", ""),
        ("stages/viewer/watch", "streams/start-fast", "served by"),
        ("streams/start-fast", "metrics/start-rate", "measured by"),
        ("streams/start-fast", "key_results/kr1", ""),
        ("key_results/kr1", "initiatives/bet", "active"),
        ("teams/video", "teams/playback", ""),
        ("teams/playback", "teams/apps", "needs an API by 2026-08-01"),
    } <= edges
    only = build_graph(plan(), kinds=["customers", "streams"])
    assert [(edge.start, edge.end) for edge in only.edges] == [
        ("customers/viewer", "streams/start-fast")
    ]


def test_words_of_a_command_add_to_what_is_shown_anyway() -> None:
    assert kinds_of([]) == DEFAULT_KINDS
    assert kinds_of(["metrics"]) == DEFAULT_KINDS | {Kind.METRICS}
    assert kinds_of(["metrics", "all"]) == set(Kind)


def test_an_unknown_kind_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError) as refused:
        to_dot(plan(), kinds=["clouds"])
    assert "clouds" in refused.value.message and "key_results" in refused.value.hint


def test_a_scope_keeps_what_leads_to_it_and_what_hangs_from_it() -> None:
    assert [n.id for n in build_graph(plan(), scope="streams/stay").nodes] == [
        "objectives/calm",
        "streams/stay",
    ]
    assert [n.id for n in build_graph(plan(), scope="teams/video").nodes] == [
        "objectives/instant",
        "objectives/calm",
        "streams/start-fast",
        "teams/playback",
    ]


def test_a_scope_that_is_not_there_or_not_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="not in the plan"):
        to_dot(plan(), scope="streams/gone")
    with pytest.raises(UsageError, match="not drawn"):
        to_dot(plan(), scope="customers/viewer")


def test_names_cannot_break_out_of_the_picture() -> None:
    name = '"] --> evil["\nend `x` <b>&\\" {[(|)]} #35; 世界'
    mermaid = to_mermaid(plan(objectives={"instant": {"name": name}}))
    line = next(line for line in mermaid.splitlines() if "objective_instant([" in line)
    assert re.fullmatch(r'  objective_instant\(\["[^"\[\]{}<>|`\\]*世界"\]\):::objective', line)
    dot = to_dot(plan(objectives={"instant": {"name": name}}))
    assert r'[label="\"] --> evil[\" end `x` <b>&\\\" {[(|)]} #35; 世界", shape=oval]' in dot


def test_a_name_that_looks_like_a_list_stays_a_name() -> None:
    assert '"1#46; Grow"' in to_mermaid(plan(objectives={"instant": {"name": "1. Grow"}}))
    assert '"#45; Grow"' in to_mermaid(plan(objectives={"instant": {"name": "- Grow"}}))


def test_what_is_only_referred_to_is_drawn_as_missing() -> None:
    text = to_mermaid(plan(objectives={}))
    assert 'objective_instant(["instant #40;not in the plan#41;"]):::missing' in text
    assert "classDef missing" in text


def test_identifiers_that_differ_in_signs_only_stay_apart() -> None:
    text = to_mermaid(
        Plan.model_validate({"objectives": {"a.b": {}, "a-b": {}, "a_b": {}, "a/b": {}}})
    )
    assert len(set(re.findall(r"objective_\w+", text))) == 4


@given(plans(), st.sets(st.sampled_from(list(Kind))))
@settings(max_examples=100, deadline=None)
def test_every_edge_joins_two_nodes_and_every_line_is_whole(one: Plan, kinds: set[Kind]) -> None:
    graph = build_graph(one, kinds=kinds)
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids))
    assert {end for edge in graph.edges for end in (edge.start, edge.end)} <= set(ids)
    assert to_dot(one, kinds=kinds) == to_dot(one, kinds=list(kinds))
    for line in to_mermaid(one, kinds=kinds).splitlines()[1:]:
        assert line.count('"') in (0, 2) and line.startswith("  ")
