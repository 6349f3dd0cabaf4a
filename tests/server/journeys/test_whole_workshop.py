"""A whole workshop of the demo organisation, from nothing to a plan that is applied, in three browsers at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server.journeys import conftest
from tests.server.journeys.three_browsers import (
    Afternoon,
    add,
    card,
    edit,
    lane,
    picture,
    section,
    seen,
)
from tests.server.journeys.walking import NARROW, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGENDA = Path(__file__).with_name("afternoon.yaml")
STREAM, METRIC = "The replay at your seat", "Goals seen again within a minute"
OBJECTIVE = "Nobody in the stadium misses how it went in"
RESULT = "Two in five goals are seen again within a minute"
BET = "We believe that a code on the scoreboard makes people ask for the replay"


@pytest.fixture
def afternoon(chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three browsers in front of a server with the demo organisation."""
    folder = tmp_path / "data"
    made = subprocess.run(
        [sys.executable, "-m", "tests.server.journeys.demo_folder", str(folder)], check=True, timeout=180,
        cwd=conftest.ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    sessions = json.loads(made.stdout.splitlines()[-1])
    monkeypatch.setattr(conftest, "TODAY", sessions["today"])
    with conftest.served(folder) as address:
        held = sit_at(chromium, address, sessions)
        yield held
        for walk in held.everybody.values():
            walk.leave()
    shutil.rmtree(folder)


def sit_at(chromium: Any, address: str, sessions: dict[str, str]) -> Afternoon:
    """Two laptops of people with an account, and a phone."""
    seen: set[str] = set()
    held = Afternoon(
        Walk(chromium, address, seen), Walk(chromium, address, seen), Walk(chromium, address, seen, width=NARROW),
    )  # fmt: skip
    held.tomas.carry(sessions["tomas"])
    held.lene.carry(sessions["lene"])
    return held


def test_three_make_a_plan_in_one_afternoon_and_it_is_applied(afternoon: Afternoon) -> None:
    for chapter in CHAPTERS:
        chapter(afternoon)
    assert set(afternoon.loads.values()) == {0}, "nobody had to load a page again"
    for chapter in AFTER:
        chapter(afternoon)


def prepare(all_: Afternoon) -> None:
    """Tomas keeps an agenda of his own and makes a room that takes guests; they come in."""
    tomas, lene, gita = all_.tomas, all_.lene, all_.gita
    tomas.go("/workshop/agendas/")
    tomas.fill(text=AGENDA.read_text("utf-8"))
    tomas.press("Keep it")
    tomas.go("/workshop/")
    tomas.click("Prepare a workshop", inside="main")
    tomas.fill(title="The last quarter in the stadium", why="In the stadium everybody sees the goal once, and at home five times.")  # fmt: skip
    tomas.page.get_by_label("Guests too").check()
    tomas.page.get_by_label("One afternoon").check()
    tomas.page.get_by_label("An empty board").check()
    assert tomas.page.locator("[name=cycle]").input_value() == "2026-Q4"
    tomas.press("Make the workshop")
    all_.room = tomas.path.removesuffix("lead")
    link = tomas.page.locator(".invite code").inner_text().removeprefix(tomas.address)
    lene.go(link)
    lene.press("Join as Lene Dahl")
    gita.page.goto(gita.address + link)
    gita.fill(name="Gita")
    gita.press("Join", exact=True)
    for name in ("Lene Dahl", "Gita"):
        tomas.page.locator(".seats", has_text=name).wait_for()


def begin(all_: Afternoon) -> None:
    """He begins at his desk; the two others are taken to the first step without doing anything."""
    desk = all_.tomas
    picture(desk, "desk")
    desk.page.get_by_role("button", name="Begin the workshop").click()
    desk.page.locator("h1", has_text="Step 1 of 11").wait_for()
    desk.page.get_by_role("button", name="Start the timer").click()
    desk.page.get_by_role("button", name="Pause", exact=True).wait_for()
    all_.sit_down()


def call_to_arms(all_: Afternoon) -> None:
    """They write in silence; nobody reads anybody until it is revealed."""
    said = {
        "tomas": ("Why now", "Half of the stadium looks at a phone while the goal is repeated at home"),
        "lene": ("What is at stake", "Season tickets, and with them the loudest of all fans"),
        "gita": ("What we stop", "The match programme as an app"),
    }  # fmt: skip
    for name, (title, text) in said.items():
        walk = all_.everybody[name]
        add(lane(walk.page.locator("main"), title), text)
        seen(walk, "only you see it")
    for name, walk in all_.everybody.items():
        seen(walk, "2 cards are being written, hidden until revealed")
        others = [text for other, (_, text) in said.items() if other != name]
        assert not [text for text in others if text in walk.page.content()]
    picture(all_.gita, "phone", size=(360, 720))
    all_.tomas.page.get_by_role("button", name="Reveal the cards").click()
    for _, text in said.values():
        all_.all_see(text)


def customers(all_: Afternoon) -> None:
    """Each names one; the dots are Gita's and Lene's; a hand goes up."""
    all_.go("Whom do we serve?")
    for walk, text in ((all_.tomas, "Clubs"), (all_.lene, "Fans in the stadium"), (all_.gita, "Families in the stands")):  # fmt: skip
        add(walk.page.locator("#l-customers"), text, kind="external")
        all_.all_see(text, "#l-customers")
    for walk in (all_.lene, all_.gita):
        card(walk, "Fans in the stadium").get_by_role("button", name="One dot more").click()
        card(walk, "Fans in the stadium").locator("[data-own]", has_text="1").wait_for()
        seen(walk, "2 of 3 dots left")
    all_.gita.page.get_by_role("button", name="Raise a hand").click()
    seen(all_.tomas, "Gita: hand up", "[data-hands]")
    all_.tomas.page.get_by_role("button", name="Show the votes").click()
    all_.all_see("2 dots", "#l-customers")
    all_.gita.page.get_by_role("button", name="Lower your hand").click()


def lifecycle(all_: Afternoon) -> None:
    """Stages of one customer; Lene puts them in order with the keyboard alone."""
    all_.go("What do they do first, and then?")
    for walk, text in ((all_.tomas, "Find the seat"), (all_.gita, "Talk about it"), (all_.lene, "See it again")):  # fmt: skip
        add(section(walk, "Fans in the stadium"), text)
        all_.all_see(text)
    grip = card(all_.lene, "See it again").locator(".card-grip")
    grip.focus()
    for key in ("Enter", "ArrowLeft", "Enter"):
        all_.lene.page.keyboard.press(key)
    for walk in all_.everybody.values():
        order = section(walk, "Fans in the stadium").locator(".card-text")
        order.nth(1).filter(has_text="See it again").wait_for()
        assert order.all_inner_texts()[2].strip() == "Talk about it"


def objectives(all_: Afternoon) -> None:
    """A number in an objective is taken, and advised against until it is gone."""
    all_.go("Which state do we want")
    place = all_.gita.page.locator("#l-objectives")
    add(place, "90 % of fans see the replay", customer_better_off="They see how it went in before the game goes on")  # fmt: skip
    place.locator("[data-advice]").get_by_text("number").first.wait_for()
    all_.all_see("90 % of fans")
    edit(all_.gita, "90 % of fans", text=OBJECTIVE)
    all_.all_see(OBJECTIVE)
    card(all_.gita, OBJECTIVE).locator(".beside").wait_for(state="detached")
    edit(all_.lene, OBJECTIVE, owner="Lene Dahl")
    all_.all_see("Lene Dahl", "#l-objectives")


def streams(all_: Afternoon) -> None:
    """A stream under the objective, seen on the map at its stage."""
    all_.go("What flows to the customer")
    lene = all_.lene
    add(section(lene, OBJECTIVE), STREAM, stages="See it again")
    all_.all_see(STREAM, ".look-map")
    edit(lene, STREAM, customer="Fans in the stadium", owner="Lene Dahl")
    picture(lene, "map")


def metrics(all_: Afternoon) -> None:
    """Two candidates, ranked by three, one chosen, its card filled in."""
    all_.go("Which one number moves")
    for walk, text in ((all_.lene, METRIC), (all_.gita, "Replays played")):
        add(lane(section(walk, STREAM), "Candidates"), text)
        all_.all_see(text)
    orders = ((METRIC, "Replays played"), (METRIC, "Replays played"), ("Replays played", METRIC))
    for walk, order in zip(all_.everybody.values(), orders, strict=True):
        ballot = section(walk, STREAM).locator("[data-ballot] form")
        for place, words in enumerate(order):
            choice = ballot.locator("select").nth(place)
            choice.focus()
            choice.select_option(label=words)
        ballot.get_by_role("button", name="Rank them").click()
        ballot.get_by_text("Your ranking is kept").wait_for()
    all_.tomas.page.get_by_role("button", name="Count the rankings").click()
    all_.all_see("is ranked first after 3 ballots", ".ballot")
    tomas = all_.tomas
    edit(
        tomas, METRIC, definition="Goals that somebody in the stadium sees again within a minute, of all goals",
        unit="%", direction="up", baseline="12", target="40", owner="Measurement", source="play log",
        gaming="A replay that starts by itself in a pocket",
    )  # fmt: skip
    card(tomas, METRIC).locator(".card-open").click()
    card(tomas, METRIC).get_by_role("button", name="Choose", exact=True).click()
    for walk in all_.everybody.values():
        card(walk, METRIC).get_by_text("chosen", exact=True).wait_for()
        card(walk, "Replays played").get_by_text("set aside", exact=True).wait_for()
        seen(walk, "of all goals")
    card(tomas, METRIC).locator(".card-open").click()
    picture(all_.lene, "metrics", size=(1024, 720))
    wall = tomas.context.new_page()
    wall.goto(f"{tomas.address}{all_.room}wall")
    wall.get_by_text(METRIC).first.wait_for()
    picture(tomas, "wall", page=wall, dark=True, size=(1120, 630))
    wall.close()


def challenge(all_: Afternoon) -> None:
    """Three answer in silence and differ; then all see how, without names, and it is settled."""
    all_.go("Is this statement true of it?")
    for walk in all_.everybody.values():
        walk.page.locator(".k-statement").first.wait_for()
    count = all_.tomas.page.locator(".k-statement").count()
    for walk, said in ((all_.tomas, "Not true"), (all_.lene, "Not true"), (all_.gita, "True")):
        for place in range(count):
            one = walk.page.locator(".k-statement").nth(place)
            answer = said if place == 0 else "Not true"
            one.get_by_label(answer, exact=True).check()
            if place == 0 and said == "True":
                one.get_by_label("Why?").fill("A pocket can ask for a replay")
            one.get_by_role("button", name="Answer", exact=True).click()
            one.get_by_role("button", name="Answer again").wait_for()
    assert "A pocket can" not in all_.tomas.page.content()
    all_.tomas.page.get_by_role("button", name="Show the answers").click()
    all_.all_see("1 true, 2 not true", ".k-statement")
    all_.all_see("A pocket can ask for a replay", ".k-statement")
    picture(all_.lene, "challenge")
    for place in range(count):
        one = all_.tomas.page.locator(".k-statement").nth(place)
        one.get_by_text("Settle it").click()
        one.get_by_label("Why", exact=True).fill(
            "We count only what is on a screen that somebody looks at"
        )
        one.get_by_role("button", name="Settle", exact=True).click()
        for walk in all_.everybody.values():
            walk.page.locator(".k-statement").nth(place).get_by_text("It is not true").first.wait_for()  # fmt: skip


def groups(all_: Afternoon) -> None:
    """Who delivers and who supports, with their shares."""
    all_.go("Who delivers this stream")
    all_.all_see("Edge")  # the organisation's groups are there already
    add(lane(all_.lene.page.locator("main"), "Groups"), "Stadium screens", size="6")
    all_.all_see("Stadium screens")
    add(section(all_.lene, STREAM), "The replay on phones", team="Stadium screens", part="delivers", share="0.4")  # fmt: skip
    add(section(all_.tomas, STREAM), "Pictures close by", team="Edge", part="supports", share="0.1")
    all_.all_see("40 % of its effort in 1 stream")
    # how many people a group has is the organisation's business: a guest is not told
    seen(all_.lene, "2.4 of 6 people")
    assert "of 6 people" not in all_.gita.page.locator("main").inner_text()
    all_.all_see("Pictures close by")


def bets(all_: Afternoon) -> None:
    """In breakouts: Lene's group commits to a key result, and Gita bets."""
    all_.go("From where to where")
    desk = all_.tomas.context.new_page()
    desk.goto(f"{all_.tomas.address}{all_.room}lead")
    desk.get_by_role("button", name="Open the breakouts").click()
    desk.get_by_role("button", name="Close the breakouts").wait_for()
    desk.close()
    for walk in (all_.lene, all_.gita):
        walk.page.get_by_label("You sit with").select_option(label="Stadium screens")
        walk.page.get_by_role("button", name="Sit there").click()
    own = section(all_.lene, "Stadium screens")
    add(
        lane(own, "Key results"), RESULT, under=STREAM, baseline="12", target="40", unit="%", by="2026-12-31",
    )  # fmt: skip
    all_.all_see(RESULT)
    add(lane(section(all_.gita, "Stadium screens"), "Bets"), BET, under=STREAM, effect="8",
        stop_rule="Fewer than one in twenty asks after four matches")  # fmt: skip
    all_.all_see(BET)
    edit(all_.lene, RESULT, metric=METRIC, owner="Lene Dahl")
    edit(all_.lene, BET, window_from="2026-11-01", window_to="2026-12-15", owner="Lene Dahl")
    all_.all_see("12")
    picture(all_.lene, "bets", size=(1024, 620))


def dependencies(all_: Afternoon) -> None:
    """One group asks, the other one promises on the spot."""
    all_.go("What do we need from each other")
    add(lane(all_.gita.page.locator("main"), "Asked for"), "The picture of a goal within twenty seconds",
        needs="Stadium screens", gives="Edge", needed_by="2026-11-15")  # fmt: skip
    all_.all_see("The picture of a goal")
    asked = card(all_.tomas, "The picture of a goal")
    asked.get_by_label("For which day?").fill("2026-11-10")
    asked.get_by_role("button", name="Promise", exact=True).click()
    for walk in all_.everybody.values():
        lane(walk.page.locator("main"), "Promised").get_by_text("10 November 2026").first.wait_for()


def commit(all_: Afternoon) -> None:
    """What is open, with who answers and when; what is not done. The wall shows it, too."""
    all_.go("What is still open")
    main = all_.lene.page.locator("main")
    add(lane(main, "Still open"), "May we show a goal before the league does?", owner="Tomas Wirth", until="2026-10-20")  # fmt: skip
    add(lane(all_.gita.page.locator("main"), "What we will not do"), "An app for every club", why="Nobody wants twenty apps")  # fmt: skip
    all_.all_see("May we show a goal before the league does?")
    all_.all_see("An app for every club")
    for words in (OBJECTIVE, STREAM, METRIC, RESULT, BET):
        all_.all_see(words, "main .look-chips")
    picture(all_.lene, "room")


CHAPTERS = (
    prepare, begin, call_to_arms, customers, lifecycle, objectives, streams, metrics, challenge, groups, bets,
    dependencies, commit,
)  # fmt: skip


def guest_gets_nowhere(all_: Afternoon) -> None:
    """Gita's phone opens no page but the room's."""
    gita = all_.gita
    for path in (
        "/", "/plan/", "/plan/proposals/", "/streams/start-fast", "/teams/", "/items/", "/metrics/", "/find?q=replay",
        "/workshop/", "/workshop/new", "/workshop/1/", f"{all_.room}lead", "/audit/", "/api/v1/plan",
    ):  # fmt: skip
        answer = gita.page.goto(gita.address + path)
        turned_away = "/account/login/" in gita.page.url or answer.status in (401, 403, 404)
        assert turned_away, f"a guest sees {path}"
        assert "Start to first frame" not in gita.page.content()
    gita.page.goto(f"{gita.address}{all_.room}summary")
    assert "What changes in the plan" not in gita.text and "May we show a goal" in gita.text


def propose_and_apply(all_: Afternoon) -> None:
    """The summary becomes a proposal; Tomas reads what it does, and applies it."""
    tomas = all_.tomas
    tomas.go(f"{all_.room}summary")
    tomas.press("Write the proposal")
    tomas.go(f"{all_.room}summary")
    picture(tomas, "summary")
    tomas.click("Review the proposal")
    for words in (
        "What it changes",
        "What it does to the findings",
        "What it does to the challenge",
    ):
        assert words in tomas.text
    tomas.press("Apply it")
    assert "Done: " in tomas.text and OBJECTIVE in tomas.text


def the_plan_has_it(all_: Afternoon) -> None:
    """Lene, who did not apply it, reads the plan."""
    lene = all_.lene
    lene.go("/streams/the-replay-at-your-seat")
    for words in (STREAM, METRIC, OBJECTIVE, RESULT, BET, "Stadium screens", "Edge"):
        assert words in lene.text, words
    assert "Replays played" not in lene.text


AFTER = (guest_gets_nowhere, propose_and_apply, the_plan_has_it)
