"""Anybody proposes, people discuss, whoever may make the changes applies or declines them."""

from __future__ import annotations

import pytest

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.plan.changes import Changed
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.proposals import (
    apply_proposal,
    consider,
    list_proposals,
    move_proposal,
    proposal,
    start_proposal,
)
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_planning_editing import form_of, opened, plan_of

pytestmark = pytest.mark.django_db


def rename(old="Start to first frame", new="First frame"):
    return Changed("streams/start-fast", ("name",), old, new)


def test_a_contributor_proposes_on_any_form_and_the_plan_stays_as_it_is(as_, ground, cast):
    carl, before = as_("carl"), ground.plans.head().revision
    sent = opened(carl, "/plan/streams/sign-up/edit")
    page = carl.get("/plan/streams/sign-up/edit").content.decode()
    assert 'value="save">Save</button>' not in page.replace("\n", "").split("plan-save")[1]
    made = carl.post(
        "/plan/streams/sign-up/edit",
        {**sent, "owner": "Carla", "do": "propose", "why": "she knows"},
    )
    assert made.status_code == 302 and ground.plans.head().revision == before
    found = list_proposals(actor("carl", cast))[0]
    assert found.state == "draft" and found.count == 1
    with pytest.raises(Absent):
        proposal(found.number, actor("petra", cast))
    address = f"/plan/proposals/{found.number}/"
    carl.post(f"{address}move", {"state": "open"})
    assert as_("vera").get(address).status_code == 200
    as_("vera").post(f"{address}apply", {"version": "2"})
    assert ground.plans.head().revision == before
    applied = as_("petra").post(f"{address}apply", {"version": "2"})
    assert applied.status_code == 302
    assert plan_of(ground).streams["sign-up"].owner == "Carla"
    page = as_("vera").get(address).content.decode()
    assert "applied" in page and f"r{ground.plans.head().number}" in page


def test_several_edits_go_into_one_proposal_and_are_applied_as_one_revision(as_, ground, cast):
    carl = as_("carl")
    sent = opened(carl, "/plan/streams/sign-up/edit")
    carl.post(
        "/plan/streams/sign-up/edit",
        {**sent, "owner": "Carla", "do": "propose", "title": "Two things"},
    )
    number = list_proposals(actor("carl", cast))[0].number
    sent = opened(carl, "/plan/metrics/returns/edit")
    carl.post(
        "/plan/metrics/returns/edit",
        {**sent, "definition": "Back in a week", "do": "propose", "into": str(number)},
    )
    again = opened(carl, f"/plan/streams/sign-up/edit?proposal={number}")
    assert again["owner"] == ["Carla"]
    carl.post(
        f"/plan/streams/sign-up/edit?proposal={number}", {**again, "_id": "joining", "do": "save"}
    )
    new = opened(carl, f"/plan/objectives/new?proposal={number}")
    carl.post(f"/plan/objectives/new?proposal={number}", {**new, "name": "Fresh", "do": "save"})
    move_proposal(number, "open", ground, actor("carl", cast), at=NOW)
    before = ground.plans.head().number
    apply_proposal(number, ground, actor("petra", cast), at=NOW)
    plan = plan_of(ground)
    assert ground.plans.head().number == before + 1
    assert (
        plan.streams["joining"].owner == "Carla"
        and plan.key_results["kr-sign-up"].stream == "joining"
    )
    assert (
        plan.metrics["returns"].definition == "Back in a week"
        and plan.objectives["fresh"].name == "Fresh"
    )


