"""Connected sources out of ``sources.yaml``: what cannot be taken is said with its line, and no secret with it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from mainstem.errors import Invalid, UsageError
from mainstem.services.plans.workspace import Workspace
from mainstem.services.sources.connecting import connect, every, kinds
from mainstem.services.sources.settings import find_sources, load_sources
from mainstem.services.sources.syncing import book_of, sync

TOKEN = "s3cret-of-somebody"
GOOD = """\
sources:
  tracker:
    kind: jira
    url: https://jira.example.org
    token: {env: JIRA_TOKEN}
    projects: [ABC, XYZ]
    every: 5 min
"""


@pytest.fixture
def settings(tmp_path):
    def write(text):
        path = tmp_path / "sources.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


def load(path, **variables):
    return load_sources(path, "Europe/Madrid", {"JIRA_TOKEN": TOKEN, **variables})


def refused(path, **variables):
    with pytest.raises(UsageError) as e:
        load(path, **variables)
    assert TOKEN not in e.value.message + e.value.hint
    assert e.value.hint
    return e.value.message


def test_a_source_has_its_options_its_secrets_and_its_interval(settings):
    (found,) = load(settings(GOOD))
    of = found.connection
    assert (of.name, of.kind, of.timezone, found.every) == (
        "tracker", "jira", "Europe/Madrid", timedelta(minutes=5)
    )  # fmt: skip
    assert of.words("projects") == ("ABC", "XYZ") and of.secret("token") == TOKEN
    assert TOKEN not in repr(found)


def test_every_fault_names_its_line(settings):
    assert "sources.yaml:2" in refused(settings(GOOD.replace("kind: jira", "kind: jirra")))
    assert "jirra" in refused(settings(GOOD.replace("kind: jira", "kind: jirra")))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("url: https://jira.example.org", "url: jira.example.org", "begins with https://"),
        ("url: https://jira.example.org", "url: https://me:pw@jira.example.org", "password"),
        ("jira.example.org", "jira..example.org", "no host of that name"),
        ("jira.example.org", "jira example.org", "no host of that name"),
        ("jira.example.org", "jira.example.org:0", "no such port"),
        ("jira.example.org", "jira.example.org:99999", "Port out of range"),
        ("projects:", "project:", "no option 'project'"),
        ("every: 5 min", "every: now", "no time between"),
        ("every: 5 min", "every: 1 s", "no time between"),
        ("{env: JIRA_TOKEN}", "{env: NOT_SET}", "NOT_SET, which is not set"),
        ("{env: JIRA_TOKEN}", "{vault: x}", "cannot be looked up by 'vault'"),
        ("{env: JIRA_TOKEN}", TOKEN, "must not stand in the file itself"),
        ("tracker:", "My Tracker:", "cannot be the name"),
    ],
)
def test_what_cannot_be_taken_is_refused(settings, was, now, said):
    assert said in refused(settings(GOOD.replace(was, now)))


def test_a_file_that_is_no_file_of_sources_is_refused(settings):
    assert "no sources" in refused(settings("sources:\n"))
    assert "empty" in refused(settings(""))
    assert "no meaning" in refused(settings(GOOD + "other: 1\n"))
    assert refused(settings("sources: [\n"))
    assert refused(settings("sources:\n\ttracker: 1\n"))


def test_a_secret_in_a_file_that_others_can_read_is_refused(settings, tmp_path):
    path = settings(GOOD.replace("{env: JIRA_TOKEN}", "{file: token.txt}"))
    held = tmp_path / "token.txt"
    assert "cannot be read" in refused(path)
    held.write_text(TOKEN + "\n")
    held.chmod(0o644)
    assert "can be read by others" in refused(path)
    held.chmod(0o600)
    assert load(path)[0].connection.secret("token") == TOKEN


def test_a_secret_in_the_keyring_is_found_there(settings, monkeypatch):
    path = settings(GOOD.replace("{env: JIRA_TOKEN}", "{keyring: mainstem/jira}"))
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "not installed" in refused(path)
    held = {("mainstem", "jira"): TOKEN}
    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    ring.get_password = lambda service, entry: held.get((service, entry))
    errors.KeyringError = type("KeyringError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert load(path)[0].connection.secret("token") == TOKEN
    held.clear()
    assert "no entry 'jira'" in refused(path)


def test_the_command_line_reads_files_wherever_its_user_may(settings, tmp_path):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/a.csv").write_text(
        "Issue key,Issue Type,Created,Status\nABC-1,Bug,2026-01-04,Open\n", "utf-8"
    )
    (of,) = load(settings(f"sources:\n  exports:\n    kind: files\n    path: {tmp_path}/drop\n"))
    workspace = Workspace(None, None, tmp_path / "ledger")
    done = sync(of, workspace, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    assert done.failure is None and done.report.new == 1
    kept = book_of(workspace).read("exports")
    assert kept.well == "2026-11-23T00:00:00+00:00" and kept.report["read"] == 1


def test_the_file_is_found_here_or_beside_the_plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_sources(None, None) is None
    beside = tmp_path / "org" / "sources.yaml"
    beside.parent.mkdir()
    beside.write_text(GOOD)
    assert find_sources(None, tmp_path / "org" / "plan") == beside
    with pytest.raises(UsageError, match="no file of sources"):
        find_sources(tmp_path / "nowhere.yaml", None)


def test_all_kinds_are_there_and_none_has_an_option_twice():
    for kind in kinds():
        names = [o.name for o in kind.options]
        assert len(names) == len(set(names)), kind.name
        assert not set(names) & {"kind", "every", "name"}, kind.name
        for option in kind.options:
            assert option.help, (kind.name, option.name)
            assert (option.kind == "choice") == bool(option.choices), (kind.name, option.name)


def test_every_default_can_be_taken():
    for kind in kinds():
        needed = {o.name: _any(o) for o in kind.options if o.required and o.kind != "secret"}
        secrets = {o.name: "x" for o in kind.options if o.kind == "secret"}
        made = connect("x", kind.name, needed, secrets, timezone="UTC")
        assert all(made.text(o.name) for o in kind.options if o.default and o.kind != "secret")


def _any(option):
    texts = {"url": "https://x.example", "choice": (option.choices or ("",))[0], "number": "1",
             "switch": "yes", "mapping": {"a": "b"}}  # fmt: skip
    return texts.get(option.kind, "x")


def test_an_option_that_is_needed_is_named():
    with pytest.raises(Invalid, match="has no url") as e:
        connect("x", "jira", {}, {}, timezone="UTC")
    assert e.value.field == "url"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        (None, 15),
        ("", 15),
        (5, 5),
        ("5", 5),
        ("5 min", 5),
        ("2 h", 120),
        ("1 day", 1440),
        ("3 hours", 180),
    ],
)
def test_an_interval_is_read(text, minutes):
    assert every(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["0 min", "90 days", "soon", "-5", "5 weeks"])
def test_an_interval_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        every(text)
