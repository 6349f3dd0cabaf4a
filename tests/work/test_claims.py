from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import Condition, Plan
from mainstem.work.claims import (
    ItemFacts,
    branches,
    check_claims,
    describe,
    kind_ranks,
    matches,
    path_shares,
    reasons,
)

ITEM = ItemFacts(
    key="VID-7", title="First frame comes late", type="Bug", state="Done", project="VID",
    labels=("Start-Time", "eu"), components=("Player",), epic="VID-1", parent="VID-2",
    paths=("src/player/start.go", "go.sum"), team="Video", source="jira",
    fields={"Quarter": "Q3", "Empty": ""},
)  # fmt: skip


def condition(**keys: Any) -> Condition:
    return Condition.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"label": "start-time"}, True),
        ({"label": ["x", "start*"]}, True),
        ({"label": "start"}, False),
        ({"component": "player"}, True),
        ({"project": "vid"}, True),
        ({"key": "vid-7"}, True),
        ({"epic": "VID-1"}, True),
        ({"parent": "VID-*"}, True),
        ({"type": "bug", "state": "open"}, False),
        ({"type": ["bug", "task"], "state": "done"}, True),
        ({"source": "JIRA"}, True),
        ({"team": "video"}, True),
        ({"text": "first frame"}, True),
        ({"text": "frames"}, False),
        ({"path": "/src/Player/"}, True),
        ({"path": ["docs/", "*.go"]}, True),
        ({"path": "src/*"}, False),
        ({"field": {"Quarter": "q3"}}, True),
        ({"field": {"Quarter": "q3", "Other": "*"}}, False),
        ({"field": {"Empty": "*"}}, True),
        ({}, False),
        ({"not": {"label": "us"}}, True),
        ({"not": {"label": "eu"}}, False),
        ({"not": [{"label": "us"}, {"label": "eu"}]}, False),
        ({"label": "eu", "any": [{"type": "task"}, {"type": "bug"}]}, True),
        ({"all": [{"label": "eu"}, {"label": "us"}]}, False),
        ({"not": {}}, True),
    ],
)
def test_a_condition_holds_when_every_key_does(keys: dict[str, Any], expected: bool) -> None:
    assert matches(condition(**keys), ITEM) is expected


def test_a_star_does_not_stand_for_a_missing_value() -> None:
    assert not matches(condition(epic="*"), ItemFacts(key="A"))
    assert not matches(condition(label="*"), ItemFacts(key="A"))


def test_the_teams_an_item_is_known_by_go_before_the_record_s_own_word() -> None:
    item = ItemFacts(team="Own Word", teams=("player", "video"))
    assert matches(condition(team="VIDEO"), item)
    assert not matches(condition(team="own word"), item)


def test_reasons_name_what_made_a_claim_hold() -> None:
    assert reasons(condition(label=["x", "start-time"]), ITEM) == "label Start-Time"
    assert reasons(condition(path="/src/player/", type="bug"), ITEM) == (
        "type Bug and path src/player/start.go (/src/player/)"
    )
    assert reasons(condition(text="first frame", **{"not": {"label": "us"}}), ITEM) == (
        "“first frame” in the title and not (label us)"
    )
    assert (
        reasons(condition(any=[{"label": "no"}, {"field": {"Quarter": "Q*"}}]), ITEM)
        == "field Quarter Q3 (Q*)"
    )
    assert reasons(condition(label="no"), ITEM) == ""


def test_a_condition_describes_itself_without_an_item() -> None:
    assert (
        describe(condition(label=["a", "b"], any=[{"type": "x"}, {"path": "y"}]))
        == "label a or b and type x or path y"
    )
    assert describe(condition()) == "nothing"


def plan(*claims: Any, rank: list[str] | None = None, **others: list[Any]) -> Plan:
    streams = {"s": {"claims": list(claims)}, **{k: {"claims": v} for k, v in others.items()}}
    organisation = {"settings": {"rank": rank}} if rank is not None else {}
    return Plan.model_validate({"streams": streams, "organisation": organisation})


def test_each_claim_is_a_branch_ranked_by_its_strongest_kind() -> None:
    made = branches(
        plan(
            {"text": "abc"},
            {"text": "abc", "label": "x"},
            {"epic": "E-1"},
            {"state": "open"},
            {"id": "mine", "label": "x", "rank": 5},
        )
    )
    assert [(b.claim_id, b.rank) for b in made] == [
        ("s/1", 900), ("s/2", 300), ("s/3", 100), ("s/4", 1000), ("s/mine", 5),
    ]  # fmt: skip


def test_alternatives_of_any_are_branches_with_their_own_rank() -> None:
    made = branches(plan({"any": [{"label": "x"}, {"path": "src/"}, {"any": [{"project": "P"}]}]}))
    assert [(b.claim_id, b.rank, b.by_path) for b in made] == [
        ("s/1.1", 300, False), ("s/1.2", 500, True), ("s/1.3", 200, False),
    ]  # fmt: skip


def test_what_stands_beside_any_holds_for_each_alternative() -> None:
    first, second = branches(
        plan({"type": "bug", "any": [{"path": "src/"}, {"type": "*u*"}], "not": {"label": "w"}})
    )
    assert first.by_path and matches(first.condition, ItemFacts(type="bug", paths=("src/a",)))
    assert not matches(first.condition, ItemFacts(type="bug", paths=("src/a",), labels=("w",)))
    assert matches(second.condition, ItemFacts(type="bug"))
    assert not matches(second.condition, ItemFacts(type="fun"))


def test_a_condition_under_not_gives_no_rank() -> None:
    assert branches(plan({"text": "abc", "not": {"key": "A-1"}}))[0].rank == 900


