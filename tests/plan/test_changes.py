from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import PlanError
from mainstem.plan.changes import (
    Added,
    Changed,
    Moved,
    Removed,
    Renamed,
    Reordered,
    StaleChange,
    apply,
    diff,
    from_json,
    sentence,
    to_json,
)
from mainstem.plan.model import SECTIONS, Plan
from tests.plan.small_plans import plans

BASE: dict[str, Any] = {
    "cycles": {"2026-Q3": {"first_day": "2026-07-01", "last_day": "2026-09-30"}},
    "customers": {"viewer": {"name": "Viewer", "stages": ["discover", "watch", "return"]}},
    "teams": {
        "video": {"name": "Video"},
        "apps": {"name": "Apps"},
        "playback": {"name": "Playback", "in": "video"},
    },
    "metrics": {"start-rate": {"name": "Start rate", "unit": "%", "target": 90}},
    "objectives": {"instant": {"name": "Instant start"}, "calm": {"name": "A calm evening"}},
    "streams": {
        "start-fast": {
            "name": "Start fast",
            "objective": "instant",
            "metric": "start-rate",
            "teams": {"playback": 0.4},
            "claims": [{"label": "start"}, {"path": "/player/", "type": "Story"}],
        },
        "stay": {"name": "Stay", "objective": "calm"},
    },
    "key_results": {"kr1": {"text": "Start rate 92 %", "metric": "start-rate", "target": 90}},
    "dependencies": {
        "d1": {
            "needs": "playback",
            "gives": "apps",
            "what": "the new player",
            "promised": "2026-08-01",
        }
    },
}


def plan(**sections: Any) -> Plan:
    return Plan.model_validate({**BASE, **sections})


def with_stream(**fields: Any) -> Plan:
    streams = {**BASE["streams"], "start-fast": {**BASE["streams"]["start-fast"], **fields}}
    return plan(streams=streams)


def told(new: Plan, old: Plan | None = None) -> list[str]:
    return [sentence(change) for change in diff(old or plan(), new)]


# Laws


@given(plans(), plans())
@settings(max_examples=150, deadline=None)
def test_applying_the_difference_makes_the_new_plan(old: Plan, new: Plan) -> None:
    made = apply(old, diff(old, new))
    assert made == new
    for section in SECTIONS:
        was = [key for key in getattr(old, section) if key in getattr(new, section)]
        now = [key for key in getattr(new, section) if key in getattr(old, section)]
        if section == "streams" or (was == now and not diff_renames(old, new)):
            assert list(getattr(made, section)) == list(getattr(new, section))


def diff_renames(old: Plan, new: Plan) -> bool:
    return any(isinstance(change, Renamed) for change in diff(old, new))


@given(plans())
@settings(max_examples=50, deadline=None)
def test_a_plan_has_no_difference_from_itself(one: Plan) -> None:
    again = Plan.model_validate(one.model_dump(by_alias=True))
    assert diff(one, one) == diff(one, again) == ()


@given(plans(), plans())
@settings(max_examples=75, deadline=None)
def test_every_change_can_be_told_and_kept_as_json(old: Plan, new: Plan) -> None:
    changes = diff(old, new)
    kept = json.loads(json.dumps([to_json(change) for change in changes]))
    assert apply(old, [from_json(one) for one in kept]) == new
    for change in changes:
        told = sentence(change)
        assert told and "\n" not in told and "None" not in told and "()" not in told


@given(plans(), plans(), plans())
@settings(max_examples=75, deadline=None)
def test_changes_for_another_plan_fit_or_are_refused_as_a_whole(
    old: Plan, new: Plan, other: Plan
) -> None:
    before = other.model_dump_json()
    try:
        apply(other, diff(old, new))
    except StaleChange as error:
        assert error.clashes and error.hint
    assert other.model_dump_json() == before


@given(plans(), st.sampled_from(["teams", "metrics", "streams", "objectives"]), st.data())
@settings(max_examples=75, deadline=None)
def test_a_renamed_entity_takes_its_references_along(one: Plan, section: str, data: Any) -> None:
    from mainstem.plan.references import find_references, rename_ids

    ids = list(getattr(one, section))
    if not ids:
        return
    was = data.draw(st.sampled_from(ids))
    renamed = rename_ids(one, {section: {was: "new-id"}})
    assert (section, was) not in find_references(renamed)
    places = find_references(one).get((section, was), frozenset())
    assert len(find_references(renamed).get((section, "new-id"), frozenset())) == len(places)
    assert apply(one, diff(one, renamed)) == renamed
    assert rename_ids(renamed, {section: {"new-id": was}}) == one


# Sentences


def test_a_team_in_another_group_moves() -> None:
    new = plan(teams={**BASE["teams"], "playback": {"name": "Playback", "in": "apps"}})
    (change,) = diff(plan(), new)
    assert isinstance(change, Moved)
    assert sentence(change) == "Team Playback moves from Video to Apps"


