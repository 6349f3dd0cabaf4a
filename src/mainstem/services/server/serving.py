"""What has to be so before a server serves: a database of this version, one server, a way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mainstem.config import settings
from mainstem.errors import UsageError


def ledger_of(data: Path) -> Path:
    """Where a server's ledger lies."""
    return (settings().ledger or data / "ledger").resolve()


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Holds the data folder for one server.

    Raises:
        UsageError: somebody else holds it.
    """
    from filelock import FileLock, Timeout

    data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(str(data / ".serving.lock"), timeout=0):
            yield
    except Timeout as error:
        raise UsageError(
            f"A server runs on {data} already.",
            "Stop it first; or give another folder with --data.",
            code="serve.running",
        ) from error


def prepare(data: Path) -> str | None:
    """Brings the database to this version and sees to a way in.

    Returns:
        The code that the start page asks for, as long as nobody has an account; else ``None``.

    Raises:
        MainstemError: the database is newer than this version, or cannot be reached.
    """
    from mainstem.services.people.first_run import is_first_run, new_setup_code
    from mainstem.store.migrating import migrate

    migrate(data)
    return new_setup_code(data) if is_first_run() else None


def is_embedded() -> bool:
    """Whether the database is a file of this machine."""
    from django.db import connections

    return connections["default"].vendor == "sqlite"


def let_go() -> None:
    """Closes connections, so that a process that is forked from this one opens its own."""
    from django.db import connections

    connections.close_all()


def forget_embedded(data: Path) -> None:
    """Removes the embedded database and the ledger of a folder that was only half made.

    Nothing happens where the database is PostgreSQL.
    """
    import shutil

    if not is_embedded():
        return
    let_go()
    for left in data.glob("mainstem.sqlite3*"):
        left.unlink()
    shutil.rmtree(ledger_of(data), ignore_errors=True)
