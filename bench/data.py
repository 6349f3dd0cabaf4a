"""Made-up ledgers of any size, written straight into the ledger's derived tables."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from mainstem.ledger.sql import text
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Plan
from mainstem.services.plans.kept_plans import keep_plan

WORK = Path(__file__).parent / "work"
TEAMS, STREAMS, KINDS = (
    300,
    120,
    ("incident", "compliance", "support", "operations", "debt", "enablement"),
)
MONTHS = 24
ROWS_PER_ITEM = 5


def as_installed() -> dict[str, str]:
    """The environment for processes that are measured: modules are compiled once, as pip does when it
    installs, also where this shell says not to."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return env | {"PYTHONPYCACHEPREFIX": str(WORK / "compiled")}


def make_plan() -> Plan:
    """300 teams in 4 levels, 120 streams."""
    teams: dict[str, dict[str, object]] = {"org": {}}
    for g in range(10):
        teams[f"g{g}"] = {"in": "org"}
        for s in range(3):
            teams[f"g{g}s{s}"] = {"in": f"g{g}"}
    for t in range(TEAMS):
        teams[f"t{t}"] = {"in": f"g{t % 10}s{t % 3}"}
    return Plan.model_validate(
        {
            "organisation": {"unit": "hour"},
            "teams": teams,
            "streams": {f"s{n}": {} for n in range(STREAMS)},
        }
    )


def make_ledger(rows: int, *, memory: str = "2GB") -> Path:
    """A ledger with so many rows of effort, a fifth as many items, 14 % unknown, 5 % on two streams."""
    root = WORK / f"ledger-{rows}"
    if (root / "done").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    ledger = Ledger.open(root, make=True, memory=memory)
    plan = make_plan()
    items = rows // ROWS_PER_ITEM
    with ledger.change() as change:
        con = change.con
        names = [("team_id", n, t) for n, t in enumerate(plan.teams, 1)]
        names += [("target", n, f"stream:{s}") for n, s in enumerate(plan.streams, 1)]
        names += [("target", STREAMS + n, f"kind:{k}") for n, k in enumerate(KINDS, 1)]
        con.execute("CREATE TEMP TABLE given (kind VARCHAR, no INTEGER, name VARCHAR)")
        con.executemany("INSERT INTO given VALUES (?, ?, ?)", names)
        change.put("names", "SELECT * FROM given")
        first_team = len(plan.teams) - TEAMS
        writer, files = change.writer("effort"), []
        per_month = rows // MONTHS
        for m in range(MONTHS):
            files += writer.write(
                f"SELECT 1 + (hash({m} * 7919 + r) % {items})::BIGINT AS item, "
                f"(DATE '2024-10-01' + INTERVAL {m} MONTH)::DATE + (hash(r + {m}) % 28)::INTEGER AS day, "
                f"({first_team} + 1 + hash(1 + hash({m} * 7919 + r) % {items}) % {TEAMS})::INTEGER AS team, 1 AS unit, "
                f"(250000 * (1 + hash(r * 17 + {m}) % 24))::BIGINT AS amount, "
                f"(1 + hash(r * 31 + {m}) % 3000)::INTEGER AS person, "
                f"strftime(DATE '2024-10-01' + INTERVAL {m} MONTH, '%Y-%m') AS month FROM range({per_month}) t(r)",
                order="day, team",
            )
        change.pins["effort"] = writer.commit(files)
        change.put(
            "attribution",
            f"WITH i AS (SELECT r + 1 AS item, hash(r) AS h, hash(1 + r) % {TEAMS} AS team FROM range({items}) t(r)) "
            # a team serves three streams; an item belongs to one team
            f"SELECT item, (1 + (team + h % 3) % {STREAMS})::INTEGER AS target, CASE WHEN h % 20 = 0 THEN 5000 ELSE 10000 END "
            "AS share, 3 AS rank, 1 AS reason, item // 262144 AS chunk FROM i WHERE h % 100 < 60 "
            f"UNION ALL SELECT item, (1 + (team + (h + 1) % 3) % {STREAMS})::INTEGER, 5000, 3, 1, item // 262144 FROM i "
            "WHERE h % 100 < 60 AND h % 20 = 0 "
            f"UNION ALL SELECT item, ({STREAMS} + 1 + h % {len(KINDS)})::INTEGER, 10000, 5, 1, item // 262144 FROM i "
            "WHERE h % 100 BETWEEN 60 AND 85",
            order="item",
        )
        con.execute(f"CREATE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
        con.execute(f"CREATE TEMP VIEW attribution AS SELECT * FROM {change.view('attribution')}")
        change.put(
            "rollup",
            f"SELECT *, strftime(day, '%Y-%m') AS month FROM ({text('rollup')})",
            order="day, team",
        )
        keep_plan(ledger, plan, "bench")
        change.commit(what="refresh", report={"digests": {}, "rules": {}, "window": []}, plan="bench",
                      at=datetime(2026, 10, 5, tzinfo=UTC))  # fmt: skip
    (root / "done").touch()
    return root


if __name__ == "__main__":
    print(make_ledger(int(sys.argv[1])))
