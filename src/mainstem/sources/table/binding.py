"""A mapping tied to the columns of one opened table."""
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.sources.table.json_file import json_column, steps_of
from mainstem.sources.table.mapping import MANY, Mapping, check_columns, find_columns, plain
from mainstem.sources.table.opened import Column, Opened
from mainstem.sources.table.parts import count

if TYPE_CHECKING:
    import duckdb

#: Bytes of a text that a thread reads at once. In smaller pieces, putting what threads read into its order
#: costs more than one further thread gains.
PIECE = 1 << 24
#: So many threads are too few for smaller pieces.
FEW_THREADS = 2
#: Average length of a value from which a column is prose, not a field that a claim may ask for.
PROSE = 200
_DATES = ("day", "start", "end", "created", "started", "done", "updated")


@dataclass(frozen=True, slots=True)
class Bound:
    """Where each role's values come from, as columns ``c0``, ``c1``, … of the loaded table.

    Attributes:
        picked: The columns to load, in order.
        roles: Role → places in ``picked``.
        rest: Field name → places in ``picked``.
    """

    mapping: Mapping
    opened: Opened
    picked: tuple[Column, ...]
    roles: dict[str, tuple[int, ...]]
    rest: dict[str, tuple[int, ...]]

    def has(self, role: str) -> bool:
        """Whether the file has a column for ``role``."""
        return bool(self.roles.get(role))

    def text(self, *roles: str) -> str:
        """SQL of the first value that one of the roles has, ``NULL`` if there is no such column."""
        parts = [
            f"c{i}[1]" if self.picked[i].many else f"c{i}"
            for role in roles
            for i in self.roles.get(role, ())
        ]
        if not parts:
            return "NULL::VARCHAR"
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def list(self, role: str) -> str:
        """SQL of all values of ``role`` as ``VARCHAR[]`` without repeats, in order."""
        places = self.roles.get(role, ())
        if not places:
            return "[]::VARCHAR[]"
        repeated = len(places) > 1 and len({plain(self.picked[i].name) for i in places}) < len(
            places
        )
        split = "" if repeated else self.mapping.split
        parts = [self._one_list(i, split) for i in places]
        joined = parts[0] if len(parts) == 1 else f"list_concat({', '.join(parts)})"
        return (
            f"list_filter({joined}, lambda v, i: v <> '' AND list_position({joined}, v) = i)"
            if len(parts) == 1
            else f"list_sort(list_distinct(list_filter({joined}, lambda v: v <> '')))"
        )

    def _one_list(self, place: int, split: str) -> str:
        if self.picked[place].many:
            return f"coalesce(c{place}, [])"
        if not split:
            return f"CASE WHEN c{place} IS NULL THEN []::VARCHAR[] ELSE [c{place}] END"
        marks = "[" + re.escape(split).replace("'", "''") + "]"
        return (
            f"coalesce(list_transform(regexp_split_to_array(c{place}, '{marks}'), lambda v: trim(v)),"
            " []::VARCHAR[])"
        )

    @property
    def broken(self) -> str:
        """SQL that is true for a row that is no row at all."""
        return "broken" if self.opened.broken_sql else "false"

    def fields(self) -> str:
        """SQL of the other columns as a ``MAP(VARCHAR, VARCHAR)``."""
        if not self.rest:
            return "MAP {}::MAP(VARCHAR, VARCHAR)"
        entries = ", ".join(
            f"{{'key': {_literal(name)}, 'value': {self._joined(places)}}}"
            for name, places in self.rest.items()
        )
        return f"map_from_entries(list_filter([{entries}], lambda e: e.value IS NOT NULL))"

    def _joined(self, places: tuple[int, ...]) -> str:
        parts = [
            f"nullif(array_to_string(c{i}, ', '), '')" if self.picked[i].many else f"c{i}"
            for i in places
        ]
        return parts[0] if len(parts) == 1 else f"nullif(concat_ws(', ', {', '.join(parts)}), '')"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def bind(mapping: Mapping, opened: Opened) -> Bound:
    """Finds the mapping's columns.

    Raises:
        SourceError: if a column that must be there is not; it lists those that are.
    """
    if opened.kind not in ("json",):
        check_columns(_without_combined(mapping, opened), opened.header, opened.path.name)
    picked: list[Column] = []
    roles: dict[str, tuple[int, ...]] = {}
    for role, names in mapping.columns.items():
        columns = [c for n in names for c in _columns(n, role, opened)]
        if columns:
            roles[role] = tuple(dict.fromkeys(_pick(picked, c) for c in columns))
    rest: dict[str, tuple[int, ...]] = {}
    taken = {c.sql for c in picked}
    for column in _rest(mapping, opened):
        if column.sql not in taken:
            name = field_name(column.name)
            rest[name] = (*rest.get(name, ()), _pick(picked, column))
    if not any(r in roles for r in ("key", "title", "hours", "points", "project", "start", "log")):
        raise SourceError(
            f"{opened.path.name}: the mapping finds no item and no effort in it.",
            f"Columns there: {', '.join(opened.header[:60])}.",
            code="source.not_work",
        )
    return Bound(mapping, opened, tuple(picked), roles, rest)


