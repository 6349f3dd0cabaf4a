"""What a preview of claims needs to know of the items as a whole: worked out once for each of their versions
and kept beside the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.claims_sql import MANY, SINGLE, quote
from mainstem.ledger.cube_files import Put, kept_or_made
from mainstem.ledger.store import relation
from mainstem.plan.model import Condition
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    import duckdb

    from mainstem.ledger.questions import Desk

Array = NDArray[Any]
#: Columns of items that attribution reads whatever is asked for.
_ALWAYS = ("item", "source", "key", "parent", "epic", "shares", "chunk")


def ancestors(con: duckdb.DuckDBPyConnection, desk: Desk) -> Array:
    """Numbers of the items that others name as their parent or epic, sorted. Needs ``items``."""
    return _numbers(
        con, desk, "ancestors",
        "SELECT item FROM items SEMI JOIN (SELECT parent AS key FROM items UNION SELECT epic FROM items) "
        "USING (key) ORDER BY item",
    )  # fmt: skip


def doubtful_paths(
    con: duckdb.DuckDBPyConnection, desk: Desk, ignored: Sequence[str], targets: int
) -> Array:
    """Numbers of the items that a claim by path may match and have nothing of, sorted. Needs ``items``.

    These are items with a path that does not count, and those with so many that the share of one of
    ``targets`` streams can be less than a ten-thousandth.
    """
    pattern = "|".join(f"(?:{p})" for p in ignored) or "$^."
    most = max(WHOLE // max(targets, 1), 1)
    mark = sha256(f"{pattern} {most}".encode()).hexdigest()[:12]
    return _numbers(
        con, desk, f"doubtful{mark}",
        "WITH odd AS (SELECT path FROM (SELECT DISTINCT unnest(paths) AS path FROM items) "
        f"WHERE regexp_matches(lower(path), {quote(pattern)}, 'is')) "
        "SELECT DISTINCT item FROM (SELECT item, unnest(paths) AS path FROM items) SEMI JOIN odd USING (path) "
        f"UNION SELECT item FROM items WHERE len(paths) >= {most} ORDER BY item",
    )  # fmt: skip


def _numbers(con: duckdb.DuckDBPyConnection, desk: Desk, kind: str, asked: str) -> Array:
    def find() -> Array:
        return np.asarray(con.execute(asked).fetchnumpy()["item"])

    def make(put: Put) -> dict[str, Any]:
        found = find()
        if len(found):
            put("items", found)
        return {}

    if desk.kept_in is None:
        return find()
    kept = kept_or_made(desk.kept_in, kind, desk.table("items"), make)
    # nothing is kept where there are none: an empty array cannot be mapped
    return kept.arrays.get("items", np.zeros(0, np.int64))


def put_narrow_items(
    con: duckdb.DuckDBPyConnection, desk: Desk, conditions: Iterable[Condition]
) -> None:
    """Makes the view ``items`` with only the columns that some conditions ask for; the others are empty.

    Titles and paths are most of what there is to read.
    """
    asked = {kind for c in conditions for kind in _kinds(c)}
    wanted = {*_ALWAYS, *(MANY.get(k, k) for k in asked)}
    if "path" in asked:
        wanted.add("paths")
    if "text" in asked:
        wanted.add("title")
    if "field" in asked:
        wanted.add("fields")
    columns = ", ".join(
        f'"{name}"' if name in wanted else f'CAST(NULL AS {kind}) AS "{name}"'
        for name, kind in desk.table("items").shape.columns.items()
    )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW items AS SELECT {columns} FROM {relation(desk.table('items'))}"
    )


def _kinds(condition: Condition) -> Iterator[str]:
    """The kinds of fields that a condition looks at, at any depth."""
    for name in (*SINGLE, *MANY, "path", "text", "field"):
        if getattr(condition, name):
            yield name
    for inner in (*condition.all, *condition.any, *condition.not_):
        yield from _kinds(inner)
