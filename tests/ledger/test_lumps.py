"""Lumps of unattributed work: the same from what is kept as from the question that is asked once."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from mainstem.ledger.lump_cube import lumps_of
from tests.world import World, effort, item, plan

FIRST, LAST = date(2026, 6, 1), date(2026, 8, 31)
SMALL = {
    "organisation": {"unit": "hour"}, "teams": {"a": {}}, "rest": [],
    "streams": {"s": {"claims": [{"label": "claimed"}]}},
}  # fmt: skip


@pytest.fixture
def landed(tmp_path):
    def make(rows, records):
        world = World(tmp_path, plan(**SMALL))
        world.land(rows, records)
        world.refresh()
        return world.book().desk

    return make


@pytest.mark.parametrize("seed", range(4))
def test_they_are_taken_in_the_same_order_and_hold_the_same(landed, seed):
    d = random.Random(seed)
    words = ["player", "stall", "codec", "login", "badge"]
    rows = [
        item(f"K-{n}", title=" ".join(d.sample(words, 2)), project=d.choice(["P", "Q", None]),
             labels=d.sample(["spike", "infra", "claimed"], d.choice([0, 1, 2])),
             components=d.sample(["Core", "Edge"], d.choice([0, 1])), type=d.choice(["bug", "task"]),
             paths=d.choice([[], ["core/a.py"], ["edge/x/b.py", "core/a.py"]]))
        for n in range(40)
    ]  # fmt: skip
    # powers of two, so that no two sums are alike
    records = [effort(f"K-{n}", 1 + (n * 37 % 41) / 64, day="2026-07-01") for n in range(40)]
    desk = landed(rows, [*records, effort(None, 3, day="2026-07-02")])
    days = [(FIRST + timedelta(days=n), 0) for n in range((LAST - FIRST).days + 1)]
    scope = [(n, 0) for n in (0, *desk.names("team_id"))]
    asked, no_item, left = desk.lumps(days, scope, "hour", most=60)
    kept = lumps_of(desk, "hour", FIRST, LAST)
    assert [(x.kind, x.value, x.parts, x.items) for x in kept.lumps] == [
        (x.kind, x.value, x.amount, x.items) for x in asked
    ]
    assert (kept.no_item, kept.left) == (no_item, left)
    assert kept == lumps_of(desk, "hour", FIRST, LAST), "what was kept says the same"
    for lump in kept.lumps:
        assert sum(lump.by_month.values()) == sum(lump.by_team.values()) == lump.parts
        assert sum(row[4] for row in lump.keyed) == lump.parts


def test_what_comes_near_is_what_other_work_of_the_likeness_counts_for(landed):
    rows = [item("K-1", components=["Core"], labels=["claimed"]), item("K-2", components=["Core"]),
            item("K-3", components=["Core"])]  # fmt: skip
    desk = landed(rows, [effort(f"K-{n}", n, day="2026-07-01") for n in (1, 2, 3)])
    (lump,) = lumps_of(desk, "hour", FIRST, LAST).lumps
    assert (lump.kind, lump.value, lump.items) == ("component", "Core", 2)
    assert [(desk.names("target")[t], parts) for t, parts in lump.near] == [("stream:s", 10**10)]
