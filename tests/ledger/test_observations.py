"""Values of metrics: the last seen of a source is in force, nothing that was seen is ever lost."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.ledger.observations import (
    BY_HAND,
    Landed,
    corrections,
    cursor_of,
    has_observations,
    land_observations,
    marks_of,
    observations,
    series,
    version_of,
)
from mainstem.ledger.pinned import pinned
from mainstem.ledger.store import Ledger
from tests.world import World, effort, item

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
MONDAY = date(2026, 10, 5)


@dataclass(frozen=True)
class V:
    metric: str
    on: date
    value: float | None


@dataclass(frozen=True)
class M:
    metric: str
    on: date
    kind: str
    words: str


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger", make=True)


def land(
    ledger: Ledger, *values: V, at: int = 0, source: str = "shop", marks: tuple[M, ...] = (),
    **more: Any,
) -> Landed:  # fmt: skip
    """Lands values seen so many minutes after the start."""
    return land_observations(
        ledger, source, values, marks, at=START + timedelta(minutes=at), **more
    )


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


def in_force(ledger: Ledger, metric: str = "sales") -> dict[date, float | None]:
    return {p.on: p.value for p in series(ledger.view(), metric)}


def test_values_are_read_as_they_were_landed(ledger: Ledger) -> None:
    done = land(ledger, V("sales", day(1), 4.5), V("sales", day(0), 3), V("other", day(0), 9))
    assert (done.new, done.corrected, done.unchanged, done.landing) == (3, 0, 0, 1)
    assert list(in_force(ledger).items()) == [(day(0), 3.0), (day(1), 4.5)]
    point = series(ledger.view(), "sales")[0]
    assert (point.source, point.seen_at, point.was_corrected) == ("shop", START, False)


def test_a_value_that_comes_again_is_not_kept_again_and_makes_no_landing(ledger: Ledger) -> None:
    land(ledger, V("sales", day(0), 3))
    again = land(ledger, V("sales", day(0), 3), at=5)
    assert again == Landed(unchanged=1)
    assert len(ledger.landings()) == 1


def test_a_late_correction_is_in_force_and_the_earlier_value_stays_readable(ledger: Ledger) -> None:
    land(ledger, V("sales", day(0), 3))
    assert land(ledger, V("sales", day(0), 5), at=5).corrected == 1
    assert in_force(ledger) == {day(0): 5.0}
    assert series(ledger.view(), "sales")[0].was_corrected
    (found,) = corrections(ledger.view(), "sales")
    assert (found.was, found.value, found.was_seen_at) == (3.0, 5.0, START)
    assert found.landing == 2 and found.source == "shop"


def test_what_was_known_at_a_moment_is_read_by_moment_and_by_view(ledger: Ledger) -> None:
    land(ledger, V("sales", day(0), 3))
    before = ledger.view()
    land(ledger, V("sales", day(0), 5), V("sales", day(1), 7), at=5)
    then = START + timedelta(minutes=1)
    for view, as_of in ((before, None), (ledger.view(), then), (ledger.view(then), None)):
        assert [p.value for p in series(view, "sales", as_of)] == [3.0]
        assert corrections(view, "sales", as_of) == ()
    assert series(ledger.view(), "sales", START - timedelta(minutes=1)) == ()


def test_a_value_may_come_to_be_none_and_back(ledger: Ledger) -> None:
    for n, value in enumerate((3.0, None, 3.0)):
        land(ledger, V("sales", day(0), value), at=n)
    assert in_force(ledger) == {day(0): 3.0}
    assert [(c.was, c.value) for c in corrections(ledger.view())] == [(3.0, None), (None, 3.0)]


def test_none_in_force_is_said_and_not_dropped(ledger: Ledger) -> None:
    land(ledger, V("sales", day(0), None))
    assert in_force(ledger) == {day(0): None}


def test_what_a_person_typed_goes_before_what_a_source_says_until_it_is_taken_back(
    ledger: Ledger,
) -> None:
    land(ledger, V("sales", day(0), 8), source=BY_HAND)
    land(ledger, V("sales", day(0), 5), at=5)
    (point,) = series(ledger.view(), "sales")
    assert (point.value, point.source, point.is_disputed) == (8.0, BY_HAND, True)
    land(ledger, V("sales", day(0), None), source=BY_HAND, at=6)
    (point,) = series(ledger.view(), "sales")
    assert (point.value, point.source, point.is_disputed) == (5.0, "shop", False)


def test_of_two_sources_the_one_seen_later_counts_and_a_value_goes_before_none(
    ledger: Ledger,
) -> None:
    land(ledger, V("sales", day(0), 1), V("sales", day(1), 1), source="a")
    land(ledger, V("sales", day(0), 2), V("sales", day(1), None), source="b", at=1)
    assert in_force(ledger) == {day(0): 2.0, day(1): 1.0}


def test_the_cursor_lies_in_the_landing_and_one_that_moves_makes_one(ledger: Ledger) -> None:
    assert cursor_of(ledger.view(), "shop") == {}
    land(ledger, V("sales", day(0), 3), cursor={"through": "2026-10-05"})
    assert land(ledger, cursor={"through": "2026-10-05"}, at=1).landing == 0
    assert land(ledger, cursor={"through": "2026-10-06"}, at=2).landing == 2
    assert cursor_of(ledger.view(), "shop") == {"through": "2026-10-06"}
    assert cursor_of(ledger.view(), "another") == {}
    assert ledger.landings()[-1].what == "observe"


def test_refusals_are_kept_with_the_landing_once(ledger: Ledger) -> None:
    report = {"read": 2, "rejected": 1, "reasons": [["no number", 1, "row 2", "x"]]}
    land(ledger, V("sales", day(0), 3), report=report)
    kept = ledger.landings()[-1].report
    assert kept["read"] == kept["new"] + kept["rejected"] == 2
    assert land(ledger, V("sales", day(0), 3), report=report, at=1).landing == 0
    assert land(ledger, report={**report, "rejected": 2}, at=2).landing == 2


def test_marks_are_read_with_their_last_words_and_can_be_taken_back(ledger: Ledger) -> None:
    first = M("sales", day(3), "definition", "another window")
    land(ledger, marks=(first, M("sales", day(1), "gap", "no data")))
    assert land(ledger, marks=(first,), at=1).landing == 0
    land(ledger, marks=(M("sales", day(3), "definition", "30  days\n instead"),), at=2)
    land(ledger, marks=(M("sales", day(1), "gap", ""),), at=3)
    assert [(m.on, m.kind, m.words) for m in marks_of(ledger.view(), "sales")] == [
        (day(3), "definition", "30 days instead")
    ]
    then = marks_of(ledger.view(), "sales", START + timedelta(minutes=1))
    assert [m.words for m in then] == ["no data", "another window"]


def test_everything_is_read_at_once(ledger: Ledger) -> None:
    assert not has_observations(ledger.view()) and not observations(ledger.view()).points
    land(ledger, V("a", day(0), 1), V("b", day(0), 2), marks=(M("c", day(0), "note", "x"),))
    found = observations(ledger.view())
    assert {k: v[0].value for k, v in found.points.items()} == {"a": 1.0, "b": 2.0}
    assert list(found.marks) == ["c"]


def test_many_small_landings_stay_few_files_and_every_view_reads_its_own(ledger: Ledger) -> None:
    views = []
    for n in range(70):
        land(ledger, V("sales", day(n % 40), float(n)), at=n)
        views.append(ledger.view())
    assert len(ledger.view().table("observations").files()) < 40
    for n in (0, 39, 40, 55, 69):
        found = {p.on: p.value for p in series(views[n], "sales")}
        assert found == {day(m % 40): float(m) for m in range(max(0, n - 39), n + 1)}


def test_values_and_work_land_in_one_ledger_without_touching_each_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    land(world.ledger, V("sales", day(0), 1))
    observed = version_of(world.ledger.view())
    world.land([item("A")], [effort("A", 2)])
    view = world.ledger.view()
    assert version_of(view) == observed
    land(world.ledger, V("sales", day(0), 2), at=1)
    now = world.ledger.view()
    assert now.pins["records"] == view.pins["records"]
    assert in_force(world.ledger) == {day(0): 2.0}


def test_a_ledger_made_before_there_were_values_opens_and_takes_them(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.land([item("A")], [effort("A", 2)])
    root = world.ledger.root
    _as_before(root)
    old = Ledger.open(root)
    assert series(old.view(), "sales") == () and version_of(old.view()) == (0, 0)
    assert pinned(root) is not None
    world.land([item("B")], [effort("B", 2)])
    land(old, V("sales", day(0), 3))
    assert in_force(Ledger.open(root)) == {day(0): 3.0}
    first = old.landings()[0].at
    assert series(old.view(), "sales", first) == ()


def _as_before(root: Path) -> None:
    """Takes away the tables, and their pins, that earlier versions did not have."""
    from arro3.core import Array, ChunkedArray, DataType, Field
    from deltalake import DeltaTable, QueryBuilder, write_deltalake

    for name in ("observations", "marks"):
        shutil.rmtree(root / "tables" / name)
    path = str(root / "tables" / "landings")
    reading = (
        QueryBuilder().register("landings", DeltaTable(path)).execute("SELECT * FROM landings")
    )
    rows = reading.read_all()
    at = rows.schema.names.index("pins")
    pins = [json.dumps(_pins_as_before(json.loads(text))) for text in rows.column(at).to_pylist()]
    column = ChunkedArray([Array(pins, type=DataType.string())])
    rows = rows.set_column(at, Field("pins", DataType.string()), column)
    write_deltalake(path, rows, mode="overwrite")


def _pins_as_before(pins: dict[str, Any]) -> dict[str, Any]:
    names = ("names", "items", "records", "superseded", "effort", "attribution", "rollup")
    return {name: pins[name] for name in names}


# laws

SIGHTINGS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]), st.integers(0, 2), st.sampled_from(["shop", "web", BY_HAND])
    ),
    min_size=1,
    max_size=5,
)


def _apply(root: Path, steps: list[tuple[int, tuple[str, int, str]]]) -> Ledger:
    shutil.rmtree(root, ignore_errors=True)
    ledger = Ledger.open(root, make=True)
    for at, (metric, on, source) in steps:
        # a value of its own for each moment: what is seen again as it was is left out
        land(ledger, V(metric, day(on), at * 1.5), at=at, source=source)
    return ledger


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SIGHTINGS, st.randoms(use_true_random=False))
def test_any_order_of_landings_gives_the_same_series(
    tmp_path: Path, seen: list[Any], rng: Any
) -> None:
    steps = list(enumerate(seen))
    mixed = rng.sample(steps, len(steps))
    one, two = _apply(tmp_path / "one", steps), _apply(tmp_path / "two", mixed)
    for metric in ("a", "b"):
        assert series(one.view(), metric) == series(two.view(), metric)


def test_an_older_value_that_lands_late_never_displaces_a_newer_one(tmp_path: Path) -> None:
    wanted = {day(0): 3.0}
    for order in permutations([(0, 1.0), (1, 2.0), (2, 3.0)]):
        ledger = Ledger.open(tmp_path / "".join(str(at) for at, _ in order), make=True)
        for at, value in order:
            land(ledger, V("sales", day(0), value), at=at)
        assert in_force(ledger) == wanted


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.0])), min_size=1, max_size=6))
def test_a_correction_never_loses_what_was_seen_before(
    tmp_path: Path, values: list[float | None]
) -> None:
    root = tmp_path / "ledger"
    shutil.rmtree(root, ignore_errors=True)
    ledger = Ledger.open(root, make=True)
    for at, value in enumerate(values):
        land(ledger, V("sales", day(0), value), at=at)
    view = ledger.view()
    for at, value in enumerate(values):
        (then,) = series(view, "sales", START + timedelta(minutes=at))
        assert then.value == value
    changes = [b for a, b in zip([math.nan, *values], values, strict=False) if a != b]
    assert len(corrections(view, "sales")) == len(changes) - 1


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-1e9, 1e9)), max_size=8))
def test_landing_the_same_again_changes_nothing(
    tmp_path: Path, given_: list[tuple[int, float]]
) -> None:
    root = tmp_path / "ledger"
    shutil.rmtree(root, ignore_errors=True)
    ledger = Ledger.open(root, make=True)
    values = [V("sales", day(n), value) for n, value in given_]
    done = land(ledger, *values)
    before = ledger.view()
    again = land(ledger, *values, at=9)
    assert again.unchanged == done.new and again.landing == 0
    assert ledger.view() == before
