"""The state of a cycle goes by its steps: every other way of changing the plan leaves it alone."""

from __future__ import annotations

from datetime import date

import pytest

from mainstem.errors import Forbidden, Invalid
from mainstem.plan.changes import Added, Changed, Removed, Renamed
from mainstem.plan.model import Cycle
from mainstem.services.plans.changing import Wish, patch_entity, weigh_changes
from mainstem.services.plans.cycles import take_step
from mainstem.services.plans.editing import change_plan, undo
from mainstem.services.plans.proposals import gather, start_proposal
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_planning_editing import form_of, plan_of
from tests.server.test_planning_text import apply, edit, folder, server

pytestmark = pytest.mark.django_db
TO_DRAFT = Changed("cycles/2026-q4", ("state",), "committed", "draft")

__all__ = ["folder", "server"]


@pytest.fixture
def petra(cast):
    return actor("petra", cast)


def refuses(act) -> Invalid:
    with pytest.raises(Invalid) as told:
        act()
    assert told.value.code == "plan.cycle_state" and told.value.field == "state"
    return told.value


def test_a_patch_is_refused_and_names_where_the_step_is_taken(ground, petra):
    told = refuses(
        lambda: patch_entity("cycles", "2026-q4", {"state": "draft"}, Wish(), ground, petra, at=NOW)
    )
    assert "2026-q4 is committed" in told.message and "draft" in told.message
    assert "/plan/cycles/2026-q4/" in told.hint and "/api/v1/cycle-steps" in told.hint
    assert plan_of(ground).cycles["2026-q4"].state == "committed"


def test_other_fields_change_and_the_same_state_is_no_change(ground, petra):
    wanted = {"name": "Autumn", "state": "committed"}
    patch_entity("cycles", "2026-q4", wanted, Wish(), ground, petra, at=NOW)
    assert plan_of(ground).cycles["2026-q4"].name == "Autumn"


def test_typed_changes_are_refused_before_they_are_tried_too(ground, petra):
    refuses(lambda: weigh_changes([TO_DRAFT], ground, petra))
    refuses(lambda: change_plan([TO_DRAFT], ground, petra, at=NOW))


def test_removing_and_adding_it_again_or_renaming_it_is_no_way_round(ground, petra):
    was = plan_of(ground).cycles["2026-q3"]
    again = was.model_copy(update={"state": "open"})
    subject = "cycles/2026-q3"
    changes = [Removed(subject, (), was), Added(subject, (), again, 9)]
    refuses(lambda: change_plan(changes, ground, petra, at=NOW))
    renamed = Renamed("cycles/2026-q4", (), "autumn")
    moved = Changed("cycles/autumn", ("state",), "committed", "open")
    refuses(lambda: change_plan([renamed, moved], ground, petra, at=NOW))


@pytest.mark.parametrize("state", ["draft", "open", "committed", "closed"])
def test_a_new_cycle_begins_in_any_state(ground, petra, state):
    new = Cycle(first_day=date(2027, 1, 1), last_day=date(2027, 3, 31), state=state)
    change_plan([Added("cycles/2027-q1", (), new, 9)], ground, petra, at=NOW)
    assert plan_of(ground).cycles["2027-q1"].state == state


def test_who_may_not_change_cycles_hears_of_that_first(ground, cast):
    with pytest.raises(Forbidden):
        change_plan([TO_DRAFT], ground, actor("lena", cast), at=NOW)


def test_a_proposal_cannot_hold_it(ground, petra):
    refuses(lambda: start_proposal("Back to the start", [TO_DRAFT], ground, petra, at=NOW))
    named = Changed("cycles/2026-q4", ("name",), "2026 Q4", "Autumn")
    made = start_proposal("A name", [named], ground, petra, at=NOW)
    plan = plan_of(ground)
    cycle = plan.cycles["2026-q4"].model_copy(update={"state": "open"})
    wanted = plan.model_copy(update={"cycles": {**plan.cycles, "2026-q4": cycle}})
    refuses(lambda: gather(made.number, wanted, {}, ground, petra, at=NOW))


def test_a_folder_that_says_another_state_is_refused_whole(folder, server, ground):
    edit(folder, "cycles.yaml", "state: committed", "state: open")
    told = refuses(lambda: apply(folder, server))
    assert "`state: committed`" in told.hint
    edit(folder, "cycles.yaml", "state: open", "state: committed")
    edit(folder, "cycles.yaml", "2026 Q4", "Autumn")
    apply(folder, server)
    assert plan_of(ground).cycles["2026-q4"].name == "Autumn"


def test_a_step_is_taken_back_by_a_step_and_no_page_offers_to_undo_it(as_, ground, petra):
    made = take_step("2026-q4", "closed", ground, petra, at=NOW)
    number = made.standing.number
    refuses(lambda: undo(number, ground, petra, at=NOW))
    browser = as_("petra")
    assert f"/plan/revisions/{number}/undo" not in (
        browser.get(f"/plan/revisions/{number}/").content.decode()
        + browser.get(f"/plan/cycles/2026-q4/?done={number}").content.decode()
    )


def test_the_form_offers_no_other_state_and_refuses_one_beside_the_field(as_, ground):
    browser = as_("petra")
    page = browser.get("/plan/cycles/2026-q4/edit").content.decode()
    assert 'value="committed"' in page and 'value="draft"' not in page
    sent = {**form_of(page), "state": ["open"], "do": ["save"]}
    answer = browser.post("/plan/cycles/2026-q4/edit", sent)
    assert answer.status_code == 400 and "by a step of its own" in answer.content.decode()
    assert 'value="draft"' in browser.get("/plan/cycles/new").content.decode()
