"""A server keeps books open: never a stale one, never one closed under a reader."""

from __future__ import annotations

import gc
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from mainstem.errors import LedgerError, QuestionError
from mainstem.plan.model import Unit
from mainstem.score.values import By, Grain, Question
from mainstem.services.plans.kept_plans import keep_plan
from mainstem.services.plans.workspace import Workspace
from mainstem.services.scores.scoring import Book, flows, items_behind, value_score
from mainstem.services.server.shelf import Shelf
from mainstem.services.work.attributing import open_book
from mainstem.services.work.explaining import lumps
from tests.world import World, effort, item, member, plan

HOURS = Question(unit=Unit.HOUR)


def made(root: Path, hours: float = 4) -> World:
    world = World(
        root,
        plan(
            organisation={"unit": "hour", "settings": {"k_min": 2}},
            teams={"one": {}, "two": {}},
            streams={"s1": {"claims": [{"label": "a"}]}, "s2": {"claims": [{"label": "b"}]}},
        ),
        [member(f"{n}@x", "one" if n % 2 else "two") for n in range(6)],
    )
    items = [item(f"K-{n}", labels=["abc"[n % 3]]) for n in range(6)]
    rows = [
        effort(f"K-{n % 6}", hours, person=f"{n % 6}@x", row=f"r{n}",
               day=str(date(2026, 7, 1) + timedelta(days=n)))
        for n in range(24)
    ]  # fmt: skip
    world.land(items, rows)
    world.refresh()
    keep_plan(world.ledger, world.plan, "rev")
    return world


def one_more(world: World, n: int) -> None:
    world.land([], [effort("K-1", 1 + n, person="1@x", day="2026-08-03", row=f"more {n}")])


def hours(book: Book) -> int:
    total = value_score(HOURS, book).total
    assert total is not None
    return total.amounts.units


def test_a_book_stays_until_something_lands_and_the_one_given_out_before_still_answers(
    tmp_path: Path,
) -> None:
    world = made(tmp_path)
    shelf = Shelf(tmp_path / "ledger")
    first = shelf.book(world.plan, "rev")
    assert shelf.book(world.plan, "rev") is first
    assert first.notes == ()
    before = hours(first)
    one_more(world, 1)
    second = shelf.book(world.plan, "rev")
    assert second is not first
    assert hours(second) == before
    assert second.notes == ("1 imports had landed by then but were not yet in any score.",)
    world.refresh()
    third = shelf.book(world.plan, "rev")
    assert third.notes == ()
    assert hours(third) > before
    assert value_score(replace(HOURS, raw=True), first).total == value_score(HOURS, first).total
    assert hours(first) == before


def test_an_old_book_is_let_go_when_nobody_holds_it(tmp_path: Path) -> None:
    world = made(tmp_path)
    shelf = Shelf(tmp_path / "ledger")
    held = shelf.book(world.plan, "rev")
    hours(held)
    desk = weakref.ref(held.desk)
    one_more(world, 1)
    shelf.book(world.plan, "rev")
    assert desk() is not None
    del held
    gc.collect()
    assert desk() is None


def test_another_revision_of_the_plan_reads_the_same_numbers_and_says_that_they_are_older(
    tmp_path: Path,
) -> None:
    world = made(tmp_path)
    shelf = Shelf(tmp_path / "ledger")
    derived = shelf.book(world.plan, "rev")
    edited = world.plan.model_copy(update={"streams": {}})
    ahead = shelf.book(edited, "next")
    assert (ahead.plan, ahead.revision, ahead.desk) == (edited, "next", derived.desk)
    assert ahead.notes == (
        "The plan has changed since the numbers were derived: they are of revision rev, the plan is at next.",
    )
    assert shelf.book(world.plan, "rev") is derived
    assert shelf.book(edited, "next") is ahead
    for n in range(9):
        shelf.book(edited, f"edit {n}")
    assert hours(shelf.book(world.plan, "rev")) == hours(derived)


