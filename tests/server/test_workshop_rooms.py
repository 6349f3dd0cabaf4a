"""A room on a server: Petra opens it, Carl comes in with his account, Gia by the link with a name only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.errors import Absent, Conflict, Forbidden, Invalid, TooMany
from mainstem.services.workshops import boards as workshop_boards
from mainstem.services.workshops import links as workshop_links
from mainstem.services.workshops import rooms as workshops
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.acting import act
from mainstem.services.workshops.catching_up import board_of, since, whole
from mainstem.services.workshops.events import SNAPSHOT_EVERY
from mainstem.store.models import AuditLine, RoomEvent, RoomSnapshot, Seat, Workshop
from mainstem.workshop.agendas import agendas
from mainstem.workshop.board import Board
from mainstem.workshop.seeing import masked_records
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.workshop.room import Anybody

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(ground, cast):
    workshop_boards.forget()
    return workshops.open_workshop(
        "Planning day", agendas()["day"], ground, actor("petra", cast), at=NOW, started_from="plan"
    )


@pytest.fixture
def petra(opened, cast):
    return workshop_seats.seat_of_member(opened.pk, actor("petra", cast), at=NOW)


@pytest.fixture
def carl(opened, cast):
    return workshop_seats.seat_of_member(opened.pk, actor("carl", cast), at=NOW)


@pytest.fixture
def gia(petra):
    word = workshop_seats.renew_link(petra, NOW + timedelta(days=1), True, at=NOW)
    return workshop_seats.join_as_guest(word, "Gia", NOW)[0]


def do(seat, *acts, at=NOW):
    """Acts, each with an id of its own unless it has one."""
    count = RoomEvent.objects.count()
    sent = [{"id": f"act-{count:05d}-{n}", **a} for n, a in enumerate(acts)]
    return act(seat.workshop, seat, sent, at=at)


def step_of(seat, kind):
    records = whole(seat.workshop, seat).records
    return next(s for s in records["room"]["steps"] if records[f"step/{s}"]["kind"] == kind)


def test_whoever_opens_a_room_leads_it_and_others_sit_down_as_they_come(opened, petra, carl, gia):
    assert (petra.role, carl.role, gia.role) == ("facilitator", "member", "guest")
    records = whole(opened.pk, gia).records
    assert [records[f"person/{s.id}"]["name"] for s in (petra, carl, gia)] == [
        "Petra",
        "Carl",
        "Gia",
    ]
    assert any(
        n.startswith("card/") and r["text"] == "Start to first frame" for n, r in records.items()
    )
    assert AuditLine.objects.filter(action="workshop.open").count() == 1


def test_who_may_not_host_opens_nothing_and_an_outsider_learns_nothing(ground, cast, opened):
    with pytest.raises(Forbidden):
        workshops.open_workshop("Mine", agendas()["day"], ground, actor("carl", cast), at=NOW)
    for call in (
        lambda: workshop_seats.seat_of_member(opened.pk, actor("otto", cast), at=NOW),
        lambda: workshops.workshops(actor("otto", cast)),
    ):
        with pytest.raises(Absent):
            call()
    with pytest.raises(Invalid):
        workshops.open_workshop("\x07", agendas()["day"], ground, actor("petra", cast), at=NOW)


def test_a_link_ends_and_with_it_every_guest_is_out(petra, gia):
    link = workshop_seats.link_of(petra, at=NOW)
    assert link.is_open
    assert link.word not in Workshop.objects.get().link
    with pytest.raises(Absent):
        workshop_seats.join_as_guest(link.word, "Gil", NOW + timedelta(days=2))
    with pytest.raises(Absent):
        do(gia, {"act": "hand", "up": True}, at=NOW + timedelta(days=2))
    workshop_seats.end_link(petra, at=NOW)
    with pytest.raises(Absent):
        do(gia, {"act": "hand", "up": True})
    with pytest.raises(Absent):
        workshop_seats.door_of(link.word, NOW)


def test_a_new_link_stops_the_one_before_and_may_take_members_only(petra, gia):
    old = workshop_seats.link_of(petra, at=NOW).word
    word = workshop_seats.renew_link(petra, NOW + timedelta(days=1), True, at=NOW)
    do(gia, {"act": "hand", "up": True})
    with pytest.raises(Absent):
        workshop_seats.join_as_guest(old, "Gil", NOW)
    word = workshop_seats.renew_link(petra, NOW + timedelta(days=1), False, at=NOW)
    with pytest.raises(Forbidden):
        workshop_seats.join_as_guest(word, "Gil", NOW)
    with pytest.raises(Forbidden):
        workshop_seats.renew_link(gia, NOW + timedelta(days=1), True, at=NOW)


def test_a_guest_is_known_by_their_secret_alone_and_a_removed_one_is_out_at_once(petra, gia):
    word = workshop_seats.link_of(petra, at=NOW).word
    seat, secret = workshop_seats.join_as_guest(word, "Gia", NOW)
    assert seat.name == "Gia 2"
    assert workshop_seats.seat_of_guest(seat.workshop, secret, at=NOW) == seat
    assert not Seat.objects.filter(secret_digest=secret).exists()
    with pytest.raises(Absent):
        workshop_seats.seat_of_guest(seat.workshop, secret + "x", at=NOW)
    workshop_seats.remove_seat(petra, seat.id, at=NOW)
    with pytest.raises(Forbidden):
        workshop_seats.seat_of_guest(seat.workshop, secret, at=NOW)
    with pytest.raises(Forbidden):
        do(seat, {"act": "hand", "up": True})
    assert whole(seat.workshop, petra).records[f"person/{seat.id}"]["out"]


def test_no_crowd_comes_in_within_a_minute_nor_more_than_the_room_takes(petra, gia, monkeypatch):
    word = workshop_seats.link_of(petra, at=NOW).word
    monkeypatch.setattr(workshop_links, "MOST_A_MINUTE", 1)
    with pytest.raises(TooMany):
        workshop_seats.join_as_guest(word, "Gil", NOW)
    later = NOW + timedelta(minutes=2)
    monkeypatch.setattr(workshop_links, "MOST_GUESTS", 1)
    with pytest.raises(Conflict):
        workshop_seats.join_as_guest(word, "Gil", later)


def test_a_room_is_never_without_a_facilitator_and_a_new_one_sees_the_notes(petra, carl):
    do(petra, {"act": "say", "step": step_of(petra, "call"), "text": "Be brief"})
    with pytest.raises(Conflict):
        workshop_seats.appoint(petra, petra.id, "member", at=NOW)
    before = whole(carl.workshop, carl)
    workshop_seats.appoint(petra, carl.id, "facilitator", at=NOW)
    promoted = workshop_seats.seat_of_member(carl.workshop, carl.actor, at=NOW)
    seen = Board(before.records, before.number)
    for number, puts in since(carl.workshop, before.number, promoted).events:
        seen.put(number, puts)
    assert seen.records() == whole(carl.workshop, promoted).records
    assert seen.get(f"step/{step_of(petra, 'call')}")["lead"] == "Be brief"


def test_the_same_acts_sent_again_happen_once_and_what_is_refused_keeps_no_other_back(petra, gia):
    step = step_of(petra, "objectives")
    sent = [
        {
            "id": "first1",
            "act": "add_card",
            "kind": "objective",
            "step": step,
            "text": "Every ball",
        },
        {"id": "wrong1", "act": "go", "step": step},
        {"id": "second", "act": "hand", "up": True},
    ]
    done = act(gia.workshop, gia, sent, at=NOW)
    assert [(r.id, r.error.code) for r in done.refused] == [("wrong1", "workshop.facilitator")]
    before = whole(gia.workshop, gia)
    again = act(gia.workshop, gia, sent, at=NOW)
    assert (again.number, again.puts) == (done.number, {})
    assert whole(gia.workshop, gia) == before
    # another's id is no reason to drop an act
    other = act(petra.workshop, petra, sent[2:], at=NOW)
    assert other.number == done.number + 1


def test_a_number_in_an_objective_is_taken_and_gently_advised_on(gia, petra):
    step = step_of(petra, "objectives")
    done = do(gia, {"act": "add_card", "kind": "objective", "step": step, "text": "Grow by 20 %"})
    assert done.refused == ()
    assert [a["rule"] for a in done.advice] == ["L08"]
    assert next(iter(done.puts)) == f"card/{done.advice[0]['card']}"


def test_undo_takes_back_the_newest_act_and_undoing_that_brings_it_again_but_no_vote(
    petra, carl, gia
):
    step = step_of(petra, "objectives")
    do(petra, {"act": "set_step", "step": step, "dots": 3, "silent": False})
    done = do(
        gia,
        {"act": "add_card", "kind": "objective", "step": step, "text": "One", "card": "newcard1"},
    )
    do(petra, {"act": "undo"})
    assert "card/newcard1" not in whole(petra.workshop, petra).records
    undoing = RoomEvent.objects.get(undoes=done.number).number
    assert do(petra, {"act": "undo", "number": undoing}).refused == ()
    assert "card/newcard1" in whole(petra.workshop, petra).records
    vote = do(gia, {"act": "dot", "card": "newcard1", "n": 2})
    codes = [
        r.error.code
        for n in (vote.number, done.number)
        for r in do(petra, {"act": "undo", "number": n}).refused
    ]
    assert codes == ["workshop.not_undoable", "workshop.touched"]
    assert do(carl, {"act": "undo"}).refused[0].error.code == "workshop.facilitator"


def test_the_challenge_puts_up_what_people_must_answer_and_no_more_when_it_begins_again(petra, gia):
    step = step_of(petra, "challenge")
    do(petra, {"act": "state", "to": "running"}, {"act": "go", "step": step})

    def statements():
        records = whole(gia.workshop, gia).records
        return {
            n: r for n, r in records.items() if n.startswith("card/") and r["kind"] == "statement"
        }

    first = statements()
    assert 0 < len(first) <= 24
    records = whole(gia.workshop, petra).records
    for card in first.values():
        assert records[f"card/{card['under']}"]["kind"] in ("stream", "metric")
        assert card["fields"]["statement"] not in ("D-W02", "D-T02")
    do(petra, {"act": "go", "step": step_of(petra, "bets")}, {"act": "go", "step": step})
    assert statements() == first


def test_when_groups_begin_those_of_the_plan_are_there_and_their_score_is_for_members(
    ground, cast, petra
):
    from tests.server.factories import land_some_work

    land_some_work(ground)
    empty = workshops.open_workshop("Empty", agendas()["day"], ground, actor("petra", cast), at=NOW)
    seat = workshop_seats.seat_of_member(empty.pk, actor("petra", cast), at=NOW)
    word = workshop_seats.renew_link(seat, NOW + timedelta(days=1), True, at=NOW)
    guest, _ = workshop_seats.join_as_guest(word, "Gia", NOW)
    do(seat, {"act": "go", "step": step_of(seat, "groups")})
    teams = [
        r
        for n, r in whole(empty.pk, seat).records.items()
        if n.startswith("card/") and r["kind"] == "team"
    ]
    assert {"Playback", "Growth"} <= {t["text"] for t in teams}
    assert any("%" in t["fields"].get("score", "") for t in teams)
    assert all("score" not in r["fields"] and not r["plan"]
               for n, r in whole(empty.pk, guest).records.items() if n.startswith("card/"))  # fmt: skip


def test_what_anybody_does_is_numbered_without_gaps_and_every_process_comes_to_the_same_board(
    opened, petra, carl, gia
):
    anybody = Anybody(11)
    seats = (petra, petra, carl, gia)
    start = {s.id: whole(opened.pk, s) for s in seats}
    while RoomEvent.objects.count() < SNAPSHOT_EVERY + 40:
        seat = anybody.draw.choice(seats)
        batch = [anybody.act(board_of(opened.pk)) for _ in range(3)]
        act(opened.pk, seat, [b for b in batch if b["act"] != "state"], at=NOW)
    numbers = RoomEvent.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert RoomSnapshot.objects.get().number >= SNAPSHOT_EVERY
    warm = board_of(opened.pk)
    workshop_boards.forget()
    cold = board_of(opened.pk)
    assert (cold.number, cold.records()) == (warm.number, warm.records())
    every = Board()
    for number, puts in RoomEvent.objects.order_by("number").values_list("number", "puts"):
        every.put(number, puts)
    assert every.records() == cold.records()
    for seat in seats:
        seen = Board(start[seat.id].records, start[seat.id].number)
        for number, puts in since(opened.pk, seen.number, seat, 2_000).events:
            seen.put(number, puts)
        assert seen.records() == masked_records(cold.records(), seat)


def test_who_is_too_far_behind_or_ahead_is_told_to_take_the_whole(opened, petra, monkeypatch):
    monkeypatch.setattr("mainstem.services.workshops.catching_up.FURTHEST_BEHIND", 1)
    assert since(opened.pk, 0, petra) is None
    assert since(opened.pk, 99, petra) is None
    assert since(opened.pk, board_of(opened.pk).number, petra).events == ()


def test_a_workshop_ends_is_kept_and_goes_on(opened, petra, carl, cast):
    workshops.finish(opened.pk, petra, at=NOW)
    (row,) = workshops.workshops(actor("vera", cast))
    assert (row.state, row.finished_at, row.people) == ("finished", NOW, 2)
    assert do(carl, {"act": "hand", "up": True}).refused[0].error.code == "workshop.finished"
    with pytest.raises(Forbidden):
        workshops.reopen(opened.pk, carl, at=NOW)
    workshops.reopen(opened.pk, petra, at=NOW)
    assert {a.action for a in AuditLine.objects.all()} >= {"workshop.finished", "workshop.running"}
