"""Attribution of 10 million rows (2 million items) by 500 mixed claims, against SQL written by hand for them.

``python -m bench.attributing [ITEMS]`` prints seconds and ratios. Both read the same items and write one
row per item and stream as Parquet; both give the same sums, which is checked. A second part changes one
claim and brings attribution and roll-up up to date through the service.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.data import WORK, as_installed
from mainstem.ledger.attribute import attribute
from mainstem.ledger.refresh import refresh
from mainstem.ledger.store import Ledger, relation
from mainstem.plan.model import Plan
from mainstem.services.work.attributing import build_inputs

STREAMS, TEAMS = 100, 60
WORDS = [f"{a}{b}" for a in ("pay", "play", "sign", "match", "ad", "data", "core", "cache", "live", "edge")
         for b in ("er", "ing", "flow", "set", "map", "box", "lane", "gate", "mark", "line")]  # fmt: skip
AT = datetime(2026, 10, 5, tzinfo=UTC)


def make_plan(*, changed: bool = False) -> Plan:
    """180 label, 110 component, 80 path, 30 compound and 100 text claims on 100 streams."""
    claims: dict[int, list[dict[str, Any]]] = {n: [] for n in range(STREAMS)}
    made: list[dict[str, Any]] = [{"label": f"label-{n}"} for n in range(180)]
    made += [{"component": f"component-{n}"} for n in range(110)]
    made += [{"path": f"/area{n}/part{n % 7}/"} for n in range(80)]
    made += [{"project": f"P{n}", "type": "bug", "not": {"label": "label-500"}} for n in range(30)]
    made += [{"text": f"{WORDS[n]} {WORDS[(n * 7 + 3) % 100]}"} for n in range(60)]
    made += [{"text": f"/{WORDS[n]} (fails|breaks) on {WORDS[(n + 9) % 100]}/"} for n in range(40)]
    for n, claim in enumerate(made):
        claims[(n * 37) % STREAMS].append(claim)
    if changed:
        claims[0][0] = {"label": "label-1999"}
    return Plan.model_validate(
        {
            "organisation": {"unit": "hour"},
            "teams": {f"t{n}": {} for n in range(TEAMS)},
            "streams": {f"s{n}": {"claims": c} for n, c in claims.items()},
            "rest": [],
        }
    )


def make_ledger(items: int) -> Path:
    """Items with labels, components, paths and titles, and five records of effort each."""
    root = WORK / f"claims-{items}"
    if (root / "done").exists():
        return root
    ledger = Ledger.open(root, make=True, memory="3GB")
    words = "[" + ", ".join(f"'{w}'" for w in WORDS) + "]"
    with ledger.change() as change:
        con = change.con
        con.execute(
            "CREATE TEMP TABLE given AS SELECT 'source' AS kind, 1 AS no, 'bench' AS name UNION ALL "
            "SELECT 'person', (r + 1)::INTEGER, 'p' || r FROM range(600) t(r) UNION ALL "
            f"SELECT 'team', (r + 1)::INTEGER, 't' || r FROM range({TEAMS}) t(r)"
        )
        change.put("names", "SELECT * FROM given")
        change.put(
            "items",
            f"WITH r AS (SELECT r, hash(r) AS h, hash(r * 3 + 1) AS g, {words} AS w FROM range({items}) t(r)) "
            "SELECT r + 1 AS item, 1 AS source, 'B-' || r AS key, "
            "CASE h % 3 WHEN 0 THEN 'bug' WHEN 1 THEN 'task' ELSE 'story' END AS type, "
            "w[(1 + h % 100)::BIGINT] || ' ' || w[(1 + g % 100)::BIGINT] || CASE WHEN h % 5 = 0 THEN ' fails on ' ELSE ' for ' END "
            "|| w[(1 + (h // 100) % 100)::BIGINT] || ' in ' || w[(1 + (g // 100) % 100)::BIGINT] || ' number ' || r AS title, "
            "'done' AS state, 'P' || (h % 400) AS project, "
            "['label-' || (g % 2000), 'label-' || ((g // 2000) % 2000)] AS labels, "
            "['component-' || ((h // 7) % 1500)] AS components, NULL AS epic, NULL AS parent, "
            "['area' || (h % 300) || '/part' || (g % 7) || '/file' || (g % 97) || '.py', "
            "'area' || (g % 300) || '/part' || (h % 7) || '/file' || (h % 97) || '.py'] AS paths, "
            "NULL AS team, MAP {} AS fields, NULL AS url, NULL AS created, NULL AS started, NULL AS done, "
            "MAP {} AS shares, false AS bot, false AS stub, 1 AS landing, (r + 1) // 262144 AS chunk FROM r",
            order="item",
        )
        writer, files = change.writer("records"), []
        for month in range(12):
            first = f"DATE '2025-10-01' + INTERVAL {month} MONTH"
            files += writer.write(
                f"SELECT 'r' || {month} || '-' || r AS row_key, 1 AS source, 1 + (hash(r + {month}) % {items})::BIGINT AS item, "
                f"({first})::DATE + (hash(r * 5) % 28)::INTEGER AS day, (1 + hash(r * 7) % 600)::INTEGER AS person, "
                f"(1 + hash(r * 7) % {TEAMS})::INTEGER AS team, 1 AS unit, 1500000 AS amount, false AS bot, 1 AS landing, "
                f"strftime({first}, '%Y-%m') AS month FROM range({items * 5 // 12}) t(r)"
            )
        change.pins["records"] = writer.commit(files)
        months = [f"{2025 + (9 + m) // 12}-{(9 + m) % 12 + 1:02d}" for m in range(12)]
        change.commit(
            what="import", source="bench", at=AT, report={"months": months, "items": {"changed": 0}}
        )
    (root / "done").touch()
    return root


def ours(root: Path) -> tuple[float, list[Any]]:
    """The service's attribution of every item, written as Parquet."""
    ledger, plan = Ledger.open(root, memory="3GB"), make_plan()
    with ledger.change() as change:
        inputs, _ = build_inputs(change, plan, [], "bench")
        con = change.con
        start = time.perf_counter()
        con.execute(f"CREATE TEMP VIEW items AS SELECT * FROM {change.view('items')}")
        con.execute(
            f"CREATE TEMP VIEW attribution AS SELECT * FROM {change.view('attribution')} WHERE false"
        )
        con.execute("CREATE TEMP TABLE source_name AS SELECT 1 AS no, 'bench' AS name")
        con.execute("CREATE TEMP TABLE item_words (item BIGINT, words VARCHAR[])")
        con.execute("CREATE TEMP TABLE pick AS SELECT item FROM items")
        attribute(con, inputs.plain, whole=True)
        con.execute(
            f"COPY (SELECT item, target, share FROM fresh_attribution) TO '{WORK}/ours.parquet' (FORMAT parquet)"
        )
        seconds = time.perf_counter() - start
        check = con.execute(
            "SELECT count(*), sum(share), count(DISTINCT item) FROM fresh_attribution WHERE target > 0"
        ).fetchone()
    return seconds, list(check or ())


