"""Pages of agendas and of what came out of a room: with script off, for members and guests; and the commands."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from mainstem.clock import now
from mainstem.services.plans.proposals import proposal
from mainstem.services.workshops.links import join_as_guest, renew_link
from mainstem.store.models import AgendaTemplate, Remark, Workshop
from mainstem.workshop.agendas import shipped_text
from tests.server.test_workshop_outcome import Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ground: Any, cast: Any) -> Room:
    made = Room(ground, cast)
    made.fill()
    return made


def body(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_the_summary_answers_in_its_first_line_and_writes_the_proposal_by_a_button(
    room: Room, as_: Any
) -> None:
    browser = as_("petra")
    place = f"/workshop/{room.number}"
    page = body(browser.get(f"{place}/summary"))
    head = page.partition("<h1>")[2].partition("</h1>")[0]
    assert " ".join(head.split()) == "We agreed on 3 objectives, 4 value streams and 1 key result"
    assert "No proposal yet" in page and "Do partners allow the index?" in page
    page = body(browser.post(f"{place}/proposal", follow=True))
    number = Workshop.objects.get().proposal_id
    assert proposal(number, room.petra).state == "open"
    assert f"/plan/proposals/{number}/" in page and f"Proposal {number} waits for review" in page


def test_an_open_question_is_answered_and_opened_again_on_the_page(room: Room, as_: Any) -> None:
    browser = as_("lena")
    place = f"/workshop/{room.number}"
    page = body(browser.get(f"{place}/summary"))
    key = (
        page.partition("Do partners allow the index?")[2]
        .partition("/questions/")[2]
        .partition("/")[0]
    )
    page = body(browser.post(f"{place}/questions/{key}/answer", {"text": "Yes"}, follow=True))
    assert "1 answered" in page and Remark.objects.get().text == "Yes"
    assert "Say in a line" in body(
        browser.post(f"{place}/questions/{key}/answer", {"text": " "}, follow=True)
    )
    page = body(browser.post(f"{place}/questions/{key}/reopen", follow=True))
    assert "1 answered" not in page


def test_a_guest_reads_what_was_said_in_the_room_and_nothing_of_the_plan_beyond(
    room: Room, cast: Any
) -> None:
    browser = _guest(room)
    room.write()
    page = body(browser.get(f"/workshop/{room.number}/summary"))
    assert "Find a match" in page and "What changes in the plan" not in page
    assert "/plan/" not in page and "Write the proposal" not in page
    told = browser.get(f"/workshop/{room.number}/summary.json")
    data = json.loads(told.content)
    assert data["changes"] == [] and data["proposal"] == {}
    key = data["questions"][0]["key"]
    assert (
        browser.post(f"/workshop/{room.number}/questions/{key}/answer", {"text": "x"}).status_code
        == 403
    )
    assert browser.post(f"/workshop/{room.number}/proposal").status_code == 403


def _guest(room: Room) -> Client:
    from django.core.signing import get_cookie_signer

    # whether a link is open is asked of the real clock
    at = now()
    word = renew_link(room.seat, at + timedelta(days=1), True, at=at)
    seat, secret = join_as_guest(word, "Gus", at)
    browser = Client()
    name = f"mainstem_guest_{room.number}"
    browser.cookies[name] = get_cookie_signer(salt=name + "mainstem.guest").sign(secret)
    assert seat.role == "guest"
    return browser


def test_files_are_downloads_of_their_kind(room: Room, as_: Any) -> None:
    browser = as_("vera")
    text = browser.get(f"/workshop/{room.number}/summary.md")
    assert text.headers["Content-Type"].startswith("text/markdown")
    assert "attachment" in text.headers["Content-Disposition"]
    assert "# Planning the year" in text.content.decode()


def test_an_agenda_is_downloaded_changed_and_kept_with_faults_said_by_line(
    as_: Any, ground: Any
) -> None:
    browser = as_("lena")
    text = browser.get("/workshop/agendas/half-day/text").content.decode()
    assert text == shipped_text("half-day")
    wrong = text.replace("agenda: half-day", "agenda: our-half").replace(
        "minutes: 10", "minutes: ten"
    )
    page = browser.post("/workshop/agendas/", {"text": wrong})
    assert page.status_code == 400 and "is no number from 1 to 480" in page.content.decode()
    good = text.replace("agenda: half-day", "agenda: our-half").encode()
    page = body(
        browser.post(
            "/workshop/agendas/", {"file": SimpleUploadedFile("a.yaml", good)}, follow=True
        )
    )
    assert "Kept by Lena" in page and AgendaTemplate.objects.get().name == "our-half"
    assert "our-half" in body(as_("vera").get("/workshop/agendas/"))
    page = body(as_("lena").post("/workshop/agendas/our-half/remove", follow=True))
    assert "The agenda was removed" in page and not AgendaTemplate.objects.exists()


def test_a_rooms_running_order_is_kept_from_its_summary(room: Room, as_: Any) -> None:
    page = body(
        as_("petra").post(f"/workshop/{room.number}/agenda", {"title": "As we do it"}, follow=True)
    )
    assert "/workshop/agendas/as-we-do-it/" in page
    assert as_("carl").post(f"/workshop/{room.number}/agenda", {"title": "x"}).status_code == 403


def test_the_number_of_queries_of_the_summary_does_not_grow_with_the_room(
    room: Room, as_: Any, django_assert_max_num_queries: Any
) -> None:
    browser = as_("petra")
    browser.get(f"/workshop/{room.number}/summary")
    for n in range(30):
        room.card(
            f"quest{n:02}", "question", "commit", f"Question {n}?", owner="Lena", until="2026-12-01"
        )
    with django_assert_max_num_queries(30):
        browser.get(f"/workshop/{room.number}/summary")


def test_agendas_are_listed_shown_and_checked_by_the_command_line(tmp_path: Any) -> None:
    from mainstem.cli.main import app

    run = CliRunner()
    listed = run.invoke(app, ["workshop", "agendas", "--json"])
    assert [a["name"] for a in json.loads(listed.stdout)] == ["day", "half-day", "sessions"]
    text = run.invoke(app, ["workshop", "agenda", "show", "day"]).stdout
    file = tmp_path / "ours.yaml"
    file.write_text(text, "utf-8")
    assert "8 hours" in run.invoke(app, ["workshop", "agenda", "check", str(file)]).stdout
    file.write_text(text.replace("kind: call", "kind: cal", 1), "utf-8")
    wrong = run.invoke(app, ["workshop", "agenda", "check", str(file)])
    assert wrong.exit_code == 1 and ":9:" in wrong.stdout and "`call`" in wrong.stdout


def test_the_command_line_shows_a_workshop_and_writes_its_summary(
    room: Room, monkeypatch: Any
) -> None:
    from mainstem.cli import workshop
    from mainstem.cli.main import app

    monkeypatch.setattr(workshop, "_server", lambda word, email: (room.ground, room.petra))
    run = CliRunner()
    assert "Planning the year" in run.invoke(app, ["workshop", "list"]).stdout
    shown = run.invoke(app, ["workshop", "show", str(room.number)]).stdout
    assert "Find a match" in shown and "Do partners allow the index? (Lena, 2026-10-24)" in shown
    told = json.loads(
        run.invoke(app, ["workshop", "summary", str(room.number), "--format", "json"]).stdout
    )
    assert told["not_doing"] == [["A second app", "Nobody asked for it"]]
    made = run.invoke(
        app, ["workshop", "new", "Next one", "--agenda", "half-day", "--from", "nothing"]
    )
    assert made.exit_code == 0, made.output
    assert Workshop.objects.filter(title="Next one").exists()
