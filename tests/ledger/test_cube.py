"""The cube answers as SQL does, and what is kept of it beside the ledger is never trusted blindly."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import LedgerError
from mainstem.ledger import cube, cube_heads
from mainstem.ledger.cube import UnitCube
from mainstem.ledger.cube_files import load
from mainstem.ledger.questions import Desk
from mainstem.plan.model import Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change
from mainstem.score.periods import parse_period
from mainstem.score.values import Answer, By, Grain, Question
from mainstem.services.scores.comparing import change_since, score_change
from mainstem.services.scores.scope import TOO_FEW
from mainstem.services.scores.scoring import Book, flows, value_score
from tests.world import World, effort, item, member, plan

PLAN: dict[str, Any] = {
    "organisation": {"unit": "hour"},
    "teams": {"all": {}, "one": {"in": "all"}, "two": {"in": "all"}, "three": {"in": "all"}},
    "streams": {"s1": {"claims": [{"label": "a"}]}, "s2": {"claims": [{"label": "b"}]}},
    "rest": [{"kind": "debt", "label": "c"}],
}
ASKED = [
    Question(by=By.ORGANISATION, grain=Grain.ALL, unit=Unit.HOUR),
    Question(by=By.TEAM, grain=Grain.DAY, unit=Unit.HOUR),
    Question(by=By.TEAM, grain=Grain.MONTH, unit=Unit.ITEM, level=0),
    Question(by=By.TEAM, grain=Grain.WEEK, unit=Unit.HOUR, stream="s1", team="all"),
    Question(by=By.STREAM, grain=Grain.QUARTER, unit=Unit.PERSON_DAY),
    Question(by=By.OBJECTIVE, unit=Unit.HOUR, since=date(2026, 7, 3), until=date(2026, 7, 20)),
]


def made(root: Path, seed: int = 1, **settings_: Any) -> World:
    d = random.Random(seed)
    organisation = {**PLAN["organisation"], **({"settings": settings_} if settings_ else {})}
    people = [f"{n}@x" for n in range(7)]
    members = [member(p, d.choice(["one", "two", "three"])) for p in people[1:]]
    world = World(root, plan(**{**PLAN, "organisation": organisation}), members)
    items = [item(f"K-{n}", labels=d.sample("abc", d.choice([0, 1, 2]))) for n in range(9)]
    rows = [
        effort(
            d.choice([None, *(i["key"] for i in items)]), d.choice([0.1, 2, 8]), person=d.choice(people),
            day=str(date(2026, 6, 25) + timedelta(days=d.randrange(60))), unit=d.choice(["hour", "hour", "item"]),
            row=f"r{n}",
        )
        for n in range(60)
    ]  # fmt: skip
    world.land(items, rows)
    world.refresh()
    return world


@contextmanager
def asking(world: World, *, cube: bool = True) -> Iterator[Book]:
    desk = Desk(world.ledger, world.ledger.view(), cube=cube)
    try:
        yield Book(desk, world.plan, "rev")
    finally:
        desk.close()


def answers(world: World, *, cube: bool = True) -> list[Any]:
    with asking(world, cube=cube) as book:
        said: list[Answer] = [value_score(q, book) for q in ASKED]
        return [*((a.cells, a.total, a.notes) for a in said), *(flows(q, book) for q in ASKED)]


def kept(world: World, kind: str = "rollup") -> list[Path]:
    return sorted((world.root / "ledger" / "cache").glob(f"{kind}-*"))


@pytest.mark.parametrize("k_min", [1, 2, 4])
def test_the_cube_and_the_roll_up_give_the_same_answers_groups_too_small_included(
    tmp_path: Path, k_min: int
) -> None:
    world = made(tmp_path, seed=k_min, k_min=k_min)
    assert answers(world) == answers(world, cube=False)
    assert bool(kept(world, "heads")) == (k_min > 1)


def test_people_behind_effort_are_counted_alike_for_any_days(tmp_path: Path) -> None:
    world = made(tmp_path)
    with asking(world) as book, asking(world, cube=False) as by_sql:
        single = [(n, n + 1, 1) for n in range(22, 40)]
        for low, high, step in ((0, 90, 1), (20, 45, 1), (0, 90, 5), (200, 230, 1), *single):
            days = [(date(2026, 6, 1) + timedelta(days=n), 0) for n in range(low, high, step)]
            assert book.desk.heads(days) == by_sql.desk.heads(days)


def test_a_desk_that_is_closed_lets_whoever_is_asking_finish(tmp_path: Path) -> None:
    desk = made(tmp_path).book().desk
    with desk._connections.one() as con, desk._connections.one() as other:
        assert other is not con
        desk.close()
        assert con.execute("SELECT 42").fetchall() == [(42,)]
    with pytest.raises(duckdb.ConnectionException):
        desk.item("K-1")


def test_what_was_worked_out_once_is_read_by_the_next_desk(tmp_path: Path) -> None:
    world = made(tmp_path)
    first = answers(world)
    (folder,) = kept(world)
    made_at = folder.stat().st_ino
    assert answers(world) == first
    assert [f.stat().st_ino for f in kept(world)] == [made_at]


def cut_short(folder: Path) -> None:
    file = next(folder.glob("sums*.npy"))
    file.write_bytes(file.read_bytes()[:-9])


def one_bit_wrong(folder: Path) -> None:
    file = next(folder.glob("sums*.npy"))
    data = bytearray(file.read_bytes())
    data[-5] ^= 4
    file.write_bytes(data)


def without_an_array(folder: Path) -> None:
    next(folder.glob("pairs*.npy")).unlink()


def with_nonsense(folder: Path) -> None:
    (folder / "facts.json").write_text('["nonsense"]', "utf-8")


def half_written(folder: Path) -> None:
    (folder / "facts.json").write_text('{"format": 1, "arr', "utf-8")


@pytest.mark.parametrize(
    "damage", [cut_short, one_bit_wrong, without_an_array, with_nonsense, half_written]
)
def test_a_damaged_cube_is_made_anew(tmp_path: Path, damage: Any) -> None:
    world = made(tmp_path)
    right = answers(world)
    (folder,) = kept(world)
    damage(folder)
    assert load(folder) is None
    assert answers(world) == right
    assert [load(f) is not None for f in kept(world)] == [True]


def test_the_cube_of_another_ledger_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    mine, other = made(tmp_path / "mine", 1), made(tmp_path / "other", 2)
    right = answers(mine)
    answers(other)
    (own,), (foreign,) = kept(mine), kept(other)
    shutil.rmtree(own)
    shutil.copytree(foreign, own.parent / foreign.name)
    assert answers(mine) == right
    shutil.rmtree(own)
    shutil.copytree(foreign, own)  # even under the name of one's own
    assert answers(mine) == right
    assert kept(mine) == [own]


def test_a_new_version_takes_the_place_of_the_old_and_a_look_back_does_not(tmp_path: Path) -> None:
    world = made(tmp_path)
    before = answers(world)
    (old,) = kept(world)
    then = world.ledger.view()
    world.land([], [effort("K-1", 40, day="2026-09-01", row="late")])
    world.refresh()
    with asking(world) as now:
        assert value_score(ASKED[0], now).total != before[0][1]
        (new,) = kept(world)
        assert new != old
        past = replace(now, desk=Desk(world.ledger, then))
        said = value_score(ASKED[0], past)
        assert (said.cells, said.total, said.notes) == before[0]
        past.desk.close()
    assert kept(world) == [new]


def test_where_nothing_can_be_kept_the_answer_is_the_same(tmp_path: Path) -> None:
    world = made(tmp_path, k_min=2)
    (world.root / "ledger" / "cache").write_text("a file where the folder should be", "utf-8")
    assert answers(world) == answers(world, cube=False)


def test_what_is_too_large_for_a_matrix_is_answered_by_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(tmp_path, k_min=2)
    monkeypatch.setattr(cube, "MOST_BYTES", 100)
    monkeypatch.setattr(cube_heads, "MOST_BYTES", 10)
    assert answers(world) == answers(world, cube=False)
    assert all(not list(f.glob("*.npy")) for kind in ("rollup", "heads") for f in kept(world, kind))


def test_an_empty_ledger_has_no_effort_in_any_unit(tmp_path: Path) -> None:
    world = World(tmp_path, plan(**{**PLAN, "organisation": {"settings": {"k_min": 3}}}))
    world.land([item("K-1")], [])
    world.refresh()
    assert answers(world) == answers(world, cube=False)
    with asking(world) as book:
        assert book.desk.heads([(date(2026, 7, 1), 0)]) == {}


def test_a_day_far_off_makes_the_cube_no_larger(tmp_path: Path) -> None:
    world = made(tmp_path, k_min=2, presence="traces")
    world.land([], [effort("K-1", 1, day=f"{year}-02-03", row=f"{year}") for year in (1990, 2066)])
    world.refresh()
    coarse = [replace(q, grain=Grain.ALL) for q in ASKED]
    with asking(world) as book, asking(world, cube=False) as by_sql:
        for q in coarse:
            assert value_score(q, book) == value_score(q, by_sql)
    for kind in ("rollup", "heads"):
        assert sum(f.stat().st_size for f in kept(world, kind)[0].iterdir()) < 40_000


def test_more_effort_than_can_be_counted_is_said_and_never_counted_wrongly(tmp_path: Path) -> None:
    world = World(tmp_path, plan(**PLAN))
    world.land([], [effort(None, 6e8, day=f"2026-07-0{n}") for n in (1, 2)])
    world.refresh()
    with asking(world) as book, pytest.raises(LedgerError, match="more hours than can be counted"):
        value_score(ASKED[0], book)


FIRST = date(2026, 1, 1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_any_days_teams_and_targets_sum_to_what_a_plain_loop_says(seed: int) -> None:
    d = random.Random(seed)
    pairs = sorted({(d.randrange(6), d.randrange(5)) for _ in range(d.randrange(1, 20))})
    length = d.randrange(1, 40)
    amounts = np.array([[d.choice([0, 0, 1, 7, 2**55]) for _ in pairs] for _ in range(length)])
    sums = np.zeros((length + 1, len(pairs)), np.int64)
    np.cumsum(amounts, axis=0, out=sums[1:])
    at_all = np.flatnonzero(amounts.any(axis=1))
    one = UnitCube(FIRST.toordinal() + at_all, np.array(pairs), sums[[0, *(at_all + 1)]])
    days = [
        (FIRST + timedelta(days=n), d.choice([0, 0, 0, 1, 2]) if n % 7 == 0 else n // 9)
        for n in range(-5, length + 5)
        if d.random() < 0.9
    ]
    scope = [(team, d.randrange(3)) for team in d.sample(range(9), d.randrange(9))]
    places = [(target, d.randrange(2)) for target in d.sample(range(7), d.randrange(7))]
    want: dict[tuple[int, int, int], int] = {}
    for day, period in days:
        at = (day - FIRST).days
        for n, (team, target) in enumerate(pairs):
            if 0 <= at < length and team in dict(scope) and target in dict(places):
                key = (period, dict(scope)[team], dict(places)[target])
                want[key] = want.get(key, 0) + int(amounts[at, n])
    found: dict[tuple[int, int, int], int] = {}
    for period, cell, place, parts in one.ask(days, scope, places).rows():
        found[period, cell, place] = found.get((period, cell, place), 0) + parts
    assert found == {key: parts for key, parts in want.items() if parts}


def test_suspicious_effort_is_looked_for_once_for_each_version_of_the_records(tmp_path):
    world = World(tmp_path, plan(**PLAN))
    twenty = [effort("K-1", 0.3, row=f"r{n}", day=f"2026-07-{n + 1:02}") for n in range(20)]
    world.land([item("K-1")], twenty)
    world.refresh()

    def found() -> tuple[list[Any], list[Any]]:
        with asking(world) as kept, asking(world, cube=False) as anew:
            return kept.desk.suspicious(), anew.desk.suspicious()

    kept, anew = found()
    assert kept == anew
    assert len(kept) == 1
    assert [*world.ledger.root.glob("cache/suspicious-*")]
    assert found() == (kept, anew)
    world.land([], [effort("K-1", 25, row="long", day="2026-07-30", person="6@x")])
    world.refresh()
    kept, anew = found()
    assert kept == anew
    assert [row[0] for row in kept] == ["constant", "long_day"]


def test_cut_at_level_0_the_one_cell_is_the_organisation_not_those_without_a_team(tmp_path):
    two = {"organisation": {"name": "Streamly", "unit": "hour"}, "teams": {"one": {}, "two": {}}}
    world = World(tmp_path, plan(**two), [member("1@x", "one"), member("2@x", "two")])
    world.land([item("K-1")], [effort("K-1", 3, person=f"{n}@x", row=f"r{n}") for n in (1, 2)])
    world.refresh()
    with asking(world) as book:
        by_team = Question(by=By.TEAM, grain=Grain.ALL, unit=Unit.HOUR)
        assert [c.name for c in value_score(replace(by_team, level=0), book).cells] == ["Streamly"]
        assert [c.name for c in value_score(by_team, book).cells] == ["one", "two"]


def test_a_group_too_small_in_one_period_has_not_come_or_gone_in_the_other(tmp_path):
    teams = {"all": {}, "one": {"in": "all"}, "two": {"in": "all"}, "three": {"in": "all"}}
    three = {"organisation": {"unit": "hour", "settings": {"k_min": 3}}, "teams": teams}
    people = {"one": range(3), "two": range(3, 6), "three": range(6, 9)}
    # two of the third team leave in June
    members = [
        member(f"{n}@x", team, last="2026-06-30" if n > 6 else None)
        for team, those in people.items()
        for n in those
    ]
    world = World(tmp_path, plan(**three, streams=PLAN["streams"]), members)
    in_june = [effort("K-1", 3, person=f"{n}@x", row=f"j{n}", day="2026-06-10") for n in range(9)]
    in_july = [effort("K-1", 4, person=f"{n}@x", row=f"k{n}", day="2026-07-10") for n in range(7)]
    world.land([item("K-1", labels=["a"])], [*in_june, *in_july])
    world.refresh()
    with asking(world) as book:
        asked = Question(unit=Unit.HOUR)
        found = score_change(asked, book, "2026-06", "2026-07")
        assert isinstance(found, Change)
        assert found.entry == found.exit == 0
        alone = replace(
            asked, by=By.TEAM, grain=Grain.ALL, since=date(2026, 6, 1), until=date(2026, 6, 30)
        )
        june = value_score(alone, book)
        assert {c.key for c in june.cells} == {"one", "two", "three"}
        july = value_score(replace(alone, since=date(2026, 7, 1), until=date(2026, 7, 31)), book)
        since = change_since(parse_period("2026-06", {}), july, book)
        assert isinstance(since, Change)
        assert (
            {p.key for p in since.parts}
            == {p.key for p in found.parts}
            == {c.key for c in july.cells}
        )
        # of the third team alone June can be shown, and nothing beside July
        own = replace(alone, team="three")
        before = value_score(own, book)
        assert before.total is not None and before.total.amounts.value > 0
        hidden = score_change(replace(asked, team="three"), book, "2026-06", "2026-07")
        assert isinstance(hidden, NotAnswerable) and hidden.reason == TOO_FEW
        assert value_score(own, book) == before
