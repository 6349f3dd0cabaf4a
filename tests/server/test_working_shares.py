"""Owen and Petra set by hand what work counts for: shown before, done with a reason, taken back whole."""

from __future__ import annotations

import pytest

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.plan.change_kinds import Changed
from mainstem.services.people.access_shares import Permit, ShareMove, may_move, require_shares
from mainstem.services.plans.editing import change_plan
from mainstem.services.server.deriving import derive
from mainstem.services.work import sharing
from mainstem.store.models import AuditLine
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db
ALL = 10_000


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def said(ground, key: str) -> dict[str, int]:
    return sharing.parts_said(sharing.links_of(key, ground.plans.head().plan))


def test_owen_claims_unknown_work_by_hand_looks_at_it_and_takes_it_back(as_, worked):
    owen = as_("owen")
    page = text(owen.get("/items/shares/new?item=OPS-2&item=GRO-2"))
    assert "Say what 2 items count for" in page
    assert "OPS-2" in page
    done = owen.post(
        "/items/shares/set",
        {"item": ["OPS-2"], "target_1": "stream:start-fast", "why": "Logs of the player"}, follow=True,
    )  # fmt: skip
    page = text(done)
    assert "Owen set what 1 item counts for" in page
    assert "Logs of the player" in page
    assert said(worked, "OPS-2") == {"stream:start-fast": ALL}
    number = worked.plans.head().number
    assert AuditLine.objects.filter(action="plan.page", outcome="ok").exists()

    page = text(owen.post(f"/items/shares/{number}/undo", follow=True))
    assert "Taken back" in page
    assert said(worked, "OPS-2") == {}
    assert worked.plans.at(f"r{number}").plan.links


def test_owen_may_say_again_at_once_what_he_took_back_though_it_counts_until_the_next_derivation(
    as_, worked
):
    owen = as_("owen")
    halves = {"item": ["PLAY-1"], "target_1": "stream:start-fast", "part_1": "50",
              "target_2": "kind:debt", "why": "Half of it was to mend what we had"}  # fmt: skip
    assert owen.post("/items/shares/set", halves).status_code == 302
    derive(worked, at=NOW)
    assert owen.post(f"/items/shares/{worked.plans.head().number}/undo").status_code == 302
    assert owen.post("/items/shares/set", halves).status_code == 302
    assert said(worked, "PLAY-1") == {"stream:start-fast": 5_000, "kind:debt": 5_000}


@pytest.mark.parametrize(
    ("counts_for", "may"),
    [({"stream:start-fast": ALL}, True), ({"stream:start-fast": 5_000, "kind:debt": 5_000}, True),
     ({"stream:sign-up": ALL}, False), ({"stream:start-fast": 5_000, "stream:sign-up": 5_000}, False),
     ({"kind:debt": ALL}, False), ({}, False)],
)  # fmt: skip
def test_an_owner_may_hold_fast_by_hand_what_counts_for_their_own_streams_alone(
    worked, cast, counts_for, may
):
    move = ShareMove("PLAY-1", frozenset({"platform"}), counts_for, counts_for)
    assert may_move(actor("owen", cast), worked.plans.head().plan, move) is may


def test_shares_may_be_split_and_what_is_left_is_the_rest(as_, worked):
    as_("petra").post(
        "/items/shares/set",
        {"item": ["PLAY-1"], "target_1": "stream:start-fast", "part_1": "60", "target_2": "kind:debt",
         "part_2": "15", "why": "Half of it was tidying"},
    )  # fmt: skip
    assert said(worked, "PLAY-1") == {"stream:start-fast": 6_000, "kind:debt": 1_500}
    derive(worked, at=NOW)
    page = text(as_("vera").get("/items/?q=key:PLAY-1"))
    assert "Start to first frame 60 %" in page
    assert "debt 15 %" in page
    assert "set by hand: Half of it was tidying" in page


