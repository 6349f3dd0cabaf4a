from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import Plan, RestKind
from mainstem.work.attribution import (
    Attributor,
    Rank,
    attribute,
    explain,
    parents_among,
)
from mainstem.work.claims import ItemFacts
from mainstem.work.expectations import check_expectations
from mainstem.work.rest import default_rest_rules, rest_rules

STREAMS = {
    "start": {"claims": [{"label": "start"}, {"path": "/src/player/"}, {"text": "first frame"}]},
    "ads": {"claims": [{"label": "ads"}, {"path": "/src/ads/"}, {"epic": "E-9"}]},
    "pay": {"claims": [{"project": "PAY"}]},
}


def plan(**more: Any) -> Plan:
    return Plan.model_validate({"streams": STREAMS, **more})


def parts(item: ItemFacts, of: Plan | None = None, *family: ItemFacts) -> dict[str, int]:
    known = {f.key: f for f in (*family, item)}
    return attribute(item, of or plan(), parent_of=parents_among(known)).parts()


def test_nothing_speaks_for_an_item_that_matches_nothing() -> None:
    made = attribute(ItemFacts(key="A", title="something"), plan())
    assert [(s.target, s.parts, s.rank) for s in made.shares] == [
        ("kind:unknown", 10_000, Rank.UNKNOWN)
    ]


def test_the_stronger_kind_of_claim_wins_and_the_weaker_is_kept_as_candidate() -> None:
    made = attribute(ItemFacts(key="A", title="First frame", labels=("ads",)), plan())
    assert made.parts() == {"stream:ads": 10_000} and not made.is_conflict
    assert [(c.target, c.rule_id) for c in made.candidates] == [("stream:start", "start/3")]
    assert made.also == ("start, by claim start/3 (“first frame” in the title)",)


def test_equal_rank_is_split_equally_with_the_odd_part_in_plan_order() -> None:
    made = attribute(ItemFacts(key="A", labels=("ads", "start")), plan())
    assert made.parts() == {"stream:start": 5000, "stream:ads": 5000} and made.is_conflict
    three = {"streams": {s: {"claims": [{"label": "x"}]} for s in "cab"}}
    assert attribute(ItemFacts(labels=("x",)), Plan.model_validate(three)).parts() == {
        "stream:c": 3334, "stream:a": 3333, "stream:b": 3333,
    }  # fmt: skip


def test_the_first_wins_where_the_plan_says_so() -> None:
    first = plan(organisation={"settings": {"share_policy": "first_wins"}})
    made = attribute(ItemFacts(key="A", labels=("ads", "start")), first)
    assert made.parts() == {"stream:start": 10_000} and made.is_conflict


def test_paths_of_two_streams_share_an_item_without_a_conflict() -> None:
    made = attribute(
        ItemFacts(key="A", paths=("src/player/a", "src/ads/b", "docs/c", "go.sum")), plan()
    )
    assert made.parts() == {"stream:start": 3333, "stream:ads": 3333, "kind:unknown": 3334}
    assert not made.is_conflict


def test_what_claims_leave_goes_to_the_rules_of_the_rest() -> None:
    made = attribute(
        ItemFacts(key="A", labels=("tech-debt",), paths=("src/ads/b", "docs/c")), plan()
    )
    assert [(s.target, s.parts, s.rank) for s in made.shares] == [
        ("stream:ads", 5000, Rank.CLAIM), ("kind:debt", 5000, Rank.REST),
    ]  # fmt: skip


def test_a_link_beats_everything() -> None:
    linked = plan(links=[{"item": "a-1", "stream": "pay", "why": "agreed in May"}])
    made = attribute(ItemFacts(key="A-1", labels=("ads",), shares={"start": 10_000}), linked)
    assert made.parts() == {"stream:pay": 10_000}
    assert made.shares[0].reason == "link 1: agreed in May"


def test_shares_in_a_link_leave_what_they_do_not_name() -> None:
    linked = plan(links=[{"item": "A-1", "shares": {"pay": 0.5, "debt": "20%"}}])
    assert parts(ItemFacts(key="A-1"), linked) == {
        "stream:pay": 5000,
        "kind:debt": 2000,
        "kind:unknown": 3000,
    }


