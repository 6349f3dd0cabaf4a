"""Small worlds with answers worked out by hand, asked of each engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from mainstem.ledger.engine import Big
from mainstem.ledger.landing import land
from mainstem.ledger.questions import Desk
from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN, By, Grain, Question
from mainstem.services.scores.scoring import Book, items_behind, value_score
from mainstem.sources.base import ReadRequest
from mainstem.sources.table.source import TableSource
from mainstem.work.records import MICRO, UNIT_CODES
from tests.world import World, effort, item, member, plan

Rows = list[tuple[Any, ...]]
FOLDER = Path(__file__).parent / "cases"


class _Exact(yaml.SafeLoader):
    """Numbers as they are written, without rounding."""


_Exact.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))
CASES = {
    case["name"]: case
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(file.read_text(), _Exact)
}
WORDS: dict[str, Any] = {"unit": Unit, "by": By, "grain": Grain}
UNITS = {code: name for name, code in UNIT_CODES.items()}


def as_plain(value: Any) -> Any:
    """Days as the plan's text has them, and numbers as a plan's text gives them."""
    if isinstance(value, dict):
        return {k: as_plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_plain(v) for v in value]
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, date) else value


def land_step(world: World, step: dict[str, Any], zone: str) -> None:
    if "table" in step:
        file, into = world.root / "work.csv", world.root / "read"
        file.write_text(step["table"])
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        staged = TableSource().read(ReadRequest(file, into, zone))
        land(world.ledger, staged, at=world.moment())
        return
    records = []
    for key, amount, *more in step.get("effort", ()):
        given = as_plain(more[0]) if more else {}
        row = given.pop("row", None)
        for n in range(given.pop("many", 1)):
            day = str(
                date.fromordinal(date.fromisoformat(given.get("day", "2026-07-01")).toordinal() + n)
            )
            words = {**given, "day": day, "row": None if row is None else f"{row}.{n}"}
            records.append(effort(key, float(amount), **words))
    world.land([item(**as_plain(i)) for i in step.get("items", ())], records)


def build(case: dict[str, Any], root: Path) -> World:
    people = [
        member(p, t, first and str(first), last and str(last), float(part))
        for p, t, first, last, part in case.get("people", ())
    ]
    zone = case.get("zone", "UTC")
    given = as_plain(case.get("plan", {}))
    given["organisation"] = {**given.get("organisation", {}), "timezone": zone}
    world = World(root, plan(**given), people)
    for step in case.get("steps", ()):
        land_step(world, step, zone)
        world.refresh()
    world.refresh()
    return world


def units_of(parts: int) -> Fraction:
    return Fraction(parts, GRAIN)


def score(book: Book, asked: dict[str, Any]) -> Rows:
    quick, raw = (value_score(Question(**asked, raw=raw), book) for raw in (False, True))
    assert quick.cells == raw.cells, "the roll-up and the raw ledger disagree"
    return [
        (
            c.period.start, c.key, units_of(c.amounts.value),
            {str(kind): units_of(p) for kind, p in c.amounts.rest.items() if p},
        )
        for c in quick.cells
    ]  # fmt: skip


def items(book: Book, asked: dict[str, Any]) -> Rows:
    words = book.targets()
    return [
        (r.key, words[r.target], r.reason, r.share, units_of(r.amount))
        for r in items_behind(Question(**asked), book)
    ]


def spans(book: Book, asked: dict[str, Any]) -> Rows:
    return [(unit, first, last, units_of(parts)) for unit, first, last, parts in book.desk.spans()]


def heads(book: Book, asked: dict[str, Any]) -> Rows:
    teams = {no: name for name, no in book.team_numbers().items()}
    found = book.desk.heads([(date(2026, 7, 1), 0)])
    return sorted((teams.get(no, ""), people) for no, people in found.items())


def suspicious(book: Book, asked: dict[str, Any]) -> Rows:
    return [
        (r[0], r[1], r[2], UNITS[r[3]], r[4], Fraction(int(r[5]), MICRO))
        for r in book.desk.suspicious()
    ]


def rollup(book: Book, asked: dict[str, Any]) -> Rows:
    view, targets = book.desk.view, book.targets()
    teams = {no: name for name, no in book.team_numbers().items()}
    big = {name: Big(view.table(name)) for name in ("effort", "attribution")}
    rows = book.desk._engine.ask("rollup", big=big, small={})
    return sorted(
        (d, teams.get(t, ""), targets[g], UNITS[u], units_of(a)) for d, t, g, u, a in rows
    )


ASKS: dict[str, Callable[[Book, dict[str, Any]], Rows]] = {
    f.__name__: f for f in (score, items, spans, heads, suspicious, rollup)
}


def wanted(rows: list[Any]) -> Rows:
    def exact(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: exact(v) for k, v in value.items()}
        return Fraction(value) if isinstance(value, (int, Decimal)) else value

    return [tuple(exact(v) for v in row) for row in rows]


#: A second engine runs the same files, and a case costs it many seconds: CI asks it every third.
_SPARK = (pytest.mark.spark, pytest.mark.xdist_group("spark"))


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        *((name, "duckdb") for name in CASES),
        *(
            pytest.param(name, "spark", marks=(*_SPARK, pytest.mark.long) if n % 3 else _SPARK)
            for n, name in enumerate(CASES)
        ),
    ],
    indirect=["engine"],
)
def test_the_answer_is_what_was_worked_out_by_hand(name: str, engine: Any, tmp_path: Path) -> None:
    case = CASES[name]
    world = build(case, tmp_path)
    ledger = world.ledger
    book = Book(Desk(ledger, ledger.view(), engine), world.plan, "rev")
    try:
        for ask in case["asks"]:
            (question,) = ask.keys() - {"rows"}
            asked = dict(ask[question])
            asked |= {name: kind(asked[name]) for name, kind in WORDS.items() if name in asked}
            assert ASKS[question](book, asked) == wanted(ask["rows"]), ask
    finally:
        book.desk.close()
