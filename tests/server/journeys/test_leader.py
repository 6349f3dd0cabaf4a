"""Vera leads: she wants to know where the effort goes, and to show it to others."""

from __future__ import annotations

import pytest

from tests.server.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_vera_signs_in_and_follows_a_number_down_to_its_reason(sit_down, script):
    vera = sit_down(script=script)
    signs_in(vera)
    assert vera.h1.startswith("71 % of hours in 2026 Q4 went to value streams")
    assert "because 19 % is unknown" in vera.h1
    picks(vera, "Cycle", "2026 Q3")
    assert "cycle=2026-q3" in vera.page.url and "71 %" not in vera.h1
    picks(vera, "Cycle", "2026 Q4")
    picks(vera, "Scope", "Growth")
    assert "of Growth" in vera.h1 and "team=growth" in vera.page.url
    picks(vera, "Scope", "Streamly")
    vera.click("Start to first frame", inside="main")
    assert "Sessions that play within 2 s is at 88.4 %" in vera.h1
    vera.click("The work items behind it")
    assert "10 hours on 2 items" in vera.h1
    vera.click("PLAY-2")
    assert "counts for Start to first frame" in vera.h1
    assert "label start-time" in vera.text


def signs_in(walk):
    """By the real form: a wrong password first, as people do."""
    walk.go("/river")
    assert walk.path == "/account/login/"
    for given in ("not it", PASSWORD):
        walk.fill(login="vera@example.org", password=given)
        walk.press("Sign in", exact=True)
    assert walk.path == "/river"
    walk.click("Pulse", inside="nav.menu")


def picks(walk, what, choice):
    walk.page.locator(".pick summary", has_text=what).click()
    walk.click(choice, inside=".pick[open] .float", exact=True)


def test_vera_looks_at_river_and_map_and_hands_the_address_on(sit_down, script):
    vera = sit_down("vera", script=script)
    vera.go("/?cycle=2026-q4&team=growth")
    vera.click("River", inside="nav.menu")
    assert "team=growth" in vera.page.url and "of 8 hours" in vera.h1
    vera.page.locator("summary", has_text="Share this page").click()
    address = vera.page.locator(".ends code").inner_text()
    if script:
        vera.page.locator(".ends").get_by_role("button", name="Copy").click()
        address = vera.page.evaluate("() => navigator.clipboard.readText()")
    vera.click("Map", inside="nav.menu")
    assert "no stream" in vera.text
    vera.page.goto(address)
    assert vera.look() and vera.path == "/river" and "of 8 hours" in vera.h1


def test_vera_finds_things_without_a_mouse(sit_down):
    vera = sit_down("vera")
    vera.go("/")
    keys = vera.page.keyboard
    keys.press("Control+k")
    keys.type("breath")
    vera.page.locator(".found a", has_text="Sign-up in one breath").first.wait_for()
    keys.press("Enter")
    vera.page.wait_for_url("**/streams/sign-up*")
    vera.look()
    keys.press("/")
    keys.type("stalls")
    vera.page.locator(".found a", has_text="Search work items for “stalls”").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    vera.page.wait_for_url("**/items/?q=stalls")
    assert "Fewer stalls" in vera.look().locator("main").inner_text()
    keys.press("Control+k")
    keys.press("Escape")
    assert not vera.page.locator("dialog.palette").is_visible()


def test_vera_finds_the_same_on_a_page_without_script(sit_down):
    vera = sit_down("vera", script=False)
    vera.go("/")
    vera.click("Find or do anything")
    vera.page.get_by_role("searchbox").fill("breath")
    vera.press("Find", exact=True)
    vera.click("Sign-up in one breath", inside="main")
    assert vera.path == "/streams/sign-up"


@pytest.mark.parametrize("path", ["/", "/river", "/map", "/streams/start-fast", "/items/"])
def test_vera_prints_a_page_and_takes_its_numbers_home(sit_down, path):
    vera = sit_down("vera")
    vera.go(path)
    vera.printed()
    taken = vera.saved(vera.page.get_by_role("link", name="CSV").first)
    assert len(taken.splitlines()) > 1 and "," in taken.splitlines()[0]


def test_vera_may_look_and_not_change(sit_down):
    vera = sit_down("vera")
    vera.go("/plan/streams/start-fast/")
    assert vera.page.locator("main").get_by_role("link", name="Change", exact=True).count() == 0
    vera.go("/plan/streams/start-fast/edit", 403)
    vera.go("/settings/people/", 403)
    otto = sit_down("otto")
    otto.go("/streams/start-fast", 404)
