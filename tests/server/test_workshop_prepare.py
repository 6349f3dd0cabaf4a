"""Preparing a workshop, leading it from the desk, its wall, finding it again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.workshop_pages import MINE, guest_in, link, prepared, seat, sent, text

pytestmark = pytest.mark.django_db


def test_an_empty_list_says_what_to_do_next_to_those_who_may(as_: Any) -> None:
    assert 'href="/workshop/new"' in as_("lena").get("/workshop/").content.decode()
    seen = as_("vera").get("/workshop/")
    assert "/workshop/new" not in seen.content.decode()
    assert "There is no workshop yet" in text(seen)


def test_a_lead_prepares_a_workshop_on_one_page(as_: Any) -> None:
    lena = as_("lena")
    page = text(lena.get("/workshop/new"))
    for words in ("A planning day", "Half a day", "What the last cycle taught", "Guests too"):
        assert words in page
    number = prepared(lena)
    desk = text(lena.get(f"/workshop/{number}/lead"))
    assert "The workshop has not begun" in desk
    assert "09:00" in desk, "the running order says when each step is due"
    assert "Begin the workshop" in desk
    listed = text(lena.get("/workshop/"))
    assert "1 workshop is prepared, none is under way" in listed
    assert "Lead it" in listed


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(as_: Any) -> None:
    made = as_("lena").post("/workshop/new", {**MINE, "title": "", "agenda": "half-day"})
    assert made.status_code == 400
    assert "Rivals are faster" in text(made)
    assert 'value="half-day" checked' in made.content.decode()


def test_a_workshop_starts_from_the_plan_if_one_asks_for_it(as_: Any) -> None:
    assert 'value="plan" checked' in as_("lena").get("/workshop/new?from=plan").content.decode()
    number = prepared(as_("lena"), started_from="plan")
    from mainstem.services.workshops.catching_up import board_of

    texts = {c["text"] for _, c in board_of(number).of("card")}
    assert {"Every fan sees every ball", "Start to first frame"} <= texts


def test_the_desk_is_for_those_who_lead(as_: Any) -> None:
    number = prepared(as_("lena"))
    assert as_("vera").get(f"/workshop/{number}/lead").status_code == 403
    assert as_("otto").get(f"/workshop/{number}/lead").status_code == 404
    assert Client().get(f"/workshop/{number}/lead")["Location"].startswith("/account/login/")


def test_a_facilitator_runs_steps_and_timer_without_script(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    assert "Step 1 of" in text(sent(lena, number, "state", to="running"))
    page = text(sent(lena, number, "timer", seconds="600"))
    assert "Until" in page
    page = text(sent(lena, number, "timer", pause="true"))
    assert "Until" not in page
    assert "Start the timer" in page
    follows = re.search(r'name="act" value="go"><input type="hidden" name="step" value="([a-z0-9]+)"><button class="main"',
                        lena.get(f"/workshop/{number}/lead").content.decode())  # fmt: skip
    assert follows
    assert "Step 2 of" in text(sent(lena, number, "go", step=follows[1]))
    assert "Step 1 of" in text(sent(lena, number, "undo"))


def test_the_running_order_can_be_changed_while_it_runs(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    steps = re.findall(
        r'<li id="step-([a-z0-9]+)"', lena.get(f"/workshop/{number}/lead").content.decode()
    )
    page = sent(
        lena, number, "add_step", kind="talk", title="Ask me anything", minutes="7", after=steps[0]
    )
    assert "Ask me anything" in text(page)
    page = sent(lena, number, "set_step", step=steps[0], title="Why now?", minutes="5", dots="2", silent="",
                ranking="", breakouts="true", prompt="Say it in a sentence")  # fmt: skip
    assert "5 min · No card yet · 2 dots each · breakouts" in text(page)
    page = sent(lena, number, "move_step", step=steps[2], after="")
    order = re.findall(r'<li id="step-([a-z0-9]+)"', page.content.decode())
    assert order[0] == steps[2]
    page = sent(lena, number, "remove_step", step=steps[1])
    assert f"step-{steps[1]}" not in page.content.decode()


def test_a_second_facilitator_leads_and_the_last_one_stays(as_: Any) -> None:
    lena, vera = as_("lena"), as_("vera")
    number = prepared(lena)
    vera.get(f"/workshop/{number}/")
    lena.post(f"/workshop/{number}/appoint", {"seat": seat(number, "Vera"), "role": "facilitator"})
    assert vera.get(f"/workshop/{number}/lead").status_code == 200
    vera.post(f"/workshop/{number}/appoint", {"seat": seat(number, "Lena"), "role": "member"})
    assert lena.get(f"/workshop/{number}/lead").status_code == 403
    assert (
        vera.post(
            f"/workshop/{number}/appoint", {"seat": seat(number, "Vera"), "role": "member"}
        ).status_code
        == 409
    )


def test_a_finished_workshop_is_listed_with_its_end_and_can_be_reopened(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    lena.post(f"/workshop/{number}/finish")
    assert "The workshop is finished" in text(lena.get(f"/workshop/{number}/lead"))
    assert "Finished" in text(lena.get("/workshop/"))
    lena.post(f"/workshop/{number}/reopen")
    assert "The workshop is finished" not in text(lena.get(f"/workshop/{number}/lead"))


def test_what_changes_a_rooms_life_is_in_the_audit_log(as_: Any, cast: Any, ground: Any) -> None:
    from mainstem.store.models import AuditLine

    number = prepared(as_("lena"))
    lines = set(AuditLine.objects.values_list("action", flat=True))
    assert {"workshop.open", "workshop.link"} <= lines
    assert number


def test_the_wall_shows_the_way_in_to_a_facilitators_screen_only(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    wall = lena.get(f"/workshop/{number}/wall")
    assert "We begin soon" in text(wall)
    assert "testserver/j/" in text(wall)
    assert "<button" not in wall.content.decode()
    guest = guest_in(number, link(lena, number))
    assert "testserver/j/" not in text(guest.get(f"/workshop/{number}/wall"))


def test_the_palette_finds_workshops_by_name_but_not_for_whom_was_removed(as_: Any) -> None:
    lena, vera, carl = as_("lena"), as_("vera"), as_("carl")
    number = prepared(lena)
    for browser in (vera, carl):
        browser.get(f"/workshop/{number}/")
    lena.post(f"/workshop/{number}/remove", {"seat": seat(number, "Carl")})
    here = f'href="/workshop/{number}/"'
    assert here in vera.get("/find?q=planning+d").content.decode()
    assert here in lena.get("/find?q=planning+d").content.decode()
    assert here not in carl.get("/find?q=planning+d").content.decode()


def test_the_plan_leads_to_a_workshop_for_those_who_may_hold_one(as_: Any) -> None:
    assert "/workshop/new?from=plan" in as_("lena").get("/plan/").content.decode()
    assert "/workshop/new?from=plan" not in as_("vera").get("/plan/").content.decode()


def test_texts_are_escaped_wherever_they_stand(as_: Any) -> None:
    bad = "<script>alert(1)</script>"
    lena = as_("lena")
    number = prepared(lena, title=bad, why=bad)
    guest_in(number, link(lena, number), bad)
    for page in ("/workshop/", f"/workshop/{number}/lead", f"/workshop/{number}/people", f"/workshop/{number}/wall",
                 link(lena, number)):  # fmt: skip
        assert bad not in lena.get(page).content.decode(), page


def test_the_service_refuses_whoever_may_not_hold_one(cast: Any, ground: Any) -> None:
    from mainstem.errors import Absent, Forbidden
    from mainstem.services.workshops.rooms import open_workshop
    from mainstem.workshop.agendas import agendas

    for name, error in (("vera", Forbidden), ("carl", Forbidden), ("otto", Absent)):
        with pytest.raises(error):
            open_workshop(
                "Mine", agendas()["day"], ground, actor(name, cast), at=NOW + timedelta(hours=1)
            )
