"""The plan in the database: whole at every revision, never half written, nobody's words lost."""

from __future__ import annotations

import pytest

from mainstem.errors import Absent, Invalid
from mainstem.plan.changes import Added, Changed, Removed, StaleChange, diff
from mainstem.plan.model import Initiative, Plan
from mainstem.plan.standing import Signature
from mainstem.store.plans import StoredPlans
from tests.server.factories import NOW, small_plan

SIGNED = Signature(NOW, None, "Petra", "because")
pytestmark = pytest.mark.django_db


def note(text, was=None, subject="initiatives/warm-start"):
    return Changed(subject, ("note",), was, text)


def test_what_was_written_is_read_back_by_another_process(ground):
    assert StoredPlans().head().plan == small_plan()


def test_a_process_follows_what_another_wrote(ground):
    here, there = StoredPlans(), StoredPlans()
    here.head()
    for n in range(5):
        there.write([note(f"{n}", f"{n - 1}" if n else None)], SIGNED)
    there.write(
        [Removed("initiatives/edge-prefetch", (), small_plan().initiatives["edge-prefetch"])],
        SIGNED,
    )
    assert here.head() == StoredPlans().head()
    assert "edge-prefetch" not in here.head().plan.initiatives


def test_every_revision_can_be_read_as_it_stood(ground):
    plans = ground.plans
    before = plans.head()
    after = plans.write([note("new")], SIGNED)
    assert plans.at(before.revision).plan == before.plan
    assert plans.at("").plan == Plan()
    assert StoredPlans().at(after.revision).plan.initiatives["warm-start"].note == "new"


def test_changes_of_different_things_made_at_once_both_stay(ground):
    base = ground.plans.head().revision
    ground.plans.write([note("mine")], SIGNED, base=base)
    both = ground.plans.write(
        [note("yours", subject="initiatives/edge-prefetch")], SIGNED, base=base
    )
    assert both.plan.initiatives["warm-start"].note == "mine"
    assert both.plan.initiatives["edge-prefetch"].note == "yours"


def test_a_change_of_what_somebody_else_changed_is_refused_with_all_three_values(ground):
    ground.plans.write([note("mine")], SIGNED)
    with pytest.raises(StaleChange) as refused:
        ground.plans.write([note("yours")], SIGNED)
    (clash,) = refused.value.clashes
    assert (clash.base, clash.now, clash.wanted) == (None, "mine", "yours")
    assert ground.plans.head().plan.initiatives["warm-start"].note == "mine"


def test_a_thing_that_others_name_cannot_be_removed_from_under_them(ground):
    plan = ground.plans.head().plan
    with pytest.raises(Invalid, match="starts"):
        ground.plans.write([Removed("metrics/starts", (), plan.metrics["starts"])], SIGNED)
    assert ground.plans.head().plan == plan


def test_a_value_of_the_wrong_shape_is_refused(ground):
    with pytest.raises(Invalid) as refused:
        ground.plans.write(
            [Changed("initiatives/warm-start", ("state",), "active", "perhaps")], SIGNED
        )
    assert "state" in refused.value.hint


def test_the_order_of_entities_is_kept_wherever_one_is_put(ground):
    plan = ground.plans.head().plan
    for n in range(60):
        where = n % (len(plan.initiatives) + 1)
        plan = ground.plans.write(
            [Added(f"initiatives/b{n}", (), Initiative(stream="sign-up"), where)], SIGNED
        ).plan
        assert list(plan.initiatives)[where] == f"b{n}"
    assert list(StoredPlans().head().plan.initiatives) == list(plan.initiatives)


def test_a_plan_of_any_kind_comes_back_as_it_was(ground):
    wanted = small_plan(
        links=[{"item": "PLAY-9", "stream": "sign-up", "why": "told so"}],
        rest=[{"kind": "debt", "label": "old"}],
        expect=[{"item": {"title": "x", "label": "return"}, "stream": "come-back"}],
    )
    ground.plans.write(diff(ground.plans.head().plan, wanted), SIGNED)
    ground.plans.write(diff(wanted, small_plan()), SIGNED)
    assert StoredPlans().head().plan == small_plan()
    assert StoredPlans().at("r2").plan == wanted


def test_a_revision_that_never_was_is_absent(ground):
    for name in ("r99", "abc", "r-1"):
        with pytest.raises(Absent):
            ground.plans.at(name)