def test_without_a_ledger_or_numbers_in_it_that_is_said_until_there_are_some(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path / "ledger")
    with pytest.raises(LedgerError, match="There is no ledger"):
        shelf.book(plan(), "")
    world = World(tmp_path, plan())
    world.land([], [effort(None, 2)])
    with pytest.raises(QuestionError, match="The ledger is empty"):
        shelf.book(plan(), "")
    world.refresh()
    assert hours(shelf.book(plan(), "rev")) > 0


def test_another_ledger_in_the_same_place_is_noticed(tmp_path: Path) -> None:
    world = made(tmp_path / "here", hours=4)
    made(tmp_path / "there", hours=5)
    shelf = Shelf(tmp_path / "here" / "ledger")
    before = hours(shelf.book(world.plan, "rev"))
    shutil.rmtree(tmp_path / "here" / "ledger")
    shutil.move(tmp_path / "there" / "ledger", tmp_path / "here" / "ledger")
    assert hours(shelf.book(world.plan, "rev")) * 4 == before * 5


def test_the_past_is_told_as_the_command_line_tells_it(tmp_path: Path) -> None:
    world = made(tmp_path)
    one_more(world, 1)
    between = world.moment()
    world.refresh()
    shelf, place = Shelf(tmp_path / "ledger"), Workspace(None, None, tmp_path / "ledger")
    asked = shelf.book_as_of(between)
    want = open_book(place, as_of=between, at=between)
    assert (asked.notes, asked.plan, asked.revision) == (want.notes, want.plan, want.revision)
    assert len(asked.notes) == 2
    assert value_score(HOURS, asked) == value_score(HOURS, want)
    assert shelf.book_as_of(between).desk is asked.desk
    with pytest.raises(QuestionError, match="Nothing was known yet"):
        shelf.book_as_of(between - timedelta(days=1))


def asks(book: Book, n: int) -> Any:
    """One of eight different questions, answered by the cube and by SQL of several steps."""
    kinds = (
        lambda: value_score(HOURS, book),
        lambda: value_score(Question(by=By.TEAM, grain=Grain.WEEK, unit=Unit.HOUR), book),
        lambda: value_score(Question(by=By.STREAM, grain=Grain.MONTH, unit=Unit.HOUR), book),
        lambda: value_score(Question(by=By.TEAM, unit=Unit.HOUR, raw=True), book),
        lambda: value_score(Question(by=By.STREAM, unit=Unit.PERSON_DAY, raw=True), book),
        lambda: items_behind(HOURS, book),
        lambda: lumps(HOURS, book),
        lambda: flows(HOURS, book),
    )
    return kinds[n % len(kinds)]()


def test_eight_readers_ask_different_questions_while_work_is_imported_and_derived(
    tmp_path: Path,
) -> None:
    world = made(tmp_path)
    shelf, done = Shelf(tmp_path / "ledger"), Event()

    def read(n: int) -> list[tuple[int, int, Any]]:
        out = []
        while not done.is_set() or len(out) < 8:
            book = shelf.book(world.plan, "rev")
            out.append((book.desk.view.version, n + len(out), asks(book, n + len(out))))
            sleep(0.02)  # leaves the writer some of the processor
        return out

    def write() -> None:
        try:
            for n in range(2):
                one_more(world, n)
                world.refresh()
        finally:
            done.set()

    with ThreadPoolExecutor(9) as pool:
        readers = [pool.submit(read, n) for n in range(8)]
        pool.submit(write).result()
        told = [row for reader in readers for row in reader.result()]
    assert len({version for version, _, _ in told}) > 1, "readers saw the ledger change"
    when = {landing.number: landing.at for landing in world.ledger.landings()}
    later, alone = Shelf(tmp_path / "ledger"), dict[tuple[int, int], Any]()
    for version, n, said in told:
        if (version, n % 8) not in alone:
            book = replace(later.book_as_of(when[version]), plan=world.plan)
            alone[version, n % 8] = without_notes(asks(book, n))
        assert without_notes(said) == alone[version, n % 8]


def without_notes(said: Any) -> Any:
    return replace(said, notes=()) if hasattr(said, "notes") else said
