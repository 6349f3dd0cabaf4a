"""What is kept of some days for the page of work is made once, never trusted blindly, and bounded."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mainstem.ledger import item_cube, item_cube_fields, item_cube_pages, item_cube_words
from mainstem.ledger.browsing import FoundPage, Order, Sought, Totals, browse, keys_of
from mainstem.ledger.browsing_conditions import Known, condition_of
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.item_cube_words import Words, words_of
from mainstem.ledger.questions import Desk
from mainstem.ledger.tables import CHUNK
from mainstem.work.query import parse
from tests.world import World, effort, item, member, plan

FIRST, LAST = date(2026, 7, 3), date(2026, 8, 20)
PLAN = plan(
    organisation={"unit": "hour", "settings": {"share_policy": "equal_split"}},
    teams={"one": {}, "two": {}},
    streams={"s1": {"claims": [{"label": "a"}]}, "s2": {"claims": [{"label": "b"}]}},
)
QUERIES = (
    "",
    "stream:s1",
    "team:one",
    "-stream:s1 label:b",
    "effort>8 or title:nothing",
    "-label:a",
)


def forget() -> None:
    item_cube.forget()
    item_cube_pages.forget()
    item_cube_words.forget()


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    """What other tests hold in memory does not count here."""
    forget()
    yield


def made(root: Path, seed: int = 1) -> World:
    d = random.Random(seed)
    people = [member(f"{n}@x", d.choice(["one", "two"])) for n in range(5)]
    world = World(root, PLAN, people)
    items = [
        item(f"K-{n}", title=f"Über {n} 🚀", labels=d.sample("abc", d.choice([0, 1, 2])))
        for n in range(40)
    ]
    rows = [
        effort(
            d.choice([None, *(i["key"] for i in items), "X-1"]), d.choice([0.000001, 2, 8]),
            person=f"{d.randrange(6)}@x", day=str(date(2026, 6, 25) + timedelta(days=d.randrange(70))),
            row=f"r{n}",
        )
        for n in range(300)
    ]  # fmt: skip
    world.land(items, rows)
    world.refresh()
    return world


def desk_of(world: World, *, cube: bool = True) -> Desk:
    return Desk(world.ledger, world.ledger.view(), cube=cube)


def answers(desk: Desk, first: date = FIRST, last: date = LAST) -> list[Any]:
    numbers = {name: no for no, name in desk.names("team_id").items()}
    targets = {name: no for no, name in desk.names("target").items()}
    known = Known(lambda t: [numbers[t.value]], lambda t: targets.get(f"{t.field}:{t.value}"))
    out: list[Any] = []
    for query in QUERIES:
        sought = Sought(condition_of(parse(query), known), 1, first, last)
        found: list[tuple[Totals, FoundPage]] = [
            browse(desk, sought, order=order, cursor=None, most=7) for order in Order
        ]
        out += [found, keys_of(desk, sought, most=5)]
    return out


def kept(world: World, kind: str) -> list[Path]:
    return sorted((world.root / "ledger" / "cache" / "items").glob(f"{kind}*"))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("first", "last"),
    [(FIRST, LAST), (FIRST, FIRST), (date(2026, 1, 1), date(2026, 12, 31)), (date(2030, 1, 1), date(2030, 3, 1))],
)  # fmt: skip
def test_what_is_kept_answers_as_sql_does_to_the_day(
    tmp_path: Path, seed: int, first: date, last: date
) -> None:
    world = made(tmp_path, seed)
    assert answers(desk_of(world), first, last) == answers(desk_of(world, cube=False), first, last)
    assert kept(world, "parts")


def test_days_are_looked_at_once_whatever_is_asked_of_them_and_by_whom(tmp_path: Path) -> None:
    world = made(tmp_path)
    first = answers(desk_of(world))
    (folder,) = kept(world, "parts")
    made_at = folder.stat().st_ino
    forget()
    assert answers(desk_of(world)) == first
    assert [f.stat().st_ino for f in kept(world, "parts")] == [made_at]


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def one_bit_wrong(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 4
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [cut_short, one_bit_wrong, Path.unlink])
@pytest.mark.parametrize(("kind", "array"), [("parts", "parts"), ("parts", "team"), ("words", "letters")])  # fmt: skip
def test_what_is_damaged_is_made_anew(tmp_path: Path, damage: Any, kind: str, array: str) -> None:
    world = made(tmp_path)
    right = answers(desk_of(world))
    (folder,) = kept(world, kind)
    damage(folder / f"{array}.npy")
    forget()
    assert answers(desk_of(world)) == right


def test_work_that_lands_later_and_shares_that_change_are_seen_by_the_next_desk_only(
    tmp_path: Path,
) -> None:
    world = made(tmp_path)
    old = desk_of(world)
    before = answers(old)
    world.land([item("K-1", title="Renamed", labels=["b"])], [effort("K-1", 99, day="2026-07-09", row="new")])  # fmt: skip
    world.refresh()
    new = desk_of(world)
    assert answers(new) == answers(desk_of(world, cube=False)) != before
    assert answers(old) == before
    world.plan = plan(**{**PLAN.model_dump(exclude_none=True, by_alias=True), "streams": {}})
    world.refresh()
    assert answers(desk_of(world)) == answers(desk_of(world, cube=False)) != answers(new)


@pytest.mark.parametrize("damage", [None, cut_short, one_bit_wrong, Path.unlink])
def test_fields_of_the_items_of_some_days_answer_as_all_items_do(
    tmp_path: Path, damage: Any
) -> None:
    world = made(tmp_path)
    desk = desk_of(world)
    days = item_cube.period_of(desk, 1, FIRST, LAST)
    assert days is not None
    assert item_cube_fields.source_of(desk, days.name) is None
    item_cube_fields.make(desk, days.name, days.items)
    (file,) = kept(world, "fields")
    if damage:
        damage(file)
    assert (item_cube_fields.source_of(desk, days.name) is None) == bool(damage)
    assert answers(desk) == answers(desk_of(world, cube=False))
    item_cube_fields.make(desk, days.name, days.items)
    assert item_cube_fields.source_of(desk, days.name)
    assert len(kept(world, "fields")) == 1


def test_days_with_too_much_effort_are_asked_by_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(tmp_path)
    monkeypatch.setattr(item_cube, "MOST_PARTS", 10)
    desk = desk_of(world)
    assert item_cube.period_of(desk, 1, FIRST, LAST) is None
    assert answers(desk) == answers(desk_of(world, cube=False))


def test_amounts_too_large_to_be_summed_here_are_left_to_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(tmp_path)
    monkeypatch.setattr(item_cube, "LIMIT", 1e9)
    assert item_cube.period_of(desk_of(world), 1, FIRST, LAST) is None


def test_sums_by_target_are_exact_where_floating_point_would_not_be() -> None:
    target = np.array([1, 0, 1, 1], np.int32)
    parts = np.array([2**61 + 1, 3, 2**55 + 1, 1], np.int64)
    assert item_cube_pages._counted(target, parts).tolist() == [3, 2**61 + 2**55 + 3]


def test_the_folder_beside_the_ledger_does_not_grow_without_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(tmp_path)
    desk = desk_of(world)
    monkeypatch.setattr(item_cube, "MOST_ON_DISK", 40_000)
    for n in range(12):
        assert item_cube.period_of(desk, 1, FIRST, LAST + timedelta(days=n))
    folders = kept(world, "parts")
    assert 1 <= len(folders) < 12
    assert any((LAST + timedelta(days=11)).strftime("%Y%m%d") in f.name for f in folders)
    # what is in memory stays in use though its files are gone
    assert answers(desk) == answers(desk_of(world, cube=False))


def test_nothing_is_said_of_what_is_no_item(tmp_path: Path) -> None:
    desk = desk_of(made(tmp_path))
    found = words_of(desk, [0, 1, 10_000, CHUNK * 7])
    assert found[1].key.startswith(("K-", "X-"))
    assert {found[n] for n in (0, 10_000, CHUNK * 7)} == {Words()}


def test_words_of_any_script_come_back_whole(tmp_path: Path) -> None:
    desk = desk_of(made(tmp_path))
    with desk.connection() as con:
        from mainstem.ledger.store import relation

        wanted = dict(con.execute(f"SELECT item, title FROM {relation(desk.table('items'))}").fetchall())  # fmt: skip
    found = words_of(desk, list(wanted))
    assert {n: w.title for n, w in found.items()} == {n: t or "" for n, t in wanted.items()}


def test_many_who_ask_at_once_wait_for_the_one_who_makes_it() -> None:
    made_times: list[int] = []
    held: Held[str] = Held(100, len)

    def make() -> str:
        made_times.append(1)
        time.sleep(0.05)
        return "found"

    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(held.get("a", make))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (got, len(made_times)) == (["found"] * 10, 1)


def test_what_was_not_asked_for_longest_goes_first_and_errors_are_not_kept() -> None:
    held: Held[str] = Held(10, len)
    held.get("a", lambda: "aaaa")
    held.get("b", lambda: "bbbb")
    held.get("a", lambda: "again")
    held.get("c", lambda: "cccc")
    assert held.bytes == 8
    assert held.get("a", lambda: "anew") == "aaaa"
    assert held.get("b", lambda: "anew") == "anew"
    with pytest.raises(ZeroDivisionError):
        held.get("d", lambda: str(1 // 0))
    assert held.get("d", lambda: "d") == "d"
    assert held.get("e", lambda: "much too large") == "much too large"
    assert held.bytes == 0
