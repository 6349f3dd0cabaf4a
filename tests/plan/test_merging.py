"""Three plans into one: nobody's change is lost, and where two meet all three values are told."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from mainstem.plan.changes import Renamed, apply, diff
from mainstem.plan.left_to_answer import QUESTIONS, left_to_answer
from mainstem.plan.merging import merge, rebase
from mainstem.plan.model import Claim, Initiative, Objective, Plan, Stage, Stream
from mainstem.plan.removing import mentions, named_by, without
from mainstem.plan.soundness import faults
from tests.plan.any_plan import plans

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def one(**fields: object) -> Plan:
    return Plan(streams={"s": Stream.model_validate(fields)})


def claims(plan: Plan) -> list[tuple[str | None, str | None]]:
    return [(c.id, c.note) for c in plan.streams["s"].claims]


@SLOW
@given(plans(), plans())
def test_if_only_one_side_changed_the_other_side_gets_all_of_it(base: Plan, wanted: Plan):
    assert merge(base, base, wanted).plan == wanted
    assert merge(base, wanted, base).plan == wanted
    assert merge(base, wanted, wanted).plan == wanted
    assert not merge(base, base, wanted).meetings and not merge(base, wanted, wanted).meetings


@SLOW
@given(plans(), plans(), plans())
def test_whoever_chooses_one_side_everywhere_loses_only_where_they_meet(a: Plan, b: Plan, c: Plan):
    found = merge(a, b, c)
    mine = merge(a, b, c, {m.key: "mine" for m in found.meetings})
    theirs = merge(a, b, c, {m.key: "now" for m in found.meetings})
    assert not mine.meetings and not theirs.meetings
    assert theirs.plan == found.plan
    if not found.meetings:
        assert mine.plan == found.plan


def test_different_fields_of_one_thing_both_stay():
    made = merge(one(name="a"), one(name="a", owner="x"), one(name="b"))
    assert made.plan == one(name="b", owner="x") and not made.meetings


def test_the_same_field_is_a_meeting_with_three_values():
    (met,) = merge(one(name="a"), one(name="b"), one(name="c")).meetings
    assert (met.base, met.now, met.wanted, met.key) == ("a", "b", "c", "streams/s|name")


def test_rows_without_an_identifier_are_told_apart_when_others_come_before_them():
    base = one(claims=[{"label": "a"}, {"label": "b"}])
    now = one(claims=[{"label": "new"}, {"label": "a"}, {"label": "b"}])
    wanted = one(claims=[{"label": "a"}, {"label": "b", "note": "mine"}])
    made = merge(base, now, wanted)
    assert [c.label for c in made.plan.streams["s"].claims] == [("new",), ("a",), ("b",)]
    assert claims(made.plan) == [(None, None), (None, None), (None, "mine")]


def test_both_add_rows_and_all_are_there():
    made = merge(
        one(), one(claims=[{"id": "x", "label": "a"}]), one(claims=[{"id": "y", "label": "b"}])
    )
    assert sorted(c.id or "" for c in made.plan.streams["s"].claims) == ["x", "y"]


def test_a_removed_thing_that_another_changed_is_a_meeting():
    base, now, wanted = one(name="a"), Plan(), one(name="b")
    (met,) = merge(base, now, wanted).meetings
    assert met.path == () and merge(base, now, wanted, {met.key: "mine"}).plan == wanted


def test_changes_made_for_an_older_plan_follow_a_rename_that_came_between():
    base = Plan(
        objectives={"o": Objective(name="O")}, streams={"s": Stream(objective="o", name="S")}
    )
    now = apply(base, [Renamed("streams/s", (), "t")])
    wanted = base.model_copy(update={"streams": {"s": Stream(objective="o", name="S", owner="me")}})
    found = rebase(diff(base, wanted), base, now)
    assert found.plan.streams == {"t": Stream(objective="o", name="S", owner="me")}
    assert apply(now, found.changes) == found.plan


def test_a_rename_carries_references_that_came_since():
    base = Plan(streams={"s": Stream(name="S")})
    now = Plan(streams={"s": Stream(name="S")}, initiatives={"i": Initiative(stream="s")})
    found = rebase([Renamed("streams/s", (), "t")], base, now)
    assert apply(now, found.changes).initiatives["i"].stream == "t"


# -- removing


@SLOW
@given(plans())
def test_what_is_removed_is_named_by_nothing_but_claims_and_breaks_nothing(plan: Plan):
    for section in ("teams", "metrics", "streams", "objectives", "cycles"):
        for ident in getattr(plan, section):
            made = without(plan, section, ident)
            assert ident not in getattr(made, section)
            new = {f for f in faults(made) if f[0] == "T015"} - set(faults(plan))
            assert not new
            if not named_by(plan, section, ident):
                rest = {k: v for k, v in getattr(plan, section).items() if k != ident}
                assert made == plan.model_copy(update={section: rest})


def test_a_dependency_goes_with_its_team_and_a_bet_only_forgets_it():
    plan = Plan.model_validate({
        "teams": {"a": {}, "b": {}},
        "initiatives": {"i": {"team": "a"}},
        "dependencies": {"d": {"needs": "a", "gives": "b", "what": "x"}},
        "streams": {"s": {"teams": {"a": "50%", "b": None}, "claims": [{"team": "a"}]}},
    })  # fmt: skip
    assert named_by(plan, "teams", "a") == ("streams/s", "initiatives/i", "dependencies/d")
    made = without(plan, "teams", "a")
    assert not made.dependencies and made.initiatives["i"].team is None
    assert list(made.streams["s"].teams) == ["b"] and made.streams["s"].claims == (Claim(team="a"),)
    assert mentions(plan.streams["s"], "teams", "b") and not mentions(
        plan.streams["s"], "teams", "c"
    )


# -- what is left to answer


def test_every_question_is_about_a_field_and_is_answered_by_it():
    bare = Stream()
    assert [o.field for o in left_to_answer("streams", bare)] == [
        o.field for o in QUESTIONS["streams"]
    ]
    assert "owner" not in [o.field for o in left_to_answer("streams", Stream(owner="x"))]
    assert Stage(id="a").id == "a"
