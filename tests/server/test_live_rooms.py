"""What a room's script and its forms are answered, and how far a guest gets."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client

from mainstem.clock import now
from mainstem.errors import TooLarge, TooMany
from mainstem.services.workshops import acting as workshop_acting
from mainstem.services.workshops import rooms as workshops
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.catching_up import board_of
from mainstem.web.room_acts import MOST_ACTS, MOST_BYTES, Pace, acts_of
from mainstem.web.room_forms import act_of
from mainstem.web.seating import keep_guest
from mainstem.workshop.agendas import agendas
from tests.server.cast import actor
from tests.server.test_permissions import table


@pytest.fixture
def room(ground: Any, cast: Any) -> Any:
    """Petra leads, Vera takes part, Gus is a guest; the workshop runs, and cards are not hidden."""
    at = now()
    petra = actor("petra", cast)
    made = workshops.open_workshop("Plan", next(iter(agendas().values())), ground, petra, at=at)
    lead = workshop_seats.seat_of_member(made.pk, petra)
    word = workshop_seats.renew_link(lead, at + timedelta(hours=8), True, at=at)
    gus, secret = workshop_seats.join_as_guest(word, "Gus", at)
    workshop_acting.act(made.pk, lead, [{"id": "run00000", "act": "state", "to": "running"}], at=at)
    here = board_of(made.pk).get("room")["step"]
    plain = {"id": "plain000", "act": "set_step", "step": here, "silent": False}
    workshop_acting.act(made.pk, lead, [plain], at=at)
    return SimpleNamespace(number=made.pk, lead=lead, gus=gus, secret=secret, step=here, at=at)


@pytest.fixture
def guest(room: Any) -> Client:
    """The browser of Gus."""
    return guest_of(room)


def guest_of(room: Any) -> Client:
    browser, response = Client(), HttpResponse()
    keep_guest(response, room.number, room.secret)
    browser.cookies.update(response.cookies)
    return browser


def post(browser: Client, room: Any, *acts: Any, **more: Any) -> Any:
    return browser.post(
        f"/workshop/{room.number}/acts", json.dumps({"acts": acts}), "application/json", **more
    )


def card(
    room: Any, text: str = "A thought", act_id: str = "act00001", name: str = "card0001"
) -> dict[str, Any]:
    return {
        "id": act_id,
        "act": "add_card",
        "card": name,
        "kind": "note",
        "step": room.step,
        "text": text,
    }


def live(browser: Client, room: Any, after: int = -1, **more: Any) -> Any:
    return browser.get(f"/workshop/{room.number}/live?after={after}", **more)


def test_whoever_comes_gets_everything_and_then_only_what_happened(room: Any, as_: Any) -> None:
    vera = as_("vera")
    first = live(vera, room).json()
    assert first["records"]["room"]["state"] == "running"
    given = post(vera, room, card(room)).json()
    assert given["refused"] == [] and given["puts"]["card/card0001"]["text"] == "A thought"
    later = live(vera, room, first["n"]).json()
    assert [list(e["puts"]) for e in later["events"]] == [["card/card0001"]]
    assert later["n"] == given["n"] and later["more"] is False
    assert live(vera, room, later["n"]).json() == {"n": later["n"], "events": [], "more": False}


def test_last_event_id_counts_where_it_is_newer(room: Any, as_: Any) -> None:
    vera = as_("vera")
    n = live(vera, room).json()["n"]
    assert live(vera, room, 0, headers={"Last-Event-ID": str(n)}).json()["events"] == []


def test_the_same_act_sent_again_happens_once(room: Any, as_: Any) -> None:
    vera = as_("vera")
    once = post(vera, room, card(room)).json()
    twice = post(vera, room, card(room)).json()
    assert twice["refused"] == [] and twice["n"] == once["n"]


def test_who_changed_what_somebody_else_changed_gets_both_words(room: Any, as_: Any) -> None:
    vera, petra = as_("vera"), as_("petra")
    post(vera, room, card(room))
    seen = live(vera, room).json()["records"]["card/card0001"]["version"]
    edit = {"act": "edit_card", "card": "card0001", "seen": seen}
    post(petra, room, {**edit, "id": "act00002", "text": "Petra's words"})
    (refused,) = post(vera, room, {**edit, "id": "act00003", "text": "Vera's words"}).json()[
        "refused"
    ]
    assert refused["id"] == "act00003"
    assert (
        refused["theirs"]["text"] == "Petra's words" and refused["yours"]["text"] == "Vera's words"
    )


def test_a_plain_server_answers_a_browser_that_wants_a_stream_in_json(room: Any, as_: Any) -> None:
    answer = live(as_("vera"), room, headers={"Accept": "text/event-stream"})
    assert answer["Content-Type"] == "application/json"
    assert "X-Mainstem-Live" not in answer


def test_a_server_that_can_is_handed_the_rest_with_the_role_of_the_seat(
    room: Any, guest: Client
) -> None:
    answer = live(
        guest, room, headers={"Accept": "text/event-stream"}, **{"mainstem.streams": True}
    )
    assert answer["Content-Type"] == "text/event-stream"
    handed = json.loads(answer["X-Mainstem-Live"])
    assert (handed["room"], handed["seat"], handed["role"]) == (room.number, room.gus.id, "guest")
    assert answer.content.startswith(b"event: whole\n")


@pytest.mark.parametrize("body", ["[]", "{}", '{"acts": 1}', '{"acts": [1]}', "[" * 5000])
def test_what_is_no_batch_is_refused_in_json(room: Any, as_: Any, body: str) -> None:
    answer = as_("vera").post(f"/workshop/{room.number}/acts", body, "application/json")
    assert answer.status_code == 400 and answer.json()["message"]


def test_too_much_at_once_is_refused() -> None:
    with pytest.raises(TooLarge):
        acts_of(b" " * (MOST_BYTES + 1))
    with pytest.raises(TooLarge):
        acts_of(json.dumps({"acts": [{}] * (MOST_ACTS + 1)}).encode())


def test_a_seat_that_floods_waits_and_the_others_do_not() -> None:
    pace = Pace(rate=20, burst=40)
    pace.take(1, 40, at=0.0)
    with pytest.raises(TooMany):
        pace.take(1, 1, at=0.0)
    pace.take(2, 40, at=0.0)
    pace.take(1, 20, at=1.0)
    with pytest.raises(TooMany):
        pace.take(1, 1, at=1.0)


def test_without_script_a_form_adds_a_card_and_leads_back(room: Any, guest: Client) -> None:
    back = f"/workshop/{room.number}/?step={room.step}#new"
    answer = guest.post(f"/workshop/{room.number}/acts", {**card(room), "back": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert live(guest, room).json()["records"]["card/card0001"]["text"] == "A thought"


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/workshop/1/", "/people/", ""]
)
def test_a_form_leads_nowhere_else(room: Any, guest: Client, back: str) -> None:
    answer = guest.post(f"/workshop/{room.number}/acts", {**card(room), "back": back})
    assert answer["Location"] == f"/workshop/{room.number}/"


def test_a_refused_form_says_what_was_written(room: Any, as_: Any) -> None:
    vera, petra = as_("vera"), as_("petra")
    post(vera, room, card(room))
    seen = live(vera, room).json()["records"]["card/card0001"]["version"]
    edit = {"act": "edit_card", "card": "card0001", "seen": seen}
    post(petra, room, {**edit, "id": "act00002", "text": "Petra's words"})
    form = {**edit, "id": "act00003", "text": "Vera's long thought"}
    answer = vera.post(f"/workshop/{room.number}/acts", form)
    assert answer.status_code == 302
    (said,) = [str(m) for m in answer.wsgi_request._messages]
    assert "Vera's long thought" in said and "Petra's words" in said


def test_forms_hold_numbers_lists_and_fields_as_acts_do() -> None:
    form = QueryDict("csrfmiddlewaretoken=x&back=/&act=edit_card&seen=3&field.kind=external&field.stages=&field.stages=a1"
                     "&field.stages=b2&up=on&minutes=")  # fmt: skip
    assert act_of(form) == {
        "act": "edit_card", "seen": 3, "fields": {"kind": "external", "stages": ["a1", "b2"]}, "up": True,
    }  # fmt: skip
    assert act_of(QueryDict("act=rank&order=a&order=b"))["order"] == ["a", "b"]
    assert act_of(QueryDict("act=move_card&order=2.5"))["order"] == 2.5


def test_forms_and_scripts_need_the_token_of_our_pages(room: Any) -> None:
    for browser in (Client(enforce_csrf_checks=True),):
        browser.cookies.update(guest_of(room).cookies)
        assert post(browser, room, card(room)).status_code == 403
        assert browser.post(f"/workshop/{room.number}/acts", card(room)).status_code == 403


def test_a_guest_is_at_every_other_address_what_anybody_is(room: Any, guest: Client) -> None:
    home = f"/workshop/{room.number}/"
    for method, path in sorted(table()):
        if path.startswith(home):
            continue
        ask = method.lower()
        theirs, anybodys = getattr(guest, ask)(path), getattr(Client(), ask)(path)
        assert theirs.status_code == anybodys.status_code, path
        assert theirs.get("Location") == anybodys.get("Location"), path


def test_a_guest_reaches_no_other_room(
    room: Any, guest: Client, as_: Any, ground: Any, cast: Any
) -> None:
    other = workshops.open_workshop(
        "Other", next(iter(agendas().values())), ground, actor("ada", cast), at=room.at
    )
    assert live(guest, SimpleNamespace(number=other.pk)).status_code == 302
    # not even with the cookie of their own under the other's name
    guest.cookies[f"mainstem_guest_{other.pk}"] = guest.cookies[
        f"mainstem_guest_{room.number}"
    ].value
    assert live(guest, SimpleNamespace(number=other.pk)).status_code == 302


def test_a_forged_cookie_is_nobodys(room: Any) -> None:
    browser = Client()
    browser.cookies[f"mainstem_guest_{room.number}"] = room.secret
    assert live(browser, room).status_code == 302


def test_the_guests_cookie_is_read_by_the_server_only_and_sent_to_rooms_only(
    room: Any, guest: Client
) -> None:
    (cookie,) = guest.cookies.values()
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/workshop/"


def test_the_secret_of_a_guest_is_in_no_table(room: Any) -> None:
    from mainstem.store.models import RoomEvent, Seat

    kept = json.dumps([list(Seat.objects.values_list("secret_digest", "name")),
                       list(RoomEvent.objects.values_list("puts", "act_id"))])  # fmt: skip
    assert room.secret not in kept


def test_a_removed_guest_is_out_and_their_script_is_told(room: Any, guest: Client) -> None:
    workshop_seats.remove_seat(room.lead, room.gus.id, at=room.at)
    asks = {"Accept": "application/json"}
    assert live(guest, room, headers=asks).status_code == 401
    assert post(guest, room, card(room), headers=asks).status_code == 401
    assert live(guest, room)["Location"].startswith("/account/login/")


def test_guests_are_out_when_the_link_ends_and_members_stay(
    room: Any, guest: Client, as_: Any
) -> None:
    assert live(guest, room).status_code == 200
    workshop_seats.end_link(room.lead, at=room.at)
    assert live(guest, room).status_code == 302
    assert live(as_("vera"), room).status_code == 200


def test_a_removed_member_is_told_so(room: Any, as_: Any) -> None:
    vera = as_("vera")
    seat = json.loads(
        live(vera, room, headers={"Accept": "text/event-stream"}, **{"mainstem.streams": 1})[
            "X-Mainstem-Live"
        ]
    )
    workshop_seats.remove_seat(room.lead, seat["seat"], at=room.at)
    answer = live(vera, room)
    assert answer.status_code == 403 and answer.json()["code"] == "workshop.removed"
