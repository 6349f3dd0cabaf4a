"""Preparing a workshop, leading it from the desk, coming in by the link, being sent out, the wall."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db
MINE = {"title": "Planning day", "why": "Rivals are faster", "starts": "2026-10-22T09:00", "cycle": "2026-q4",
        "agenda": "half-day", "started_from": "nothing", "guests": "on"}  # fmt: skip


@pytest.fixture(autouse=True)
def _nobody_tried_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from mainstem.web.join_tries import Tries
    from mainstem.web.views import workshop_join

    monkeypatch.setattr(workshop_join, "_TRIES", Tries())


def text(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()).replace(
        "\xa0", " "
    )


def prepared(browser: Client, **more: str) -> int:
    """A workshop made by the page; its number."""
    made = browser.post("/workshop/new", {**MINE, **more})
    assert made.status_code == 302, text(made)
    found = re.fullmatch(r"/workshop/(\d+)/lead", made["Location"])
    assert found
    return int(found[1])


def link(browser: Client, number: int) -> str:
    """The address by which people join, as the desk shows it."""
    found = re.search(
        r"http://testserver(/workshop/join/[a-z0-9]+)",
        browser.get(f"/workshop/{number}/lead").content.decode(),
    )
    assert found, "the desk shows no link"
    return found[1]


def guest_in(number: int, address: str, name: str = "Gus") -> Client:
    """A browser of somebody who came in with a name only."""
    browser = Client()
    came = browser.post(address, {"as": "guest", "name": name})
    assert came["Location"] == f"/workshop/{number}/", text(came)
    return browser


def sent(browser: Client, number: int, act: str, **given: str) -> Any:
    """An act by form from the desk, as where no script runs."""
    from mainstem.web.jinja import new_act

    back = f"/workshop/{number}/lead"
    return browser.post(
        f"/workshop/{number}/acts",
        {"id": new_act(), "act": act, "back": back, **given},
        follow=True,
    )


def seat(number: int, name: str) -> int:
    from mainstem.store.models import Seat

    return int(Seat.objects.get(workshop_id=number, name=name).pk)


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
    from mainstem.services.workshop_catching_up import board_of

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


def test_a_guest_comes_in_with_a_name_only_and_sees_the_room_and_nothing_else(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    address = link(lena, number)
    invited = text(Client().get(address))
    assert "Join “Planning day”" in invited
    assert "held by Lena" in invited
    assert "Rivals are faster" in invited
    assert "Streamly" not in invited
    guest = guest_in(number, address)
    for page in ("", "people", "wall"):
        seen = guest.get(f"/workshop/{number}/{page}")
        assert seen.status_code == 200
        assert "Start to first frame" not in text(seen)
    for page in ("/", "/plan/", "/workshop/", "/streams/start-fast", "/find?q=st"):
        assert guest.get(page)["Location"].startswith("/account/login/"), page
    assert guest.get(f"/workshop/{number}/lead").status_code == 403
    assert "Gus" in text(lena.get(f"/workshop/{number}/lead"))


def test_a_guest_of_one_room_is_nobody_in_another(as_: Any) -> None:
    lena = as_("lena")
    one, other = prepared(lena), prepared(lena, title="Another day")
    guest = guest_in(one, link(lena, one))
    assert guest.get(f"/workshop/{other}/")["Location"].startswith("/account/login/")


def test_somebody_with_an_account_joins_as_a_member_with_one_press(as_: Any) -> None:
    lena, vera = as_("lena"), as_("vera")
    number = prepared(lena)
    address = link(lena, number)
    page = vera.get(address)
    assert "Join as Vera" in text(page)
    assert 'name="name"' not in page.content.decode()
    assert vera.post(address, {"as": "member"})["Location"] == f"/workshop/{number}/"
    assert "Vera member" in text(lena.get(f"/workshop/{number}/people"))


def test_somebody_not_signed_in_is_sent_to_sign_in_and_comes_back(as_: Any) -> None:
    number = prepared(as_("lena"), guests="")
    address = link(as_("lena"), number)
    page = Client().get(address).content.decode()
    assert f'href="/account/login/?next={address.replace("/", "%2F")}"' in page
    assert 'name="name"' not in page


def test_where_no_guests_are_taken_a_name_is_not_enough(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena, guests="")
    came = Client().post(link(lena, number), {"as": "guest", "name": "Gus"})
    assert came.status_code == 400
    assert "takes no guests" in text(came)


def test_an_account_without_any_right_is_told_how_it_stands(as_: Any) -> None:
    lena, otto = as_("lena"), as_("otto")
    number = prepared(lena, guests="")
    assert "Your account has no part in this organisation" in text(otto.get(link(lena, number)))
    sent(lena, number, "hand", up="true")
    lena.post(f"/workshop/{number}/link", {"until": "2026-10-23T18:00", "guests": "on"})
    guest = otto.post(link(lena, number), {"as": "guest", "name": "Otto"})
    assert guest["Location"] == f"/workshop/{number}/"
    assert otto.get(f"/workshop/{number}/").status_code == 200


def test_a_wrong_link_and_an_ended_one_tell_the_same_and_nothing_else(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    address = link(lena, number)
    lena.post(f"/workshop/{number}/link/end")
    ended, wrong = Client().get(address), Client().get("/workshop/join/nothinglikeit")
    assert (ended.status_code, wrong.status_code) == (404, 404)
    assert text(ended).replace(address, "") == text(wrong).replace(
        "/workshop/join/nothinglikeit", ""
    )
    assert "Planning day" not in text(ended)


def test_a_short_address_leads_to_the_same_place_however_it_is_typed(as_: Any) -> None:
    lena = as_("lena")
    address = link(lena, prepared(lena))
    word = address.rsplit("/", 1)[1]
    typed = f"{word[:4]}-{word[4:8]}-{word[8:]}".upper()
    assert Client().get(f"/j/{typed}")["Location"] == address
    assert Client().get("/j/-")["Location"].startswith("/workshop/join/")


def test_many_wrong_links_from_one_place_have_to_wait(cast: Any) -> None:
    from mainstem.web.join_tries import MOST

    browser = Client()
    answers = [browser.get(f"/workshop/join/wrong{n}").status_code for n in range(MOST + 1)]
    assert answers == [404] * MOST + [429]


def test_wrong_tries_are_forgotten_after_a_minute() -> None:
    from mainstem.errors import TooMany
    from mainstem.web.join_tries import MOST, WITHIN, Tries

    tries = Tries()
    for n in range(MOST):
        tries.wrong("192.0.2.1", float(n))
    with pytest.raises(TooMany):
        tries.check("192.0.2.1", MOST)
    tries.check("192.0.2.2", MOST)
    tries.check("192.0.2.1", WITHIN + 1)


def test_a_removed_guest_is_out_at_once_and_what_they_wrote_stays(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    guest = guest_in(number, link(lena, number))
    sent(guest, number, "park", text="Ask the clubs")
    removed = lena.post(f"/workshop/{number}/remove", {"seat": seat(number, "Gus")}, follow=True)
    assert "They are out" in text(removed)
    assert "Removed: Gus" in text(removed)
    for page in ("", "people", "wall"):
        assert guest.get(f"/workshop/{number}/{page}").status_code in (302, 403, 404), page
    from mainstem.services.workshop_catching_up import board_of

    assert "Ask the clubs" in {c["text"] for _, c in board_of(number).of("card")}


def test_a_member_who_is_removed_does_not_come_back_by_the_link(as_: Any) -> None:
    lena, vera = as_("lena"), as_("vera")
    number = prepared(lena)
    address = link(lena, number)
    vera.post(address, {"as": "member"})
    lena.post(f"/workshop/{number}/remove", {"seat": seat(number, "Vera")})
    assert vera.post(address, {"as": "member"}).status_code == 403
    assert vera.get(f"/workshop/{number}/").status_code == 403


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


def test_a_renewed_link_works_and_the_one_before_does_not(as_: Any) -> None:
    lena = as_("lena")
    number = prepared(lena)
    before = link(lena, number)
    lena.post(f"/workshop/{number}/link", {"until": "2026-10-25T18:00", "guests": "on"})
    assert Client().get(before).status_code == 404
    assert Client().get(link(lena, number)).status_code == 200
    said = lena.post(f"/workshop/{number}/link", {"until": "2020-01-01T18:00"}, follow=True)
    assert "A link ends at a time to come" in text(said)
    assert "Say until when" in text(
        lena.post(f"/workshop/{number}/link", {"until": "soon"}, follow=True)
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


def test_the_palette_finds_workshops_by_name(as_: Any) -> None:
    number = prepared(as_("lena"))
    found = as_("vera").get("/find?q=planning+d").content.decode()
    assert f'href="/workshop/{number}/"' in found


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
    from mainstem.services.workshops import open_workshop
    from mainstem.workshop.agendas import agendas

    for name, error in (("vera", Forbidden), ("carl", Forbidden), ("otto", Absent)):
        with pytest.raises(error):
            open_workshop(
                "Mine", agendas()["day"], ground, actor(name, cast), at=NOW + timedelta(hours=1)
            )
