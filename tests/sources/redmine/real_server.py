"""A real Redmine, as Debian packages it, on a free port of loopback with its own copy of a database.

``install_redmine.sh`` installs it. The database is made once for each version of ``setup.rb`` (20 seconds)
and kept in the folder for temporary files; a server starts from a copy of it, and ``anew`` puts the copy back.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock

HOME = Path("/usr/share/redmine")
FRESH = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")
SETUP = Path(__file__).parent / "setup.rb"
#: Seconds until it answers, on a machine that has much to do.
PATIENCE = 180.0


def why_not() -> str:
    """Why there is no Redmine here; empty if there is one."""
    if shutil.which("puma") and (HOME / "config.ru").exists() and os.access(FRESH, os.R_OK):
        return ""
    return "needs Redmine: run tests/sources/redmine/install_redmine.sh as root"


def key_of(login: str) -> str:
    """The API key of somebody in ``setup.rb``."""
    return login.ljust(40, "0")


class RealRedmine:
    """A running server. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seed = folder, _seeded()
        self.database = folder / "redmine.sqlite"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._changed_settings = False

    def __enter__(self) -> RealRedmine:
        shutil.copyfile(self.seed, self.database)
        command = ["puma", "-b", f"tcp://127.0.0.1:{self.port}", "-e", "production", "-t", "1:8", "config.ru"]  # fmt: skip
        log = (self.folder / "puma.log").open("wb")
        self._process = subprocess.Popen(
            command, cwd=HOME, env=_environment(self.database), stdout=log, stderr=log
        )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def anew(self) -> None:
        """The world as it was at the start."""
        with closing(sqlite3.connect(self.seed)) as seed, closing(self._open()) as here:
            seed.backup(here)
        if self._changed_settings:
            self.setting("rest_api_enabled", "1")

    def setting(self, name: str, value: str) -> None:
        """Changes a setting; servers look at the moment of the last change to see that there is one."""
        self._changed_settings = True
        later = "2036-01-01 00:00:00"
        self.sql("UPDATE settings SET value = ?, updated_on = ? WHERE name = ?", value, later, name)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Changes the database past Redmine: for moments of the past, and for crowds."""
        with closing(self._open()) as here, here:
            return here.execute(statement, values).fetchall()

    def many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """As ``sql``, for each row."""
        with closing(self._open()) as here, here:
            here.executemany(statement, rows)

    def call(self, method: str, path: str, json: Any = None, *, by: str = "boss") -> Any:
        """What a person does, over the API."""
        headers = {"X-Redmine-API-Key": key_of("boss")}
        if by != "boss":
            headers["X-Redmine-Switch-User"] = by
        answer = httpx.request(method, f"{self.url}/{path}", json=json, headers=headers, timeout=60)
        assert answer.status_code < 300, (answer.status_code, answer.text[:500])
        return answer.json() if answer.content.strip() else None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.database, timeout=30)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/issue_statuses.json", timeout=30)
                return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise RuntimeError((self.folder / "puma.log").read_text(errors="replace")[-2_000:])


def _environment(database: Path) -> dict[str, str]:
    return {
        **os.environ, "REDMINE_INSTANCE": "default", "RAILS_ENV": "production",
        "DATABASE_URL": f"sqlite3:{database}?timeout=20000", "LANG": "C.UTF-8",
    }  # fmt: skip


def _seeded() -> Path:
    """The database after ``setup.rb``, made if there is none yet."""
    digest = hashlib.sha256(SETUP.read_bytes() + str(FRESH.stat().st_mtime_ns).encode())
    folder = Path(tempfile.gettempdir()) / f"mainstem-redmine-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"{digest.hexdigest()[:16]}.sqlite"
    with FileLock(str(folder / "lock")):
        if not kept.exists():
            fresh = folder / "making.sqlite"
            shutil.copyfile(FRESH, fresh)
            subprocess.run(
                ["bundle", "exec", "rails", "runner", str(SETUP)], cwd=HOME, check=True,
                env=_environment(fresh), capture_output=True,
            )  # fmt: skip
            fresh.rename(kept)
    return kept


def _free_port() -> int:
    with closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
