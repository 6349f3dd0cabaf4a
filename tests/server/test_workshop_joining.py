"""Coming into a workshop by its link, as a member or a guest, and being sent out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.server.workshop_pages import guest_in, link, prepared, seat, sent, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_tried_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from mainstem.web.join_tries import Tries
    from mainstem.web.views import workshop_join

    monkeypatch.setattr(workshop_join, "_TRIES", Tries())


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
    from mainstem.services.workshops.catching_up import board_of

    assert "Ask the clubs" in {c["text"] for _, c in board_of(number).of("card")}


def test_a_member_who_is_removed_does_not_come_back_by_the_link(as_: Any) -> None:
    lena, vera = as_("lena"), as_("vera")
    number = prepared(lena)
    address = link(lena, number)
    vera.post(address, {"as": "member"})
    lena.post(f"/workshop/{number}/remove", {"seat": seat(number, "Vera")})
    assert vera.post(address, {"as": "member"}).status_code == 403
    assert vera.get(f"/workshop/{number}/").status_code == 403


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
