"""Triage: Lena, Owen and Petra look through what nothing speaks for, without stepping on each other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.services.plans.editing import undo
from mainstem.services.server.deriving import derive
from mainstem.services.triage import acts as triage_acts
from mainstem.services.triage.marks import SKIPPED, TAKEN
from mainstem.services.triage.triaging import triage
from mainstem.services.work import sharing
from mainstem.store.models import AuditLine, TriageMark
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db
HOUR = 10_000_000_000


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def lump(ground, by, title):
    return next(x for x in triage(ground, by, at=NOW).lumps if x.title == title)


def said(ground, key):
    return sharing.parts_said(sharing.links_of(key, ground.plans.head().plan))


def test_the_queue_says_what_items_share_who_spent_it_and_what_comes_near(worked, cast):
    found = triage(worked, actor("petra", cast), at=NOW)
    assert [(x.title, x.items, x.parts) for x in found.lumps] == [
        ("project GRO", 1, 3 * HOUR), ("project OPS", 1, 1 * HOUR),
    ]  # fmt: skip
    gro = found.lumps[0]
    assert gro.teams == (("growth", 3 * HOUR),)
    assert gro.months == (("2026-10", 3 * HOUR),)
    assert [(name, parts) for _, name, parts in gro.near] == [("Sign-up in one breath", 5 * HOUR)]
    assert [s.key for s in gro.samples] == ["GRO-2"]
    assert found.unknown == sum(x.parts for x in found.lumps) + found.left + found.no_item


def test_those_of_ones_own_teams_and_streams_come_first(worked, cast):
    by_team = triage(worked, actor("owen", cast), at=NOW).lumps
    assert [(x.title, x.is_yours) for x in by_team] == [
        ("project GRO", True),
        ("project OPS", False),
    ]
    carl = triage(worked, actor("carl", cast), at=NOW).lumps
    assert not any(x.is_yours for x in carl)


def test_who_opens_a_lump_has_it_for_some_minutes_and_others_are_offered_the_next(worked, cast):
    carl, petra = actor("carl", cast), actor("petra", cast)
    gro = lump(worked, carl, "project GRO")
    assert triage_acts.take(gro.id, worked, carl, at=NOW) is None
    queue = triage(worked, petra, at=NOW)
    assert queue.lump(gro.id).mark(TAKEN).by == "Carl"
    assert queue.offered(petra).title == "project OPS"
    assert triage_acts.take(gro.id, worked, petra, at=NOW).by == "Carl"
    later = NOW + timedelta(minutes=11)
    assert triage(worked, petra, at=later).offered(petra).title == "project GRO"
    assert triage_acts.take(gro.id, worked, petra, at=later) is None


def test_who_takes_another_lump_lets_the_first_go(worked, cast):
    carl = actor("carl", cast)
    for title in ("project GRO", "project OPS"):
        triage_acts.take(lump(worked, carl, title).id, worked, carl, at=NOW)
    assert TriageMark.objects.filter(state=TAKEN).count() == 1


def test_petra_assigns_a_lump_with_one_reason_and_takes_it_back(worked, cast):
    petra = actor("petra", cast)
    ops = lump(worked, petra, "project OPS")
    written = triage_acts.assign(
        ops.id, "stream:start-fast", "Logs of the player", ops.seen, worked, petra, at=NOW
    )
    assert said(worked, "OPS-2") == {"stream:start-fast": 10_000}
    assert [x.title for x in triage(worked, petra, at=NOW).lumps if x.items] == ["project GRO"]
    sharing.undo_shares(written.standing.number, worked, petra, at=NOW)
    assert said(worked, "OPS-2") == {}
    assert lump(worked, petra, "project OPS").items == 1


def test_what_was_shown_is_held_against_what_is_there(worked, cast):
    petra, ada = actor("petra", cast), actor("ada", cast)
    ops = lump(worked, petra, "project OPS")
    sharing.set_shares(["OPS-2"], {"kind:debt": 10_000}, "It was to mend", worked, ada, at=NOW)
    with pytest.raises(Conflict, match="it had 1 items and has 0; 1 were set by hand since"):
        triage_acts.assign(ops.id, "stream:start-fast", "Logs", ops.seen, worked, petra, at=NOW)
    assert said(worked, "OPS-2") == {"kind:debt": 10_000}


def test_nothing_is_written_about_what_somebody_else_looks_at(worked, cast):
    petra, ada = actor("petra", cast), actor("ada", cast)
    ops = lump(worked, petra, "project OPS")
    triage_acts.take(ops.id, worked, ada, at=NOW)
    for act in (
        lambda: triage_acts.assign(ops.id, "kind:debt", "x", ops.seen, worked, petra, at=NOW),
        lambda: triage_acts.claim(ops.id, "kind:debt", {}, "x", ops.seen, worked, petra, at=NOW),
    ):
        with pytest.raises(Conflict, match="Ada looks at"):
            act()


def test_owen_makes_a_claim_of_his_stream_out_of_a_lump_and_it_is_gone_after_the_derivation(
    worked, cast
):
    owen = actor("owen", cast)
    gro = lump(worked, owen, "project GRO")
    fields = {"label": ["spike"]}
    made = triage_acts.claim(
        gro.id, "stream:start-fast", fields, "", gro.seen, worked, owen, at=NOW
    )
    assert (
        "Triage: project GRO" in AuditLine.objects.get(action="plan.triage").sentence
        or made.sentence
    )
    with pytest.raises(Conflict, match="Owen has made a claim"):
        triage_acts.claim(gro.id, "stream:start-fast", fields, "", gro.seen, worked, owen, at=NOW)
    assert triage(worked, owen, at=NOW).offered(owen).title == "project OPS"
    derive(worked, at=NOW)
    assert [x.title for x in triage(worked, owen, at=NOW).lumps] == ["project OPS"]
    undo(made.standing.number, worked, owen, at=NOW)
    derive(worked, at=NOW)
    assert "project GRO" in [x.title for x in triage(worked, owen, at=NOW).lumps]


def test_a_rule_for_a_kind_comes_after_the_shipped_ones(worked, cast):
    petra = actor("petra", cast)
    ops = lump(worked, petra, "project OPS")
    triage_acts.claim(ops.id, "kind:operations", {}, "Running it", ops.seen, worked, petra, at=NOW)
    rest = worked.plans.head().plan.rest
    assert rest[-1].project == ("OPS",) and len(rest) > 1
    derive(worked, at=NOW)
    assert "project OPS" not in [x.title for x in triage(worked, petra, at=NOW).lumps]


@pytest.mark.parametrize(
    ("who", "target", "error"),
    [("vera", "stream:start-fast", Forbidden), ("carl", "stream:start-fast", Forbidden),
     ("lena", "stream:sign-up", Forbidden), ("owen", "stream:sign-up", Forbidden),
     ("otto", "stream:start-fast", Absent)],
)  # fmt: skip
def test_nobody_claims_or_assigns_what_is_not_theirs(worked, cast, who, target, error):
    gro = lump(worked, actor("petra", cast), "project GRO")
    by = actor(who, cast)
    with pytest.raises(error):
        triage_acts.claim(gro.id, target, {}, "x", gro.seen, worked, by, at=NOW)
    with pytest.raises(error):
        triage_acts.assign(gro.id, target, "x", gro.seen, worked, by, at=NOW)
    assert worked.plans.head().number == 1


def test_a_lump_is_put_off_for_everybody_until_a_day(worked, cast):
    carl, petra = actor("carl", cast), actor("petra", cast)
    gro = lump(worked, carl, "project GRO")
    day = triage_acts.skip(gro.id, None, worked, carl, at=NOW)
    assert triage(worked, petra, at=NOW).offered(petra).title == "project OPS"
    assert lump(worked, petra, "project GRO").mark(SKIPPED).by == "Carl"
    after = NOW + (day - NOW.date() + timedelta(days=1))
    assert triage(worked, petra, at=after).offered(petra).title == "project GRO"
    with pytest.raises(Invalid, match="a day to come"):
        triage_acts.skip(gro.id, NOW.date(), worked, carl, at=NOW)