def test_more_than_the_whole_or_no_reason_is_told_beside_the_form(as_, worked):
    petra = as_("petra")
    more = {"item": ["PLAY-1"], "target_1": "stream:start-fast", "part_1": "80",
            "target_2": "kind:debt", "part_2": "30", "why": "x"}  # fmt: skip
    response = petra.post("/items/shares/set", more)
    assert response.status_code == 400
    assert "100 % at most" in text(response)
    assert petra.post("/items/shares/set", {**more, "part_2": "10", "why": ""}).status_code == 400
    assert said(worked, "PLAY-1") == {}


def test_all_that_match_are_counted_before_and_refused_if_the_count_has_changed(as_, worked):
    petra = as_("petra")
    page = text(petra.get("/items/shares/new?all=1&q=project:PLAY"))
    assert "Say what 2 items count for" in page
    assert 'name="count" value="2"' in page
    sent = {"all": "1", "q": "project:PLAY", "target_1": "kind:support", "why": "It was support"}
    assert petra.post("/items/shares/set", {**sent, "count": "3"}).status_code == 409
    assert said(worked, "PLAY-1") == {}
    petra.post("/items/shares/set", {**sent, "count": "2"})
    assert said(worked, "PLAY-1") == said(worked, "PLAY-2") == {"kind:support": ALL}
    number = worked.plans.head().number
    petra.post(f"/items/shares/{number}/undo")
    assert not worked.plans.head().plan.links


def test_too_many_at_once_are_refused_with_what_to_do_instead(worked, cast):
    keys = [f"K-{n}" for n in range(sharing.MOST_AT_ONCE + 1)]
    with pytest.raises(Invalid, match="501 items are too many") as refused:
        sharing.set_shares(keys, {}, "x", worked, actor("petra", cast), at=NOW)
    assert "write a claim" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "key", "target", "is_allowed"),
    [
        ("petra", "GRO-1", "stream:start-fast", True),
        ("owen", "OPS-2", "stream:start-fast", True),  # unknown, to their own stream
        ("owen", "PLAY-1", "kind:debt", True),  # their own stream loses
        ("owen", "GRO-1", "stream:start-fast", False),  # another's stream would lose
        ("owen", "PLAY-1", "stream:sign-up", False),  # another's stream would gain
        ("owen", "OPS-2", "kind:debt", False),  # no stream of theirs at all
        ("lena", "PLAY-1", "stream:sign-up", True),  # worked by her team alone
        ("lena", "GRO-1", "kind:debt", False),  # worked by others
        ("carl", "PLAY-1", "kind:debt", False),
        ("vera", "PLAY-1", "kind:debt", False),
    ],
)
def test_who_may_set_what(worked, cast, name, key, target, is_allowed):
    def act() -> None:
        sharing.set_shares([key], {target: ALL}, "because", worked, actor(name, cast), at=NOW)

    if is_allowed:
        act()
        assert said(worked, key) == {target: ALL}
    else:
        with pytest.raises(Forbidden):
            act()
        assert said(worked, key) == {}


def test_what_is_said_but_not_yet_derived_counts_as_what_it_is_now(worked, cast):
    sharing.set_shares(
        ["OPS-2"], {"stream:sign-up": ALL}, "form", worked, actor("petra", cast), at=NOW
    )
    with pytest.raises(Forbidden):
        sharing.set_shares(
            ["OPS-2"], {"stream:start-fast": ALL}, "mine", worked, actor("owen", cast), at=NOW
        )


def test_an_owner_cannot_take_anothers_work_by_setting_what_it_is_part_of(worked, cast):
    from mainstem.ledger.refresh import refresh
    from mainstem.services.work.attributing import build_inputs
    from tests.world import World, effort, item

    standing = worked.plans.head()
    world = World(worked.data, plan=standing.plan)
    world.land(
        [item("EPIC-1"), item("SUB-1", parent="EPIC-1", components=["Signup"])],
        [effort("EPIC-1", 1, day="2026-10-05"), effort("SUB-1", 1, day="2026-10-05")],
    )
    with world.ledger.change() as change:
        inputs, _ = build_inputs(change, standing.plan, [], standing.revision)
        refresh(world.ledger, inputs, change, at=NOW)
    with pytest.raises(Forbidden, match="SUB-1"):
        sharing.set_shares(
            ["EPIC-1"], {"stream:start-fast": ALL}, "mine", worked, actor("owen", cast), at=NOW
        )
    assert sharing.preview_shares(["EPIC-1"], {}, worked, actor("owen", cast)).below == 1


