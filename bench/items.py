"""The page of work: one query of the items in a quarter, by what is kept of the days and by SQL.

``python -m bench.items ROWS`` prints for each case the seconds of the first answer, and the median seconds
and processor milliseconds of the next ones, each with what is kept in memory of that query let go where
it says "new" (a query that nobody has asked before, about days that somebody has).
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.data import ROWS_PER_ITEM, WORK, make_ledger
from mainstem.ledger import item_cube, item_cube_fields, item_cube_pages, item_cube_words
from mainstem.ledger.browsing import Cursor, Order, Sought, browse, cursor_at
from mainstem.ledger.browsing_conditions import Known, condition_of
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import Ledger
from mainstem.work.query import parse

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
RUNS = 5
WORDS = ("start", "night", "play", "derby", "stall", "buffer", "login", "export", "chart", "mail",
         "cache", "retry", "search", "label", "queue", "split")  # fmt: skip
CASES = {
    "everything": "",
    "one stream": "stream:s7",
    "one team and the teams in it": "team:g3",
    "one label": "label:area-17",
    "word and type": "derby type:bug",
    "stream, not a type": "stream:s7 -type:bug",
}


def make(rows: int) -> Path:
    """The ledger of ``bench.data`` with a described item for every number."""
    root = WORK / f"items-{rows}"
    if (root / "described").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    plain = make_ledger(rows)
    shutil.copytree(plain, root, ignore=shutil.ignore_patterns("peer*", "cache", "spill"))
    items = rows // ROWS_PER_ITEM
    listed = ", ".join(f"'{w}'" for w in WORDS)
    word = "[" + listed + "][CAST(1 + hash(item * {}) % " + str(len(WORDS)) + " AS BIGINT)]"
    title = " || ' ' || ".join(word.format(n) for n in (3, 5, 7, 11, 13, 17, 19))
    ledger = Ledger.open(root, memory="2GB")
    with ledger.change() as change:
        change.con.execute("CREATE TEMP TABLE given (kind VARCHAR, no INTEGER, name VARCHAR)")
        change.con.execute("INSERT INTO given VALUES ('source', 1, 'tracker')")
        change.put("names", "SELECT * FROM given")
        change.put("items", _items(change, items, title), order="item")
        change.commit(what="refresh", report={"digests": {}, "rules": {}, "window": []}, plan="bench",
                      at=datetime(2026, 10, 6, tzinfo=UTC))  # fmt: skip
    (root / "described").touch()
    return root


def _items(change: Any, items: int, title: str) -> str:
    known = {
        "item": "item", "source": "1", "key": "'PRJ' || (item % 40) || '-' || item", "title": title,
        "type": "['task', 'bug', 'story', 'chore'][CAST(1 + hash(item) % 4 AS BIGINT)]", "state": "'done'",
        "project": "'PRJ' || (item % 40)", "labels": "['area-' || hash(item * 23) % 200, 'q' || item % 9]",
        "url": "'https://tracker.example/browse/PRJ' || (item % 40) || '-' || item",
        "stub": "false", "landing": str(change.number), "chunk": "item // 262144", "bot": "false",
    }  # fmt: skip
    from mainstem.ledger.tables import SHAPES

    columns = ", ".join(
        f'{known.get(c, f"CAST(NULL AS {t})")} AS "{c}"' for c, t in SHAPES["items"].columns.items()
    )
    return f"SELECT {columns} FROM (SELECT r + 1 AS item FROM range({items}) t(r))"


def _known(desk: Desk) -> Known:
    from bench.data import make_plan
    from mainstem.score.tree import TeamTree

    tree = TeamTree.of(make_plan().teams)
    numbers = {name: no for no, name in desk.names("team_id").items()}
    targets = {name: no for no, name in desk.names("target").items()}
    return Known(
        teams=lambda t: [numbers[n] for n in tree.subtree(t.value)],
        targets=lambda t: targets.get(f"{t.field}:{t.value}"),
        streams=[no for name, no in targets.items() if name.startswith("stream:")],
    )


def forget() -> None:
    """As if the query had not been asked yet."""
    item_cube.forget(matches_only=True)
    item_cube_pages.forget()


def measure(run: Callable[[], Any]) -> str:
    """First, then median seconds and processor milliseconds, then the same for a new query."""
    first = time.perf_counter()
    check = run()
    first = time.perf_counter() - first
    out = [f"{first:.3f}"]
    for before in (_nothing, forget):
        times, spent = [], []
        for _ in range(RUNS):
            before()
            began, cpu = time.perf_counter(), time.process_time()
            assert run() == check
            times.append(time.perf_counter() - began)
            spent.append(time.process_time() - cpu)
        out += [
            f"{statistics.median(times) * 1000:.1f}",
            f"{statistics.median(spent) * 1000:.1f}",
        ]
    return " | ".join(out)


def _nothing() -> None:
    """Keeps what is kept."""


def main(rows: int) -> None:
    """Prints a table."""
    ledger = Ledger.open(make(rows), memory="1GB")
    print("| how | case | first s | ms | CPU ms | new ms | new CPU ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for how in sys.argv[2:] or ("by SQL", "kept"):
        desk = Desk(ledger, ledger.view(), cube=how == "kept")
        known = _known(desk)
        if how == "kept":
            began = time.perf_counter()
            item_cube_words.open_all(desk)
            print(f"| {how} | words of all items | {time.perf_counter() - began:.3f} | | | | |")
            began = time.perf_counter()
            days = item_cube.period_of(desk, 1, FIRST, LAST)
            assert days is not None
            print(f"| {how} | the quarter | {time.perf_counter() - began:.3f} | | | | |")
            began = time.perf_counter()
            item_cube_fields.make(desk, days.name, days.items)
            print(f"| {how} | fields of its items | {time.perf_counter() - began:.3f} | | | | |")
        second: Cursor | None = None
        for case, query in [*CASES.items(), ("everything, second page", "")]:
            sought = Sought(condition_of(parse(query), known), 1, FIRST, LAST)
            cursor = second if "second" in case else None

            def run(sought: Sought = sought, cursor: Cursor | None = cursor) -> Any:
                return browse(desk, sought, order=Order.EFFORT, cursor=cursor, most=50)  # noqa: B023

            print(f"| {how} | {case} | {measure(run)} |", flush=True)
            second = second or cursor_at(run()[1].items[-1], Order.EFFORT, is_back=False)
        desk.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
