"""Pages of a room, printed from records as one person sees them: every step, full and empty, hostile words too."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.template.loader import get_template

from mainstem.web.contexts.workshop.room import build_room
from mainstem.web.contexts.workshop_clock import clock_of
from mainstem.workshop.seeing import masked_records
from tests.server.full_room import STEPS, card, empty_room, full_room
from tests.web.look import gallery

SEATS = {"petra": (1, "facilitator"), "carl": (2, "member"), "gita": (3, "guest")}
KINDS = [kind for kind, _, _ in STEPS]
SPOKEN = re.compile(r"<[^>]+>")


def printed(records, name="carl", step="", opened=""):
    """The page of a step as somebody sees it; the masks are the server's."""
    seat, role = SEATS[name]
    viewer = SimpleNamespace(id=seat, workshop=5, name=name.capitalize(), role=role)
    whole = SimpleNamespace(number=7, records=masked_records(records, viewer))
    frame, page = build_room(whole, viewer, step=step, card=opened, here="/workshop/5/")
    shell = gallery.shell(gallery.Theme.AUTO)
    clock = clock_of(whole.records["timer"], datetime(2026, 10, 21, 9, tzinfo=UTC), "UTC")
    given = {
        "room": frame,
        "page": page,
        "clock": clock,
        "shell": shell,
        "csrf_token": "t",
        "csrf_input": "",
    }
    return get_template("workshop/room.html").render(given)


def live(html):
    """What is shown: without what a script would clone."""
    depth = re.compile(r"<template(?:(?!<template|</template>).)*</template>", re.S)
    while depth.search(html):
        html = depth.sub("", html)
    return html


def text(html):
    return " ".join(SPOKEN.sub(" ", live(html)).split())


@pytest.mark.parametrize("name", SEATS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_has_one_first_line_and_real_headings_and_labels(kind, name):
    for records in (full_room(kind), empty_room(kind)):
        html = live(printed(records, name))
        assert html.count("<h1") == 1
        levels = [int(n) for n in re.findall(r"<h([1-6])", html.partition("<main")[2])]
        assert all(b - a <= 1 for a, b in pairwise(levels)), levels
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
        for wanted in re.findall(r'\sfor="([^"]+)"', html):
            assert wanted in ids
        assert "__" not in SPOKEN.sub("", html)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "pause"])
def test_an_empty_step_says_what_to_do_next(kind):
    html = live(printed(empty_room(kind)))
    said = re.findall(r"data-empty>([^<]+)<", html)
    assert said, f"{kind} says nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_with_script_off_a_card_can_be_added_at_every_step(kind):
    html = live(printed(empty_room(kind)))
    forms = re.findall(r"<form class=\"add\".*?</form>", html, re.S)
    assert any('value="park"' in form for form in forms)
    for form in forms:
        assert 'method="post" action="/workshop/5/acts"' in form
        assert re.search(r'name="id" value="[0-9a-f]{16}"', form)
        assert 'name="back" value="/workshop/5/#' in form


def test_a_guest_sees_nothing_of_the_organisation_and_no_group_s_value_score():
    html = printed(full_room("groups"), "gita")
    assert "Value Score" not in html
    assert "Streamly Ltd" not in html
    assert 'class="menu"' not in html
    assert "/lead" not in html
    assert "Its recent Value Score" in printed(full_room("groups"), "carl")


def test_what_is_written_in_silence_is_a_number_to_all_but_its_author():
    records = full_room("customers")
    guest = text(printed(records, "gita"))
    assert "Children" not in guest
    assert "Grandparents" not in guest
    assert "2 cards are being written, hidden until revealed" in guest
    own = text(printed(records, "petra"))
    assert "Children" in own
    assert "only you see it" in own
    assert "Grandparents" not in own
    assert "1 card is being written" in own


def test_a_step_that_has_not_begun_can_be_read_and_a_thought_be_parked():
    records = empty_room("call")
    records["step/streams"] = {**records["step/streams"], "state": "waiting"}
    html = live(printed(records, "gita", step="streams"))
    assert "This step has not begun" in html
    assert re.findall(r'name="act" value="(add_card|park)"', html) == ["park"]
    assert 'value="add_card"' in live(printed(records, "petra", step="streams"))


