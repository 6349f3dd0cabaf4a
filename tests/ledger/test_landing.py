"""Landing: importing twice changes nothing, corrections replace and keep history, all or nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from mainstem.errors import LedgerError
from mainstem.ledger.holdings import effort_of_source
from mainstem.ledger.landing import land
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import Ledger
from mainstem.ledger.taking_back import take_back
from tests.world import World, effort, item


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def amounts(world: World) -> list[tuple[object, ...]]:
    ledger = world.ledger
    con = ledger.connect()
    from mainstem.ledger.store import relation

    view = ledger.view()
    return con.execute(
        f"SELECT row_key, amount FROM {relation(view.table('records'))} ORDER BY row_key"
    ).fetchall()


def test_the_report_of_an_import_adds_up(world: World) -> None:
    r = world.land([item("A"), item("B")], [effort("A", 2), effort("B", 3), effort(None, 1)])
    assert r.read == r.new + r.changed + r.unchanged + r.rejected == 5
    assert r.items["new"] == 2 and r.records["new"] == 3


def test_items_that_only_have_a_title_and_no_effort_are_new_and_then_unchanged(
    world: World,
) -> None:
    rows = [item("A", title="Start"), item("B", title="Stop")]
    first = world.land(rows, [])
    assert (first.read, first.new, first.unchanged) == (2, 2, 0)
    again = world.land(rows, [])
    assert (again.read, again.new, again.unchanged) == (2, 0, 2)


def test_the_first_rejected_row_is_the_one_that_comes_first_in_the_file(world: World) -> None:
    staged = world.staged([item("A")], [effort("A", 1)], "sheet")
    duckdb.connect().execute(
        "COPY (SELECT 'may.csv:' || n AS place, 'no date' AS reason, n::VARCHAR AS sample"
        f" FROM range(9, 120) t(n)) TO '{staged.rejects}' (FORMAT parquet)"
    )
    read = staged.accepted + 111
    r = land(world.ledger, replace(staged, read=read, rejected=111), at=world.moment())
    assert r.reasons == (("no date", 111, "may.csv:9", "9"),)


def test_the_same_hours_under_another_name_are_told(world: World) -> None:
    rows = [effort("A", n, day=f"2026-07-0{n}", row=f"march{n}") for n in range(1, 6)]
    assert world.land([item("A")], rows, source="hours").notes == ()
    again = [{**r, "row_key": f"v2-{r['row_key']}"} for r in rows]
    (note,) = world.land([], [*again[:4], effort("A", 9, row="x")], source="corrected").notes
    assert note.startswith("4 of its 5 time entries are in hours too")
    assert "--source hours" in note and note.endswith("mainstem import --take-back corrected")
    assert world.land([], again, source="corrected").notes == (), "said once, when the name is new"
    assert world.land([], [effort("A", 7, row="y")], source="another").notes == ()


def test_the_same_hours_are_told_where_both_describe_the_item(world: World) -> None:
    rows = [effort("A", n, day=f"2026-07-0{n}", row=f"march{n}") for n in range(1, 6)]
    world.land([item("A", labels=["x"])], rows, source="hours")
    (note,) = world.land([item("A", labels=["x"])], rows, source="it's").notes
    assert note.startswith("5 of its 5 time entries are in hours too")
    assert note.endswith("""--take-back 'it'"'"'s'""")


def test_what_is_taken_back_stays_in_the_history_and_other_sources_stay(world: World) -> None:
    world.land([item("A")], [effort("A", 2, row="r1"), effort("A", 1, row="r2")], source="sheet")
    world.land([item("B")], [effort("A", 4, row="r1"), effort("B", 8, row="x")], source="other")
    before = world.ledger.view().version
    assert effort_of_source(world.ledger, "sheet") == {0: (2, 1, 3_000_000), 1: (2, 1, 3_000_000)}
    r = take_back(world.ledger, "sheet", at=world.moment())
    assert (r.read, r.withdrawn, r.gone) == (0, 2, 0)
    assert amounts(world) == [("r1", 4_000_000), ("x", 8_000_000)]
    assert effort_of_source(world.ledger, "sheet") == {0: (0, 0, 0)}
    desk = Desk(world.ledger, world.ledger.view())
    assert len(desk.item("A")) == 1
    assert sorted(c[2] for c in desk.corrections_of(desk.item("A")[0]["item"])) == [
        1_000_000,
        2_000_000,
    ]
    again = take_back(world.ledger, "sheet", at=world.moment())
    assert (again.withdrawn, world.ledger.view().version) == (0, before + 1), "nothing is left"


def test_importing_twice_changes_nothing(world: World) -> None:
    rows = [effort("A", 2), effort("A", 3, day="2026-07-02")]
    world.land([item("A", labels=["x"])], rows)
    before = amounts(world), world.ledger.view().version
    r = world.land([item("A", labels=["x"])], rows)
    assert (r.new, r.changed) == (0, 0)
    assert (amounts(world), world.ledger.view().version) == before


def test_a_corrected_title_lands_though_no_row_of_effort_has_changed(world: World) -> None:
    rows = [effort("A", 2), effort("A", 3, day="2026-07-02")]
    sheet = world.staged([item("A", title="Stat")], rows, "sheet")
    land(world.ledger, replace(sheet, read=2, accepted=2), at=world.moment())
    mended = world.staged([item("A", title="Start")], rows, "sheet")
    r = land(world.ledger, replace(mended, read=2, accepted=2), at=world.moment())
    assert (r.changed, r.unchanged, r.items["changed"]) == (0, 2, 1)
    ledger = world.ledger
    assert Desk(ledger, ledger.view()).item("A")[0]["title"] == "Start"


def test_a_corrected_row_replaces_its_effect_and_keeps_its_history(world: World) -> None:
    world.land([item("A")], [effort("A", 2, row="r1"), effort("A", 3, row="r2", day="2026-08-01")])
    r = world.land([item("A")], [effort("A", 5, row="r1")])
    assert (r.records["changed"], r.records["new"]) == (1, 0)
    assert amounts(world) == [("r1", 5_000_000), ("r2", 3_000_000)]
    ledger = world.ledger
    desk = Desk(ledger, ledger.view())
    number = desk.item("A")[0]["item"]
    assert [(c[2], c[4]) for c in desk.corrections_of(number)] == [(2_000_000, 2)]


def test_a_correction_may_move_a_row_to_another_month(world: World) -> None:
    world.land([item("A")], [effort("A", 2, row="r1", day="2026-07-31")])
    world.land([item("A")], [effort("A", 2, row="r1", day="2026-08-01")])
    assert amounts(world) == [("r1", 2_000_000)]


def test_a_whole_export_withdraws_rows_that_are_gone(world: World) -> None:
    world.land([item("A")], [effort("A", 2, row="r1"), effort("A", 3, row="r2")])
    r = world.land([item("A")], [effort("A", 3, row="r2")], whole=True)
    assert r.withdrawn == 1
    assert amounts(world) == [("r2", 3_000_000)]


def test_equal_keys_of_two_sources_do_not_correct_each_other(world: World) -> None:
    world.land([item("A")], [effort("A", 2, row="1")], source="one")
    world.land([item("B")], [effort("B", 3, row="1")], source="two")
    assert sorted(a for _, a in amounts(world)) == [2_000_000, 3_000_000]


def test_effort_that_names_a_key_joins_the_item_that_another_source_describes(world: World) -> None:
    world.land([], [effort("ABC-1", 2)], source="time sheet")
    world.land([item("ABC-1", labels=["x"])], [], source="tracker")
    world.land([], [effort("ABC-1", 3, day="2026-07-02")], source="time sheet")
    ledger = world.ledger
    desk = Desk(ledger, ledger.view())
    found = desk.item("ABC-1")
    assert len(found) == 1 and found[0]["source_name"] == "tracker" and found[0]["labels"] == ["x"]


def test_two_staged_rows_with_one_key_are_refused_and_nothing_lands(world: World) -> None:
    with pytest.raises(LedgerError, match="same key"):
        world.land([item("A")], [effort("A", 1, row="r"), effort("A", 2, row="r")])
    assert world.ledger.view().version == 0


def test_an_item_known_by_many_landings_stays_one(world: World) -> None:
    for n in range(30):
        world.land([item("A")], [effort("A", 1, row=f"r{n}")])
    assert len(amounts(world)) == 30
    assert len(world.ledger.view().table("records").files()) < 30


def _land_some(root: str, name: str, n: int) -> None:
    world = World(Path(root))
    staged_world = World(Path(root) / name)
    staged = staged_world.staged([item(f"{name}-{n}")], [effort(f"{name}-{n}", n)], name)
    from mainstem.ledger.landing import land

    land(world.ledger, staged, at=staged_world.moment())


def test_two_imports_at_once_both_land(world: World) -> None:
    world.land([item("A")], [effort("A")])
    context = multiprocessing.get_context("spawn")
    runs = [
        context.Process(target=_land_some, args=(str(world.root), name, n))
        for n, name in enumerate(["left", "right", "middle"], 1)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(120)
        assert run.exitcode == 0
    assert len(amounts(world)) == 4
    assert world.ledger.view().version == 4


def _die_after(root: str, commits: int) -> None:
    """Lands a correction and kills its own process after so many commits of tables."""
    from mainstem.ledger import tables

    done = 0
    real = tables.Writer.commit

    def counted(self: tables.Writer, *given: object, **named: object) -> int:
        nonlocal done
        if done == commits:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
        return real(self, *given, **named)  # type: ignore[arg-type]

    tables.Writer.commit = counted  # type: ignore[method-assign]
    world = World(Path(root))
    rows = [effort("A", 9, row="r1"), effort("B", 4, row="r3", person="new@x", day="2026-09-01")]
    world.land([item("A", labels=["moved"]), item("B")], rows)


@pytest.mark.parametrize("commits", range(5))
def test_a_process_killed_at_any_moment_leaves_the_ledger_as_before_or_after(
    world: World, commits: int
) -> None:
    world.land([item("A")], [effort("A", 2, row="r1"), effort("A", 3, row="r2")])
    before = amounts(world)
    context = multiprocessing.get_context("spawn")
    run = context.Process(target=_die_after, args=(str(world.root), commits))
    run.start()
    run.join(120)
    assert run.exitcode == -signal.SIGKILL
    assert amounts(world) == before, "nothing of the killed import may show"
    rows = [effort("A", 9, row="r1"), effort("B", 4, row="r3", person="new@x", day="2026-09-01")]
    world.land([item("A", labels=["moved"]), item("B")], rows)
    assert amounts(world) == [("r1", 9_000_000), ("r2", 3_000_000), ("r3", 4_000_000)]


def test_a_ledger_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger") as caught:
        Ledger.open(tmp_path / "none")
    assert "mainstem import" in caught.value.hint
