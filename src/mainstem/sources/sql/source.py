"""The sql source: a query on one's own database, as work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mainstem.sources.remote import Batch, Checked, Connection, Counted, Cursor, Option, Watch
from mainstem.sources.sql.settings import OPTIONS


class SqlSource:
    """Work out of PostgreSQL, MySQL, MariaDB, SQLite, DuckDB, Snowflake, BigQuery or Databricks."""

    kind: ClassVar[str] = "sql"
    words: ClassVar[str] = "A query on your own database or warehouse"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """See ``Connected.test``."""
        from mainstem.sources.sql.testing import test_query

        return test_query(of, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """See ``Connected.pull``."""
        from mainstem.sources.sql.client import open_database
        from mainstem.sources.sql.reading import Reading
        from mainstem.sources.sql.settings import read_settings

        settings = read_settings(of)
        with open_database(settings.address, watch) as database:
            yield from Reading(settings, database, watch).batches(cursor)

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """See ``Connected.count``: rows by type and month of creation; ``None`` for time entries."""
        from mainstem.sources.sql.counting import count_rows

        return count_rows(of, watch)
