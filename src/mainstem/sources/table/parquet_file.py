"""Parquet: DuckDB knows the types; here every column becomes text that reads back exactly."""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import SourceError
from mainstem.sources.table.opened import SAMPLE_ROWS, Column, Opened, quoted_path

if TYPE_CHECKING:
    import duckdb


def open_parquet(con: duckdb.DuckDBPyConnection, path: Path) -> Opened:
    """Opens a Parquet file; structs are flattened to ``a.b``, lists of structs to ``a[].b``.

    Raises:
        SourceError: if it is no Parquet file.
    """
    import duckdb

    rows_sql = f"read_parquet({quoted_path(path)})"
    try:
        described = con.execute(f"SELECT * FROM {rows_sql} LIMIT 0").description or []
    except duckdb.Error as error:
        raise SourceError(
            f"{path.name} is not a Parquet file that can be read: {str(error).splitlines()[0]}",
            "Export it again.",
        ) from error
    columns = [c for name, kind, *_ in described for c in _columns(name, _ident(name), kind)]
    picked = ", ".join(c.sql for c in columns)
    rows = con.execute(f"SELECT {picked} FROM {rows_sql} LIMIT {SAMPLE_ROWS}").fetchall()
    sample: list[list[str | tuple[str, ...] | None]] = [
        [tuple(x for x in v if x is not None) if isinstance(v, list) else v for v in row]
        for row in rows
    ]
    return Opened(
        path, "parquet", columns, rows_sql, sample, read_path=path, place=f"{path.name} row {{}}"
    )


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(name: str, sql: str, kind: Any) -> Iterator[Column]:
    if kind.id == "struct":
        for inner, inner_kind in kind.children:
            yield from _columns(f"{name}.{inner}", f"struct_extract({sql}, '{inner}')", inner_kind)
    elif kind.id in ("list", "array"):
        element = kind.children[0][1]
        if element.id == "struct":
            for inner, inner_kind in element.children:
                if inner_kind.id not in ("struct", "list", "array", "map"):
                    yield Column(
                        f"{name}[].{inner}",
                        f"list_transform({sql}, lambda e: struct_extract(e, '{inner}')::VARCHAR)",
                        True,
                    )
        else:
            yield Column(f"{name}[]", f"list_transform({sql}, lambda e: e::VARCHAR)", True)
    elif kind.id not in ("blob", "map"):
        yield Column(name, f"{sql}::VARCHAR")
