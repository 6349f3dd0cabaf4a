"""Values of metrics: kept as they were seen, corrected without forgetting, read as of any landing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.ledger.engine import Rows, Small, put_small
from mainstem.ledger.names import Names
from mainstem.ledger.observation_values import (
    Correction,
    Landed,
    Marked,
    Observations,
    Point,
    SeenMark,
    Value,
)
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Change, Ledger, View, relation

if TYPE_CHECKING:
    import duckdb

#: The source of values that a person typed.
BY_HAND = "by hand"
#: What landings of values are called.
OBSERVE = "observe"
_KIND = "source"


def land_observations(
    ledger: Ledger,
    source: str,
    values: Iterable[Value],
    marks: Iterable[Marked] = (),
    *,
    cursor: Mapping[str, Any] | None = None,
    at: datetime,
    report: Mapping[str, Any] | None = None,
) -> Landed:
    """Lands values and marks of a source as one visible change, together with its cursor.

    Of two values for the same metric and day the last counts. A value that is as it was is not kept
    again. Where nothing is new, and cursor and report are those of the source's last landing, nothing
    is written.

    Args:
        ledger: Where to.
        source: Who saw them.
        values: Finite numbers, or none.
        marks: Without words: taken back.
        cursor: Where the source goes on; kept in the landing's report.
        at: When they were seen.
        report: Kept with the landing beside the counts: ``read``, ``rejected``, ``reasons`` …
    """
    seen_at = at.astimezone(UTC).replace(tzinfo=None)
    with ledger.change() as change:
        staged = _stage(change, source, values, marks, seen_at)
        counts = _compared(change.con, staged)
        told = _told(counts, cursor, report)
        if not (counts.new or counts.corrected or counts.marks) and _is_known(change, source, told):
            return counts
        _write(change, counts)
        change.commit(what=OBSERVE, source=source, report=told, at=at)
    return Landed(counts.new, counts.corrected, counts.unchanged, counts.marks, change.number)


def cursor_of(view: View, source: str) -> Mapping[str, Any]:
    """Where a source goes on; empty: from the beginning."""
    found = _last(view, source)
    return dict(found.report.get("cursor") or {}) if found is not None else {}


def series(view: View, metric: str, as_of: datetime | None = None) -> tuple[Point, ...]:
    """The values of a metric in force, by day.

    Args:
        view: The ledger at a landing.
        metric: Its identifier.
        as_of: As it was known at an earlier moment than the view's.
    """
    then = _past(view, as_of)
    rows = _ask(then, "observed", "observations", [metric])
    return _points(rows, _sources(then)).get(metric, ()) if rows else ()


def marks_of(view: View, metric: str, as_of: datetime | None = None) -> tuple[SeenMark, ...]:
    """What a reader of the metric's values must know, by day."""
    then = _past(view, as_of)
    rows = _ask(then, "observed_marks", "marks", [metric])
    return _marks(rows, _sources(then)).get(metric, ()) if rows else ()


def corrections(
    view: View, metric: str | None = None, as_of: datetime | None = None
) -> tuple[Correction, ...]:
    """What was corrected, by metric, day and moment; of one metric or of all."""
    then = _past(view, as_of)
    rows = _ask(then, "observed_corrections", "observations", None if metric is None else [metric])
    names = _sources(then) if rows else {}
    return tuple(
        Correction(m, on, names.get(source, ""), was, value, _utc(was_at), _utc(at), landing)
        for m, on, source, was, value, was_at, at, landing in rows
    )


def observations(view: View) -> Observations:
    """Everything observed; quick to find out where nothing was."""
    if not has_observations(view):
        return Observations()
    names = _sources(view)
    return Observations(
        _points(_ask(view, "observed", "observations", None), names),
        _marks(_ask(view, "observed_marks", "marks", None), names),
    )


def has_observations(view: View) -> bool:
    """Whether anything was ever observed."""
    return any(version_of(view))


def version_of(view: View) -> tuple[int, int]:
    """Differs whenever values or marks do; (0, 0) where there are none."""
    return view.pins.get("observations", 0), view.pins.get("marks", 0)


# landing