def test_a_stream_moves_to_another_objective() -> None:
    (change,) = diff(plan(), with_stream(objective="calm"))
    assert isinstance(change, Moved)
    assert sentence(change) == (
        "Stream Start fast moves from objective Instant start to A calm evening"
    )


def test_another_target_is_told_by_the_stream_that_asks_for_it() -> None:
    new = plan(metrics={"start-rate": {"name": "Start rate", "unit": "%", "target": 92}})
    assert told(new) == ["Stream Start fast now asks for 92 % instead of 90 %"]


def test_another_label_in_a_claim_takes_more_and_another_key_needs_more() -> None:
    second = {"path": "/player/", "type": "Story"}
    assert told(with_stream(claims=[{"label": "start"}, {**second, "label": "y"}])) == [
        "Claim 2 of stream Start fast now also needs label y"
    ]
    assert told(with_stream(claims=[{"label": ["start", "y"]}, second])) == [
        "Claim 1 of stream Start fast now also takes label y"
    ]
    assert told(with_stream(claims=[{"label": "y"}, second])) == [
        "Claim 1 of stream Start fast now takes label y instead of start"
    ]
    assert told(with_stream(claims=[{"label": "start"}, {"path": "/player/"}])) == [
        "Claim 2 of stream Start fast no longer needs type Story"
    ]
    assert told(with_stream(claims=[{"label": "start"}, {**second, "field": {"site": "EU"}}])) == [
        "Claim 2 of stream Start fast now also needs field site EU"
    ]


def test_a_claim_put_before_the_others_is_one_addition() -> None:
    (change,) = diff(
        plan(), with_stream(claims=[{"text": "start-up"}, *BASE["streams"]["start-fast"]["claims"]])
    )
    assert change == Added("streams/start-fast", ("claims", 0), change.value, 0)
    assert sentence(change) == "Stream Start fast has a new claim 1: text start-up"


def test_a_claim_with_an_id_is_known_by_it_wherever_it_stands() -> None:
    old = with_stream(claims=[{"id": "one", "label": "a"}, {"id": "two", "label": "b"}])
    new = with_stream(claims=[{"id": "two", "label": "b"}, {"id": "one", "label": "c"}])
    order, change = diff(old, new)
    assert isinstance(order, Reordered) and isinstance(change, Changed)
    assert (change.path, change.old, change.new) == (("claims", 1, "label"), ("a",), ("c",))


def test_the_order_of_stages_is_a_change() -> None:
    new = plan(customers={"viewer": {"name": "Viewer", "stages": ["watch", "discover", "return"]}})
    (change,) = diff(plan(), new)
    assert isinstance(change, Reordered)
    assert sentence(change) == (
        "Customer Viewer has its stages in the order watch, discover and return "
        "(before: discover, watch and return)"
    )


def test_the_order_of_streams_is_a_change_and_that_of_teams_is_not() -> None:
    streams, teams = BASE["streams"], BASE["teams"]
    (change,) = diff(plan(), plan(streams=dict(reversed(streams.items()))))
    assert sentence(change) == "The streams stand in another order: Stay and Start fast"
    assert diff(plan(), plan(teams=dict(reversed(teams.items())))) == ()


def test_a_new_identifier_is_one_change_with_all_its_references() -> None:
    text = plan().model_dump_json(by_alias=True).replace('"playback"', '"player-team"')
    new = Plan.model_validate_json(text)
    (change,) = diff(plan(), new)
    assert change == Renamed("teams/playback", (), "player-team")
    assert sentence(change) == (
        "Team Playback has the identifier player-team from now on (was playback)"
    )
    assert apply(plan(), [change]) == new


def test_a_new_identifier_and_a_new_name_are_two_changes_if_the_references_agree() -> None:
    text = plan().model_dump_json(by_alias=True)
    text = text.replace('"playback"', '"player"').replace('"Playback"', '"Player"')
    rename, change = diff(plan(), Plan.model_validate_json(text))
    assert isinstance(rename, Renamed)
    assert sentence(change) == "Team Playback is now called Player"