def by_hand(root: Path) -> tuple[float, list[Any]]:
    """What a good engineer would write for these claims: joins, prefixes, and guarded text last."""
    import duckdb

    plan = make_plan()
    con = duckdb.connect(config={"memory_limit": "3GB"})
    con.execute("SET preserve_insertion_order = false")
    maps: dict[str, list[tuple[str, int]]] = {
        "label": [],
        "component": [],
        "path": [],
        "project": [],
    }
    text: list[tuple[str, str, int]] = []
    for n, stream in enumerate(plan.streams.values()):
        for c in stream.claims:
            for kind, found in maps.items():
                found += [(v, n) for v in getattr(c, kind)]
            for t in c.text:
                if t.startswith("/"):
                    text.append((t[1:-1].split(" ")[0], t[1:-1], n))
                else:
                    text.append(
                        (
                            max(t.split(), key=len),
                            rf"(?:^|\W){t.replace(' ', chr(92) + 's+')}(?:$|\W)",
                            n,
                        )
                    )
    start = time.perf_counter()
    con.execute(
        f"CREATE VIEW items AS SELECT * FROM {relation(Ledger.open(root).view().table('items'))}"
    )
    for kind, found in maps.items():
        con.execute(f"CREATE TABLE m_{kind} (v VARCHAR, s INTEGER)")
        con.executemany(f"INSERT INTO m_{kind} VALUES (?, ?)", found)
    con.execute(
        """
        CREATE TABLE c AS
        SELECT item, s, 1 AS rank FROM items JOIN m_project ON lower(v) = lower(project)
          WHERE lower(type) = 'bug' AND NOT list_contains(labels, 'label-500')
        UNION ALL SELECT DISTINCT item, s, 2 FROM (SELECT item, lower(unnest(labels)) AS l FROM items) JOIN m_label ON v = l
        UNION ALL SELECT DISTINCT item, s, 3 FROM (SELECT item, lower(unnest(components)) AS l FROM items) JOIN m_component ON v = l
        UNION ALL SELECT item, s, 4 FROM (SELECT item, '/' || lower(split_part(p, '/', 1) || '/' || split_part(p, '/', 2)) || '/' AS d
          FROM (SELECT item, unnest(paths) AS p FROM items)) JOIN m_path ON v = d
        """
    )
    con.execute("CREATE TABLE won AS SELECT item, min(rank) AS rank FROM c GROUP BY item")
    cases = ", ".join(
        f"CASE WHEN contains(t, '{lit}') AND regexp_matches(t, '{rx}', 'i') THEN {s} END"
        for lit, rx, s in text
    )
    con.execute(
        f"INSERT INTO c SELECT item, s, 5 FROM (SELECT item, unnest(list_filter([{cases}], lambda x: x IS NOT NULL)) AS s "
        "FROM (SELECT item, lower(title) AS t FROM items ANTI JOIN won USING (item)))"
    )
    con.execute("INSERT INTO won SELECT DISTINCT item, 5 FROM c WHERE rank = 5")
    con.execute(
        """
        CREATE TABLE a AS
        WITH best AS (SELECT c.item, c.s, c.rank, count(*) AS n FROM c JOIN won USING (item, rank) GROUP BY ALL),
        split AS (
          SELECT *, count(*) OVER w AS many, row_number() OVER (w ORDER BY s) AS nth,
            sum(n) OVER (w ORDER BY s ROWS UNBOUNDED PRECEDING) AS above
          FROM best WINDOW w AS (PARTITION BY item))
        SELECT item, s, (CASE WHEN rank = 4 THEN above * 10000 // 2 - (above - n) * 10000 // 2
          WHEN many = 1 THEN 10000 ELSE 10000 // many + CASE WHEN nth <= 10000 % many THEN 1 ELSE 0 END END)::INTEGER AS share
        FROM split
        """
    )
    con.execute(f"COPY (SELECT * FROM a) TO '{WORK}/hand.parquet' (FORMAT parquet)")
    seconds = time.perf_counter() - start
    return seconds, list(
        con.execute("SELECT count(*), sum(share), count(DISTINCT item) FROM a").fetchone() or ()
    )


