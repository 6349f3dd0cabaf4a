"""Backups, restoring, moving: whole processes, real files, a real PostgreSQL."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from mainstem.errors import MainstemError
from tests.server.postgresql import fresh_database

pytestmark = pytest.mark.slow


def run(*arguments: str, data: Path, url: str = "", ok: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "MAINSTEM_DATA": str(data), "DATABASE_URL": url},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done


def mainstem(*arguments, **where):
    return run("-m", "mainstem.cli.main", *map(str, arguments), **where)


def server(command: str, **where):
    return json.loads(run("-m", "tests.server.filled_server", command, **where).stdout)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    data = tmp_path_factory.mktemp("filled") / "data"
    return data, server("fill", data=data)


@pytest.fixture
def copy_of(filled, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(filled[0], data)
    return data, filled[1]


@pytest.fixture(scope="module")
def kept(filled, tmp_path_factory):
    """A backup of it."""
    file = tmp_path_factory.mktemp("kept") / "all.tar.gz"
    mainstem("backup", file, data=filled[0])
    return file


def test_a_backup_put_back_is_the_same_in_every_respect(filled, kept, tmp_path):
    said = mainstem("restore", kept, data=tmp_path / "new").stdout
    assert "Every digest agreed" in said and "plan at r13" in said
    assert server("picture", data=tmp_path / "new") == filled[1]

    # and it goes on living
    assert server("after", data=tmp_path / "new") == {"user": 8, "check_in": 9, "proof": 14}


def test_a_backup_of_sqlite_can_be_restored_into_postgresql_and_back(filled, kept, tmp_path):
    url = fresh_database()
    mainstem("restore", kept, data=tmp_path / "pg", url=url)
    assert server("picture", data=tmp_path / "pg", url=url) == filled[1]
    again = tmp_path / "again.tar"
    mainstem("backup", again, data=tmp_path / "pg", url=url)
    assert server("after", data=tmp_path / "pg", url=url)["user"] == 8
    mainstem("restore", again, data=tmp_path / "back")
    assert server("picture", data=tmp_path / "back") == filled[1]


def test_a_backup_is_readable_by_its_owner_alone(kept):
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_restored_over_something(kept, filled, tmp_path):
    refused = mainstem("restore", kept, data=filled[0], ok=False)
    assert "not empty" in refused.stderr
    put_back(kept, tmp_path / "one")
    with pytest.raises(MainstemError, match="The database is not empty"):
        put_back(kept, tmp_path / "two")


def put_back(file: Path, data: Path):
    """In this process, into the empty database of the test."""
    from mainstem.services.server.restoring import restore

    return restore(file, data, data / "ledger")


def again(kept: Path, into: Path, change) -> Path:
    """The backup once more, each member as ``change(name, bytes)`` makes it."""
    with tarfile.open(kept) as old, tarfile.open(into, "w") as new:
        for member in old:
            raw = change(member.name, old.extractfile(member).read())
            member.size = len(raw)
            new.addfile(member, io.BytesIO(raw))
    return into


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_was_altered_is_refused_whole(kept, tmp_path):
    spoilt = {
        "tables/store_revision.jsonl": (b"because 3", b"because 4"),
        "data/people.csv": (b"cid@x", b"dic@x"),
        "manifest.json": (b'"landing": 2', b'"landing": '),
    }
    for part, (old, new) in spoilt.items():

        def spoil(name, raw, part=part, old=old, new=new):
            return raw.replace(old, new) if name == part else raw

        file = again(kept, tmp_path / "s.tar", spoil)
        with pytest.raises(MainstemError, match=re.escape("cannot be restored")):
            put_back(file, tmp_path / "new")
        assert not (tmp_path / "new" / "ledger").exists()
    assert put_back(kept, tmp_path / "new").revision == 13


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_was_cut_off_is_refused(kept, tmp_path):
    for length in (10, 2000, kept.stat().st_size - 3000):
        cut = tmp_path / "cut.tar.gz"
        cut.write_bytes(kept.read_bytes()[:length])
        with pytest.raises(MainstemError, match="cannot be restored"):
            put_back(cut, tmp_path / "new")


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_a_later_version_is_refused(kept, tmp_path):
    later = again(
        kept,
        tmp_path / "l.tar",
        lambda _, raw: raw.replace(b"0004_workshops", b"0099_later"),
    )
    with pytest.raises(MainstemError, match="newer version"):
        put_back(later, tmp_path / "new")


def test_moving_to_postgresql_proves_that_nothing_is_missing(copy_of):
    data, before = copy_of
    url = fresh_database()
    said = mainstem("move", "--to", url, data=data).stdout
    lines = {line.split()[0]: line.split()[1:3] for line in said.splitlines() if "store_" in line}
    assert lines["store_revision"] == ["13", "13"] and lines["store_checkin"] == ["8", "8"]
    for table in ("django_session", "mfa_authenticator", "account_emailaddress"):
        assert table in said
    assert server("picture", data=data, url=url) == before
    assert server("after", data=data, url=url) == {"user": 8, "check_in": 9, "proof": 14}
    # and nothing is moved into a database that holds something
    refused = mainstem("move", "--to", url, data=data, ok=False)
    assert "not empty" in refused.stderr


def test_a_move_that_cannot_be_whole_leaves_nothing_behind(copy_of):
    import psycopg

    data, _ = copy_of
    spoil = (
        "import django; django.setup(); from mainstem.store.models import Remark;"
        "Remark.objects.update(author_name='x' * 900)"  # SQLite takes it, PostgreSQL does not
    )
    os_env = {"DJANGO_SETTINGS_MODULE": "mainstem.web.settings"}
    subprocess.run([sys.executable, "-c", spoil], check=True,
                   env={**os.environ, **os_env, "MAINSTEM_DATA": str(data), "DATABASE_URL": ""})  # fmt: skip
    url = fresh_database()
    refused = mainstem("move", "--to", url, data=data, ok=False)
    assert "store_remark" in refused.stderr
    with psycopg.connect(url) as con:
        assert con.execute("SELECT count(*) FROM store_user").fetchone() == (0,)


def test_a_database_of_a_later_version_is_left_alone(copy_of):
    import sqlite3

    data, _ = copy_of
    with sqlite3.connect(data / "mainstem.sqlite3") as con:
        con.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('store', '0099_later', '2027-01-01')"
        )
    refused = mainstem("serve", "--port", "1", data=data, ok=False)
    assert "newer version of Mainstem" in refused.stderr and "0099_later" in refused.stderr
