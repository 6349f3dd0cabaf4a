"""A real MariaDB for tests: from Debian's package, on a folder, a socket and a port of its own."""

from __future__ import annotations

import atexit
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HELP = "needs MariaDB: apt-get install --no-install-recommends mariadb-server"


@cache
def _server() -> tuple[subprocess.Popen[bytes], int]:
    program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if program is None or install is None:
        pytest.skip(HELP)
    folder = Path(tempfile.mkdtemp(prefix="msmy-"))
    atexit.register(shutil.rmtree, folder, True)
    whose = ["--user=root"] if Path("/").owner() == "root" else []
    subprocess.run(
        [install, "--no-defaults", f"--datadir={folder}/data", "--skip-test-db",
         "--auth-root-authentication-method=normal", *whose],
        check=True, capture_output=True,
    )  # fmt: skip
    port = _free_port()
    run = subprocess.Popen(
        [program, "--no-defaults", f"--datadir={folder}/data", f"--socket={folder}/s.sock",
         f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder}/pid", "--skip-name-resolve",
         "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", *whose],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    atexit.register(_stop, run)
    _wait(port, run)
    return run, port


def _stop(run: subprocess.Popen[bytes]) -> None:
    run.terminate()
    run.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, run: subprocess.Popen[bytes]) -> None:
    import pymysql

    for _ in range(300):
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
            return
        except pymysql.Error:
            assert run.poll() is None, "MariaDB ended"
            time.sleep(0.1)
    raise AssertionError("MariaDB did not start")


def fresh_database() -> str:
    """The address of a new, empty database, as its owner; skips the test where there is no server."""
    _, port = _server()
    made = f"m{secrets.token_hex(6)}"
    execute(f"mysql://root@127.0.0.1:{port}/mysql", [f"CREATE DATABASE {made}"])
    return f"mariadb://root@127.0.0.1:{port}/{made}"


def execute(url: str, statements: list[str], rows: list[Any] | None = None) -> None:
    """Runs statements; the last one with ``rows``, if given."""
    import pymysql
    from sqlalchemy.engine import make_url

    to = make_url(url)
    con = pymysql.connect(
        host=to.host, port=to.port or 3306, user=to.username, database=to.database, autocommit=True
    )
    with con, con.cursor() as cursor:
        for statement in statements[: len(statements) - bool(rows)]:
            cursor.execute(statement)
        if rows:
            cursor.executemany(statements[-1], rows)