def test_undo_is_refused_when_somebody_has_said_something_else_since(worked, cast):
    petra = actor("petra", cast)
    first = sharing.set_shares(["PLAY-1"], {"kind:debt": ALL}, "a", worked, petra, at=NOW)
    sharing.set_shares(["PLAY-1"], {"kind:support": ALL}, "b", worked, petra, at=NOW)
    with pytest.raises(Conflict):
        sharing.undo_shares(first.standing.number, worked, petra, at=NOW)
    assert said(worked, "PLAY-1") == {"kind:support": ALL}


def test_the_claims_decide_again_when_the_hand_is_taken_away(worked, cast):
    petra = actor("petra", cast)
    sharing.set_shares(["PLAY-1"], {"kind:debt": ALL}, "a", worked, petra, at=NOW)
    derive(worked, at=NOW)
    sharing.set_shares(["play-1"], {}, "was right", worked, petra, at=NOW)
    derive(worked, at=NOW)
    assert said(worked, "PLAY-1") == {}
    with pytest.raises(Invalid, match="already is so"):
        sharing.set_shares(["PLAY-1"], {}, "again", worked, petra, at=NOW)


def test_a_permit_is_given_by_the_table_of_rights_alone_and_for_links_alone(worked, cast):
    owen = actor("owen", cast)
    plan = worked.plans.head().plan
    with pytest.raises(TypeError):
        Permit(owen, [], object())
    mine = ShareMove("OPS-2", frozenset(), {}, {"stream:start-fast": ALL})
    rename = Changed("teams/growth", ("name",), "Growth", "Mine")
    with pytest.raises(Forbidden):
        require_shares(owen, plan, [mine], [rename])
    other = sharing.link_changes(
        plan, {"gro-1": sharing._links("GRO-1", {"stream:start-fast": ALL}, "x")}
    )
    with pytest.raises(Forbidden):
        require_shares(owen, plan, [mine], other)
    changes = sharing.link_changes(
        plan, {"ops-2": sharing._links("OPS-2", {"stream:start-fast": ALL}, "x")}
    )
    permit = require_shares(owen, plan, [mine], changes)
    with pytest.raises(Forbidden):
        change_plan([*changes, rename], worked, owen, at=NOW, allowed=permit)
    with pytest.raises(Forbidden):
        change_plan(changes, worked, actor("carl", cast), at=NOW, allowed=permit)
    change_plan(changes, worked, owen, at=NOW, allowed=permit)


def test_a_token_for_reading_sets_nothing(worked, cast):
    with pytest.raises(Forbidden):
        sharing.set_shares(["OPS-2"], {"stream:start-fast": ALL}, "x", worked,
                           actor("petra", cast, may_write=False), at=NOW)  # fmt: skip


def test_lena_learns_which_items_are_not_hers_before_she_writes_and_loses_no_word_after(
    as_, worked
):
    lena = as_("lena")
    page = text(lena.get("/items/shares/new?item=PLAY-1&item=OPS-2"))
    assert "1 item of them, such as OPS-2, may not be yours to set" in page
    sent = {"item": ["PLAY-1", "OPS-2"], "target_1": "kind:debt", "why": "Paid back, at last"}
    refused = lena.post("/items/shares/set", sent)
    assert refused.status_code == 403
    assert "You may not set what OPS-2 counts for" in text(refused)
    assert "Paid back, at last" in text(refused)
    assert AuditLine.objects.filter(outcome="refused").exists()
    assert said(worked, "PLAY-1") == {}
