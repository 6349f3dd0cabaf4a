"""Carl builds: he looks for work, says where it is counted wrong, and asks for what is not his."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_carl_asks_for_work_in_words_and_is_shown_where_he_was_wrong(sit_down, script):
    carl = sit_down("carl", script=script)
    carl.go("/items/")
    asks(carl, "stream:start-fast label:start-time")
    assert "4 hours on 1 item" in carl.h1 and "Fewer stalls" in carl.text
    asks(carl, "team:growth steam:start-fast")
    assert carl.page.locator("#query").get_attribute("aria-invalid") == "true"
    said = carl.page.locator("#query-wrong").inner_text()
    assert "steam" in said
    marker = carl.page.locator(".marker").evaluate("e => e.textContent")
    assert marker.index("^") == len("team:growth ")
    asks(carl, "nothing-like-this")
    assert carl.page.locator(".empty").is_visible()


def asks(walk, query):
    walk.page.locator("#query").fill(query)
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.look()


def test_a_query_is_completed_as_carl_types(sit_down):
    carl = sit_down("carl")
    carl.go("/items/")
    field = carl.page.locator("#query")
    field.press_sequentially("str")
    carl.page.get_by_role("option", name="stream:").first.wait_for()
    carl.page.keyboard.press("ArrowDown")
    carl.page.keyboard.press("Enter")
    assert field.input_value() == "stream:"
    carl.page.get_by_role("option", name="come-back").wait_for()
    field.press_sequentially("sta")
    carl.page.get_by_role("option", name="come-back").wait_for(state="detached")
    carl.page.get_by_role("option", name="start-fast").wait_for()
    carl.page.keyboard.press("ArrowDown")
    carl.page.keyboard.press("Enter")
    assert field.input_value().strip() == "stream:start-fast"


def test_carl_contests_what_his_work_was_counted_for(sit_down, script):
    carl = sit_down("carl", script=script)
    key = "GRO-2" if script else "OPS-2"
    carl.go(f"/items/tracker/{key}")
    carl.page.locator("summary", has_text="Contest what it counts for").click()
    carl.fill(why="It was for the start")
    carl.press("Contest it")
    assert carl.page.get_by_role("alert").count() == 1
    carl.fill(wanted="stream:start-fast", why="It was for the start")
    carl.press("Contest it")
    assert "It was for the start" in carl.text and carl.path == f"/items/tracker/{key}"
    carl.go("/items/contests/")
    assert key in carl.text
    assert carl.page.get_by_role("button", name="Agree").count() == 0
    carl.go("/items/?by=contested")


def test_carl_proposes_what_is_not_his_to_change(sit_down, script):
    carl = sit_down("carl", script=script)
    carl.go("/plan/streams/sign-up/")
    carl.click("Propose a change")
    assert (
        carl.page.get_by_role("button", name="Save", exact=True).locator("visible=true").count()
        == 0
    )
    carl.fill(why="We are two now")
    carl.page.get_by_label("Who answers for it").fill(f"Gus {script}")
    carl.press("Propose", exact=True)
    assert carl.path.startswith("/plan/proposals/")
    assert f"Gus {script}" in carl.text and "We are two now" in carl.text
    carl.go("/plan/streams/sign-up/")
    assert f"Gus {script}" not in carl.text


def test_carl_watches_a_stream_and_is_told_what_was_said_there(sit_down, script):
    carl, owen = sit_down("carl", script=script), sit_down("owen", script=script)
    carl.go("/streams/start-fast")
    carl.press("Watch", exact=True)
    assert carl.page.get_by_role("button", name="Stop watching").is_visible()
    owen.go("/streams/start-fast")
    owen.page.get_by_label("Say something").fill("We measure on slow phones <b>too</b>")
    owen.press("Say it")
    assert "We measure on slow phones <b>too</b>" in owen.text
    carl.go("/")
    carl.click("Notices", inside="nav.menu")
    assert "Owen" in carl.text
    carl.press("Owen", inside=".unread")
    assert carl.path == "/streams/start-fast"
    carl.page.get_by_label("Say something").fill("Good")
    carl.press("Say it")
    carl.press("Withdraw")
    assert "Good" not in carl.page.locator("#remarks").inner_text()
    carl.press("Stop watching")
