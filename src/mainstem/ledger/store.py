"""The ledger as a whole: where it lies, what its head pins, and how a change becomes visible at once.

One writer at a time holds a file lock that the operating system releases when the process dies. A
change writes new versions of the tables, then one row of ``landings`` that pins them: that row is the
moment of truth. Whoever takes the lock next takes tables that run ahead of the head back to it.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import LedgerError
from mainstem.ledger.tables import LANDINGS, SHAPES, File, Table, Writer, create, restore

if TYPE_CHECKING:
    from concurrent.futures import Future

    import duckdb

FORMAT = 1
LOCK_SECONDS = 600
#: A folder of spilled data that nobody has written to for so long is nobody's any more.
DEAD_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Landing:
    """One visible change of the ledger."""

    number: int
    at: datetime
    what: str
    source: str
    report: Mapping[str, Any]
    pins: Mapping[str, int]
    plan: str


@dataclass(slots=True)
class Change:
    """A change being made: write tables, then ``commit`` makes all of it visible at once."""

    ledger: Ledger
    con: duckdb.DuckDBPyConnection
    number: int
    before: View
    pins: dict[str, int] = field(default_factory=dict)
    _writers: dict[str, Writer] = field(default_factory=dict)
    _tables: dict[tuple[str, int], Table] = field(default_factory=dict)
    _beside: list[tuple[str, Future[list[File]]]] = field(default_factory=list)

    def writer(self, table: str) -> Writer:
        """The writer of one table."""
        return self._writers.setdefault(table, Writer(self.con, self.ledger.tables, table))

    def table(self, name: str) -> Table:
        """A table as this change has left it so far."""
        pin = (name, self.pins[name])
        return self._tables.setdefault(pin, Table(self.ledger.tables, *pin))

    def put(
        self, table: str, query: str, *, order: str = "", replace: list[str] | None = None
    ) -> int:
        """Writes the rows of ``query``; ``replace`` as in ``Writer.commit``.

        Returns:
            The number of rows written.
        """
        writer = self.writer(table)
        files = writer.write(query, order=order)
        if files or replace:
            self.pins[table] = writer.commit(files, replace=replace)
        return sum(f[2] for f in files)

    def put_beside(self, table: str, query: str, *, order: str = "") -> None:
        """As ``put``, while the change goes on: its rows are there when it is committed.

        Args:
            query: Reads no temporary table; what it reads stays as it is.
        """
        from concurrent.futures import ThreadPoolExecutor

        # a small table is written on one processor, and the others would wait for it
        session = self.con.cursor()

        def write() -> list[File]:
            with session:
                return Writer(session, self.ledger.tables, table).write(query, order=order)

        pool = ThreadPoolExecutor(1)
        self._beside.append((table, pool.submit(write)))
        pool.shutdown(wait=False)

    def _gather(self) -> None:
        while self._beside:
            table, written = self._beside.pop(0)
            if files := written.result():
                self.pins[table] = self.writer(table).commit(files)

    def leave(self) -> None:
        """Waits for what is still being written beside; it stays invisible."""
        from concurrent.futures import wait

        if self._beside:
            wait([written for _, written in self._beside])

    def view(self, table: str, *, low: str | None = None, high: str | None = None) -> str:
        """The SQL that reads a table as this change has left it so far."""
        return relation(self.table(table), low, high)

    def commit(
        self,
        *,
        what: str,
        source: str = "",
        report: Mapping[str, Any],
        plan: str = "",
        at: datetime,
    ) -> Landing:
        """Makes the change visible."""
        self._gather()
        pins = dict(self.pins)
        landing = Landing(self.number, at, what, source, dict(report), pins, plan)
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE landing_row AS SELECT ?::INTEGER AS landing, ?::TIMESTAMP AS \"at\","
            " ? AS what, ? AS source, ? AS report, ? AS pins, ? AS plan",
            [self.number, at.astimezone(UTC).replace(tzinfo=None), what, source,
             json.dumps(landing.report), json.dumps(pins), plan],
        )  # fmt: skip
        self._write_landing()
        return landing

    def _write_landing(self) -> None:
        """Adds the row; landings that lie in many files are written as one with it, in the same commit."""
        writer = self.writer("landings")
        crowd = writer.crowd() if self.before.version else []
        query = "SELECT * FROM landing_row"
        if crowd:
            base = self.ledger.tables / "landings"
            listed = ", ".join("'" + str(base / f[0]).replace("'", "''") + "'" for f in crowd)
            query += f" UNION ALL BY NAME SELECT * FROM read_parquet([{listed}])"
        writer.commit(writer.write(query, order="landing"), merged=crowd)


@dataclass(frozen=True, slots=True)
class View:
    """The ledger at one landing: which tables at which versions. Never changes."""

    root: Path
    landings: tuple[Landing, ...]
    pins: Mapping[str, int]

    @property
    def version(self) -> int:
        """Number of the landing this view stands at; 0 for an empty ledger."""
        return self.landings[-1].number if self.landings else 0

    def table(self, name: str) -> Table:
        """One table at its pinned version."""
        # a landing made before there was such a table pins none of it
        return Table(self.root, name, self.pins.get(name, 0))

    def last(self, what: str) -> Landing | None:
        """The last landing of a kind."""
        return next((x for x in reversed(self.landings) if x.what == what), None)


def relation(table: Table, low: str | None = None, high: str | None = None) -> str:
    """SQL that reads a pinned table through its files; typed, even when it has no files yet."""
    files = table.files(low, high)
    columns = table.shape.columns
    if not files:
        empty = ", ".join(f'CAST(NULL AS {t}) AS "{c}"' for c, t in columns.items())
        return f"(SELECT {empty} WHERE false)"
    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
    hive = ""
    if table.shape.partition:
        kind = columns[table.shape.partition]
        hive = f", hive_partitioning = true, hive_types = {{'{table.shape.partition}': {kind}}}"
    return f"read_parquet([{listed}]{hive})"


@dataclass(slots=True)
class Ledger:
    """A folder that holds work items and effort, with all their history."""

    root: Path
    memory: str = "1GB"
    threads: int | None = None

    @property
    def tables(self) -> Path:
        """The folder of the Delta tables."""
        return self.root / "tables"

    @property
    def _spill(self) -> Path:
        return self.root / "spill"

    @classmethod
    def open(cls, root: Path, *, make: bool = False, memory: str = "1GB") -> Ledger:
        """Opens the ledger at ``root``.

        Raises:
            LedgerError: if there is none and ``make`` is false, or it is of a newer format.
        """
        ledger = cls(root.resolve(), memory)
        mark = ledger.root / "ledger.json"
        if not mark.exists():
            if not make:
                raise LedgerError(
                    f"There is no ledger at {root}.",
                    "Import some work first: `mainstem import FILE_OR_REPOSITORY`.",
                    code="ledger.absent",
                )
            ledger._create()
        found = json.loads(mark.read_text("utf-8")).get("format")
        if found != FORMAT:
            raise LedgerError(
                f"The ledger at {root} has format {found}; this version reads format {FORMAT}.",
                "Use the version of Mainstem that wrote it.",
                code="ledger.format",
            )
        ledger._add_missing()
        return ledger

    def _add_missing(self) -> None:
        """Makes the tables that earlier versions did not have. Readers can do without them."""
        missing = [n for n in SHAPES if not (self.tables / n / "_delta_log").exists()]
        if not missing:
            return
        from deltalake.exceptions import DeltaError

        # no lock: a reader must not wait for a writer; of two that make one at once, the first has made it
        for name in missing:
            with suppress(OSError, DeltaError):
                create(self.tables, name, SHAPES[name])

    def _create(self) -> None:
        self.tables.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if (self.root / "ledger.json").exists():
                return
            from concurrent.futures import ThreadPoolExecutor

            # it is mostly waiting for the disk
            with ThreadPoolExecutor(4) as pool:
                shapes = {**SHAPES, "landings": LANDINGS}
                list(pool.map(lambda named: create(self.tables, *named), shapes.items()))
            fresh = self.root / "ledger.json.new"
            fresh.write_text(json.dumps({"format": FORMAT}) + "\n", "utf-8")
            fresh.replace(self.root / "ledger.json")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(str(self.root / ".lock"), timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise LedgerError(
                f"Another process has been writing to the ledger at {self.root} for ten minutes.",
                "Wait for it, or end it; nothing is lost either way.",
                code="ledger.busy",
            ) from error

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection bounded in memory, spilling beside the ledger."""
        import duckdb

        # a folder of its own, which the engine makes when it needs it and removes when it is closed
        spill = self._spill / uuid.uuid4().hex
        spill.parent.mkdir(exist_ok=True)
        con = duckdb.connect(config={"memory_limit": self.memory, "temp_directory": str(spill)})
        con.execute("SET TimeZone = 'UTC'")
        self._settle(con)
        return con

    def _settle(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        # what a question took is given back to the system when it is answered, and not kept for the next
        con.execute("SET allocator_background_threads = true")
        if self.threads:
            con.execute(f"SET threads = {int(self.threads)}")

    def landings(self) -> tuple[Landing, ...]:
        """Every visible change, oldest first."""
        from deltalake import DeltaTable

        version = int(DeltaTable(str(self.tables / "landings")).version())
        table = Table(self.tables, "landings", version)
        if not table.files():
            return ()
        import duckdb

        # a cursor of its own: several threads may look at once
        with duckdb.cursor() as con:
            rows = con.execute(f"SELECT * FROM {relation(table)} ORDER BY landing").fetchall()
        return tuple(
            Landing(
                r[0], r[1].replace(tzinfo=UTC), r[2], r[3], json.loads(r[4]), json.loads(r[5]), r[6]
            )
            for r in rows
        )

    def view(self, as_of: datetime | None = None) -> View:
        """What is visible now, or what was visible at a past moment."""
        landings = self.landings()
        if as_of is not None:
            landings = tuple(x for x in landings if x.at <= as_of)
        pins = dict(landings[-1].pins) if landings else dict.fromkeys(SHAPES, 0)
        return View(self.tables, landings, pins)

    @contextmanager
    def change(self, engine: duckdb.DuckDBPyConnection | None = None) -> Iterator[Change]:
        """Opens a change under the lock. Leaving without ``commit`` leaves nothing visible.

        Args:
            engine: Works in this one, which stays open; its session keeps its time zone.
        """
        with self._lock():
            view = self.view()
            # restoring adds versions of its own: pin what is really last
            pins = {n: restore(self.tables, n, view.pins.get(n, 0)) for n in SHAPES}
            _forget_spill(self._spill)
            con = engine or self.connect()
            if engine is not None:
                con.execute(f"SET memory_limit = '{self.memory}'")
                self._settle(con)
            change = Change(self, con, view.version + 1, view, pins)
            try:
                yield change
            finally:
                change.leave()
                if engine is None:
                    con.close()


def _forget_spill(spill: Path) -> None:
    """Removes what processes left that died while they spilled; others may be using theirs."""
    for folder in spill.glob("*"):
        try:
            touched = max(f.stat().st_mtime for f in (folder, *folder.glob("*")))
        except OSError:
            continue  # its owner has just removed it
        if time.time() - touched > DEAD_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
