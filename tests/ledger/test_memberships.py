"""People who change teams: only the months in which they did are derived anew, and only items that now
belong to another team are attributed anew."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mainstem.ledger.membership import Stretch, changed_days
from mainstem.plan.model import Plan
from tests.ledger.contents import contents
from tests.ledger.test_rollup import Story, anew, check
from tests.world import World, effort, item, member, plan

MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08"]


def a_plan(presence: str) -> Plan:
    return plan(
        organisation={"settings": {"presence": presence}},
        teams={"one": {}, "two": {}},
        streams={"s1": {"claims": [{"team": "one"}]}, "s2": {"claims": [{"team": "two"}]}},
        rest=[],
    )


def a_world(root: Path, presence: str) -> World:
    """Ann works in every month, Bob only in July; each on an item of their own for each month, and on
    four that nobody's team decides."""
    world = World(root, a_plan(presence), [member("ann@x", "one"), member("bob@x", "two")])
    spent = [effort(f"A-{m}", 2, day=f"{m}-10", person="ann@x", row=f"a{m}") for m in MONTHS]
    spent += [effort(f"B-{n}", 3, day="2026-07-14", person="bob@x", row=f"b{n}") for n in range(8)]
    world.land([item(r["item_key"]) for r in spent], spent)
    world.refresh()
    return world


@pytest.mark.parametrize("presence", ["people", "traces"])
def test_who_moves_in_a_month_changes_that_month_and_what_was_done_in_it(
    tmp_path: Path, presence: str
) -> None:
    world = a_world(tmp_path / "world", presence)
    world.members = [
        member("ann@x", "one", None, "2026-07-31"),
        member("ann@x", "two", "2026-08-01"),
        member("bob@x", "two"),
    ]
    work = world.refresh()
    # the first of August is a Saturday, which counts on the Friday before it
    assert (work.every_month, work.months) == (False, ["2026-07", "2026-08"])
    assert (work.every_item, work.items) == (False, 1)
    assert contents(world.ledger) == contents(anew(world).ledger)
    assert ("A-2026-08@tracker", "stream:s2") in {
        r[:2] for r in contents(world.ledger)["attribution"]
    }


def test_the_same_memberships_said_otherwise_change_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path / "world", "people")
    world.members = [
        member("ann@x", "one", None, "2026-06-15"),
        member("ann@x", "one", "2026-06-16"),
        member("bob@x", "two"),
    ]
    work = world.refresh()
    assert (work.every_month, work.months, work.items) == (False, [], 0)


def test_days_without_a_trace_matter_only_where_they_are_counted(tmp_path: Path) -> None:
    for presence, months in (("traces", ["2026-07"]), ("people", MONTHS)):
        world = a_world(tmp_path / presence, presence)
        world.members = [member("ann@x", "one"), member("bob@x", "one")]
        assert world.refresh().months == months
        assert contents(world.ledger) == contents(anew(world).ledger)


def test_days_on_which_teams_differ_are_found_whatever_the_memberships_are_cut_into() -> None:
    d = {n: date(2026, 1, n) for n in range(1, 10)}
    old = [Stretch(1, 7, d[1], d[9], 10_000)]
    new = [
        Stretch(1, 7, d[1], d[4], 10_000), Stretch(1, 7, d[4], d[6], 5_000),
        Stretch(1, 8, d[5], d[6], 5_000), Stretch(1, 7, d[6], d[9], 10_000),
    ]  # fmt: skip
    assert changed_days(old, new) == {1: [(d[4], d[5]), (d[5], d[6])]}
    assert changed_days(old, old) == {}
    assert changed_days([], old) == {1: [(d[1], d[9])]}


class PeopleStory(Story):
    """A story in which people come, go and move, and teams claim what they work on."""

    def step(self) -> None:
        acts: list[Any] = [self.people, self.people, self.people, self.imports, self.withdraws]
        act = self.dice.choice(acts)
        act()
        self.told.append(act.__name__)
        self.world.plan = Plan.model_validate(self.parts)


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_moves_ends_where_a_whole_run_does(tmp_path: Path, seed: int) -> None:
    story = PeopleStory(tmp_path / "world", random.Random(seed))
    claims = [{"team": "one"}, {"label": "pay"}]
    story.parts["streams"] = {
        "s1": {"claims": claims},
        "s2": {"claims": [{"team": "group"}]},
        "s3": {},
    }
    story.calendars()
    story.settings()
    for _ in range(3):
        story.imports()
    for _ in range(5):
        story.step()
        story.world.refresh()
        check(story)
