"""What the wall and the desk make of a room's records: words, numbers, and what must not be on a wall."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.web.contexts.workshop_clock import clock_of
from mainstem.web.contexts.workshop_invite import code_of, short
from mainstem.web.contexts.workshop_lead import build_lead
from mainstem.web.contexts.workshop_people import build_invitation, build_people
from mainstem.web.contexts.workshop_results import MOST, results
from mainstem.web.contexts.workshop_wall import MOST_CARDS, WallPage, build_wall
from tests.web.look import gallery

AT = datetime(2026, 10, 21, 9, tzinfo=UTC)
LINK = "https://plan.example/j/k7wqm2xd9hpt"
Record = dict[str, Any]
Records = dict[str, Any]


def step(title: str, kind: str = "customers", **more: Any) -> Record:
    return {
        "kind": kind, "title": title, "purpose": "", "prompt": "Whom do we serve?", "how": "", "good": "",
        "traps": [], "minutes": 20, "state": "waiting", "silent": False, "dots": 0, "dots_shown": False,
        "ranking": False, "ranks_shown": False, "breakouts": False, "lead": "a note", **more,
    }  # fmt: skip


def card(text: str, by: int = 2, **more: Any) -> Record:
    return {
        "kind": "customer", "step": "aaaaaa", "text": text, "fields": {}, "under": "", "group": "", "cluster": "",
        "order": 1, "by": by, "state": "open", "into": "", "silent": False, "version": 1, "plan": "", "at": "",
        **more,
    }  # fmt: skip


def person(name: str, role: str = "member", **more: Any) -> Record:
    return {"name": name, "role": role, "hand": None, "group": "", "out": False, **more}


def running(**more: Any) -> Records:
    """A room of three at its first of two steps."""
    return {
        "room": {
            "title": "Planning day", "why": "Rivals are faster", "state": "running", "step": "aaaaaa",
            "steps": ["aaaaaa", "bbbbbb"], "edits": "anyone", "parallel": False,
        },
        "step/aaaaaa": step("Customers", state="on"), "step/bbbbbb": step("Objectives", "objectives"),
        "person/1": person("Lena", "facilitator"), "person/2": person("Vera"), "person/3": person("Gus", "guest"),
        **more,
    }  # fmt: skip


def wall(records: Records, link: str = "") -> WallPage:
    return build_wall(records, link, AT, "Europe/Berlin")


def test_a_wall_says_the_step_its_prompt_and_how_many_cards_there_are() -> None:
    page = wall(running(**{"card/c1": card("Fans"), "card/c2": card("Clubs")}))
    assert (page.place, page.step, page.prompt) == ("Step 1 of 2", "Customers", "Whom do we serve?")
    assert (page.count, page.count_words, page.cards) == ("2", "cards", ("Fans", "Clubs"))


def test_what_is_silent_is_counted_and_never_read_on_a_wall_not_even_ones_own() -> None:
    records = running(
        **{"card/c1": card("My secret", silent=True), "card/c2": card("", silent=True, by=3)}
    )
    records["step/aaaaaa"]["silent"] = True
    page = wall(records)
    assert "My secret" not in repr(page)
    assert (page.count, page.cards) == ("2", ())
    assert "in silence" in page.count_words


def test_a_facilitators_note_is_not_on_a_wall() -> None:
    assert "a note" not in repr(wall(running()))


def test_before_the_start_a_wall_says_why_and_how_to_come_in() -> None:
    records = running()
    records["room"]["state"] = "prepared"
    page = wall(records, LINK)
    assert (page.is_waiting, page.prompt, page.count) == (True, "Rivals are faster", "3")
    assert page.joining is not None
    assert page.joining.address + page.joining.word == "plan.example/j/k7wqm2xd9hpt"


def test_a_finished_room_lets_nobody_in() -> None:
    records = running()
    records["room"]["state"] = "finished"
    assert wall(records, LINK).joining is None


def test_a_wall_holds_the_newest_cards_and_counts_the_others() -> None:
    page = wall(running(**{f"card/c{n}": card(f"Card {n:02}", at=f"{n:02}") for n in range(20)}))
    assert (len(page.cards), page.cards[-1], page.more) == (MOST_CARDS, "Card 19", 20 - MOST_CARDS)


def test_hands_stand_in_the_order_in_which_they_were_raised() -> None:
    records = running(**{
        "person/2": person("Vera", hand="2026-10-21T08:59:02Z"), "person/3": person("Gus", "guest", hand="2026-10-21T08:58:00Z"),
        "person/4": person("Otto", hand="2026-10-21T08:00:00Z", out=True),
    })  # fmt: skip
    assert wall(records).hands == "Gus and Vera"


def test_votes_are_on_the_wall_only_when_they_are_shown() -> None:
    records = running(
        **{
            "card/c1": card("Fans"),
            "card/c2": card("Clubs"),
            "tally/c1": {"dots": 2},
            "tally/c2": {"dots": 5},
        }
    )
    assert wall(records).results == ()
    records["step/aaaaaa"] |= {"dots": 3, "dots_shown": True}
    found = wall(records).results[0]
    assert [(line.words, line.count, line.share, line.is_first) for line in found.lines] == [
        ("Clubs", "5", 100, True), ("Fans", "2", 40, False),
    ]  # fmt: skip


def test_a_ranking_says_its_winner_or_that_it_is_a_tie() -> None:
    records = running(**{
        "card/s1": card("Start fast", kind="stream"), "card/s2": card("Come back", kind="stream"),
        "card/m1": card("Sessions within 2 s", kind="metric"),
        "tally/s1": {"rounds": [], "winner": "m1", "tie": [], "ballots": 9},
        "tally/s2": {"rounds": [], "winner": None, "tie": ["m1"], "ballots": 1},
    })  # fmt: skip
    shown = step("Metrics", "metrics", ranks_shown=True)
    lines = results(records, "bbbbbb", shown)[0].lines
    assert {(line.words, line.note.replace("\xa0", " ")) for line in lines} == {
        ("Sessions within 2 s", "Start fast · 9 ballots"), ("a tie: rank again, or choose", "Come back · 1 ballot"),
    }  # fmt: skip


def test_statements_on_which_the_room_differs_come_first() -> None:
    records = running(**{
        "card/q1": card("A change would not be noticed", kind="statement"), "card/q2": card("It can be gamed", kind="statement"),
        "tally/q1": {"true": 0, "false": 4, "cannot_say": 0, "differ": False, "whys": []},
        "tally/q2": {"true": 2, "false": 2, "cannot_say": 1, "differ": True, "whys": []},
    })  # fmt: skip
    lines = results(records, "aaaaaa", records["step/aaaaaa"])[0].lines
    assert [line.words for line in lines] == ["It can be gamed", "A change would not be noticed"]
    assert lines[0].count == "2 true · 2 false · 1 cannot say"


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(["", "Watching", "Paying"])), max_size=40
    )
)
def test_results_always_fit_a_wall_and_no_line_is_lost_uncounted(
    given_: list[tuple[int, str]],
) -> None:
    records = running()
    for n, (dots, cluster) in enumerate(given_):
        records[f"card/c{n}"] = card(f"Card {n}", cluster=cluster)
        records[f"tally/c{n}"] = {"dots": dots}
    found = results(records, "aaaaaa", {"dots_shown": True})
    assert sum(len(r.lines) for r in found) <= MOST
    voted = [r for r in found if r.title == "Most dots"]
    assert sum(len(r.lines) + r.more for r in voted) == sum(1 for dots, _ in given_ if dots)


def test_nothing_on_the_wall_is_too_small_for_eight_metres() -> None:
    """A letter is a 200th of the distance: 40 mm on a picture of two metres is 2 % of its height."""
    css = (gallery.STATIC[0] / "workshop-wall.css").read_text("utf-8")
    sizes = [
        float(n) for n in re.findall(r"font-size: max\([\d.]+rem, ([\d.]+) \* var\(--u\)\)", css)
    ]
    assert len(sizes) == css.count("font-size: max("), "a size that does not follow the screen"
    assert min(sizes) >= 2.4
    assert float(re.search(r"\.wall-prompt \{ font-size: max\(\S+ ([\d.]+)", css)[1]) >= 3.7  # type: ignore[index]


@pytest.mark.parametrize(
    ("timer", "state", "words"),
    [
        (None, "off", "No timer"),
        ({"ends_at": None, "left": None}, "off", "No timer"),
        ({"ends_at": (AT + timedelta(minutes=5)).isoformat(), "left": None}, "runs", "Until 11:05"),
        ({"ends_at": "2026-10-21T08:30:00.000Z", "left": None}, "over", "Time was up at 10:30"),
        ({"ends_at": None, "left": 1200, "seconds": 1200}, "ready", "20 minutes"),
        ({"ends_at": None, "left": 0, "seconds": 0}, "off", "No timer"),
        ({"ends_at": None, "left": 90}, "paused", "Paused with 1 min 30 s left"),
    ],
)
def test_a_timer_is_told_in_words_for_those_without_script(
    timer: Any, state: str, words: str
) -> None:
    clock = clock_of(timer, AT, "Europe/Berlin")
    assert (clock.state, clock.words.replace("\xa0", " ")) == (state, words)


def test_a_code_is_drawn_as_its_library_says_with_a_margin_of_four() -> None:
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.main import QRCode

    made = QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    made.add_data(LINK)
    rows, drawn = made.get_matrix(), code_of(LINK)
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path):
        dark |= {(int(x) + n, int(y)) for n in range(int(width))}
    assert dark == {
        (x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    }
    assert drawn.size == len(rows)
    assert min(x for x, _ in dark) == 4


def test_an_address_is_said_as_one_types_it() -> None:
    assert short("http://127.0.0.1:8000/j/abc/") == "127.0.0.1:8000/j/abc"


def test_a_link_that_ended_is_not_shown() -> None:
    link = build_invitation(LINK, AT - timedelta(hours=1), True, AT, "Europe/Berlin")
    assert (link.address, link.code, link.is_over) == ("", None, True)
    assert build_invitation(LINK, AT + timedelta(hours=1), True, AT, "UTC").short == short(LINK)


def test_the_desk_offers_what_can_be_pressed_now() -> None:
    records = running(**{"card/c1": card("", silent=True)})
    records["step/aaaaaa"] |= {"silent": True, "dots": 3}
    page = build_lead(7, records, AT, "UTC", AT)
    words = [b.words.replace("\xa0", " ") for b in page.big]
    assert words == ["Reveal 1 card", "Show the dots", "Next: Objectives"]
    assert [b.words for b in page.timer] == ["Start 20 min"]
    assert [s.starts for s in page.steps] == ["09:00", "09:20"]


def test_the_desk_tells_breakouts_from_what_is_open() -> None:
    records = running()
    records["step/aaaaaa"]["breakouts"] = True
    assert "Open the breakouts" in [b.words for b in build_lead(7, records, AT, "UTC", None).big]
    records["room"]["parallel"] = True
    assert "Close the breakouts" in [b.words for b in build_lead(7, records, AT, "UTC", None).big]


def test_a_step_with_cards_is_not_offered_for_removal() -> None:
    page = build_lead(7, running(**{"card/c1": card("A theme", step="bbbbbb")}), AT, "UTC", None)
    assert [s.may_remove for s in page.steps] == [False, False]


def test_only_a_facilitator_gets_buttons_about_others_and_one_always_stays() -> None:
    led = build_people(running(), 1, "facilitator").seated
    assert [(s.person.name, s.may_appoint, s.may_remove) for s in led] == [
        ("Lena", "", False), ("Vera", "facilitator", True), ("Gus", "", True),
    ]  # fmt: skip
    seen = build_people(running(), 3, "guest").seated
    assert [(s.may_appoint, s.may_remove, s.may_group) for s in seen] == [
        ("", False, False), ("", False, False), ("", False, True),
    ]  # fmt: skip
