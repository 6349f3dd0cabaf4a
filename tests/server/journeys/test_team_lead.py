"""Lena leads Playback: she says how it stands, answers, and promises."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_lena_checks_in_one_after_the_other_and_corrects_herself(sit_down):
    checks_in(sit_down("lena"))


def test_lena_does_the_same_without_script_on_another_day(sit_down):
    lena = sit_down("lena", script=False)
    lena.go("/key-results/kr-crash")
    lena.click("Check in", inside="main")
    lena.fill(value="99.4", note="The patch is out")
    lena.press("Check in", exact=True)
    assert "99.4 %" in lena.text and "The patch is out" in lena.text


def checks_in(lena):
    lena.go("/key-results/")
    # one of the two may have been said on another day
    waiting = int(re.search(r"Check in: (\d) wait", lena.text)[1])
    lena.click(f"Check in: {waiting} wait")
    seen = []
    for value in ("99.1", "2")[:waiting]:
        seen.append(lena.h1)
        lena.fill(value=value, confidence="70", note=f"It is {value}")
        lena.press("Check in", exact=True)
    assert lena.h1 == "Nothing waits for you.", seen
    assert len(set(seen)) == waiting >= 1
    lena.go("/key-results/kr-crash")
    lena.click("Correct", inside="main")
    lena.fill(value="many")
    lena.press("Check in", exact=True)
    assert lena.page.get_by_role("alert").count() == 1
    lena.fill(value="99.2", note="I had read last week's")
    lena.press("Check in", exact=True)
    assert "99.2 %" in lena.h1 and "I had read last week's" in lena.text, lena.text


def test_lena_marks_a_milestone_and_takes_it_back(sit_down, script):
    lena = sit_down("lena", script=script)
    lena.go("/key-results/kr-stadiums")
    lena.press("Reached")
    assert lena.page.locator(".steps", has_text="✓").count() == 1
    lena.press("One stadium")
    assert lena.page.locator(".steps", has_text="✓").count() == 0


@pytest.mark.parametrize("answer", ["Agree and set it", "Decline with this reason"])
def test_lena_answers_a_contest(sit_down, answer, script):
    carl, lena = sit_down("carl", script=script), sit_down("lena", script=script)
    wanted = "debt" if answer.startswith("Agree") else "support"
    key = "PLAY-1" if script is (wanted == "debt") else "PLAY-2"
    carl.go(f"/items/tracker/{key}")
    carl.page.locator("summary", has_text="Contest what it counts for").click()
    carl.fill(wanted=f"kind:{wanted}", why=f"It was mending: {answer}")
    carl.press("Contest it")
    lena.go("/items/contests/")
    assert f"It was mending: {answer}" in lena.text
    lena.page.get_by_label("Answer").first.fill("I have looked at it")
    lena.press(answer)
    assert "No contest waits" in lena.go("/items/contests/").locator("h1").inner_text()
    carl.go(f"/items/tracker/{key}")
    assert "I have looked at it" in carl.text
    is_set = f"By hand it was set to {wanted}" in carl.text or wanted in carl.h1
    assert is_set is (wanted == "debt")


def test_lena_promises_a_date_to_a_team_that_waits_for_one(sit_down, script):
    lena = sit_down("lena", script=script)
    lena.go("/teams/player-core")
    assert "start beacon" in lena.text
    lena.go("/plan/dependencies/beacon/")
    lena.click("Change", inside="main", exact=True)
    day = "2026-11-10" if script else "2026-11-20"
    lena.page.locator("[name=promised]").fill(day)
    lena.page.locator("[name=state]").select_option("agreed")
    lena.write(Why="We have looked at what it takes")
    lena.press("Save", exact=True)
    assert "Done: " in lena.text, lena.text
    lena.go("/plan/dependencies/beacon/")
    assert day in lena.text and "agreed" in lena.text
