"""What a reader of a metric's values must know: nothing is filled in, nothing is joined over a break."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mainstem.cli.main import app
from mainstem.ledger.observations import Correction, Point, SeenMark
from mainstem.plan.model import Metric
from mainstem.services.metrics.observing_series import Series, facts_of

PYPI = Path(__file__).parents[3] / "shared/data/metric-pypi-downloads"
SEEN = datetime(2026, 11, 2, tzinfo=UTC)
MONDAY = date(2026, 8, 3)


def weekly(*values: float | None, first: date = MONDAY) -> list[Point]:
    return [
        Point(first + timedelta(weeks=n), v, SEEN, "shop")
        for n, v in enumerate(values)
        if v is not None
    ]


def facts(points: list[Point], **more: Any) -> Series:
    metric = Metric.model_validate({"grain": "week", **more.pop("metric", {})})
    marks, corrected = more.pop("marks", ()), more.pop("corrected", ())
    return facts_of(
        "m", metric, points, marks, corrected, today=more.pop("today", date(2026, 10, 12))
    )


def words(found: Series, kind: str) -> list[str]:
    return [n.words for n in found.notes if n.kind == kind]


def test_periods_without_a_value_are_one_gap_with_their_days() -> None:
    found = facts(weekly(1, 2, None, None, 3, 4, 5, 6, 7, 8))
    assert words(found, "gap") == ["2 weeks without a value (2026-08-17 to 2026-08-30)"]
    assert found.missing == (2, 10) and not found.misses_many
    assert facts(weekly(1, None, None, None, 3, 4, 5, 6, 7, 8)).misses_many


def test_a_gap_has_the_words_of_the_source_that_knows_why() -> None:
    mark = SeenMark("m", MONDAY + timedelta(days=16), "gap", "the exporter was down", SEEN, "shop")
    found = facts(weekly(1, 2, None, 3, 4, 5, 6, 7, 8, 9), marks=[mark])
    assert words(found, "gap") == [
        "a week without a value (2026-08-17 to 2026-08-23): the exporter was down"
    ]


def test_the_period_that_is_not_over_is_no_gap_but_those_since_the_last_value_are() -> None:
    whole = weekly(*range(1, 11))
    assert not words(facts(whole, today=date(2026, 10, 18)), "gap")
    assert words(facts(whole, today=date(2026, 10, 19)), "gap") == [
        "a week without a value (2026-10-12 to 2026-10-18)"
    ]
    assert not words(facts(whole, today=date(2026, 10, 19), metric={"lag_days": 7}), "gap")


@pytest.mark.parametrize(
    ("days", "lag", "is_stale"), [(14, 0, False), (15, 0, True), (15, 3, False), (400, 0, True)]
)
def test_a_value_older_than_two_periods_and_its_lag_is_stale(
    days: int, lag: int, is_stale: bool
) -> None:
    found = facts(weekly(1), today=MONDAY + timedelta(days=days), metric={"lag_days": lag})
    assert found.is_stale is is_stale and found.age == days


def test_without_values_nothing_is_stale_or_missing() -> None:
    found = facts([])
    assert (found.last, found.age, found.staleness, found.missing) == (None, None, None, (0, 0))
    assert not found.is_stale and not found.notes


def test_changes_of_definition_and_remarks_are_told_with_their_source() -> None:
    marks = [
        SeenMark("m", MONDAY, "definition", "without robots", SEEN, "shop"),
        SeenMark("m", MONDAY, "note", "campaign", SEEN, "sheet"),
    ]
    found = facts(weekly(1, 2), marks=marks)
    assert [(n.kind, n.words, n.source) for n in found.notes if n.source] == [
        ("definition", "without robots", "shop"),
        ("note", "campaign", "sheet"),
    ]


def test_a_step_far_out_of_the_usual_asks_whether_another_thing_is_counted() -> None:
    values = [100, 101, 99, 102, 98, 101, 9, 9.1, 9.2, 9.0]
    assert len(words(facts(weekly(*values)), "break")) == 1
    mark = SeenMark("m", MONDAY + timedelta(weeks=6), "definition", "per day", SEEN, "shop")
    assert not words(facts(weekly(*values), marks=[mark]), "break")
    assert not words(facts(weekly(*[10, 40, 9, 35, 12, 50, 8, 44, 10, 39])), "break")


def test_corrections_say_from_what_to_what_and_when() -> None:
    corrected = [Correction("m", MONDAY, "shop", 3.0, 5.0, SEEN, SEEN + timedelta(days=3), 7)]
    found = facts(weekly(5), corrected=corrected)
    assert words(found, "correction") == ["corrected from 3 to 5 on 2026-11-05"]
    assert found.corrected == 1


def test_what_is_typed_in_the_plan_goes_before_the_ledger_and_the_difference_is_told() -> None:
    observations = [
        {"on": MONDAY.isoformat(), "value": 9},
        {"on": MONDAY - timedelta(days=7), "value": 8},
    ]
    found = facts(weekly(5, 6), metric={"observations": observations})
    assert [(p.value, p.source) for p in found.points] == [
        (8.0, "the plan"), (9.0, "the plan"), (6.0, "shop"),
    ]  # fmt: skip
    assert words(found, "disputed") == ["sources say different things; the plan counts"]


@pytest.mark.parametrize(
    ("step", "grain"), [(1, "day"), (7, "week"), (30, "month"), (91, "quarter")]
)
def test_a_metric_without_a_grain_has_the_one_in_which_its_values_come(
    step: int, grain: str
) -> None:
    points = [Point(MONDAY - timedelta(days=step * n), 1.0, SEEN, "x") for n in range(5, 0, -1)]
    found = facts_of("m", Metric(), points, (), (), today=MONDAY)
    assert found.grain == grain and found.is_grain_guessed


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.floats(0.001, 1e6)),
        max_size=30, unique_by=lambda v: v[0],
    ),
    st.sampled_from(["day", "week", "month", "quarter"]),
)  # fmt: skip
def test_every_period_has_a_value_or_is_in_just_one_gap(
    given_: list[tuple[int, float]], grain: str
) -> None:
    from mainstem.score.periods import periods
    from mainstem.score.values import Grain

    points = [Point(MONDAY + timedelta(days=n), v, SEEN, "x") for n, v in sorted(given_)]
    today = MONDAY + timedelta(days=401)
    found = facts(points, metric={"grain": grain}, today=today)
    gaps = [n for n in found.notes if n.kind == "gap"]
    if not points:
        assert not gaps
        return
    held = {p.on for p in points}
    # the period that today lies in is not over
    over = [p for p in periods(Grain(grain), points[0].on, today + timedelta(days=100))
            if p.end <= today]  # fmt: skip
    empty = [p for p in over if not any(p.start <= on < p.end for on in held)]
    told = sum(1 if n.words.startswith("a ") else int(n.words.split()[0]) for n in gaps)
    assert told == len(empty)


@pytest.mark.skipif(not PYPI.exists(), reason="the shared data is not here")
def test_the_break_of_a_real_series_is_found_and_the_others_have_few() -> None:
    by_project: dict[str, list[Point]] = {}
    with gzip.open(next(PYPI.glob("*.csv.gz")), "rt") as file:
        for row in csv.DictReader(file):
            point = Point(
                date.fromisoformat(row["last_update"]), float(row["download_count"]), SEEN, "x"
            )
            by_project.setdefault(row["project"], []).append(point)
    today = date(2022, 12, 2)
    found = facts_of("requests", Metric(), by_project["requests"], (), (), today=today)
    assert date(2018, 2, 10) in [n.on for n in found.notes if n.kind == "break"]
    assert words(found, "gap")
    whole = {k: v for k, v in by_project.items() if len(v) == 122}
    told = {
        k: [n.on for n in facts_of(k, Metric(), v, (), (), today=today).notes if n.kind == "break"]
        for k, v in whole.items()
    }
    # the other day is one on which two thirds of all packages double at once
    known = (date(2018, 2, 10), date(2021, 5, 1))
    assert sum(known[0] in days for days in told.values()) > 0.99 * len(told)
    others = sum(day not in known for days in told.values() for day in days)
    assert others < 0.1 * len(told)


# on the command line


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mainstem.yaml").write_text(
        "metrics:\n  sales:\n    name: Sales\n    grain: week\n    observations:\n"
        "    - {on: 2026-08-03, value: 3}\n  other:\n    name: Other\n"
    )
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_value_is_added_shown_and_corrected_on_the_command_line(company: Path) -> None:
    assert "sales on 2026-08-17: 5 (kept)." in run("metrics", "add", "sales", "2026-08-17", "5")
    assert "(corrected)" in run("metrics", "add", "sales", "2026-08-17", "6.5")
    shown = json.loads(run("metrics", "show", "sales", "--format", "json"))
    assert [(r["day"], r["value"], r["source"]) for r in shown if r["value"]] == [
        ("2026-08-03", 3.0, "the plan"), ("2026-08-17", 6.5, "by hand"),
    ]  # fmt: skip
    assert any("corrected from 5 to 6.5" in r["to_know"] for r in shown)
    assert any("a week without a value (2026-08-10 to 2026-08-16)" in r["to_know"] for r in shown)
    assert "taken back" in run("metrics", "add", "sales", "2026-08-17", "none")


def test_all_metrics_are_listed_with_their_state(company: Path) -> None:
    run("metrics", "add", "sales", "2026-08-17", "5")
    rows = {r["metric"]: r for r in json.loads(run("metrics", "list", "--format", "json"))}
    assert rows["sales"]["value"] == 5.0 and "stale" in rows["sales"]["to_know"]
    assert rows["other"]["to_know"] == "no value yet"
    assert "sales" in run("metrics", "list")


def test_the_csv_of_a_series_runs_in_no_spreadsheet(company: Path) -> None:
    from mainstem.ledger.observations import land_observations
    from mainstem.ledger.store import Ledger
    from mainstem.sources.observing import Mark

    ledger = Ledger.open(Path(".mainstem/ledger"), make=True)
    mark = Mark("sales", date(2026, 8, 4), "note", '=HYPERLINK("http://x")')
    land_observations(ledger, "sheet", [], [mark], at=SEEN)
    rows = list(csv.reader(run("metrics", "show", "sales", "--format", "csv").splitlines()))
    assert rows[0] == ["day", "value", "source", "seen_at", "corrected", "to_know"]
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert any("HYPERLINK" in cell for row in rows for cell in row)


def test_as_of_a_moment_the_values_are_those_known_then(company: Path) -> None:
    run("metrics", "add", "sales", "2026-08-17", "5")
    past = json.loads(run("metrics", "show", "sales", "--as-of", "2026-01-01", "--format", "json"))
    assert [r["source"] for r in past] == ["the plan"]


def test_a_metric_that_there_is_none_of_is_named_with_the_near_ones(company: Path) -> None:
    from mainstem.errors import Invalid

    with pytest.raises(Invalid) as raised:
        run("metrics", "show", "sale")
    assert raised.value.hint == "Perhaps sales?"


def test_a_sync_brings_values_and_the_numbers_of_the_work_itself(company: Path) -> None:
    Path("sales.csv").write_text("day,value\n2026-08-10,4\n2026-08-17,x\n")
    Path("sources.yaml").write_text(
        "sources:\n  sheet: {kind: csv-metric, path: sales.csv, metric: sales}\n"
        "  done: {kind: work-metric, metric: other, per: month}\n"
    )
    Path("work.csv").write_text(
        "Key,Summary,Status,Created,Resolved,Hours\nA-1,x,Done,2026-07-01,2026-07-08,3\n"
    )
    run("import", "work.csv")
    said = run("sync")
    assert "read 2 = new 1 + corrected 0 + unchanged 0 + rejected 1" in said
    assert "rejected 1: the value is no number (first at line 3" in said
    assert "it picks 1 items" in run("sources", "test")
    for metric, row in (
        ("sales", ("2026-08-10", 4.0, "sheet")),
        ("other", ("2026-07-01", 1.0, "done")),
    ):
        shown = json.loads(run("metrics", "show", metric, "--format", "json"))
        assert row in [(r["day"], r["value"], r["source"]) for r in shown]
