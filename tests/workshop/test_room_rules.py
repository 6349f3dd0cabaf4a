"""What may be done in a room, act by act: Fay facilitates, Mel and Max are members, Gia is a guest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.errors import Conflict, Forbidden, Invalid, MainstemError
from mainstem.workshop import cards as card_rules
from mainstem.workshop.acting import ACTS, decide
from mainstem.workshop.capacity import loads
from mainstem.workshop.case import OtherWords
from mainstem.workshop.ranking import run_off
from mainstem.workshop.seeing import masked_records, shown_to
from tests.workshop.room import FAY, GIA, INSIDE, MAX, MEL, NOW, Anybody, Room, step_of


@pytest.fixture
def room() -> Room:
    return Room(dots=3, ranking=True)


def test_a_card_that_is_written_silently_is_a_blank_to_others_until_it_is_revealed(room):
    room.do(FAY, "set_step", step=step_of("objectives"), silent=True)
    ident = room.add(GIA, "objective", "Every fan sees every ball")
    for other in (FAY, MEL):
        shown = shown_to(f"card/{ident}", dict(room.card(ident)), other)
        assert shown is not None
        assert (shown["text"], shown["silent"], shown["by"]) == ("", True, GIA.id)
    assert room.card(ident) == shown_to(f"card/{ident}", dict(room.card(ident)), GIA)
    with pytest.raises(Conflict, match="hidden"):
        room.do(MEL, "comment", card=ident, text="I can guess")
    room.do(FAY, "reveal", step=step_of("objectives"))
    room.do(MEL, "comment", card=ident, text="Now I see it")


def test_two_who_edit_different_fields_both_get_through_and_on_the_same_one_no_word_is_lost(room):
    metric = room.add(MEL, "metric", "Starts within 2 s")
    room.do(MEL, "edit_card", card=metric, seen=1, fields={"unit": "%"})
    room.do(MAX, "edit_card", card=metric, seen=1, fields={"direction": "up"})
    assert room.card(metric)["fields"] == {"unit": "%", "direction": "up"}
    with pytest.raises(OtherWords) as refused:
        room.do(
            GIA, "edit_card", card=metric, seen=1, fields={"unit": "share"}, text="Starts at once"
        )
    assert refused.value.yours == {"fields": {"unit": "share"}}
    assert refused.value.theirs == {"fields": {"unit": "%"}}
    room.do(GIA, "edit_card", card=metric, seen=refused.value.version, fields={"unit": "share"})
    assert room.card(metric)["fields"]["unit"] == "share"


def test_of_a_streams_metrics_exactly_one_is_chosen(room):
    stream = room.add(FAY, "stream", "Start to first frame")
    first, second = (room.add(MEL, "metric", t, under=stream) for t in ("Starts", "Stalls"))
    room.do(FAY, "choose_card", card=first, state="chosen")
    assert room.card(second)["state"] == "aside"
    room.do(FAY, "choose_card", card=second, state="chosen")
    assert (room.card(first)["state"], room.card(second)["state"]) == ("aside", "chosen")
    with pytest.raises(Forbidden):
        room.do(MEL, "choose_card", card=first, state="chosen")


def test_nobody_has_more_dots_than_the_step_gives_and_after_showing_voting_is_over(room):
    ids = [room.add(FAY, "objective", t) for t in ("One", "Two")]
    room.do(GIA, "dot", card=ids[0], n=2)
    with pytest.raises(Conflict, match="4 dots"):
        room.do(GIA, "dot", card=ids[1], n=2)
    room.do(GIA, "dot", card=ids[0], n=1)
    room.do(GIA, "dot", card=ids[1], n=2)
    room.do(FAY, "show_dots", step=step_of("objectives"))
    assert [room.board.get(f"tally/{i}") for i in ids] == [{"dots": 1}, {"dots": 2}]
    with pytest.raises(Conflict, match="ended"):
        room.do(MEL, "dot", card=ids[0], n=1)


def test_merging_takes_votes_and_what_hung_on_the_cards_along(room):
    into, other = (room.add(MEL, "objective", t) for t in ("One", "Two"))
    stream = room.add(MEL, "stream", "Start", under=other)
    room.do(GIA, "dot", card=other, n=2)
    room.do(GIA, "dot", card=into, n=1)
    with pytest.raises(Forbidden):
        room.do(GIA, "merge_cards", into=into, cards=[other])
    room.do(FAY, "merge_cards", into=into, cards=[other])
    assert (room.card(other)["state"], room.card(other)["into"]) == ("merged", into)
    assert room.card(stream)["under"] == into
    assert room.board.get(f"dots/{into}/{GIA.id}") == {"n": 3}
    with pytest.raises(Conflict, match="merged"):
        room.do(MEL, "edit_card", card=other, seen=1, text="Three")


def test_two_streams_that_merge_keep_one_metric(room):
    into, other = (room.add(FAY, "stream", t) for t in ("One", "Two"))
    metrics = [room.add(FAY, "metric", t, under=s) for t, s in (("a", into), ("b", other))]
    for metric in metrics:
        room.do(FAY, "choose_card", card=metric, state="chosen")
    room.do(FAY, "merge_cards", into=into, cards=[other])
    assert [room.card(m)["state"] for m in metrics] == ["chosen", "aside"]


def test_a_ranked_choice_is_counted_round_by_round_and_a_tie_is_left_to_people(room):
    stream = room.add(FAY, "stream", "Start")
    a, b, c = (room.add(FAY, "metric", t, under=stream) for t in "abc")
    for chair, order in ((FAY, [a, b]), (MEL, [b, a]), (MAX, [b]), (GIA, [c, a])):
        room.do(chair, "rank", card=stream, order=order)
    room.do(FAY, "show_ranks", card=stream)
    tally = room.board.get(f"tally/{stream}")
    assert tally is not None
    assert (tally["winner"], tally["ballots"], len(tally["rounds"])) == (None, 4, 2)
    assert set(tally["tie"]) == {a, b}


@pytest.mark.parametrize(
    ("ballots", "winner", "tie"),
    [
        ([], None, ()),
        ([["a"]], "a", ()),
        ([["a", "b"], ["b", "a"]], None, ("a", "b")),
        ([["a"], ["a"], ["b", "c"], ["c", "b"], ["c", "b"]], "c", ()),
        ([["x"], ["y", "a"]], "a", ()),
    ],
)
def test_who_wins_a_run_off(ballots, winner, tie):
    found = run_off(["a", "b", "c"], ballots)
    assert (found.winner, found.tie) == (winner, tie)


def test_answers_are_shown_without_names_and_settled_with_what_they_rest_on(room):
    stream = room.add(FAY, "stream", "Start")
    card = card_rules.new_card("statement", step_of("challenge"), "It serves nobody", "", under=stream,
                               fields={"statement": "D-S01", "severity": "blocks"})  # fmt: skip
    room.put({"card/statement1": card})
    room.do(MEL, "answer", card="statement1", answer="true", why="Nobody asked for it")
    room.do(GIA, "answer", card="statement1", answer="false")
    assert masked_records(room.board.records(), MEL).get("answer/statement1/4") is None
    room.do(FAY, "show_answers", card="statement1")
    assert room.board.get("tally/statement1") == {
        "true": 1, "false": 1, "cannot_say": 0, "differ": True,
        "whys": [{"answer": "true", "why": "Nobody asked for it"}],
    }  # fmt: skip
    with pytest.raises(Invalid, match="rests on"):
        room.do(FAY, "settle", card="statement1", outcome="false")
    with pytest.raises(Invalid, match="blocks"):
        room.do(FAY, "settle", card="statement1", outcome="cannot_say", owner="Mel")
    room.do(FAY, "settle", card="statement1", outcome="false", evidence="Fans asked for it")
    assert room.card("statement1")["fields"]["outcome"] == "false"


def test_the_timer_pauses_where_it_is_and_goes_on_from_there(room):
    room.do(FAY, "timer", seconds=300)
    room.do(FAY, "timer", pause=True, at=NOW + timedelta(seconds=100))
    assert room.board.get("timer")["left"] == 200
    room.do(FAY, "timer", add=60, at=NOW + timedelta(seconds=110))
    room.do(FAY, "timer", resume=True, at=NOW + timedelta(seconds=500))
    assert room.board.get("timer")["ends_at"] == "2026-10-21T09:12:40.000Z"
    with pytest.raises(Forbidden):
        room.do(MEL, "timer", stop=True)


def test_a_guest_neither_writes_nor_reads_what_is_for_members(room):
    team = room.add(MEL, "team", "Growth", fields={"score": INSIDE})
    assert INSIDE not in str(shown_to(f"card/{team}", dict(room.card(team)), GIA))
    with pytest.raises(Forbidden, match="members only"):
        room.add(GIA, "team", "Playback", fields={"score": "1 %"})


def test_a_step_goes_on_and_one_with_cards_is_not_removed(room):
    room.do(FAY, "state", to="running")
    assert room.board.get("room")["step"] == step_of("call")
    room.do(FAY, "go", step=step_of("customers"))
    assert room.board.get(f"step/{step_of('call')}")["state"] == "done"
    room.add(MEL, "objective", "One")
    with pytest.raises(Conflict, match="cards"):
        room.do(FAY, "remove_step", step=step_of("objectives"))


def test_while_paused_only_facilitators_write_and_hands_go_up(room):
    room.do(FAY, "state", to="paused")
    with pytest.raises(Conflict, match="paused"):
        room.add(MEL, "objective", "One")
    room.do(MEL, "hand", up=True)
    room.do(FAY, "state", to="finished")
    with pytest.raises(Conflict, match="finished"):
        room.do(FAY, "say", text="Too late", step=step_of("call"))


def test_where_everybody_edits_their_own_others_comment(room):
    room.do(FAY, "edits", to="author")
    ident = room.add(MEL, "objective", "One")
    with pytest.raises(Forbidden):
        room.do(MAX, "edit_card", card=ident, seen=1, text="Two")
    room.do(MEL, "edit_card", card=ident, seen=1, text="Two")
    with pytest.raises(Forbidden):
        room.do(MAX, "remove_card", card=ident)
    room.do(FAY, "remove_card", card=ident)
    room.do(FAY, "restore_card", card=ident)
    assert room.card(ident)["text"] == "Two"


def test_a_parked_thought_becomes_an_objective_where_objectives_are(room):
    room.do(FAY, "state", to="running")
    ident = next(iter(room.do(MEL, "park", text="Trying us is effortless"))).partition("/")[2]
    room.do(MEL, "turn_card", card=ident, kind="objective")
    assert (room.card(ident)["kind"], room.card(ident)["step"]) == (
        "objective",
        step_of("objectives"),
    )


def test_a_group_that_gives_more_than_it_has_is_told(room):
    team = room.add(MEL, "team", "Growth", fields={"size": 6})
    for text, share in (("Start", 0.7), ("Return", 0.5)):
        stream = room.add(MEL, "stream", text)
        room.add(
            MEL, "part", "", under=stream, fields={"team": team, "part": "delivers", "share": share}
        )
    (load,) = loads(room.board)
    assert load.is_over
    assert (
        load.sentence
        == "Growth gives 120 % of its effort to 2 streams, about 7.2 of 6 people: 20 % more than it has."
    )


def test_a_room_takes_no_more_cards_than_it_holds_nor_one_seat_all_of_them(room, monkeypatch):
    monkeypatch.setattr(card_rules, "MOST_OF_ONE", 2)
    for text in ("One", "Two"):
        room.add(GIA, "objective", text)
    with pytest.raises(Conflict, match="2 cards"):
        room.add(GIA, "objective", "Three")
    monkeypatch.setattr(card_rules, "MOST_CARDS", 2)
    with pytest.raises(Conflict, match="holds"):
        room.add(FAY, "objective", "Three")


@pytest.mark.parametrize("name", sorted(ACTS))
def test_nonsense_is_refused_in_words_whatever_the_act(room, name):
    stranger = Anybody(7)
    for junk in ({}, {"strange": 1}, *[_junk(name, stranger) for _ in range(40)]):
        with pytest.raises(MainstemError) as refused:
            decide(room.board, {"id": "abcdef", "act": name, **junk}, FAY, NOW)
            raise Invalid("taken, and that is fine")
        assert refused.value.message


def _junk(name: str, stranger: Anybody) -> dict[str, object]:
    from tests.workshop.room import _NONSENSE

    return {key.rstrip("?"): stranger.draw.choice(_NONSENSE) for key in ACTS[name].keys}
