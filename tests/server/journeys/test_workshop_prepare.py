"""A team lead who has never seen a workshop prepares one, leads it, and sends a guest out."""

from __future__ import annotations

import re
from typing import Any

from tests.server.journeys.walking import NARROW, Walk

SOON = 8_000


def prepare(lena: Walk, title: str) -> tuple[str, str]:
    """Prepares a workshop that takes guests; the room's address, and that of its link."""
    lena.go("/plan/")
    lena.click("Make this plan in a workshop")
    lena.fill(title=title, why="Rivals are faster", starts="2026-10-22T09:00", guests="on")
    lena.page.get_by_label("Half a day").check()
    lena.press("Make the workshop")
    assert "The workshop has not begun" in lena.page.inner_text("h1")
    address = lena.page.locator(".invite code").inner_text()
    return lena.page.url.removesuffix("/lead").removeprefix(lena.address), address.removeprefix(
        lena.address
    )


def come_in(guest: Walk, link: str, name: str) -> None:
    # on a phone the menu of the page is closed, and so no landmark
    guest.page.goto(guest.address + link)
    guest.fill(name=name)
    guest.press("Join", exact=True)


def test_a_room_is_prepared_led_by_its_desk_and_a_guest_on_a_phone_is_sent_out(
    sit_down: Any,
) -> None:
    lena, guest = sit_down("lena"), sit_down(width=NARROW)
    room, link = prepare(lena, "Planning day")
    wall = lena.context.new_page()
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(f"{lena.address}{room}/wall")
    come_in(guest, link, "Gus")
    lena.page.locator(".seats", has_text="Gus").wait_for(timeout=SOON)
    wall.locator(".wall-count", has_text="2").wait_for(timeout=SOON)

    lena.page.get_by_role("button", name="Begin the workshop").click()
    lena.page.locator("h1", has_text="Step 1 of").wait_for(timeout=SOON)
    lena.page.get_by_role("button", name="Start the timer").click()
    lena.page.get_by_role("button", name="Pause", exact=True).wait_for(timeout=SOON)
    wall.locator(".wall-clock [role=timer]", has_text=re.compile(r"^\d+:\d\d$")).wait_for(
        timeout=SOON
    )
    wall.locator("h1", has_text="Call to arms").wait_for(timeout=SOON)

    guest.page.get_by_role("button", name="Raise a hand").click()
    lena.page.locator(".desk-hands", has_text="Gus").wait_for(timeout=SOON)
    wall.locator(".wall-hands", has_text="Gus").wait_for(timeout=SOON)

    seat = lena.page.locator(".seats > li", has_text="Gus")
    seat.get_by_role("button", name="Remove").click()
    with lena.page.expect_navigation():
        lena.page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    guest.page.get_by_text("You are no longer in this room").wait_for(timeout=SOON)
    guest.page.goto(f"{guest.address}{room}/")
    assert "/account/login/" in guest.page.url
    assert lena.page.get_by_text("Removed: Gus").is_visible()


def test_the_desk_works_without_script(sit_down: Any) -> None:
    lena, guest = sit_down("lena", script=False), sit_down(script=False, width=NARROW)
    room, link = prepare(lena, "Planning by forms")
    come_in(guest, link, "Gil")
    lena.press("Begin the workshop")
    assert "Step 1 of" in lena.page.inner_text("h1")
    lena.press("Start the timer")
    assert re.fullmatch(r"Until \d\d:\d\d", lena.page.inner_text(".desk-clock"))
    lena.press("Next:")
    assert "Step 2 of" in lena.page.inner_text("h1")
    lena.press("Undo last")
    assert "Step 1 of" in lena.page.inner_text("h1")
    lena.confirm("Remove", inside=".seats > li:has-text('Gil')")
    guest.page.goto(f"{guest.address}{room}/people")
    assert "/account/login/" in guest.page.url


def test_the_wall_fits_its_screen_light_and_dark_and_asks_for_itself_without_script(
    sit_down: Any,
) -> None:
    lena = sit_down("lena")
    room, _ = prepare(lena, "On the wall")
    for scheme in ("light", "dark"):
        lena.page.emulate_media(color_scheme=scheme)
        lena.go(f"{room}/wall")
        lena.page.set_viewport_size({"width": 2560, "height": 1440})
        assert lena.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        sizes = lena.page.evaluate(
            "[...document.querySelectorAll('.wall *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3"
            " && n.nodeValue.trim())).map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 1440 * 0.0204, "a letter is smaller than eight metres allow"
    assert '<meta http-equiv="refresh"' in lena.page.content()


def test_the_timer_says_politely_when_five_minutes_one_minute_and_none_are_left(
    sit_down: Any,
) -> None:
    lena = sit_down("lena")
    prepare(lena, "By the clock")
    for seconds, words in ((301, "Five minutes left"), (61, "One minute left"), (1, "Time is up")):
        lena.page.evaluate(
            "seconds => { const made = document.createElement('workshop-timer');"
            " made.setAttribute('now', ''); made.setAttribute('ends', new Date(Date.now() + 1000 * seconds).toISOString());"
            " document.querySelector('main').replaceChildren(made) }",
            seconds,
        )
        said = lena.page.locator("main workshop-timer [role=status]")
        said.filter(has_text=words).wait_for(state="attached", timeout=SOON)
    assert lena.page.locator("main workshop-timer").get_attribute("state") == "over"
