"""What goes out on a room's streams: to each what is theirs to see, once, in order, and to nobody without end."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mainstem.web import live_messages as messages
from mainstem.web.live_messages import Batch, Viewer
from mainstem.web.live_room import MOST_WAITING, Line, Room
from mainstem.workshop.seeing import masked
from tests.server.looping import in_a_loop

FACILITATOR, MEMBER, GUEST = Viewer(1, "facilitator"), Viewer(2, "member"), Viewer(3, "guest")
ALL = (FACILITATOR, MEMBER, GUEST, Viewer(4, "guest"))


def card(by: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "note", "text": "words", "fields": {}, "by": by, "silent": False, "plan": "", "cluster": "",
        "into": "", "version": 1, "state": "open", **more,
    }  # fmt: skip


def read(text: bytes) -> list[tuple[str, str, Any]]:
    """The messages of a piece of a stream: event, id, data."""
    out = []
    for block in text.decode().split("\n\n"):
        lines = dict(
            line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(":")
        )
        if "data" in lines:
            out.append((lines.get("event", ""), lines.get("id", ""), json.loads(lines["data"])))
    return out


def puts_of(text: bytes) -> dict[str, Any]:
    found = read(text)
    return found[0][2]["puts"] if found else {}


records = st.one_of(
    st.none(),
    st.builds(card, by=st.integers(1, 4), silent=st.booleans(), text=st.text(max_size=9)),
)
names = st.sampled_from(
    ["card/aaaaaa", "card/bbbbbb", "dots/aaaaaa/3", "rank/aaaaaa/2", "answer/aaaaaa/4", "room"]
)


@given(st.lists(st.dictionaries(names, records, max_size=4), min_size=1, max_size=6), st.data())
def test_every_viewer_is_sent_exactly_what_masking_each_event_gives(puts: Any, data: Any) -> None:
    events = [(n + 1, put) for n, put in enumerate(puts)]
    batch = Batch(events)
    for viewer in ALL:
        after = data.draw(st.integers(0, len(events)))
        wanted: dict[str, Any] = {}
        for number, put in events:
            if number > after:
                wanted.update(masked(put, viewer))
        assert puts_of(batch.text(viewer, after)) == wanted


def test_what_all_of_a_role_see_is_encoded_once() -> None:
    batch = Batch([(1, {"card/aaaaaa": card(), "dots/aaaaaa/3": {"n": 2}})])
    assert batch.text(MEMBER, 0) is batch.text(Viewer(9, "member"), 0)
    assert batch.text(GUEST, 0) is not batch.text(Viewer(4, "guest"), 0)
    assert puts_of(batch.text(GUEST, 0)).keys() == {"card/aaaaaa", "dots/aaaaaa/3"}
    assert puts_of(batch.text(Viewer(4, "guest"), 0)).keys() == {"card/aaaaaa"}


def test_a_text_with_line_ends_stays_one_message() -> None:
    text = Batch([(1, {"card/aaaaaa": card(text="one\n\ntwo\r\nevent: out")})]).text(MEMBER, 0)
    assert [(event, number) for event, number, _ in read(text)] == [("", "1")]
    assert text.count(b"\n\n") == 1


def taken(line: Line) -> list[tuple[str, str, Any]]:
    return read(in_a_loop(line.take(0.001)))


def room_with(*viewers: Viewer, head: int = 0) -> tuple[Room, list[Line]]:
    room = Room(7, head)
    lines = [Line(7, viewer, head) for viewer in viewers]
    room.lines.update(dict.fromkeys(lines))
    return room, lines


def test_events_are_handed_out_together_and_only_once() -> None:
    room, (line,) = room_with(MEMBER)
    room.take([(1, {"card/aaaaaa": card()}), (2, {"card/bbbbbb": card()})])
    assert room.hand_out() == []
    assert room.hand_out() == []
    ((_, number, data),) = taken(line)
    assert number == "2" and data["puts"].keys() == {"card/aaaaaa", "card/bbbbbb"}


def test_somebody_who_stands_further_on_is_told_only_the_rest() -> None:
    room, (early,) = room_with(MEMBER)
    late = Line(7, GUEST, 1)
    room.lines[late] = None
    room.take([(1, {"card/aaaaaa": card()}), (2, {"card/bbbbbb": card()})])
    room.hand_out()
    assert taken(early)[0][2]["puts"].keys() == {"card/aaaaaa", "card/bbbbbb"}
    assert taken(late)[0][2]["puts"].keys() == {"card/bbbbbb"}


def test_somebody_further_back_than_is_kept_is_sent_away_to_catch_up() -> None:
    room, (line,) = room_with(MEMBER, head=500)
    line.number = 10
    room.take([(501, {"card/aaaaaa": card()})])
    room.hand_out()
    assert line.is_over and taken(line) == []


def test_nor_does_anybody_wait_behind_until_something_happens() -> None:
    room, (line,) = room_with(MEMBER, head=500)
    line.number = 495
    room.hand_out()
    assert line.is_over


def test_what_is_nothing_to_a_viewer_is_not_sent_but_counts_as_told() -> None:
    room, (line,) = room_with(MEMBER)
    room.take([(1, {"dots/aaaaaa/3": {"n": 1}})])
    room.hand_out()
    assert taken(line) == [] and line.number == 1


def test_a_removed_seat_is_told_so_last_and_nothing_else() -> None:
    room, (member, guest) = room_with(MEMBER, GUEST)
    gone = {"name": "Gus", "role": "guest", "out": True}
    room.take([(1, {"card/aaaaaa": card()}), (2, {"person/3": gone})])
    room.hand_out()
    assert guest.is_over and [event for event, _, _ in taken(guest)] == ["out"]
    assert not member.is_over and taken(member)[0][2]["puts"].keys() == {"card/aaaaaa", "person/3"}


def test_who_gets_another_role_is_named_to_be_told_everything_anew() -> None:
    room, (member, _) = room_with(MEMBER, GUEST)
    room.take([(1, {"person/2": {"name": "Mo", "role": "facilitator", "out": False}})])
    assert room.hand_out() == [(member, "facilitator")]


def test_a_reader_who_does_not_read_is_let_go() -> None:
    line = Line(7, MEMBER, 0)
    for _ in range(MOST_WAITING):
        line.put(b"x")
    assert not line.is_over
    line.put(b"x")
    assert line.is_over and in_a_loop(line.take(0.001)) == b""


def test_how_many_are_here_is_told_when_it_changes() -> None:
    room, (one, two) = room_with(MEMBER, GUEST)
    room.lines[Line(7, GUEST, 0)] = None
    assert room.seats() == 2
    room.say_here(2)
    room.say_here(2)
    assert taken(one) == [("here", "", {"count": 2})]
    room.say_here(3)
    assert [data["count"] for _, _, data in taken(two)] == [2, 3]


def test_a_sign_of_life_carries_the_number_and_no_data() -> None:
    assert messages.beat(12) == b": here\nid: 12\n\n"
    assert read(messages.beat(12)) == []