def one_claim(root: Path) -> tuple[float, list[Any]]:
    """A full run through the service, then one claim changed: the share of a full run that it takes."""
    ledger = Ledger.open(root, memory="3GB")
    times = []
    for plan in (make_plan(), make_plan(changed=True)):
        start = time.perf_counter()
        with ledger.change() as change:
            inputs, _ = build_inputs(change, plan, [], "bench")
            work = refresh(ledger, inputs, change, at=AT)
        times.append(time.perf_counter() - start)
    return times[1] / times[0], [*times, work.items]


CASES = {"ours": ours, "by_hand": by_hand, "one_claim": one_claim}


def _run(root: Path, case: str) -> tuple[float, list[Any]]:
    done = subprocess.run([sys.executable, "-m", "bench.attributing", "--one", case, str(root)],
                          capture_output=True, text=True, check=False, env=as_installed())  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    seconds, check = json.loads(done.stdout)
    return seconds, check


def compare(items: int, runs: int = 3) -> dict[str, Any]:
    """Both in turn, then the change of one claim."""
    root = make_ledger(items)
    a, b = [], []
    for _ in range(runs):
        x, y = _run(root, "ours"), _run(root, "by_hand")
        assert x[1] == y[1], f"the two disagree: {x[1]} and {y[1]}"
        a.append(x[0])
        b.append(y[0])
    # a ledger that was never derived: the first run must be a full one
    shutil.rmtree(root)
    share, detail = _run(make_ledger(items), "one_claim")
    return {"items": items, "ours": statistics.median(a), "by_hand": statistics.median(b),
            "ratio": statistics.median(x / y for x, y in zip(a, b, strict=True)),
            "one claim, of a full run": share, "detail": detail}  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--one":
        print(json.dumps(CASES[sys.argv[2]](Path(sys.argv[3]))))
    else:
        print(json.dumps(compare(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)))
