"""Links set by hand: only what they speak of, and what inherits from it, is attributed anew."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from mainstem.ledger.store import relation
from mainstem.plan.model import Plan
from tests.ledger.contents import contents
from tests.ledger.test_rollup import anew
from tests.world import World, effort, item, plan

#: Four epics of six items; the first item of each has two parts, of which one has a part again.
EPICS = [f"E-{n}" for n in range(4)]
SIZE = 4 * 10


def family(epic: str) -> list[dict[str, Any]]:
    shares = {"s1": 3000} if epic == "E-3" else {}
    first = f"{epic}a"
    return [
        item(epic, labels=["pay"]),
        *(item(f"{epic}{c}", epic=epic, labels=["start"] if c == "b" else []) for c in "abcdef"),
        item(f"{epic}a1", parent=first),
        item(f"{epic}a2", parent=first, shares=shares),
        item(f"{epic}a11", parent=f"{epic}a1", epic=epic),
    ]


def a_plan(links: list[dict[str, Any]], **more: Any) -> Plan:
    streams = {"s1": {"claims": [{"label": "pay"}]}, "s2": {"claims": [{"label": "start"}]}}
    return plan(streams={**streams, **more}, links=links, rest=[])


def a_world(root: Path) -> World:
    world = World(root, a_plan([]))
    rows = [r for e in EPICS for r in family(e)]
    days = ["2026-05-30", "2026-06-30", "2026-07-01"]
    spent = [
        effort(r["key"], n + 1, day=days[n % 3], row=f"r{n}", person="ann@x")
        for n, r in enumerate(rows)
    ]
    world.land(rows, spent)
    world.refresh()
    return world


def below(keys: set[str]) -> set[str]:
    """The keys and all that has one of them above it."""
    up = {r["key"]: {r["parent"], r["epic"]} for e in EPICS for r in family(e)}
    found = {k for k in up if k.lower() in keys}
    while more := {k for k, above in up.items() if above & found} - found:
        found |= more
    return found


def said(made: Plan) -> dict[str, list[Any]]:
    """Per key, everything that its links say, with their numbers, which are part of the reason."""
    out: dict[str, list[Any]] = {}
    for number, link in enumerate(made.links, 1):
        shares = sorted(link.shares.items()) or [(str(link.stream or link.kind), 1.0)]
        out.setdefault(link.item.lower(), []).append((number, link.why, shares))
    return out


def another(links: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """The links after one thing that a person may do to them."""
    made = [*links]
    key = dice.choice([*EPICS, "E-0a", "e-1A", "E-2a1", "E-3a2", "E-2c", "nowhere"])
    shares = dice.choice([{"s1": 1}, {"s2": 0.25}, {"s1": 0.7, "debt": 0.6}, {"gone": 0.5}])
    act = dice.choice(["add", "add", "change", "drop", "swap"])
    if act == "add" or not made:
        made.append({"item": key, "shares": shares})
    elif act == "change":
        made[-1] = {**made[-1], "shares": shares}
    elif act == "drop":
        made.pop(dice.randrange(len(made)))
    else:
        made.reverse()
    return made


@pytest.mark.parametrize("seed", range(4))
def test_only_items_whose_links_changed_and_what_inherits_from_them_are_attributed_anew(
    tmp_path: Path, seed: int
) -> None:
    world, dice = a_world(tmp_path / "world"), random.Random(seed)
    links: list[dict[str, Any]] = []
    for _ in range(8):
        was, links = said(world.plan), another(links, dice)
        world.plan = a_plan(links)
        now = said(world.plan)
        touched = below({k for k in was.keys() | now.keys() if was.get(k) != now.get(k)})
        work = world.refresh()
        assert work.items == len(touched)
        assert work.every_item == (len(touched) > 0.3 * SIZE)
        assert (work.every_month, work.months, work.effort_rows) == (False, [], 0)
        assert contents(world.ledger) == contents(anew(world).ledger), links


def test_a_link_of_one_item_rewrites_no_effort_and_only_the_months_with_work_on_it(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path / "world")
    before = world.ledger.view()
    world.plan = a_plan([{"item": "E-2c", "stream": "s2"}])
    work = world.refresh()
    now = world.ledger.view()
    assert now.pins["effort"] == before.pins["effort"]
    assert work.items == 1
    old, new = (v.table("rollup").by_partition() for v in (before, now))
    changed = {month for month in old.keys() | new.keys() if old.get(month) != new.get(month)}
    con = world.ledger.connect()
    worked = con.execute(
        f"SELECT DISTINCT month FROM {relation(now.table('effort'))} e "
        f"JOIN {relation(now.table('items'))} i USING (item) WHERE i.key = 'E-2c'"
    ).fetchall()
    con.close()
    assert changed == {m for (m,) in worked}


def test_a_link_reaches_its_key_in_every_source_whatever_the_case_and_leaves_with_it(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path / "world")
    world.land([item("e-2C")], [effort("e-2C", 5, row="other")], source="sheet")
    world.refresh()
    before = contents(world.ledger)["attribution"]
    world.plan = a_plan([{"item": "E-2C", "shares": {"s2": 0.5}}])
    assert world.refresh().items == 2
    rows = [r for r in contents(world.ledger)["attribution"] if r[0].lower().startswith("e-2c")]
    assert {(key, target, share) for key, target, share, *_ in rows} == {
        ("E-2c@tracker", "stream:s2", 5000), ("E-2c@tracker", "-", 5000),
        ("e-2C@sheet", "stream:s2", 5000), ("e-2C@sheet", "-", 5000),
    }  # fmt: skip
    world.plan = a_plan([])
    assert world.refresh().items == 2
    assert contents(world.ledger)["attribution"] == before


def test_a_new_stream_touches_only_items_whose_own_shares_or_links_name_it(tmp_path: Path) -> None:
    world = a_world(tmp_path / "world")
    world.land([item("S-1", shares={"s9": 4000})], [effort("S-1", 3, row="s")])
    world.plan = a_plan([{"item": "E-1f", "stream": "s9"}])
    world.refresh()
    world.plan = a_plan([{"item": "E-1f", "stream": "s9"}], s9={})
    assert world.refresh().items == 2
    assert contents(world.ledger) == contents(anew(world).ledger)
    rows = contents(world.ledger)["attribution"]
    assert ("S-1@tracker", "stream:s9", 4000) in {r[:3] for r in rows}
    assert ("E-1f@tracker", "stream:s9", 10_000) in {r[:3] for r in rows}
