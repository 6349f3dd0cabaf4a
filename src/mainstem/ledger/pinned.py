"""The files that one landing of the ledger stands on, to be copied while others write.

Files are never changed nor taken away once they were committed, so what a landing pins can be copied at
leisure: the data that the log names up to the pinned version, and the log up to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from mainstem.ledger.store import Ledger
from mainstem.ledger.tables import SHAPES, Table


@dataclass(frozen=True, slots=True)
class Pinned:
    """A ledger at one landing.

    Attributes:
        landing: Its number; 0 for an empty ledger.
        files: Paths below the ledger's folder, in a settled order.
    """

    landing: int
    files: tuple[str, ...]


def pinned(root: Path) -> Pinned | None:
    """What the newest landing stands on; ``None`` if there is no ledger."""
    if not (root / "ledger.json").exists():
        return None
    ledger = Ledger.open(root)
    view = ledger.view()
    pins = {name: view.pins.get(name, 0) for name in SHAPES}
    pins["landings"] = _landings_version(ledger, view.version)
    found = ["ledger.json"]
    for name, version in pins.items():
        found += _files(ledger, name, version)
    for folder in ("plans", "rules"):
        found += [f"{folder}/{f.name}" for f in sorted((root / folder).glob("*.json.gz"))]
    return Pinned(view.version, tuple(dict.fromkeys(found)))


def _landings_version(ledger: Ledger, landing: int) -> int:
    """The version of the landings at which that landing is the newest."""
    log = ledger.tables / "landings" / "_delta_log"
    last = max(int(f.stem) for f in log.glob("*.json") if f.stem.isdigit())
    for version in range(last, 0, -1):
        if _newest(Table(ledger.tables, "landings", version).files()) <= landing:
            return version
    return 0


def _newest(files: list[str]) -> int:
    if not files:
        return 0
    import duckdb

    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    with duckdb.cursor() as con:
        row = con.execute(f"SELECT max(landing) FROM read_parquet([{listed}])").fetchone()
    return int(row[0]) if row and row[0] else 0


def _files(ledger: Ledger, name: str, version: int) -> Iterator[str]:
    """The log of a table up to a version, and every file of data that it names."""
    base = ledger.tables / name
    for number in range(version + 1):
        log = f"_delta_log/{number:020d}.json"
        yield f"tables/{name}/{log}"
        for line in (base / log).read_text("utf-8").splitlines():
            added = json.loads(line).get("add")
            if added:
                yield f"tables/{name}/{unquote(added['path'])}"
