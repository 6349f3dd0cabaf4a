"""The engine for ledgers that outgrow one machine: the same questions, on Apache Spark.

A question is the same SQL file that DuckDB runs, transpiled by sqlglot; big tables are the same Parquet
files, by the list that the view pins, so that every answer is of one version. The files must lie where
the workers can read them. Amounts are never negative and ANSI mode is on: a sum that does not fit
BIGINT is an error in both engines, and never a wrong number.

Only questions run here. Steps stay with the embedded engine on the machine that holds the ledger:
landing, deriving effort, attributing, the roll-up's upkeep (``refresh``), looking up one item
(``Desk.item`` and its like) and lumps of unattributed work (``Desk.lumps``), which build tables as
they go. They read and write by month or by part and are bounded in memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from mainstem.errors import MainstemError, UsageError
from mainstem.ledger.engine import Big, Rows, Small
from mainstem.ledger.sql import text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

#: What every session needs for the numbers to be the same.
_SAME = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
#: What a session of our own is started with, unless told otherwise.
_STARTED = {"spark.app.name": "mainstem", "spark.ui.showConsoleProgress": "false"}


class SparkEngine:
    """Runs questions on a Spark session; safe to use from several threads."""

    name = "spark"

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._lock = Lock()
        self._read: dict[tuple[object, ...], DataFrame] = {}
        for key, value in _SAME.items():
            session.conf.set(key, value)

    @classmethod
    def connect(cls, url: str, settings: Mapping[str, str] | None = None) -> SparkEngine:
        """A session on a cluster: the URL of a master (``spark://host:7077``) or of Spark Connect
        (``sc://host:15002``); the session of this process, if it has one.

        Args:
            url: Where.
            settings: Spark's own settings, on top of its configuration files.

        Raises:
            UsageError: if pyspark or Java is missing.
            MainstemError: if no session could be made there.
        """
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UsageError(
                f"Questions are to run on Spark at {url}, but pyspark is not installed.",
                "Install it: `pip install 'mainstem[spark]'`, or unset MAINSTEM_SPARK.",
                code="spark.absent",
            ) from error
        builder = SparkSession.builder
        builder = builder.remote(url) if url.startswith("sc://") else builder.master(url)
        for key, value in {**_STARTED, **_SAME, **(settings or {})}.items():
            builder = builder.config(key, value)
        try:
            return cls(builder.getOrCreate())
        except (PySparkException, ImportError, OSError, RuntimeError) as error:
            raise MainstemError(
                f"No Spark session at {url}: {str(error).splitlines()[0] if str(error) else error!r}",
                "Spark needs Java 17 or later here, and the cluster must be reachable. Spark Connect"
                " needs `pip install 'pyspark[connect]'`.",
                code="spark.unreachable",
            ) from error

    def close(self) -> None:
        """Ends the session."""
        self._session.stop()

    def ask(
        self,
        question: str,
        *,
        big: Mapping[str, Big],
        small: Mapping[str, Small],
        params: Mapping[str, Any] | None = None,
    ) -> Rows:
        """See ``Engine.ask``."""
        with self._lock:
            for name, part in big.items():
                self._table(part).createOrReplaceTempView(name)
            for name, table in small.items():
                # a small table goes to every worker, so that no big one is ever shuffled for it
                rows = [tuple(row) for row in table.rows]
                frame = self._session.createDataFrame(rows, _schema(table.columns))
                frame.hint("broadcast").createOrReplaceTempView(name)
            found = self._session.sql(spark_sql(question, params or {})).collect()
        return [tuple(row) for row in found]

    def _table(self, part: Big) -> DataFrame:
        """A ledger table at its pinned version, cut to some partitions; its plan is kept."""
        table, shape = part.table, part.table.shape
        key = (str(table.root), table.name, table.version, part.low, part.high)
        if key not in self._read:
            files = [_address(f) for f in table.files(part.low, part.high)]
            columns = dict(shape.columns)
            if not files:
                self._read[key] = self._session.createDataFrame([], _schema(columns))
                return self._read[key]
            cut = shape.partition
            kind = columns.pop(cut) if cut else ""
            # folders are not read as partitions, so that no type is guessed from their names
            reader = self._session.read.schema(_schema(columns)).option(
                "recursiveFileLookup", "true"
            )
            frame = reader.parquet(*files)
            if cut:
                value = f"regexp_extract(_metadata.file_path, '/{cut}=([^/]+)/', 1)"
                frame = frame.selectExpr(
                    "*", f"CAST({value} AS {_kind(kind).simpleString()}) AS {cut}"
                )
            self._read[key] = frame.select(*shape.columns)
        return self._read[key]


@cache
def _parsed(question: str) -> Any:
    import sqlglot

    return sqlglot.parse_one(text(question), read="duckdb")


def spark_sql(question: str, params: Mapping[str, Any]) -> str:
    """The SQL of a question in Spark's dialect, with parameters as literals of the syntax tree.

    Raises:
        KeyError: for a parameter that was not given.
    """
    from sqlglot import exp

    def bind(node: Any) -> Any:
        if isinstance(node, (exp.Parameter, exp.Placeholder)):
            return exp.convert(params[node.name])
        return node

    made: str = _parsed(question).transform(bind).sql(dialect="spark", comments=False)
    return made


def _address(file: str) -> str:
    """A file's address; Spark takes paths for patterns, so what would be one is escaped."""
    return "file://" + re.sub(r"([\\{}\[\]*?])", r"\\\1", file)


def _schema(columns: Mapping[str, str]) -> StructType:
    from pyspark.sql.types import StructField, StructType

    return StructType([StructField(name, _kind(sql)) for name, sql in columns.items()])


def _kind(sql: str) -> DataType:
    """Spark's type for a type of DuckDB's that the ledger uses."""
    from pyspark.sql import types as t

    if sql.endswith("[]"):
        return t.ArrayType(_kind(sql[:-2]))
    if sql.startswith("MAP("):
        key, value = sql[4:-1].split(", ")
        return t.MapType(_kind(key), _kind(value))
    plain: dict[str, type[DataType]] = {
        "VARCHAR": t.StringType, "BIGINT": t.LongType, "INTEGER": t.IntegerType, "DATE": t.DateType,
        "TIMESTAMP": t.TimestampNTZType, "BOOLEAN": t.BooleanType,
    }  # fmt: skip
    return plain[sql]()