def test_links_that_say_more_than_a_whole_are_scaled_down() -> None:
    linked = plan(links=[{"item": "A", "stream": "pay"}, {"item": "A", "stream": "ads"}])
    assert parts(ItemFacts(key="A"), linked) == {"stream:ads": 5000, "stream:pay": 5000}


def test_an_item_s_own_shares_are_explicit() -> None:
    assert parts(ItemFacts(key="A", shares={"ads": 2500, "kind:support": 2500, "gone": 5000})) == {
        "stream:ads": 2500, "kind:support": 2500, "kind:unknown": 5000,
    }  # fmt: skip


PARENT = ItemFacts(key="P", labels=("start",))
SAID = ItemFacts(key="P", labels=("start",), shares={"pay": 10_000})


@pytest.mark.parametrize(
    ("child", "parent", "expected", "rank"),
    [
        (
            ItemFacts(key="C", parent="P", labels=("ads",)),
            SAID,
            "stream:pay",
            Rank.INHERITED_EXPLICIT,
        ),
        (ItemFacts(key="C", parent="P", labels=("ads",)), PARENT, "stream:ads", Rank.CLAIM),
        (
            ItemFacts(key="C", parent="P", labels=("bug",)),
            PARENT,
            "stream:start",
            Rank.INHERITED_CLAIM,
        ),
        (ItemFacts(key="C", epic="P"), PARENT, "stream:start", Rank.INHERITED_CLAIM),
        (
            ItemFacts(key="C", parent="P", labels=("debt",)),
            PARENT,
            "stream:start",
            Rank.INHERITED_CLAIM,
        ),
        (ItemFacts(key="C", parent="P", shares={"ads": 10_000}), SAID, "stream:ads", Rank.EXPLICIT),
        (ItemFacts(key="C", parent="Q", labels=("debt",)), PARENT, "kind:debt", Rank.REST),
    ],
)
def test_each_step_of_the_precedence_beats_the_next(
    child: ItemFacts, parent: ItemFacts, expected: str, rank: Rank
) -> None:
    made = attribute(child, plan(), parent_of=parents_among({"P": parent, "C": child}))
    assert [(s.target, s.rank) for s in made.shares] == [(expected, rank)]


def test_grandparents_count_and_circles_end() -> None:
    line = [
        ItemFacts(key="A", parent="B"),
        ItemFacts(key="B", parent="C"),
        ItemFacts(key="C", parent="A", labels=("ads",)),
    ]
    assert parts(line[0], None, *line) == {"stream:ads": 10_000}
    circle = [ItemFacts(key="A", parent="B"), ItemFacts(key="B", parent="A")]
    assert parts(circle[0], None, *circle) == {"kind:unknown": 10_000}


def test_an_attribution_explains_itself_in_sentences() -> None:
    made = attribute(
        ItemFacts(key="A", title="First frame", labels=("ads", "start", "debt")), plan()
    )
    assert explain(made) == [
        "50 % goes to start: claimed: claim start/1 (label start).",
        "50 % goes to ads: claimed: claim ads/1 (label ads).",
        "Streams claim it with the same rank, so it is shared by the plan's policy.",
        "It also matched rest rule debt-label (label debt) of debt, which is weaker.",
    ]


_WORDS = st.sampled_from(["start", "ads", "debt", "incident", "x"])
_ITEM = st.builds(
    ItemFacts,
    key=st.sampled_from(["A", "B", "C"]),
    title=st.sampled_from(["first frame", "bump x", "outage", ""]),
    labels=st.lists(_WORDS, max_size=2).map(tuple),
    project=st.sampled_from([None, "PAY"]),
    parent=st.sampled_from([None, "A", "B"]),
    epic=st.sampled_from([None, "C", "E-9"]),
    paths=st.lists(st.sampled_from(["src/ads/1", "src/player/2", "z", "go.sum"]), max_size=4).map(
        tuple
    ),
    shares=st.dictionaries(
        st.sampled_from(["ads", "kind:debt", "q"]), st.integers(0, 9000), max_size=2
    ),
)


@given(st.lists(_ITEM, min_size=1, max_size=4))
def test_shares_always_sum_to_a_whole_and_are_the_same_each_time(items: list[ItemFacts]) -> None:
    family = parents_among({i.key: i for i in items})
    first, second = Attributor(plan(), family), Attributor(plan(), family)
    for item in items:
        made = first.attribute(item)
        assert sum(s.parts for s in made.shares) == 10_000
        assert all(s.parts > 0 for s in made.shares)
        assert made == second.attribute(item)