def _pick(picked: list[Column], column: Column) -> int:
    for i, known in enumerate(picked):
        if known.sql == column.sql:
            return i
    picked.append(column)
    return len(picked) - 1


def _without_combined(mapping: Mapping, opened: Opened) -> Mapping:
    """Names that are paths into JSON cells, or two columns joined, are checked where they are found."""
    columns = {
        role: tuple(
            n for n in names if not _columns(n, role, opened) or find_columns(n, opened.header)
        )
        for role, names in mapping.columns.items()
    }
    found = {
        r: () if any(_columns(n, r, opened) for n in mapping.columns[r]) else columns[r]
        for r in columns
    }
    return mapping.changed(columns=found)


def _columns(name: str, role: str, opened: Opened) -> list[Column]:
    places = find_columns(name, opened.header)
    if places:
        found = [
            opened.columns[i] for i in places if role == "worklogs" or not _holds_objects(i, opened)
        ]
        return found if role in MANY else found[:1]
    if " + " in name:
        parts = [c for n in name.split(" + ") for c in _columns(n, role, opened)[:1]]
        if len(parts) == len(name.split(" + ")):
            joined = ", ".join(f"nullif(trim({c.sql}), '')" for c in parts)
            return [Column(name, f"concat_ws(' ', {joined})")]
        return []
    if opened.kind == "json":
        return [json_column(steps_of(name))] if "." in name or "[]" in name else []
    head, dot, tail = name.partition(".")
    held = find_columns(head, opened.header) if dot else []
    if held and tail:
        cell = opened.columns[held[0]].sql
        source = f"(CASE WHEN json_valid({cell}) THEN {cell}::JSON END)"
        inner = json_column(steps_of(tail), source)
        return [Column(name, inner.sql, inner.many)]
    return []


def _rest(mapping: Mapping, opened: Opened) -> Iterable[Column]:
    if mapping.only:
        for name in mapping.only:
            yield from (opened.columns[i] for i in find_columns(name, opened.header))
        return
    if not mapping.rest:
        return
    left = {plain(n) for n in mapping.leave}
    for i, column in enumerate(opened.columns):
        if plain(column.name) in left or column.name == f"column {i + 1}":
            continue
        if not _is_prose(i, opened) and not _is_bulk(column):
            yield column


def _is_bulk(column: Column) -> bool:
    """Lists of objects and deep paths: no field to claim by."""
    tail = column.name.rsplit(".", 1)[-1]
    deep = column.name.count(".") > 1 or (column.name.count(".") == 1 and column.many)
    return (column.many and column.name.endswith("[]") and "." in column.name) or (
        deep and tail not in ("name", "key", "title", "value")
    )


def _holds_objects(place: int, opened: Opened) -> bool:
    """Whether a column is a list of objects, of which only a part can be meant."""
    lists = [v for row in opened.sample if isinstance(v := row[place], tuple) and v]
    return any(e.startswith("{") for v in lists[:20] for e in v[:1])


def _is_prose(place: int, opened: Opened) -> bool:
    values = [v for row in opened.sample if isinstance(v := row[place], str)]
    if _holds_objects(place, opened):
        return True
    return bool(values) and sum(map(len, values)) / len(values) > PROSE


#: How Jira calls a custom field in its CSV, by language.
_CUSTOM = "Custom field|Benutzerdefiniertes Feld|Champs? personnalisés?|Campo personalizado"


