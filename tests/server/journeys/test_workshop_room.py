"""Petra leads a room, Carl sits in it with a laptop, Gita is a guest with a phone: live, offline, and without script."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.server.journeys.conftest import ROOT, surroundings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def room(site):
    """A running workshop of the test's own, at its first step: its number, its guest, its steps."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.server.journeys.small_room", str(site.folder)], check=True, timeout=120,
        env=surroundings(site.folder), cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])


@pytest.fixture
def enter(sit_down, site, room):
    """``enter("petra")`` opens the room in a browser of hers; Gita comes by the cookie of her seat."""

    def come(name, **options):
        walk = sit_down("" if name == "gita" else name, **options)
        if name == "gita":
            cookie, value = room["guest"]
            walk.context.add_cookies(
                [{"name": cookie, "value": value, "url": f"{site.address}/workshop/"}]
            )
        walk.go(f"/workshop/{room['workshop']}/")
        if walk.script:
            walk.page.wait_for_function(
                "() => document.querySelector('workshop-room').records?.room"
            )
        return walk

    return come


def lane(walk):
    return walk.page.locator("#l-customers")


def card(walk, words):
    return walk.page.locator(".card", has_text=words)


def write(walk, words, asked="Whom do we serve?"):
    walk.page.get_by_label(asked).fill(words)
    walk.page.keyboard.press("Enter")


def seen(where, words):
    where.get_by_text(words).first.wait_for()


def test_two_write_in_silence_reveal_vote_edit_the_same_card_and_lose_the_connection(enter):
    petra, carl = enter("petra"), enter("carl")
    write(petra, "Viewers at home")
    seen(lane(petra), "only you see it")
    seen(lane(carl), "1 card is being written, hidden until revealed")
    assert card(carl, "Viewers at home").count() == 0
    write(carl, 'Travellers <b>with</b> "phones"')
    assert carl.page.evaluate("() => document.activeElement.id") == "l-customers-text"
    seen(lane(petra), "1 card is being written")

    carl.page.get_by_label("Whom do we serve?").fill("Half a thou")
    petra.page.get_by_role("button", name="Reveal the cards").click()
    seen(lane(petra), 'Travellers <b>with</b> "phones"')
    seen(lane(carl), "Viewers at home")
    assert carl.page.get_by_label("Whom do we serve?").input_value() == "Half a thou"
    carl.page.get_by_label("Whom do we serve?").fill("")
    assert carl.page.evaluate("() => document.activeElement.id") == "l-customers-text"

    for _ in range(3):
        more = card(carl, "Viewers at home").get_by_role("button", name="One dot more")
        had = int(card(carl, "Viewers at home").locator("[data-own]").inner_text())
        more.click()
        card(carl, "Viewers at home").locator("[data-own]", has_text=str(had + 1)).wait_for()
    seen(carl.page.locator("main"), "0 of 3 dots left")
    assert card(petra, "Viewers at home").locator("[data-own]").inner_text() == "0"
    petra.page.get_by_role("button", name="Show the votes").click()
    seen(card(carl, "Viewers at home"), "3 dots")

    for walk in (petra, carl):
        card(walk, "Viewers at home").locator(".card-open").click()
    fields = {
        w: card(w, "Viewers at home").locator(".card-edit [name=text]") for w in (petra, carl)
    }
    fields[petra].fill("Viewers of every kind")
    fields[carl].fill("Viewers at home and away")
    card(petra, "Viewers at home").get_by_role("button", name="Save").click()
    theirs = carl.page.locator(".card", has_text="Viewers of every kind")
    theirs.get_by_role("button", name="Save").click()
    seen(theirs, "They wrote: “Viewers of every kind”")
    assert theirs.locator(".card-edit [name=text]").input_value() == "Viewers at home and away"
    theirs.get_by_role("button", name="Save").click()
    seen(lane(petra), "Viewers at home and away")

    carl.context.set_offline(True)
    write(carl, "Written in a tunnel")
    seen(carl.page.locator(".room-head"), "You are offline: nothing is lost")
    carl.page.get_by_label("Whom do we serve?").fill("Half written in a tunnel")
    write(petra, "Written meanwhile")
    carl.context.set_offline(False)
    seen(lane(petra), "Written in a tunnel")
    seen(lane(carl), "Written meanwhile")
    assert card(petra, "Written in a tunnel").count() == 1
    carl.page.reload()
    carl.page.wait_for_function("() => document.querySelector('workshop-room').records?.room")
    assert carl.page.get_by_label("Whom do we serve?").input_value() == "Half written in a tunnel"
    carl.said.clear()


