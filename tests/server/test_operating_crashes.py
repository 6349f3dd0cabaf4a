"""Killed at any moment, a server's data reads back whole: what was told as kept is there."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.server.postgresql import fresh_database
from tests.server.test_operating_copies import server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("crash") / "data"
    server("fill", data=place)
    return place


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(*arguments: str, data: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-u", *arguments], text=True, start_new_session=True,
        env={**os.environ, "MAINSTEM_DATA": str(data), "DATABASE_URL": "", "MAINSTEM_TODAY": "2026-10-21"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def killed(process: subprocess.Popen) -> list[str]:
    """Kills it and all that it started, without any notice; what it had said by then."""
    os.killpg(process.pid, signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    return rest.splitlines()


def test_killed_while_writing_the_plan_keeps_every_revision_it_told_of(data):
    for after in (1, 20):
        writer = started("-m", "tests.server.filled_server", "write", data=data)
        told = [writer.stdout.readline() for _ in range(after)]
        told += killed(writer)
        newest = max(int(line) for line in told if line.strip())
        picture = server("picture", data=data)
        # the one that was under way may have been kept as well, but no more
        assert picture["proof"][0] == picture["head"]
        assert newest <= picture["head"] <= newest + 1
    assert server("after", data=data)["proof"] == picture["head"] + 1


def test_killed_while_importing_keeps_every_landing_it_told_of(data):
    for after in (1, 3):
        importer = started("-m", "tests.server.filled_server", "land", data=data)
        told = [importer.stdout.readline() for _ in range(after)]
        time.sleep(0.05 * after)
        told += killed(importer)
        newest = max(int(line) for line in told if line.strip())
        assert newest <= landings(data) <= newest + 1
        picture = server("picture", data=data)
        assert "streams" in picture["plan"] and picture["score"]
        # and the next import lands on top of it
        importer = started("-m", "tests.server.filled_server", "land", data=data)
        assert int(importer.stdout.readline()) >= newest + 1
        killed(importer)


def landings(data: Path) -> int:
    from mainstem.ledger.store import Ledger

    return Ledger.open(data / "ledger").view().version


def test_a_serving_process_killed_under_writes_keeps_every_check_in_it_answered(data):
    port = free_port()
    told = kept(data)
    for after in (1, 9):
        process = started("-m", "mainstem.cli.main", "serve", "--port", str(port), data=data)
        assert answer(port, "/healthz") == "ok\n"
        ready = json.loads(answer(port, "/readyz"))
        assert ready["database"] == "it answers" and ready["ledger"] == "it can be read"
        killer = threading.Timer(60, process.kill)
        killer.start()
        count = 0
        for count, _ in enumerate(check_ins(port, data), 1):
            if count == after:
                threading.Timer(0.03, os.killpg, (process.pid, signal.SIGKILL)).start()
        killer.cancel()
        killed(process)
        assert count >= after
        told += count
        assert told <= kept(data) <= told + 1
        told = kept(data)
    assert server("picture", data=data)["proof"][0] >= 13


def check_ins(port: int, data: Path):
    """Petra checks in as a browser does, as fast as she is answered, until nobody answers."""
    with sqlite3.connect(data / "mainstem.sqlite3") as con:
        (session,) = con.execute("SELECT session_key FROM django_session LIMIT 1").fetchone()
    path, cookie = "/key-results/kr-start/check-in", f"mainstem_session={session}"
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        page = connection.getresponse()
        form = {"on": "2026-10-20", "value": "88", "note": "told"}
        form["csrfmiddlewaretoken"] = re.search(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode()
        )[1]
        cookie += "; " + page.getheader("Set-Cookie").partition(";")[0]
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        while True:
            connection.request("POST", path, body=urllib.parse.urlencode(form), headers=kind)
            done = connection.getresponse()
            done.read()
            assert done.status == 302
            yield
    except (OSError, HTTPException):
        return


def kept(data: Path) -> int:
    with sqlite3.connect(data / "mainstem.sqlite3") as con:
        return con.execute("SELECT count(*) FROM store_checkin WHERE note = 'told'").fetchone()[0]


def answer(port: int, path: str) -> str:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as found:
                return found.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)


def test_a_server_that_is_asked_to_stop_stops_and_frees_the_folder(data):
    port = free_port()
    process = started("-m", "mainstem.cli.main", "serve", "--port", str(port), data=data)
    assert answer(port, "/healthz") == "ok\n"
    second = started("-m", "mainstem.cli.main", "serve", "--port", str(free_port()), data=data)
    assert second.wait(60) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    third = started("-m", "mainstem.cli.main", "serve", "--port", str(port), data=data)
    assert answer(port, "/healthz") == "ok\n"
    third.send_signal(signal.SIGINT)
    assert third.wait(30) == 0
    # killed alone, it takes those that it started with it, and the folder is free again
    fourth = started("-m", "mainstem.cli.main", "serve", "--port", str(port), data=data)
    assert answer(port, "/healthz") == "ok\n"
    fourth.kill()
    fourth.wait()
    until = time.monotonic() + 30
    while is_answering(port):
        assert time.monotonic() < until, "an orphan goes on serving"
        time.sleep(0.1)


def is_answering(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def test_two_servers_that_start_at_once_share_one_postgresql(tmp_path):
    """Two machines: one database, one ledger, one secret; several processes on one of them."""
    import psycopg

    url, ports = fresh_database(), [free_port(), free_port()]
    shared = {
        **os.environ, "DATABASE_URL": url, "MAINSTEM_LEDGER": str(tmp_path / "ledger"),
        "MAINSTEM_SECRET": "s" * 40, "MAINSTEM_METRICS": "on",
    }  # fmt: skip
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "mainstem.cli.main", "serve", "--port", str(ports[n]), *more],
            env={**shared, "MAINSTEM_DATA": str(tmp_path / f"machine-{n}")},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        for n, more in enumerate(((), ("--workers", "2")))
    ]  # fmt: skip
    try:
        for n in (0, 1):
            assert json.loads(answer(ports[n], "/readyz"))["ready"] is True
        # both processes of the second count into one
        for _ in range(20):
            answer(ports[1], "/no-such-page")
        counted = re.search(r'route="unknown",status="302"\} (\d+)', answer(ports[1], "/metrics"))
        assert counted and int(counted[1]) >= 20
        until = time.monotonic() + 30
        with psycopg.connect(url, autocommit=True) as con:
            while not con.execute(
                "SELECT count(*) FROM store_job WHERE name = 'clean-up' AND well_at IS NOT NULL"
            ).fetchone()[0]:
                assert time.monotonic() < until, "nobody did the jobs"
                time.sleep(0.2)
            assert con.execute("SELECT count(*) FROM store_job").fetchone()[0] >= 3
    finally:
        for one in servers:
            one.send_signal(signal.SIGTERM)
        assert [one.wait(60) for one in servers] == [0, 0]
