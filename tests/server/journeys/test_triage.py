"""Owen looks through what nothing speaks for with the keyboard alone; Petra goes on without script."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_owen_triages_with_the_keyboard_alone_and_petra_takes_up_what_he_put_off(sit_down):
    owen = sit_down("owen")
    owen.go("/items/triage/")
    keys = owen.page.keyboard
    keys.press("?")
    shown = owen.page.locator("#keys")
    for words in ("Make a claim", "Next lump", "Skip it"):
        assert words in shown.inner_text()
    keys.press("Escape")
    # keys are the dialog's as long as it is there
    shown.wait_for(state="hidden")
    assert owen.page.locator("[data-key=n]").count() == 1
    first = owen.page.locator("#lump").inner_text()

    with owen.page.expect_navigation():
        keys.press("n")
    second = owen.look().locator("#lump").inner_text()
    assert second != first
    with owen.page.expect_navigation():
        keys.press("p")
    assert owen.look().locator("#lump").inner_text() == first

    keys.press("c")
    assert owen.page.evaluate("() => document.activeElement.id") == "claim-target"
    keys.type("Start to first")
    assert owen.page.locator("#claim-target").input_value() == "stream:start-fast"
    for _ in range(3):
        keys.press("Tab")
    with owen.page.expect_navigation():
        keys.press("Enter")
    assert "What it would do" in owen.look().locator("main").inner_text()
    with owen.page.expect_navigation():
        keys.press("m")
    assert "The claim is made" in owen.look().locator("body").inner_text()
    assert first not in owen.page.locator("h2#lump").all_inner_texts()

    skipped = owen.page.locator("#lump").inner_text()
    with owen.page.expect_navigation():
        keys.press("s")
    assert "Put off until" in owen.look().locator("body").inner_text()
    assert skipped not in owen.page.locator("h2#lump").all_inner_texts()

    petra = sit_down("petra", script=False)
    petra.go("/items/triage/")
    petra.click(skipped, inside="main")
    assert "Owen put it off until" in petra.text
    petra.page.locator("#kind-target").select_option("kind:debt")
    petra.page.locator("#kind-why").fill("It was to mend what we had")
    petra.press("Name the kind")
    assert "It counts from the next derivation" in petra.page.locator("body").inner_text()
