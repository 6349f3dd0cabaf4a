"""JSON: one object a line, a list of objects, or an object that holds such a list."""
# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import SourceError
from mainstem.sources.table.opened import SAMPLE_ROWS, Column, Opened, quoted, quoted_path

if TYPE_CHECKING:
    import duckdb

#: Where answers of trackers keep their rows.
_LISTS = (
    "issues",
    "values",
    "nodes",
    "items",
    "data",
    "results",
    "worklogs",
    "time_entries",
    "rows",
)
_DEEPEST = 4
_HUGE = 1 << 29

Steps = tuple[str, ...]


def open_json(con: duckdb.DuckDBPyConnection, path: Path) -> Opened:
    """Opens JSON Lines, or a JSON file with a list.

    Raises:
        SourceError: if it holds no objects.
    """
    import duckdb

    try:
        shape, rows_sql = _rows(con, path)
        sample = _sample(con, rows_sql)
    except duckdb.Error as error:
        raise SourceError(
            f"{path.name} is not JSON: {str(error).splitlines()[0]}",
            "It should hold one object a line, or a list of objects.",
        ) from error
    except RecursionError as error:
        raise SourceError(
            f"{path.name} holds lists within lists, deeper than any record is.",
            "It should hold one object a line, or a list of objects.",
        ) from error
    objects = [o for o in sample if isinstance(o, dict)]
    if not objects:
        raise SourceError(
            f"{path.name} holds no JSON objects.",
            "It should hold one object a line, or a list of objects.",
            code="source.empty",
        )
    found: dict[Steps, None] = {}
    for item in objects:
        _collect(item, (), found)
    columns = [json_column(steps) for steps in found]
    rows: list[list[str | tuple[str, ...] | None]] = [
        [_value(item, steps) for steps in found] for item in objects
    ]
    return Opened(
        path,
        "json",
        columns,
        rows_sql,
        rows[:SAMPLE_ROWS],
        read_path=path,
        broken_sql="json IS NULL OR json_type(json) <> 'OBJECT'",
        place=f"{path.name}:{{}}" if shape == "lines" else f"{path.name} object {{}}",
        stores_rejects=False,
    )


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, str]:
    """``lines``, ``list`` or ``object``, and the SQL that gives a column ``json`` per row."""
    import duckdb

    file = quoted_path(path)
    lines = f"read_json_objects({file}, format='newline_delimited', ignore_errors=true)"
    if path.suffix.lower() in (".jsonl", ".ndjson") or path.stem.lower().endswith(
        (".jsonl", ".ndjson")
    ):
        return "lines", lines
    for shape in ("array", "unstructured"):
        sql = f"read_json_objects({file}, format='{shape}', maximum_object_size={_HUGE})"
        try:
            first = con.execute(f"SELECT json::VARCHAR FROM {sql} LIMIT 2").fetchall()
        except duckdb.Error:
            continue
        if shape == "array":
            return "list", sql
        if len(first) == 1:
            item = json.loads(first[0][0])
            held = next((k for k in _LISTS if isinstance(item.get(k), list)), None)
            if held:
                inner = f"(SELECT unnest(json_extract(json, '$.{held}[*]')) AS json FROM {sql})"
                return "list", inner
    return "lines", lines


def _sample(con: duckdb.DuckDBPyConnection, rows_sql: str) -> list[Any]:
    rows = con.execute(f"SELECT json::VARCHAR FROM {rows_sql} LIMIT 1000").fetchall()
    return [json.loads(text) for (text,) in rows if text]


def _collect(value: dict[str, Any], steps: Steps, found: dict[Steps, None]) -> None:
    for key, inner in value.items():
        here = (*steps, key)
        if isinstance(inner, dict) and len(here) < _DEEPEST:
            _collect(inner, here, found)
        elif isinstance(inner, list):
            found.setdefault((*here, "[]"))
            for element in inner[:20]:
                if isinstance(element, dict) and "[]" not in steps and len(here) < _DEEPEST:
                    _collect_flat(element, (*here, "[]"), found)
        else:
            found.setdefault(here)


def _collect_flat(element: dict[str, Any], steps: Steps, found: dict[Steps, None]) -> None:
    for key, inner in element.items():
        if not isinstance(inner, dict | list):
            found.setdefault((*steps, key))


def name_of(steps: Steps) -> str:
    """``("components", "[]", "name")`` as ``components[].name``."""
    return ".".join(steps).replace(".[]", "[]")


def steps_of(name: str) -> Steps:
    """The other way round; a name that holds a dot itself cannot be told apart and is split."""
    return tuple(s for part in name.split(".") for s in _split_list(part) if s)


def _split_list(part: str) -> Iterable[str]:
    return (part[:-2], "[]") if part.endswith("[]") else (part,)


def json_column(steps: Steps, source: str = "json") -> Column:
    """The column that a path inside an object makes; ``source`` is an expression of type JSON."""
    many = "[]" in steps
    path = "$" + "".join("[*]" if s == "[]" else f'."{s}"' for s in steps)
    sql = f"json_extract_string({source}, {quoted(path)})"
    return Column(name_of(steps), sql, many)


def _value(item: dict[str, Any], steps: Steps) -> str | tuple[str, ...] | None:
    values: list[Any] = [item]
    for step in steps:
        following: list[Any] = []
        for v in values:
            if step == "[]":
                following.extend(v if isinstance(v, list) else [])
            elif isinstance(v, dict):
                following.append(v.get(step))
        values = following
    texts = tuple(_text(v) for v in values if v is not None)
    if "[]" in steps:
        return texts
    return texts[0] if texts else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
