"""Single items out of the index: the same as by SQL, whatever landed since, and never trusted blindly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mainstem.ledger import item_index, item_index_made
from mainstem.ledger.browsing import effort_by_month, shares_of
from mainstem.ledger.questions import Desk
from tests.world import World, effort, item, member, plan

PLAN = plan(
    organisation={"unit": "hour", "settings": {"share_policy": "equal_split"}},
    teams={"one": {}, "two": {}},
    streams={"s1": {"claims": [{"label": "a"}]}, "s2": {"claims": [{"label": "b"}]}},
    links=[{"item": "k-3", "shares": {"s1": 0.5}, "why": "told"}],
)
KEYS = [f"K-{n}" for n in range(30)]
NASTY = ["ÄÖ-1", "İx-2", "STRASSE", "quote'\"\n\\-3"]


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    item_index_made.forget()
    yield
    item_index_made.forget()


def made(root: Path, seed: int = 1) -> World:
    d = random.Random(seed)
    world = World(root, PLAN, [member(f"{n}@x", d.choice(["one", "two"])) for n in range(5)])
    items = [
        item(key, title=f"Über {key} 🚀", labels=d.sample("abc", 2), paths=["a/b.go"],
             parent=d.choice([None, "K-1", "k-3", "ÄÖ-1"]), epic=d.choice([None, "K-2"]),
             fields={"Größe": "XL", "none": ""}, created="2026-07-01", done="2026-07-09T12:30:00")
        for key in [*KEYS, *NASTY]
    ]  # fmt: skip
    work = [
        effort(d.choice([*KEYS, *NASTY, None]), d.choice([0.5, 3, 8]), person=f"{d.randrange(7)}@x",
               day=f"2026-{d.randrange(6, 9):02}-{d.randrange(1, 28):02}", row=f"r{n}",
               unit=d.choice(["hour", "point"]))
        for n in range(200)
    ]  # fmt: skip
    world.land(items, work)
    world.refresh()
    return world


def answers(desk: Desk) -> list[Any]:
    """Everything that the index answers."""
    out: list[Any] = []
    for key in [*KEYS, *NASTY, "nothing", ""]:
        for asked in (key, key.lower(), key.upper()):
            rows = desk.item(asked)
            out.append(rows)
            out.append(sorted(map(repr, shares_of(desk, [asked]))))
            out.append(sorted(map(repr, shares_of(desk, [asked], below=False))))
            for row in rows:
                number = row["item"]
                out.append(effort_by_month(desk, number))
                out.append((desk.attribution_of(number), desk.corrections_of(number)))
    out.append(sorted(map(repr, shares_of(desk, KEYS))))
    return out


def by_sql(world: World) -> list[Any]:
    desk = Desk(world.ledger, world.ledger.view(), cube=False)
    try:
        return answers(desk)
    finally:
        desk.close()


def folders(world: World, kind: str) -> list[Path]:
    return sorted((world.root / "ledger/cache/items").glob(f"{kind}*"))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_the_index_says_the_same_as_sql(tmp_path, seed):
    world = made(tmp_path, seed)
    desk = world.book().desk
    assert answers(desk) == by_sql(world)
    item_index.make_all(desk)
    for kind in item_index_made.KINDS:
        base = desk.kept_in
        assert base is not None
        assert all(item_index_made.opened(base / "items", p) for p in desk.pieces(kind))
    assert answers(desk) == by_sql(world)


def test_what_landed_since_is_asked_by_sql_until_it_is_made_ready_too(tmp_path):
    world = made(tmp_path)
    item_index.make_all(world.book().desk)
    world.land(
        [item("K-1", labels=["b"], title="renamed", parent="K-2"), item("K-99", labels=["a"])],
        [effort("K-99", 2, day="2026-08-03", person="1@x", row="new")],
    )  # fmt: skip
    world.refresh()
    desk = world.book().desk
    assert answers(desk) == by_sql(world)
    assert [r["title"] for r in desk.item("k-1")] == ["renamed"]
    june = folders(world, "trail202606")
    item_index.make_all(desk)
    # a month that nothing landed in is as it was; of the others only the newest is kept
    assert folders(world, "trail202606") == june
    assert len(folders(world, "trail202608")) == len(folders(world, "rows")) == 1
    assert answers(desk) == by_sql(world)


@pytest.mark.parametrize(
    "kind",
    ["rows", "shares", *(pytest.param(k, marks=pytest.mark.long) for k in ("trail", "fixes"))],
)
def test_a_damaged_part_is_not_believed(tmp_path, kind):
    world = made(tmp_path)
    world.land([], [effort("K-1", 1, person="1@x", row="r3")])
    world.refresh()
    item_index.make_all(world.book().desk)
    item_index_made.forget()
    for folder in folders(world, kind):
        for file in folder.glob("*.npy"):
            data = bytearray(file.read_bytes())
            data[-1] ^= 1
            file.write_bytes(bytes(data))
    desk = Desk(world.ledger, world.ledger.view())
    assert answers(desk) == by_sql(world)
    item_index.make_all(desk)
    assert answers(desk) == by_sql(world)