def test_a_proposal_follows_what_others_change_elsewhere_and_asks_where_they_meet(
    as_, ground, cast
):
    petra = actor("petra", cast)
    made = start_proposal("Names", [rename(), Changed("streams/start-fast", ("note",), None, "mine")],
                          ground, actor("carl", cast), at=NOW, state="open")  # fmt: skip
    change_plan([Changed("streams/start-fast", ("owner",), "Owen", "Olga")], ground, petra, at=NOW)
    assert not consider(made.number, ground, petra).meetings
    change_plan([rename(new="Hers")], ground, petra, at=NOW)
    (meeting,) = consider(made.number, ground, petra).meetings
    assert (meeting.base, meeting.now, meeting.wanted) == (
        "Start to first frame",
        "Hers",
        "First frame",
    )
    with pytest.raises(Conflict):
        apply_proposal(made.number, ground, petra, at=NOW)
    browser = as_("petra")
    page = browser.get(f"/plan/proposals/{made.number}/").content.decode()
    assert "Hers" in page and "First frame" in page
    undecided = browser.post(f"/plan/proposals/{made.number}/apply", {"version": made.version})
    assert undecided.status_code == 409
    sent = form_of(page) | {"choice:streams/start-fast|name": ["mine"], "version": [str(made.version)],
                            "seen": [ground.plans.head().revision]}  # fmt: skip
    assert browser.post(f"/plan/proposals/{made.number}/apply", sent).status_code == 302
    stream = plan_of(ground).streams["start-fast"]
    assert (stream.name, stream.owner, stream.note) == ("First frame", "Olga", "mine")


def test_it_says_which_findings_it_would_add_and_end(as_, ground, cast):
    made = start_proposal(
        "Less", [Changed("streams/sign-up", ("owner",), None, "Sue"),
                 Changed("streams/start-fast", ("owner",), "Owen", None)],
        ground, actor("carl", cast), at=NOW, state="open",
    )  # fmt: skip
    page = as_("vera").get(f"/plan/proposals/{made.number}/").content.decode()
    section = page.split("What it does to the findings")[1]
    assert "start-fast has no owner" in section.split("Gone")[0]
    assert "sign-up has no owner" in section.split("Gone")[1]


def test_declining_needs_a_reason_and_it_can_be_opened_again(ground, cast):
    petra, carl = actor("petra", cast), actor("carl", cast)
    made = start_proposal("Names", [rename()], ground, carl, at=NOW, state="open")
    with pytest.raises(Invalid):
        move_proposal(made.number, "declined", ground, petra, at=NOW)
    with pytest.raises(Forbidden):
        move_proposal(made.number, "declined", ground, actor("lena", cast), at=NOW, reason="no")
    declined = move_proposal(made.number, "declined", ground, petra, at=NOW, reason="not now")
    assert (declined.state, declined.decision, declined.decided_by) == (
        "declined",
        "not now",
        "Petra",
    )
    with pytest.raises(Conflict):
        apply_proposal(made.number, ground, petra, at=NOW)
    assert move_proposal(made.number, "open", ground, carl, at=NOW).decision == ""
    assert move_proposal(made.number, "withdrawn", ground, carl, at=NOW).state == "withdrawn"


def test_who_watches_is_told_and_every_step_is_in_the_audit_log(as_, ground, cast):
    from mainstem.store.models import AuditLine, Notice, Watch

    Watch.objects.create(user=cast["vera"], subject="streams/start-fast", at=NOW)
    made = start_proposal("Names", [rename()], ground, actor("carl", cast), at=NOW)
    assert not Notice.objects.exists()
    carl = as_("carl")
    carl.post(f"/plan/proposals/{made.number}/move", {"state": "open"})
    assert "Names" in Notice.objects.get().sentence
    as_("lena").post(f"/plan/proposals/{made.number}/remark", {"text": "Good <b>idea</b>"})
    page = carl.get(f"/plan/proposals/{made.number}/").content.decode()
    assert "Good &lt;b&gt;idea&lt;/b&gt;" in page
    actions = list(AuditLine.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["proposal.made", "proposal.opened", "proposal.remark"]


def test_a_lead_applies_what_is_theirs_and_not_what_is_not(ground, cast):
    lena = actor("lena", cast)
    mine = Changed("key_results/kr-start", ("target",), 92.0, 93.0)
    one = start_proposal("Mine", [mine], ground, actor("carl", cast), at=NOW, state="open")
    other = start_proposal("Not mine", [Changed("streams/sign-up", ("owner",), None, "Sue")], ground,
                           actor("carl", cast), at=NOW, state="open")  # fmt: skip
    apply_proposal(one.number, ground, lena, at=NOW)
    assert plan_of(ground).key_results["kr-start"].target == 93.0
    with pytest.raises(Forbidden):
        apply_proposal(other.number, ground, lena, at=NOW)
    assert proposal(other.number, lena).state == "open"