def test_the_order_of_kinds_is_the_plan_s() -> None:
    ranks = kind_ranks(("path", "label", "nonsense", "label"))
    assert (ranks["key"], ranks["path"], ranks["label"], ranks["project"], ranks["text"]) == (
        100,
        200,
        300,
        400,
        400,
    )


def test_a_path_claim_with_a_stronger_kind_is_not_shared_by_path() -> None:
    by_path = [
        b.by_path
        for b in branches(
            plan({"path": "a/"}, {"path": "a/", "label": "x"}, {"path": "a/", "type": "x"})
        )
    ]
    assert by_path == [True, False, True]


def shares(paths: list[str], majority: int = 8_000, **claims: str) -> dict[str, int]:
    made = branches(
        Plan.model_validate({"streams": {s: {"claims": [{"path": p}]} for s, p in claims.items()}})
    )
    item = ItemFacts(paths=tuple(paths))
    return path_shares(item, [b for b in made if matches(b.condition, item)], majority=majority)


def test_paths_are_counted_and_what_nobody_claims_is_nobody_s() -> None:
    assert shares(["a/1", "a/2", "b/1", "x"], a="/a/", b="/b/") == {"a": 5000, "b": 2500}


def test_a_stream_with_the_majority_takes_the_whole() -> None:
    assert shares(["a/1", "a/2", "a/3", "a/4", "b/1"], a="/a/", b="/b/") == {"a": 10_000}
    assert shares(["a/1", "a/2", "a/3", "b/1"], a="/a/", b="/b/") == {"a": 7500, "b": 2500}


def test_a_path_that_two_streams_claim_counts_half_for_each() -> None:
    assert shares(["a/1"], a="/a/", b="*1") == {"a": 5000, "b": 5000}


def test_lock_files_and_generated_code_do_not_count() -> None:
    assert shares(["a/1", "go.sum", "vendor/x/y", "b/x.pb.go"], a="/a/", b="/b/") == {"a": 10_000}
    assert shares(["go.sum"], a="*.sum") == {"a": 10_000}
    assert shares(["go.sum", "x"], a="*.sum") == {}


@given(st.lists(st.sampled_from(["a/1", "a/2", "b/1", "c/1", "c/2", "x", "go.sum"]), max_size=9))
def test_shares_by_path_never_pass_a_whole(paths: list[str]) -> None:
    made = shares(paths, 10_000, a="/a/", b="/b/", c="/c/", d="*1")
    assert sum(made.values()) <= 10_000 and all(v > 0 for v in made.values())


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ({}, "W01"),
        ({"any": [{}, {"label": "x"}]}, "W01"),
        ({"text": "/a(?=b)/"}, "W02"),
        ({"text": "/(/"}, "W02"),
        ({"text": "ab"}, "W02"),
        ({"label": "x", "not": {"label": "X"}}, "W03"),
        ({"all": [{"project": "A"}, {"project": "B"}]}, "W03"),
        ({"type": "a", "any": [{"type": "b"}, {"type": "c"}]}, "W03"),
        ({"not": {"label": "x"}}, "W04"),
        ({"path": "*"}, "W04"),
        ({"project": "*"}, "W04"),
        ({"path": "a***"}, "W07"),
        ({"path": "!docs/"}, "W07"),
        ({"path": "./docs"}, "W07"),
        ({"path": "src\\player"}, "W07"),
    ],
)
def test_a_claim_with_a_fault_has_a_finding(claim: dict[str, Any], rule: str) -> None:
    assert rule in [f.rule for f in check_claims(plan(claim))]


@pytest.mark.parametrize(
    "claim",
    [
        {"label": "x", "not": {"label": "y"}},
        {"all": [{"label": "a"}, {"label": "b"}]},
        {"label": "x", "not": {"label": "x", "type": "bug"}},
        {"type": ["a", "b"], "any": [{"type": "b"}, {"path": "src/"}]},
        {"path": "docs/with\\ space/"},
        {"project": "A*", "all": [{"project": "*B"}]},
        {"text": "/a|b/"},
    ],
)
def test_a_sound_claim_has_none(claim: dict[str, Any]) -> None:
    assert check_claims(plan(claim)) == []


def test_two_streams_with_the_same_claim_are_found_unless_their_ranks_differ() -> None:
    same = check_claims(
        plan({"label": ["a", "B"]}, t=[{"any": [{"type": "q"}, {"label": ["b", "A"]}]}])
    )
    assert [(f.rule, f.subject, f.path) for f in same] == [("W05", "streams/t", ("claims", 0))]
    assert not check_claims(plan({"label": "a"}, t=[{"label": "a", "rank": 1}]))


def test_the_same_claim_twice_and_the_same_id_twice_are_found() -> None:
    found = check_claims(plan({"id": "x", "label": "a"}, {"id": "x", "label": "A"}))
    assert sorted(f.rule for f in found) == ["W06", "W09"]


def test_links_to_nowhere_are_found() -> None:
    links = [{"item": "A-1", "stream": "t"}, {"item": "A-2"}, {"item": "A-3", "shares": {"s": 0.7, "debt": 0.7}},
             {"item": "A-4", "shares": {"nowhere": 1}}, {"item": "A-5", "shares": {"s": 0.3, "kind:debt": 0.7}}]  # fmt: skip
    found = check_claims(Plan.model_validate({"streams": {"s": {}}, "links": links}))
    assert [(f.rule, f.path[1]) for f in found] == [("W08", 0), ("W08", 1), ("W08", 2), ("W08", 3)]


def test_an_unknown_kind_in_the_order_of_kinds_is_found() -> None:
    assert [f.path for f in check_claims(plan({"label": "x"}, rank=["label", "sprint"]))] == [
        ("settings", "rank", 1)
    ]
