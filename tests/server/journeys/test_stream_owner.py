"""Owen answers for Start fast: he keeps its plan true, and what counts for it."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_owen_changes_a_target_and_takes_it_back(sit_down, script):
    owen = sit_down("owen", script=script)
    owen.go("/streams/start-fast")
    owen.click("Change it in the plan")
    owen.click("Sessions that play within 2 s", inside="dl.facts")
    owen.click("Change", inside="main", exact=True)
    owen.write(Target="ninety")
    owen.press("Save", exact=True)
    assert owen.page.get_by_role("alert").get_by_role("link", name="Target").is_visible()
    owen.write(Target="93", Why="The rival promises 93")
    owen.press("Save", exact=True)
    assert "Done: " in owen.text and "93" in owen.text
    owen.click("What changed")
    assert "Owen" in owen.text and "“The rival promises 93”" in owen.text
    owen.go("/streams/start-fast")
    assert "the target is 93 %" in owen.h1
    owen.go("/plan/metrics/starts/history")
    assert "Owen" in owen.text and "93" in owen.text
    owen.page.locator(".plan-revisions a").first.click()
    owen.press("Undo this revision")
    owen.go("/streams/start-fast")
    assert "the target is 92 %" in owen.h1


def test_two_people_write_at_once_and_neither_word_is_lost(sit_down, script):
    owen, petra = sit_down("owen", script=script), sit_down("petra", script=script)
    for walk in (owen, petra):
        walk.go("/plan/streams/start-fast/edit")
        walk.page.locator("summary", has_text="More").last.scroll_into_view_if_needed()
    says(petra, f"Petra thinks of tunnels ({script})")
    petra.press("Save", exact=True)
    says(owen, f"Owen thinks of trains ({script})")
    owen.press("Save", exact=True)
    assert f"As it is now: “Petra thinks of tunnels ({script})”" in owen.text
    assert f"Yours: “Owen thinks of trains ({script})”" in owen.text
    owen.page.get_by_label("Yours").check()
    owen.press("Save what I chose")
    assert owen.path == "/plan/streams/start-fast/" and "Owen thinks of trains" in owen.text
    owen.go("/plan/streams/start-fast/history")
    assert "Petra thinks of tunnels" in owen.text and "Owen thinks of trains" in owen.text


def says(walk, note):
    more = walk.page.locator("details.plan-more")
    if more.get_attribute("open") is None:
        more.locator("summary").first.click()
    walk.page.locator("[name=note]").fill(note)


def test_owen_proposes_a_bet_and_sees_what_is_to_be_said_against_it(sit_down, script):
    owen = sit_down("owen", script=script)
    owen.go("/streams/start-fast")
    owen.go("/plan/initiatives/new?stream=start-fast")
    owen.write(Name=f"Tiny manifest {script}", We_believe_that="Less to fetch is sooner to play")
    owen.write(Team="Player core")
    owen.press("Propose instead", exact=True)
    assert owen.path.startswith("/plan/proposals/")
    assert f"Tiny manifest {script}" in owen.text and "What it does to the findings" in owen.text
    assert owen.page.locator(".finding, .remark, [class*=find]").count() > 0
    owen.page.get_by_label("Your remark").fill("Carl asked for it")
    owen.press("Say it")
    assert "Carl asked for it" in owen.text
    owen.press("Open it")
    owen.go("/plan/proposals/?state=open")
    owen.click(f"Tiny manifest {script}", inside="main")
    owen.go("/plan/initiatives/")
    assert f"Tiny manifest {script}" not in owen.text


def test_owen_says_by_hand_what_an_item_counts_for_and_takes_it_back(sit_down, script):
    owen = sit_down("owen", script=script)
    owen.go("/items/?stream=start-fast")
    owen.page.get_by_label("Choose PLAY-1").check()
    owen.press("Set shares of the chosen by hand")
    owen.fill(target_1="stream:start-fast", part_1="50", target_2="kind:debt")
    owen.press("Set shares", exact=True)
    assert owen.page.get_by_role("alert").count() == 1, "a reason is asked for"
    owen.fill(why="Half of it was to mend what we had")
    owen.press("Set shares", exact=True)
    undo = owen.path
    assert undo != "/items/shares/set", owen.text
    owen.go("/items/tracker/PLAY-1")
    assert "50 %" in owen.text and "debt" in owen.text
    owen.go(undo)
    assert "What was set" in owen.text, owen.text
    owen.confirm("Undo")
    owen.go("/items/tracker/PLAY-1")
    assert "counts for Start to first frame" in owen.h1
    assert "component Player" in owen.text or "has been taken back" in owen.text
