"""Copies of a database: a still picture to read from while others write, and a second database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from mainstem.database import database as settings_of

TARGET, PICTURE = "target", "picture"


@contextmanager
def opened(url: str, data: Path, name: str = TARGET) -> Iterator[str]:
    """Opens another database beside the server's own, under a name for ``using``."""
    with _opened(settings_of(url, data), name) as alias:
        yield alias


@contextmanager
def _opened(settings: dict[str, Any], name: str) -> Iterator[str]:
    usual = connections["default"].settings_dict
    connections.settings[name] = {**usual, "TEST": usual.get("TEST", {}), **settings}
    try:
        yield name
    finally:
        connections[name].close()
        del connections[name]
        connections.settings.pop(name, None)


@contextmanager
def still(folder: Path) -> Iterator[str]:
    """The server's database as it is at one moment, while others go on writing.

    SQLite is copied by its own online backup; PostgreSQL keeps a picture for one transaction.

    Args:
        folder: Where SQLite's copy may lie meanwhile.
    """
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with _opened(dict(connection.settings_dict), PICTURE) as name, transaction.atomic(name):
            with connections[name].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield name
        return
    copy = folder / "picture.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(copy)
    try:
        connection.connection.backup(target)
    finally:
        target.close()
    try:
        with opened(f"sqlite:///{copy}", folder, PICTURE) as name:
            yield name
    finally:
        for left in folder.glob("picture.sqlite3*"):
            left.unlink()