def test_a_finished_room_is_read_only():
    records = full_room("customers")
    records["room"] = {**records["room"], "state": "finished"}
    html = live(printed(records, "petra"))
    assert "everything can be read" in html
    assert 'action="/workshop/5/acts"' not in html


HOSTILE = (
    '<script>alert("x")</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "{{ 7 * 7 }}",
    "\u202egnp.exe", "</textarea><script>", "javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_is_only_ever_text(words):
    records = full_room("streams")
    for name, record in records.items():
        if name.startswith("card/"):
            records[name] = {
                **record,
                "text": words,
                "cluster": words if record["kind"] == "stream" else "",
            }
    records["person/2"] = {**records["person/2"], "name": words}
    records["room"] = {**records["room"], "title": words}
    records["comment/said1"] = {"card": "stream0x0", "by": 2, "text": words, "at": ""}
    html = printed(records, "petra", opened="stream0x0")
    assert "<script>alert" not in html
    assert "</textarea><script" not in html
    assert "<img" not in html
    assert not re.search(r"\son\w+=['\"]", html)
    assert "\u202e" not in html
    assert "49" not in text(html).replace("49 %", "")


def test_statements_on_which_answers_differ_come_first():
    html = live(printed(full_room("challenge")))
    order = re.findall(r'id="card-(statement\d)"', html)
    assert order[0] == "statement1"
    assert "4 true, 3 not true, 1 cannot say" in html


def test_a_group_s_shares_are_summed_against_its_people():
    records = full_room("groups")
    assert "▲" not in live(printed(records))
    assert "120 % of its effort in 2" in text(printed(records)).replace("\u00a0", " ")
    assert "is-over" in printed(records)


def test_one_s_own_group_comes_first_in_breakouts_and_the_others_are_folded():
    html = live(printed(full_room("bets"), "carl"))
    order = re.findall(r'data-section="(team\w+)"', html)
    assert order[0] == "teamplayer"
    assert html.count('<details class="fold" open>') == 1


def test_who_leads_is_offered_what_a_facilitator_may_do_and_nobody_else():
    for act in ("reveal", "show_dots", "choose_card", "merge_cards", "undo", "go"):
        assert f'name="act" value="{act}"' in printed(full_room("customers"), "petra")
        assert f'name="act" value="{act}"' not in printed(full_room("customers"), "carl")


def test_cards_with_a_heading_lie_under_it():
    records = full_room("talk", cards=6)
    html = live(printed(records, step="talk"))
    assert 'data-heap="Heap 0"' in html
    assert html.index('data-heap="Heap 0"') < html.index("Thought 0:")


def test_a_card_that_is_opened_by_its_address_shows_all_that_can_be_done_with_it():
    html = live(printed(full_room("customers"), "carl", opened="customer1"))
    assert html.count('class="card-edit"') == 1
    assert "Also those on a train?" in html
    assert live(printed(full_room("customers"), "carl", opened="silent2")).count("card-edit") == 0


def test_a_room_without_steps_says_who_adds_them():
    records = empty_room()
    records["room"] = {**records["room"], "steps": [], "step": ""}
    assert "Wait until the facilitator" in printed(records, "gita")
    assert "/workshop/5/lead" in printed(records, "petra")


def test_a_card_of_a_later_kind_of_field_is_worded_for_people():
    records = full_room("bets")
    records["card/odd"] = card(
        "bet",
        "Odd",
        "bets",
        5,
        fields={"team": "teamgone", "effect": 1234.5, "window_to": "no day"},
    )
    said = text(printed(records))
    assert re.search(r"1.23[45]", said)
    assert "no day" in said


SCRIPTS = sorted((gallery.STATIC[0] / "js" / "room").glob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.stem)
def test_a_script_of_the_room_is_one_element_that_never_makes_markup_out_of_words(script):
    said = script.read_text("utf-8")
    assert len(said.splitlines()) <= 350
    assert f'customElements.define("{script.stem}"' in said
    assert not re.search(
        r"\b(window|globalThis)\.\w+ =|\beval\(|new Function|innerHTML|insertAdjacentHTML", said
    )


def test_no_style_of_the_room_looks_into_its_cards_from_above():
    css = (gallery.STATIC[0] / "workshop.css").read_text("utf-8")
    assert ":has(" not in re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    assert not re.findall(r"#[0-9a-fA-F]{3,6}\b", css)
