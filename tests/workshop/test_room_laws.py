"""Whatever anybody does in a room, in whatever order: what holds always."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import MainstemError
from mainstem.workshop.acting import decide
from mainstem.workshop.board import Board, Puts
from mainstem.workshop.seeing import masked, masked_records
from mainstem.workshop.undoing import undo
from tests.workshop.room import CHAIRS, FAY, GIA, INSIDE, Anybody, Chair, Room

SEEDS = st.integers(0, 2**32)
ACTS = 120


def acted(room: Room, anybody: Anybody) -> tuple[Chair, Puts] | None:
    """Somebody does something; nothing if it was refused."""
    chair = anybody.draw.choice((FAY, *CHAIRS))
    before = room.board.records()
    try:
        puts = decide(room.board, anybody.act(room.board), chair, anybody.at)
    except MainstemError as error:
        assert error.message
        assert room.board.records() == before
        return None
    json.dumps(puts, allow_nan=False)
    room.put(puts)
    return chair, puts


def room_of(anybody: Anybody) -> Room:
    return Room(silent=anybody.draw.random() < 0.3, dots=3, ranking=True, breakouts=True)


def without_versions(records: dict[str, Any]) -> dict[str, Any]:
    """Undo lets the version of a card go on; everything else comes back."""
    return {
        n: {k: v for k, v in r.items() if k not in ("version", "changed")}
        for n, r in records.items()
    }


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_each_viewer_was_sent_adds_up_to_what_they_may_see_of_the_board(seed):
    anybody = Anybody(seed)
    room = room_of(anybody)
    for _ in range(ACTS):
        acted(room, anybody)
    for chair in CHAIRS:
        seen = Board()
        for number, puts, _ in room.events:
            seen.put(number, masked(puts, chair))
        assert seen.records() == masked_records(room.board.records(), chair)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_nobody_is_ever_sent_hidden_words_of_others_their_votes_or_as_a_guest_what_is_for_members(
    seed,
):
    anybody = Anybody(seed)
    room = room_of(anybody)
    for _ in range(ACTS):
        found = acted(room, anybody)
        if found is None:
            continue
        hidden = [
            (c["by"], c["text"])
            for _, c in room.board.of("card")
            if c["silent"] and c["text"].startswith("words")
        ]
        for chair in CHAIRS:
            sent = json.dumps(masked(found[1], chair))
            assert not any(text in sent for by, text in hidden if by != chair.id)
            assert '"lead": "only for Fay"' not in sent or chair.role == "facilitator"
            for name in masked(found[1], chair):
                if name.partition("/")[0] in ("dots", "rank", "answer"):
                    assert name.endswith(f"/{chair.id}")
        assert INSIDE not in json.dumps(masked(found[1], GIA))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_undo_brings_the_board_back_and_undoing_that_brings_it_forward(seed):
    anybody = Anybody(seed)
    room = room_of(anybody)
    for _ in range(ACTS):
        before = without_versions(room.board.records())
        if acted(room, anybody) is None:
            continue
        after = without_versions(room.board.records())
        try:
            back = undo(room.board, *room.events[-1][1:])
        except MainstemError:
            continue
        room.put(back)
        assert without_versions(room.board.records()) == before
        room.put(undo(room.board, *room.events[-1][1:]))
        assert without_versions(room.board.records()) == after


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_undoing_any_event_at_any_time_never_leaves_two_metrics_chosen_or_a_card_that_hangs_on_nothing(
    seed,
):
    anybody = Anybody(seed)
    room = room_of(anybody)
    for _ in range(ACTS):
        acted(room, anybody)
        if len(room.events) > 2 and anybody.draw.random() < 0.4:
            _, puts, before = anybody.draw.choice(room.events[2:])
            with suppress(MainstemError):
                room.put(undo(room.board, puts, before))
        whole(room.board)


def whole(board: Board) -> None:
    """What is true of every board."""
    cards = dict(board.of("card"))
    chosen = [
        c["under"] for c in cards.values() if c["kind"] == "metric" and c["state"] == "chosen"
    ]
    assert len(chosen) == len(set(chosen))
    for card in cards.values():
        assert card["under"] in ("", *cards)
        assert card["into"] in ("", *cards)
        assert board.get(f"step/{card['step']}")
        assert (card["state"] == "merged") == bool(card["into"])
    room = board.get("room")
    assert room is not None
    assert sorted(room["steps"]) == sorted(i for i, _ in board.of("step"))
    assert room["step"] in ("", *room["steps"])
    assert sum(s["state"] == "on" for _, s in board.of("step")) == bool(room["step"])
    for name, votes in board.of("dots"):
        assert name.partition("/")[0] in cards
        assert votes["n"] > 0