@given(_ITEM, st.permutations(range(3)), st.permutations(list(STREAMS)))
def test_the_order_of_claims_and_streams_moves_only_odd_parts(
    item: ItemFacts, claims: list[int], streams: list[str]
) -> None:
    mixed = {
        s: {"claims": [STREAMS[s]["claims"][i] for i in claims if i < len(STREAMS[s]["claims"])]}
        for s in streams
    }
    before = attribute(item, plan()).parts()
    after = attribute(item, Plan.model_validate({"streams": mixed})).parts()
    assert before.keys() == after.keys()
    assert all(abs(before[t] - after[t]) <= 1 for t in before)


@given(_ITEM)
def test_a_claim_of_lower_rank_changes_nothing_where_a_stronger_one_holds(item: ItemFacts) -> None:
    more = {
        **STREAMS,
        "late": {"claims": [{"path": "*", "rank": 5000}, {"text": "frame", "rank": 5000}]},
    }
    before, after = attribute(item, plan()), attribute(item, Plan.model_validate({"streams": more}))
    if before.shares[0].rank <= Rank.CLAIM:
        assert before.parts() == after.parts()


def test_the_shipped_rules_follow_the_precedence_of_kinds() -> None:
    kinds = list(dict.fromkeys(r.kind for r in default_rest_rules()))
    assert kinds == [RestKind.INCIDENT, RestKind.COMPLIANCE, RestKind.SUPPORT, RestKind.OPERATIONS,
                     RestKind.DEBT, RestKind.ENABLEMENT]  # fmt: skip
    both = attribute(ItemFacts(labels=("tech-debt", "SEV-1")), plan())
    assert both.parts() == {"kind:incident": 10_000}


def test_rules_in_a_plan_replace_the_shipped_ones() -> None:
    own = plan(rest=[{"kind": "other", "label": "sev-1"}])
    assert len(rest_rules(own)) == 1
    assert parts(ItemFacts(labels=("sev-1",)), own) == {"kind:other": 10_000}
    assert parts(ItemFacts(labels=("sev-1",)), plan(rest=[])) == {"kind:unknown": 10_000}


def test_examples_that_hold_give_no_finding() -> None:
    held = plan(
        teams={"video": {"owns": ["Video Squad"]}},
        expect=[
            {"item": {"label": "ads"}, "stream": "ads"},
            {"item": {"label": "sev-1"}, "kind": "incident"},
            {"item": {"title": "whatever"}},
            {"item": {"label": "debt"}},
            {
                "item": {"path": ["src/ads/a", "src/player/b", "q"]},
                "shares": {"ads": "33%", "start": "33%"},
            },
            {"item": {"key": "X-1", "label": "start"}, "stream": "start"},
            {"item": {"parent": "X-1"}, "stream": "start"},
        ],
    )
    assert check_expectations(held) == []


def test_an_example_that_fails_says_what_was_expected_what_came_and_why() -> None:
    failing = plan(expect=[{"item": {"title": "First frame", "label": "ads"}, "stream": "start"}])
    (finding,) = check_expectations(failing)
    assert finding.rule == "W11" and finding.path == ("expect", 0)
    assert finding.what == "The example 'First frame' should go to start, but goes to ads."
    assert "claim ads/1 (label ads)" in finding.why and "claim start/3" in finding.why


def test_an_example_without_a_stream_fails_where_a_stream_claims_it() -> None:
    (finding,) = check_expectations(plan(expect=[{"item": {"label": "ads"}}]))
    assert "should go to no stream, but goes to ads" in finding.what


def test_a_team_is_known_by_what_it_owns_and_by_the_teams_it_is_part_of() -> None:
    by_team = Plan.model_validate({
        "teams": {"video": {}, "player": {"in": "video", "owns": ["@acme/player"]}},
        "streams": {"s": {"claims": [{"team": "video"}]}},
        "expect": [{"item": {"team": "acme/Player"}, "stream": "s"}, {"item": {"team": "audio"}}],
    })  # fmt: skip
    assert check_expectations(by_team) == []
