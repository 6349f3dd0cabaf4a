"""Bringing a database to the shape that this version of Mainstem reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from mainstem.errors import MainstemError

#: Any number that no other program is likely to lock on the same PostgreSQL database.
_LOCK = 7_461_884_210
LOCK_SECONDS = 120
Step = tuple[str, str]


def migrate(data: Path, database: str = "default") -> list[str]:
    """Makes the steps that are missing. Of several processes that start at once, one makes them.

    Returns:
        Names of the steps that were made.

    Raises:
        MainstemError: if the database is of a newer version, or cannot be reached.
    """
    with _alone(data, database):
        executor = MigrationExecutor(connections[database])
        refuse_newer(executor)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            _call_migrate(database)
        return [f"{m.app_label}.{m.name}" for m, _ in plan]


def _call_migrate(database: str) -> None:
    from django.core.management import call_command

    call_command("migrate", database=database, verbosity=0, interactive=False)


def is_current(database: str = "default") -> bool:
    """Whether every step was made."""
    executor = MigrationExecutor(connections[database])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def leaves(database: str = "default") -> list[Step]:
    """The last step of each app that was made: what shape the database has."""
    loader = MigrationExecutor(connections[database]).loader
    made = set(loader.applied_migrations or ())
    nodes = [n for n in made if n in loader.graph.nodes]
    return sorted(
        n for n in nodes if not any(c.key in made for c in loader.graph.node_map[n].children
                                    if c.key[0] == n[0])
    )  # fmt: skip


def migrate_to(steps: Sequence[Step], database: str) -> Any:
    """Brings an empty database to an older shape.

    Returns:
        The registry of models as they were at that shape.

    Raises:
        MainstemError: if this version does not know the shape.
    """
    executor = MigrationExecutor(connections[database])
    unknown = [s for s in steps if s not in executor.loader.graph.nodes]
    if unknown:
        raise _newer(unknown)
    if sorted(steps) == sorted(executor.loader.graph.leaf_nodes()):
        from django.apps import apps

        _call_migrate(database)
        return apps
    executor.migrate(list(steps))
    return executor.loader.project_state(list(steps)).apps


def refuse_newer(executor: MigrationExecutor) -> None:
    """Refuses a database in which a newer version of Mainstem has made steps.

    Raises:
        MainstemError: naming the step.
    """
    loader = executor.loader
    ours = {app for app, _ in loader.disk_migrations or ()}
    made = set(loader.applied_migrations or ())
    ahead = sorted(s for s in made if s[0] in ours and s not in (loader.disk_migrations or {})
                   and s not in loader.replacements)  # fmt: skip
    if ahead:
        raise _newer(ahead)


def _newer(steps: Sequence[Step]) -> MainstemError:
    first = ".".join(steps[0])
    return MainstemError(
        f"The database was written by a newer version of Mainstem: it has the step {first}.",
        "Install that version or a newer one. Nothing was changed.",
        code="store.newer",
    )


@contextmanager
def _alone(data: Path, database: str) -> Iterator[None]:
    connection = connections[database]
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise MainstemError(
            f"The database cannot be reached: {str(error).strip().splitlines()[0]}",
            "Check DATABASE_URL, and that the database server runs and lets this machine in.",
            code="store.unreachable",
        ) from error
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    from filelock import FileLock

    data.mkdir(parents=True, exist_ok=True)
    with FileLock(str(data / ".migrating.lock"), timeout=LOCK_SECONDS):
        yield
