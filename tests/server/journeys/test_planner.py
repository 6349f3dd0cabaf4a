"""Petra plans: from a theme to a key result, from proposals to a commitment, and to the next cycle."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_petra_plans_a_stream_from_the_theme_down(sit_down, script):
    petra, sign = sit_down("petra", script=script), "with" if script else "without"
    petra.go("/plan/")
    petra.click("New objective")
    petra.write(Name=f"Nobody misses a goal {sign}")
    petra.press("Save", exact=True)
    assert "Done: " in petra.text
    assert petra.h1 == f"Nobody misses a goal {sign}"
    assert "What is left to answer" in petra.text
    objective = petra.path.rstrip("/").rpartition("/")[2]
    petra.go("/plan/metrics/new")
    petra.write(Name=f"Goals seen live {sign}", Unit="%", Baseline="60", Target="80")
    petra.write(Kind_of_number="rate", Better_is="up")
    petra.press("Save", exact=True)
    petra.go(f"/plan/streams/new?objective={objective}")
    petra.write(Name=f"Goal alerts {sign}", Customer="Sports viewer")
    petra.press("Add a team")
    assert petra.page.get_by_label("Name").first.input_value() == f"Goal alerts {sign}"
    petra.page.locator("[name=customer]").select_option("viewer")
    petra.page.locator("[name$=metric]").first.select_option(label=f"Goals seen live {sign}")
    petra.press("Save", exact=True)
    assert petra.h1 == f"Goal alerts {sign}"
    stream = petra.path.rstrip("/").rpartition("/")[2]
    petra.go(f"/plan/key_results/new?stream={stream}&cycle=2026-q4")
    petra.write(The_commitment="75 % of goals are seen live", Team="Growth")
    petra.fill(target="75")
    petra.page.locator("[name=stream]").select_option(stream)
    petra.page.locator("[name=metric]").first.select_option(label=f"Goals seen live {sign}")
    petra.press("Save", exact=True)
    petra.go(f"/streams/{stream}")
    assert "75 % of goals are seen live" in petra.text
    petra.go(f"/plan/?open={stream}")
    assert f"Nobody misses a goal {sign}" in petra.text and "75 % of goals" in petra.text


def test_petra_reviews_a_proposal_and_applies_it_and_declines_another(sit_down, script):
    for who, verdict in (("Gina", "Apply it"), ("Hugo", "Decline")):
        carl, petra = sit_down("carl", script=script), sit_down("petra", script=script)
        carl.go("/plan/streams/sign-up/edit")
        carl.write(Who_answers_for_it=f"{who} {script}", Why=f"{who} knows it")
        carl.press("Propose", exact=True)
        if carl.page.get_by_role("button", name="Open it").count():
            carl.press("Open it")
        petra.go("/plan/proposals/?state=open")
        petra.click("sign", inside="main .plan-leaves")
        assert f"{who} {script}" in petra.text and f"“{who} knows it”" in petra.text
        if verdict == "Decline":
            petra.write(Reason="One is enough")
        petra.press(verdict, exact=True)
        state = "applied" if verdict == "Apply it" else "declined"
        assert who in petra.go(f"/plan/proposals/?state={state}").locator("main").inner_text()
        petra.go("/plan/streams/sign-up/")
        assert (f"{who} {script}" in petra.text) is (verdict == "Apply it")


def test_petra_takes_a_cycle_through_its_life(sit_down):
    petra = sit_down("petra")
    petra.go("/plan/cycles/new")
    petra.write(Name="2027 Q1", First_day="2027-01-01", Last_day="2027-03-31")
    petra.write(State="draft")
    petra.press("Save", exact=True)
    petra.go("/plan/cycles/")
    petra.click("2027 Q1", inside="main")
    cycle = petra.path
    petra.go("/plan/key_results/new?cycle=" + cycle.rstrip("/").rpartition("/")[2])
    petra.write(The_commitment="Half of all starts within 1 s", Team="Player core")
    petra.fill(target="50")
    petra.page.locator("[name=stream]").select_option("start-fast")
    petra.page.locator("[name=metric]").first.select_option("starts")
    petra.press("Save", exact=True)
    petra.go("/plan/key_results/?q=Half")
    petra.click("Half of all starts", inside="main")
    result = petra.path
    petra.go(cycle)
    petra.press("Open it for proposals")
    petra.press("Commit to it")
    assert petra.h1 == "1 of 1 commitment of 2027 Q1 stand as they were made."
    petra.go(result + "edit")
    petra.fill(target="40", why="We were too bold")
    petra.press("Save", exact=True)
    petra.go(cycle)
    row = petra.page.locator("main table").first.inner_text()
    assert "50" in row and "40" in row, "the commitment stands beside what was changed"
    petra.press("Close it")
    assert petra.page.locator(".plan-state").inner_text() == "closed"
    petra.press("Prepare it as a proposal")
    assert petra.path.startswith("/plan/proposals/") and "2027-q2" in petra.text.lower()
    petra.press("Apply it")
    petra.go("/plan/cycles/")
    assert "2027 q2" in petra.text.lower().replace("-", " ")