def field_name(name: str) -> str:
    """A field's name as a claim asks for it: ``Custom field (Severity)`` is ``Severity``,
    ``fields.priority.name`` is ``priority``."""
    custom = re.fullmatch(rf"(?:{_CUSTOM}) \((.+)\)", name)
    if custom:
        return custom[1]
    name = re.sub(r"\.\d{1,3}$", "", name)
    return re.sub(r"^fields\.|\[\]|\.(name|value|displayName)$", "", name) or name


#: Roles whose texts are compared: blanks around them would make two of one.
_COMPARED = (
    "key", "row_id", "person", "team", "project", "type", "state", "epic", "parent", "stream", "labels",
    "components", "day", "done", "title",
)  # fmt: skip


def load(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    """Reads the file once into the table ``raw``: empty texts are NULL, those that are compared trimmed.

    Trimming every text would cost a third of reading them, so it is done only where there are blanks.
    """
    # the reader of CSV gives NULL for an empty cell, also a quoted one
    is_csv = bound.opened.kind == "csv"
    parts = [f"{_clean(c, is_csv)} AS c{i}" for i, c in enumerate(bound.picked)]
    if bound.opened.row_sql:
        parts.append(f"{bound.opened.row_sql} AS place_no")
    if bound.opened.broken_sql:
        parts.append(f"{bound.opened.broken_sql} AS broken")
    rows = bound.opened.rows_sql
    is_long = is_csv and _is_long(bound.opened)
    if is_long:
        rows = f"{rows[:-1]}, buffer_size={PIECE})"
    few = is_csv and count(con, "SELECT current_setting('threads')") <= FEW_THREADS
    alone = few and not is_long
    if alone:
        con.execute("SET threads = 1")
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE raw AS SELECT {', '.join(parts)} FROM {rows}")
    finally:
        if alone:
            con.execute("RESET threads")
    _trim(con, bound)


def _is_long(opened: Opened) -> bool:
    """Whether a text has several large pieces. A piece must hold the longest line that is allowed."""
    path = opened.read_path or opened.path
    packed = path.suffix.lower() in (".gz", ".zst")
    return not packed and "max_line_size" not in opened.rows_sql and path.stat().st_size > 2 * PIECE


def _trim(con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
    small = bound.mapping.rows == "issues"
    places = {
        i for r in _COMPARED for i in bound.roles.get(r, ()) if small or r not in ("title", "day")
    }
    places = {i for i in places if not bound.picked[i].many}
    if not places:
        return
    # most texts begin with a visible sign of ASCII: only what does not is looked at more closely
    likely = _any_of(con, places, "NOT {0} BETWEEN '!' AND '\x7f' OR {0} LIKE '% '")
    blank = _any_of(
        con, likely, "{0} LIKE ' %' OR {0} LIKE '% ' OR {0} LIKE '\u00a0%' OR {0} LIKE '\t%'"
    )
    if blank:
        trimmed = ", ".join(f"nullif(trim(c{i}, ' \t\u00a0\r\n'), '') AS c{i}" for i in blank)
        con.execute(f"CREATE OR REPLACE TEMP TABLE raw AS SELECT * REPLACE ({trimmed}) FROM raw")


def _any_of(con: duckdb.DuckDBPyConnection, places: Iterable[int], test: str) -> list[int]:
    """Which columns have a value that passes a test, in which ``{0}`` stands for the value."""
    asked = sorted(places)
    if not asked:
        return []
    tests = ", ".join(f"coalesce(bool_or({test.format(f'c{i}')}), false)" for i in asked)
    found = con.execute(f"SELECT {tests} FROM raw").fetchone() or ()
    return [i for i, has in zip(asked, found, strict=True) if has]


def _clean(column: Column, is_csv: bool) -> str:
    if column.many:
        return f"list_filter(list_transform({column.sql}, lambda e: trim(e)), lambda e: e <> '')"
    as_read = is_csv and re.fullmatch(r"c\d+", column.sql)
    sql = column.sql if as_read else f"nullif({column.sql}, '')"
    if column.utc:
        bare = r"([Zz]|UTC|[+-]\d\d:?\d\d)$"
        return (
            f"CASE WHEN strlen({sql}) > 10 AND NOT regexp_matches({sql}, '{bare}')"
            f" THEN {sql} || 'Z' ELSE {sql} END"
        )
    return sql
