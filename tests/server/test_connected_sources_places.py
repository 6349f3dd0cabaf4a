"""Where a source of a server may lead: not to the machine itself, and not to its files."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from mainstem.errors import Invalid, SourceError
from mainstem.services.sources import connected as sources
from mainstem.services.sources import connecting
from mainstem.services.sources import places as source_places
from mainstem.services.sources import runs as source_runs
from mainstem.services.sources.connected import Wanted
from mainstem.services.sources.places import careful, check_places
from mainstem.sources.remote import Connection, Option, Secret
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_connected_sources import connected, loop, shown
from tests.server.tiny_tracker import TOKEN
from tests.standin.server import Reply

pytestmark = pytest.mark.django_db
REFUSED = (
    "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/", "http://metadata.google.internal/x", "http://100.100.100.200/",
    "http://2852039166/", "http://0xA9FEA9FE/", "http://0.0.0.0:8000/", "http://METADATA.google.internal./",
    "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b::10.1.2.3]/", "http://[64:ff9b:1::a01:203]/",
    "http://[::a9fe:a9fe]/", "http://[2002:a9fe:a9fe::1]/",
)  # fmt: skip


#: Private networks, this machine, and the public internet by a gateway.
ALLOWED = ("http://10.1.2.3/", "http://127.0.0.1/", "http://[::1]/", "http://[fd00::1]/",
           "http://[64:ff9b::8c52:7903]/")  # fmt: skip


@pytest.mark.parametrize("url", ALLOWED)
def test_trackers_may_be_in_private_networks_and_are_asked_where_they_were_found(url):
    assert careful()(url) == (urlsplit(url).hostname,)


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_of_the_link_or_of_the_cloud_itself_is_refused(ground, cast, tiny, url):
    wanted = Wanted({"url": url}, {"token": TOKEN})
    with pytest.raises(Invalid) as error:
        sources.connect_source("tracker", "tiny", wanted, ground, actor("ada", cast), at=NOW)
    assert error.value.field == "url" and error.value.code == "source.address"


def test_a_tracker_in_a_private_network_is_allowed(ground, cast, tiny):
    sources.checked("a", "tiny", Wanted({"url": "http://10.1.2.3:8080/x"}, {"token": "t"}), ground, actor("ada", cast))  # fmt: skip


def test_a_name_that_leads_there_later_or_a_redirect_is_refused_when_it_is_asked(
    ground, cast, tiny, monkeypatch
):
    connected(ground, cast, tiny)
    monkeypatch.setattr(
        tiny, "answer", lambda asked: Reply(None, 302, {"Location": "http://169.254.169.254/x"})
    )
    loop(ground).run_due()
    found = shown(cast)
    assert found.state == "given up" and "169.254.169.254" in found.failed
    where = {"tracker.example": "10.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: [(0, 0, 0, "", (where[host], 0))]
    )
    monkeypatch.setattr(source_places, "FRESH", 0.0)
    allow = careful()
    assert allow("https://tracker.example/a") == ("10.0.0.1",)
    where["tracker.example"] = "169.254.169.254"
    with pytest.raises(SourceError) as error:
        allow("https://tracker.example/b")
    assert error.value.permanent


@pytest.fixture
def file_kinds(monkeypatch):
    """Kinds that read files, with the options of each sort in which a place can stand."""
    options = (
        Option("url", "text", ""), Option("repositories", "words", ""), Option("path", "text", ""),
        Option("query", "block", ""), Option("mapping", "text", ""), Option("options", "mapping", ""), Option("connection", "secret", ""), Option("token", "secret", ""),
    )  # fmt: skip
    kind = connecting.Kind("sql", "A database", options, "work", False)
    monkeypatch.setattr(source_places, "kind_of", lambda name: kind)


def check(ground, **given: str) -> None:
    secrets = {n: Secret(v) for n, v in given.items() if n in ("connection", "token")}
    options = {n: v for n, v in given.items() if n not in secrets}
    check_places(Connection("x", "sql", options, secrets), ground)


@pytest.mark.parametrize(
    "given",
    [
        {"path": "/etc/passwd"}, {"path": "etc"}, {"path": "~/x"}, {"repositories": "file:///etc"},
        {"repositories": "https://git.example/x\n/root/secret"}, {"url": "../../etc"},
        {"repositories": "ext::sh -c id"}, {"connection": "sqlite:////etc/x.db"},
        {"connection": "sqlite:///shared/x.db"}, {"connection": "SQLite+pysqlite:////etc/x.db"},
        {"connection": "duckdb:////etc/x.db"}, {"connection": "sqlite:///file:/etc/x?uri=true"},
        {"path": "/etc/*.csv"}, {"path": "{shared}/../secret"}, {"path": "{shared}/../**/x"},
        {"path": "{shared}/%2e%2e/secret"}, {"path": "{shared}/link/secret"}, {"path": "{shared}er/x"},
        {"mapping": "own.yaml"}, {"mapping": "../own"}, {"options": '{"mapping": "/etc/x"}'},
        {"options": '{"save_mapping": "x.yaml"}'},
    ],
)  # fmt: skip
def test_files_of_the_machine_are_refused(ground, file_kinds, given):
    (ground.data / "shared").mkdir()
    (ground.data / "sharder").mkdir()
    (ground.data / "shared/link").symlink_to("/etc")
    for name, text in given.items():
        with pytest.raises(Invalid) as error:
            check(ground, **{name: text.replace("{shared}", str(ground.data / "shared"))})
        assert error.value.code == "source.file"
        assert text not in error.value.message


@pytest.mark.parametrize(
    "given",
    [
        {"path": "{shared}/x.csv"}, {"path": "{shared}/*.csv"}, {"repositories": "{shared}/one\nfile://{shared}/two"},
        {"connection": "sqlite:///{shared}/x.db"}, {"connection": "postgresql://a:b@db.example/x"},
        {"repositories": "git@git.example:team/one.git\nhttps://git.example/two\nssh://git@git.example/x"},
        {"query": "SELECT key\nFROM work\n-- a remark"}, {"token": "/begins/like/a/path"},
        {"mapping": "generic-time"}, {"options": '{"unit": "hours"}'},
    ],
)  # fmt: skip
def test_what_lies_where_sources_may_read_is_allowed_and_so_is_what_is_elsewhere(
    ground, file_kinds, given
):
    for name, text in given.items():
        check(ground, **{name: text.replace("{shared}", str(ground.data / "shared"))})


def test_the_operator_can_name_further_folders(ground, file_kinds, tmp_path, monkeypatch):
    other = tmp_path / "exports"
    with pytest.raises(Invalid):
        check(ground, path=f"{other}/x.csv")
    monkeypatch.setenv("MAINSTEM_SOURCE_FILES", f"{other}, /nowhere")
    check(ground, path=f"{other}/x.csv")


def test_files_of_a_named_folder_are_read_and_no_longer_once_the_operator_takes_it_back(
    ground, cast, tmp_path, monkeypatch
):
    drop = tmp_path / "exports"
    drop.mkdir()
    (drop / "a.csv").write_text(
        "Issue key,Issue Type,Created,Status\nABC-1,Bug,2026-01-04,Open\n", "utf-8"
    )
    monkeypatch.setenv("MAINSTEM_SOURCE_FILES", str(drop))
    wanted = Wanted({"path": str(drop)})
    sources.connect_source("exports", "files", wanted, ground, actor("ada", cast), at=NOW)
    assert source_runs.sync("exports", ground).startswith("Read 1, new 1")
    monkeypatch.delenv("MAINSTEM_SOURCE_FILES")
    with pytest.raises(SourceError) as error:
        source_runs.sync("exports", ground)
    assert error.value.code == "source.file" and error.value.permanent
    assert "not among those" in shown(cast, "exports").failed