def test_everybody_follows_to_the_next_step_but_nobody_who_is_writing(enter, room):
    petra, gita = enter("petra"), enter("gita", width=420)
    petra.page.get_by_role("button", name="Reveal the cards").click()
    assert "Streamly" in gita.page.locator(".brand").inner_text()
    gita.page.get_by_label("Whom do we serve?").fill("I am still writing")
    petra.page.get_by_role("button", name="Next step").click()
    petra.page.get_by_role("heading", name="Which stages does each of them go through?").wait_for()
    seen(gita.page.locator("[data-moved]"), "Their life with us")
    assert gita.h1 == "Whom do we serve?"
    gita.page.keyboard.press("Enter")
    gita.page.get_by_role("heading", name="Which stages does each of them go through?").wait_for()
    seen(petra.page.locator("[data-sections]").first, "I am still writing")
    gita.look()


def test_a_card_is_moved_with_the_keyboard_alone_and_others_see_it(enter):
    petra = enter("petra")
    write(petra, "Viewers at home")
    petra.page.get_by_role("button", name="Reveal the cards").click()
    petra.page.get_by_role("button", name="Next step").click()
    petra.page.get_by_role("heading", name="Which stages does each of them go through?").wait_for()
    carl = enter("carl")
    section = petra.page.locator(".section").first
    for words in ("Discover", "Watch"):
        section.locator("textarea").fill(words)
        petra.page.keyboard.press("Enter")
        seen(section, words)
    card(petra, "Watch").locator(".card-grip").focus()
    petra.page.keyboard.press("Enter")
    petra.page.keyboard.press("ArrowLeft")
    seen(petra.page.locator("[data-told]"), "1 of 2")
    petra.page.keyboard.press("Enter")
    carl.page.wait_for_function(
        "() => [...document.querySelectorAll('.section .card-text')].map(e => e.innerText.trim()).join() === 'Watch,Discover'"
    )


def test_without_script_gita_reads_adds_votes_comments_and_comes_back_to_the_same_place(
    enter, room
):
    petra = enter("petra")
    petra.page.goto(
        f"{petra.address}/workshop/{room['workshop']}/?step={room['steps']['objectives']}"
    )
    petra.page.get_by_role("button", name="Put this step on screen").click()
    petra.page.get_by_text("On screen is").wait_for(state="hidden")
    gita = enter("gita", script=False)
    assert gita.h1 == "What must become true for them?"
    gita.fill(text="Watching starts 20 % faster")
    gita.press("Add", inside="#l-objectives")
    assert "Done." in gita.text
    assert gita.page.url.endswith("#l-objectives")
    own = gita.page.locator("#l-objectives .card")
    assert own.locator(".beside").count() > 0
    own.locator(".card-open").click()
    gita.look()
    own = gita.page.locator("#l-objectives .card")
    own.locator("[placeholder='Say something about it']").fill("Which twenty?")
    own.get_by_role("button", name="Comment", exact=True).click()
    assert "Which twenty?" in gita.text
    assert "Value Score" not in gita.page.content()
    gita.page.locator("header").get_by_role("button", name="Raise a hand").click()
    assert gita.page.get_by_role("button", name="Lower your hand").count() == 1
    seen(petra.page.locator("[data-hands]"), "Gita: hand up")
