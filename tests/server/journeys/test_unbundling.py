"""Petra takes an objective apart, question by question, with Carl's help; at its end stands a proposal."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Question → what is typed, by the name of the field; a radio is chosen by its value.
ANSWERS = {
    "What can customers do then that they cannot do now?": {"customer_better_off": "They can now bring a friend"},
    "Until when is it worth going for?": {"horizon": "End of 2027"},
    "Which stream of value serves it?": {"name": "Invite a friend", "customer": "Sports viewer"},
    "At which stage of their life with us?": {"stages": "return"},
    "Which one number says that it delivers?": {"other": "Viewers who bring a friend"},
    "What exactly is counted?": {"definition": "Viewers whose guest plays a match within 7 days"},
    "In which unit?": {"unit": "%"},
    "Which way is better?": {"direction": "up"},
    "Which team delivers it?": {"team": "Growth", "share": "10"},
    "What does Growth commit to move, from where to where?": {
        "text": "4 % of viewers bring a friend", "baseline": "1.5", "target": "4"},
    "What does Growth try first?": {"name": "Share the last ball", "belief": "A goal is worth sharing"},
    "What would make us stop?": {"stop_rule": "No movement four weeks after release"},
}  # fmt: skip


def test_petra_takes_an_objective_apart_down_to_a_proposal(sit_down):
    petra = sit_down("petra", script=False)
    here = begins(petra, "Grow friends by 30 %")
    assert set(ANSWERS) <= walks(petra, 60)
    asks_carl(petra, sit_down("carl", script=False), here)
    petra.go(here)
    petra.click("The draft as a whole", inside="main")
    assert "What is still open" in petra.text
    petra.press("Open as a proposal")
    assert petra.path.startswith("/plan/proposals/") and "Share the last ball" in petra.text
    assert "Carl 1" in petra.text
    petra.press("Apply it")
    assert "Fans bring their friends" in petra.go("/plan/?q=friends").locator("main").inner_text()


def test_with_scripts_it_is_the_same_and_nothing_complains(sit_down):
    petra = sit_down("petra", script=True)
    begins(petra, "Grow goals by 30 %")
    assert "Until when is it worth going for?" in walks(petra, 5)
    petra.click("The draft as a whole", inside="main")
    petra.confirm("Stop without a proposal")
    assert petra.path == "/unbundle/" and "Grow goals" in petra.text


def begins(petra, words):
    petra.go("/plan/")
    petra.click("Unbundle an objective")
    petra.write(Or_a_new_one=words)
    petra.press("Begin")
    return petra.path


def walks(petra, most):
    """Answers what there is an answer for, and passes on the rest, until only that is left."""
    told = set()
    for _ in range(most):
        question = petra.page.locator("#question").inner_text()
        if "Nothing else is left" in petra.text:
            return told
        if question == "Would you say it in other words?" and "30" in petra.text:
            petra.page.locator('[name="a.words"]').fill("Fans bring their friends")
            petra.press("Answer", exact=True)
        elif question in ANSWERS and question not in told:
            told.add(question)
            fills(petra, ANSWERS[question])
            petra.press("Answer", exact=True)
        else:
            petra.press("Pass for now")
    return told


def fills(petra, given):
    for name, value in given.items():
        chosen = petra.page.locator(
            f'main [name="a.{name}"][value="{value}"]:is([type=radio], [type=checkbox])'
        )
        if chosen.count():
            chosen.check()
        else:
            petra.page.locator(f'main [name="a.{name}"]:not([type=radio])').fill(value)


def asks_carl(petra, carl, here):
    """What Carl is asked he is told, and asked first."""
    question = petra.page.locator("#question").inner_text()
    petra.go(here)
    petra.page.get_by_text("Ask somebody").click()
    petra.write(Who_knows="Carl")
    petra.press("Ask them")
    carl.go("/notices/")
    carl.page.locator("main").get_by_role("button", name="Petra asks you").or_(
        carl.page.locator("main").get_by_role("link", name="Petra asks you")
    ).first.click()
    carl.page.wait_for_load_state()
    carl.go(here)
    assert carl.page.locator("#question").inner_text() == question
    assert "Petra asks you." in carl.text
    first = carl.page.locator("main .unbundle-asked form").first
    if first.locator("[name='a.answer']").count():
        first.locator("[value=false]").check()
        first.locator("[name='a.evidence']").fill("Carl asked ten of them")
    else:
        first.locator("input:not([type=hidden]), textarea").first.fill("Carl knows")
    carl.press("Answer", exact=True)
    assert "Taken into the draft." in carl.text
