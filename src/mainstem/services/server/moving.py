"""Moving everything from the embedded database to PostgreSQL, and proving that nothing is missing."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import MainstemError, UsageError


@dataclass(frozen=True, slots=True)
class Moved:
    """A table after the move: its rows and the digest over them, the same on both sides."""

    table: str
    rows: int
    digest: str


def move(url: str, data: Path) -> list[Moved]:
    """Copies every table in one transaction and compares both sides before it is kept.

    Args:
        url: Where to: ``postgresql://user:password@host/name`` of an empty database.
        data: The server's data folder, which stays where it is, with the ledger in it.

    Raises:
        UsageError: for another kind of target, one that is not empty, or a server that still runs.
        MainstemError: if a side differs. Nothing was kept.
    """
    from django.db import connections

    from mainstem.services.server.serving import alone

    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError("The target is no PostgreSQL database.", "Give --to postgresql://…")
    if connections["default"].vendor != "sqlite":
        raise UsageError(
            "The server uses PostgreSQL already.",
            "Unset DATABASE_URL to move what lies in the data folder.",
        )
    if not Path(connections["default"].settings_dict["NAME"]).exists():
        raise UsageError(f"There is no database in {data}.", "Give --data, or look at the folder.")
    with alone(data), tempfile.TemporaryDirectory(prefix=".moving-", dir=data) as scratch:
        return _move(url, data, Path(scratch))


def _move(url: str, data: Path, scratch: Path) -> list[Moved]:
    from django.db import DataError, IntegrityError, transaction

    from mainstem.store import tables
    from mainstem.store.copies import opened, still
    from mainstem.store.migrating import migrate

    migrate(data)
    models = tables.kept_models()
    with still(scratch) as source, opened(url, data) as target:
        migrate(data, target)
        if filled := tables.filled(models, target):
            raise UsageError(
                f"The target is not empty: its table {filled[0]} has rows.",
                "Move into a new, empty database. Nothing was changed.",
                code="move.not_empty",
            )
        with transaction.atomic(target):
            tables.clear(models, target)
            for model in models:
                columns = tables.header(model).columns
                try:
                    tables.put(model, columns, tables.rows(model, source), target)
                except (DataError, IntegrityError) as error:
                    raise _differs(model._meta.db_table, str(error).splitlines()[0]) from error
            tables.number_on(models, target)
            return [_compared(model, source, target) for model in models]


def _compared(model: type, source: str, target: str) -> Moved:
    from mainstem.store import tables

    here, there = (tables.sum_of(tables.rows(model, d)) for d in (source, target))
    table = tables.header(model).table
    if here != there:
        raise _differs(table, f"{here.rows} rows here, {there.rows} there, or not the same")
    return Moved(table, there.rows, there.digest)


def _differs(table: str, what: str) -> MainstemError:
    return MainstemError(
        f"The table {table} could not be moved as it is: {what}.",
        "Nothing was kept in the target. Please report this with the name of the table.",
        code="move.differs",
    )