def _stage(
    change: Change,
    source: str,
    values: Iterable[Value],
    marks: Iterable[Marked],
    seen_at: datetime,
) -> int:
    con = change.con
    names = Names(change)
    number = names.number(_KIND, source)
    names.write()
    kept = {(v.metric, v.on): v.value for v in values}
    said = {(m.metric, m.on, m.kind): " ".join(m.words.split()) for m in marks}
    put_small(con, "source_no", Small({"no": "INTEGER"}, [(number,)]))
    put_small(con, "staged_values", Small(
        {"metric": "VARCHAR", '"on"': "DATE", "value": "DOUBLE", "seen_at": "TIMESTAMP"},
        [(metric, on, value, seen_at) for (metric, on), value in kept.items()],
    ))  # fmt: skip
    put_small(con, "staged_marks", Small(
        {"metric": "VARCHAR", '"on"': "DATE", "kind": "VARCHAR", "words": "VARCHAR", "seen_at": "TIMESTAMP"},
        [(*key, words, seen_at) for key, words in said.items()],
    ))  # fmt: skip
    for table in ("observations", "marks"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM {change.view(table)}")
    return len(kept)


def _compared(con: duckdb.DuckDBPyConnection, staged: int) -> Landed:
    for statement in statements("land_observations"):
        con.execute(statement)
    row = con.execute(
        "SELECT count(*) FILTER (fresh), count(*) FILTER (changed), (SELECT count(*) FROM fresh_marks)"
        " FROM compared_values"
    ).fetchone()
    assert row is not None
    return Landed(row[0], row[1], staged - row[0] - row[1], row[2])


def _told(
    counts: Landed, cursor: Mapping[str, Any] | None, report: Mapping[str, Any] | None
) -> dict[str, Any]:
    found = {"new": counts.new, "changed": counts.corrected, "unchanged": counts.unchanged,
             "marks": counts.marks}  # fmt: skip
    return {**(report or {}), **found, **({} if cursor is None else {"cursor": dict(cursor)})}


def _is_known(change: Change, source: str, told: Mapping[str, Any]) -> bool:
    """Whether the source's last landing says the same of where it stands and of what it refused."""
    last = _last(change.before, source)
    if last is None:
        return "cursor" not in told and not told.get("rejected")
    same = ("cursor", "rejected", "reasons")
    return all(_plain(last.report.get(k)) == _plain(told.get(k)) for k in same)


def _plain(value: Any) -> Any:
    import json

    return json.loads(json.dumps(value)) if value else None


def _last(view: View, source: str) -> Any:
    return next(
        (x for x in reversed(view.landings) if x.what == OBSERVE and x.source == source), None
    )


def _write(change: Change, counts: Landed) -> None:
    if counts.new or counts.corrected:
        _append(change, "observations", "SELECT * FROM compared_values WHERE fresh OR changed")
    if counts.marks:
        _append(change, "marks", "SELECT * FROM fresh_marks")


def _append(change: Change, table: str, query: str) -> None:
    """Adds rows; what lies in many small files is written as one with them, in the same commit."""
    writer = change.writer(table)
    crowd = writer.crowd() if change.pins[table] else []
    columns = ", ".join(f'"{c}"' for c in change.table(table).shape.columns)
    whole = f"SELECT {columns} FROM (SELECT *, {change.number} AS landing FROM ({query}))"
    if crowd:
        base = change.ledger.tables / table
        listed = ", ".join("'" + str(base / f[0]).replace("'", "''") + "'" for f in crowd)
        whole += f" UNION ALL SELECT {columns} FROM read_parquet([{listed}])"
    files = writer.write(whole, order='metric, "on", seen_at')
    change.pins[table] = writer.commit(files, merged=crowd)


# reading


def _past(view: View, as_of: datetime | None) -> View:
    if as_of is None:
        return view
    landings = tuple(x for x in view.landings if x.at <= as_of)
    return View(view.root, landings, dict(landings[-1].pins) if landings else {})


def _ask(view: View, question: str, table: str, metrics: Sequence[str] | None) -> Rows:
    if not view.table(table).files():
        return []
    import duckdb

    hand = [no for no, name in _sources(view).items() if name == BY_HAND]
    # a cursor of its own: several threads may look at once
    with duckdb.cursor() as con:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM {relation(view.table(table))}"
        )
        put_small(con, "wanted", Small({"metric": "VARCHAR"}, [(m,) for m in metrics or ()]))
        put_small(con, "hand", Small({"source": "INTEGER"}, [(no,) for no in hand]))
        return con.execute(text(question), {"everything": metrics is None}).fetchall()


def _sources(view: View) -> Mapping[int, str]:
    version = view.pins.get("names", 0)
    try:
        found = (view.root / "names" / "_delta_log" / f"{version:020d}.json").stat()
    except OSError:
        return _sources_at(view.root, version, (0, 0))
    return _sources_at(view.root, version, (found.st_ino, found.st_mtime_ns))


@lru_cache(16)
def _sources_at(root: Path, version: int, _: tuple[int, int]) -> Mapping[int, str]:
    """Numbers and names of a version, and which file it is: another ledger may come to the same one."""
    import duckdb

    view = View(root, (), {"names": version})
    with duckdb.cursor() as con:
        found = con.execute(
            f"SELECT no, name FROM {relation(view.table('names'))} WHERE kind = ?", [_KIND]
        ).fetchall()
    return dict(found)


def _points(rows: Rows, names: Mapping[int, str]) -> dict[str, tuple[Point, ...]]:
    out: dict[str, list[Point]] = {}
    for metric, on, value, seen_at, source, corrected, disputed in rows:
        point = Point(on, value, _utc(seen_at), names.get(source, ""), corrected, bool(disputed))
        out.setdefault(metric, []).append(point)
    return {metric: tuple(points) for metric, points in out.items()}


def _marks(rows: Rows, names: Mapping[int, str]) -> dict[str, tuple[SeenMark, ...]]:
    out: dict[str, list[SeenMark]] = {}
    for metric, on, kind, words, seen_at, source in rows:
        mark = SeenMark(metric, on, kind, words, _utc(seen_at), names.get(source, ""))
        out.setdefault(metric, []).append(mark)
    return {metric: tuple(marks) for metric, marks in out.items()}


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


__all__: Sequence[str] = (
    "BY_HAND",
    "OBSERVE",
    "Correction",
    "Landed",
    "Observations",
    "Point",
    "SeenMark",
    "corrections",
    "cursor_of",
    "has_observations",
    "land_observations",
    "marks_of",
    "observations",
    "series",
    "version_of",
)  # fmt: skip