def test_two_empty_entities_are_not_taken_for_one_that_was_renamed() -> None:
    old, new = Plan.model_validate({"teams": {"a": {}}}), Plan.model_validate({"teams": {"b": {}}})
    assert [type(change) for change in diff(old, new)] == [Removed, Added]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"teams": {}}, "Team Playback no longer delivers stream Start fast"),
        (
            {"teams": {"playback": 0.4, "apps": {"part": "supports", "share": "10%"}}},
            "Team Apps now supports stream Start fast, with 10 % of its effort",
        ),
        (
            {"teams": {"playback": 0.5}},
            "Team Playback now plans 50 % of its effort for stream Start fast instead of 40 %",
        ),
        ({"owner": "Ann Lee"}, "Stream Start fast: owner is now “Ann Lee” (before: nothing)"),
        ({"stages": ["watch"]}, "Stream Start fast: stages: now also watch"),
        (
            {"guardrails": [{"metric": "errors", "bound": "below 2 %"}]},
            "Stream Start fast has a new guardrail errors (below 2 %)",
        ),
        (
            {"metric": "errors"},
            "Stream Start fast is now measured by errors instead of Start rate",
        ),
        (
            {"also_serves": ["calm"]},
            "Stream Start fast: objectives also served: now also A calm evening",
        ),
        (
            {"accepted": [{"rule": "S13", "why": "not yet", "by": "Ann", "until": "2026-09-01"}]},
            "Stream Start fast: S13 is accepted by Ann until 2026-09-01: not yet",
        ),
    ],
)
def test_changes_of_a_stream_are_told_in_plain_words(fields: dict[str, Any], said: str) -> None:
    assert told(with_stream(**fields)) == [said]


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"links": [{"item": "AB-1", "stream": "stay"}]}, "Item AB-1 is now linked to stream Stay"),
        (
            {"links": [{"item": "AB-1", "shares": {"stay": 0.5, "debt": 0.25}}]},
            "Item AB-1 is now linked to Stay 50 % and debt 25 %",
        ),
        (
            {"expect": [{"item": {"title": "Slow start"}, "stream": "start-fast"}]},
            "There is a new example: item “Slow start” goes to stream Start fast",
        ),
        (
            {"rest": [{"kind": "debt", "label": ["tech-debt"]}]},
            "The plan now has its own rules for the rest: debt if label tech-debt",
        ),
        (
            {"organisation": {"timezone": "Asia/Kolkata"}},
            "The organisation: timezone is now Asia/Kolkata (before: UTC)",
        ),
        (
            {"key_results": {"kr1": {**BASE["key_results"]["kr1"], "target": 95}}},
            "Key result “Start rate 92 %” now asks for 95 % instead of 90 %",
        ),
        (
            {"dependencies": {"d1": {**BASE["dependencies"]["d1"], "promised": "2026-09-01"}}},
            "Dependency “the new player” is now promised for 2026-09-01 instead of 2026-08-01",
        ),
        ({"cycles": {}}, "Cycle 2026-Q3 is removed"),
        (
            {
                "teams": {
                    **BASE["teams"],
                    "playback": {"name": "Playback", "in": "video", "size": 7},
                }
            },
            "Team Playback: size is now 7 (before: nothing)",
        ),
        (
            {"initiatives": {"i": {"stream": "stay"}}},
            "Initiative i is new",
        ),
    ],
)
def test_changes_elsewhere_are_told_in_plain_words(sections: dict[str, Any], said: str) -> None:
    assert told(plan(**sections)) == [said]


# Applying


def test_a_change_made_for_another_plan_is_refused_with_all_three_values() -> None:
    def asks_for(target: int) -> Plan:
        return plan(metrics={"start-rate": {"name": "Start rate", "unit": "%", "target": target}})

    with pytest.raises(StaleChange) as refused:
        apply(asks_for(91), diff(asks_for(90), asks_for(92)))
    message = refused.value.message
    assert "Metric Start rate, target" in message
    assert "when the change was made there was 90" in message
    assert "now there is 91" in message and "the change wants 92" in message
    assert refused.value.code == "plan.stale_change" and "Nothing was changed" in refused.value.hint


def test_every_change_that_does_not_fit_is_named_and_none_is_made() -> None:
    changes = diff(plan(), plan(cycles={}, objectives={"instant": {"name": "Instant start"}}))
    with pytest.raises(StaleChange) as refused:
        apply(Plan(), changes)
    assert len(refused.value.clashes) == len(changes) == 2
    assert "2 changes do not fit" in refused.value.message


def test_a_rename_to_an_identifier_that_is_taken_is_refused() -> None:
    with pytest.raises(StaleChange, match="apps"):
        apply(plan(), [Renamed("teams/playback", (), "apps")])
    with pytest.raises(StaleChange, match="nothing"):
        apply(plan(), [Renamed("teams/gone", (), "new")])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "exploded", "subject": "teams/a", "path": []},
        {"kind": "changed", "subject": "teams/a", "path": ["shoe"], "old": 1, "new": 2},
        {"kind": "changed", "subject": "teams/a", "path": ["size"], "old": 1, "new": "many"},
        {"kind": "added", "subject": "nowhere/a", "path": [], "value": {}, "place": 0},
    ],
)
def test_json_that_is_no_change_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="not a change of a plan"):
        from_json(wrong)


def test_the_example_in_the_documentation_runs() -> None:
    page = Path(__file__).parents[2] / "docs" / "comparing-plans.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    exec(compile(example, str(page), "exec"), {})
