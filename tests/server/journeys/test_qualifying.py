"""Carl asks whether his work qualifies, and Owen decides: by keyboard alone, with script and without."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = "() => { const e = document.activeElement; return e ? (e.name || '') + '=' + (e.value || '') + '|' + e.innerText : '' }"
MOST = 150


def tab_to(walk, wanted: str) -> None:
    """Goes on with Tab to the control whose name and value, or words, are wanted."""
    for _ in range(MOST):
        walk.page.keyboard.press("Tab")
        name, _, words = walk.page.evaluate(HERE).partition("|")
        if wanted in (name, name.partition("=")[0], words.strip()):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def send(walk) -> None:
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look()


def test_carl_asks_and_owen_decides_without_a_mouse(sit_down, script):
    carl, owen = sit_down("carl", script=script), sit_down("owen", script=script)
    title = f"Warmer caches {script}"
    carl.go("/qualify")
    tab_to(carl, "title")
    carl.page.keyboard.type(title)
    tab_to(carl, "Say more")
    carl.page.keyboard.press("Enter")
    tab_to(carl, "stream")
    carl.page.keyboard.type("Start to")
    tab_to(carl, "Does it qualify?")
    send(carl)
    assert "One question decides" in carl.text
    tab_to(carl, "how")
    carl.page.keyboard.type("A warm cache saves a round trip")
    tab_to(carl, "w01=false")
    send(carl)
    assert "Qualifies for Start to first frame, though no claim names it" in carl.text
    tab_to(carl, "Ask for a decision")
    send(carl)
    assert carl.path.startswith("/decisions/") and "Nobody has decided yet" in carl.text

    owen.go("/decisions/?standing=open")
    tab_to(owen, title)
    send(owen)
    assert "A warm cache saves a round trip" in owen.text
    tab_to(owen, "why")
    owen.page.keyboard.type("Not while the player is rewritten")
    tab_to(owen, "until")
    tab_to(owen, "step=defer")
    send(owen)
    assert "Deferred for Start to first frame" in owen.text

    carl.go(owen.path)
    tab_to(carl, "Appeal")
    carl.page.keyboard.press("Enter")
    tab_to(carl, "why")
    carl.page.keyboard.type("The cache stays when the player goes")
    tab_to(carl, "step=appeal")
    send(carl)
    owen.go("/decisions/?appealed=yes")
    tab_to(owen, title)
    send(owen)
    tab_to(owen, "why")
    owen.page.keyboard.type("True")
    tab_to(owen, "step=accept")
    send(owen)
    assert "Accepted for Start to first frame" in owen.text
    assert "The cache stays when the player goes" in owen.text


@pytest.mark.parametrize("path", ["/qualify?title=Xyzzy", "/decisions/"])
def test_the_pages_fit_a_phone(sit_down, path):
    vera = sit_down("vera", width=360)
    vera.go(path)
