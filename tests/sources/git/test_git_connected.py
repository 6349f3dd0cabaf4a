"""Git as a connected source: a real repository over real http, and one in a folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.git import syncing
from mainstem.sources.git.connected import GitConnected
from mainstem.sources.remote import Batch, Connection, Count, Secret, Stopped, Watch
from tests.sources.git.git_repository import BOB, LATE, Made, Read
from tests.sources.git.smart_http import TOKEN, GitServer, serving

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@dataclass
class Held:
    """A ledger in memory, of one source."""

    folder: Path
    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    read: int = 0
    notes: list[str] = field(default_factory=list)

    def apply(self, batch: Batch) -> None:
        stems = set(batch.stems)
        self.records = {k: r for k, r in self.records.items() if k.partition("#")[0] not in stems}
        self.items.update({i["key"]: i for i in batch.items})
        self.records.update({r["row_key"]: r for r in batch.records})
        for key in batch.gone:
            del self.items[key]
            self.records = {k: r for k, r in self.records.items() if r["item_key"] != key}
        self.cursor, self.read = batch.cursor, self.read + batch.read
        self.notes += batch.notes
        assert batch.read >= len(batch.rejects)

    def watch(self, at: datetime = NOW) -> Watch:
        return Watch(at, known=lambda: {k: k for k in self.items}, folder=str(self.folder))

    def sync(self, of: Connection, at: datetime = NOW) -> Held:
        self.read, self.notes = 0, []
        for batch in GitConnected().pull(of, self.cursor, self.watch(at)):
            self.apply(batch)
        return self

    def titles(self) -> set[str]:
        return {str(i["title"]) for i in self.items.values()}


def connection(url: str, token: str = "", **options: str) -> Connection:
    told = {o.name: o.default for o in GitConnected.options if o.kind != "secret"}
    secrets = {"token": Secret(token)} if token else {}
    return Connection("code", "git", {**told, "url": url, **options}, secrets, "UTC")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    root = tmp_path / "served"
    root.mkdir()
    with serving(root) as made:
        yield made


@pytest.fixture
def held(tmp_path: Path) -> Held:
    folder = tmp_path / "kept"
    folder.mkdir()
    return Held(folder)


def commits(repository: Made, count: int, first: int = 0) -> list[str]:
    return [
        repository.commit(f"feat: change {n}", {f"src/{n}.py": str(n)}, at=LATE + n)
        for n in range(first, first + count)
    ]


def same(held: Held, read: Read) -> bool:
    items = {i["key"]: i for i in read.items}
    assert held.items.keys() == items.keys()
    for key, item in held.items.items():
        for name in ("type", "title", "project", "labels", "parent", "team", "state"):
            assert item.get(name) == items[key][name], name
        assert list(item["paths"]) == items[key]["paths"]
        assert str(items[key]["done"]) == item["done"]
    rows = {r["row_key"]: (r["person"], r["amount"], str(r["day"])) for r in read.records}
    return rows == {k: (r["person"], r["amount"], r["day"]) for k, r in held.records.items()}


def test_a_connected_repository_and_an_import_agree_row_by_row(
    repository: Made, server: GitServer, held: Held, read: Callable[..., Read]
) -> None:
    commits(repository, 3)
    repository.commit(
        "fix(core)!: one for two, ABC-12\n\nCo-authored-by: Bobby <bob@home.example>",
        by=BOB,
        at=LATE + 9,
    )
    repository.commit("A mailmap", {
        ".mailmap": "Bob <bob@example.org> Bobby <bob@home.example>\n", "CODEOWNERS": "/src/ @shop/core\n",
    }, at=LATE + 10)  # fmt: skip
    repository.git("checkout", "-q", "-b", "side", "HEAD~2")
    repository.commit("On a branch", {"docs/a.md": "x"}, at=LATE + 20)
    repository.git("checkout", "-q", "main")
    repository.commit("Merge it", {}, merge="side", at=LATE + 30)
    held.sync(connection(server.made(repository.path)))
    assert held.read == 7
    assert {i["team"] for i in held.items.values()} == {"@shop/core", None}
    assert same(held, read(repository.path, project="shop"))
    local = Held(held.folder).sync(connection(str(repository.path)))
    assert same(local, read(repository.path))


def test_the_copy_holds_no_contents_of_files(
    repository: Made, server: GitServer, held: Held
) -> None:
    repository.commit("Large", {"data.bin": "x" * 100_000, "CODEOWNERS": "* @all\n"})
    held.sync(connection(server.made(repository.path)))
    mirror = held.folder / "mirror.git"
    listed = subprocess.run(
        ["git", "-C", str(mirror), "cat-file", "--batch-all-objects", "--batch-check"],
        capture_output=True, check=True, text=True,
        env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"},
    ).stdout  # fmt: skip
    assert [line.split()[2] for line in listed.splitlines() if " blob " in line] == ["7"]


def test_only_new_commits_are_read_and_nothing_is_fetched_where_there_are_none(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 5)
    of = connection(server.made(repository.path))
    assert held.sync(of).read == 5
    server.asked.clear()
    assert held.sync(of).read == 0
    assert [path for path in server.asked if "upload-pack" in path and "info" not in path] == [
        "/shop.git/git-upload-pack"
    ], "one question for the branches"
    commits(repository, 2, 5)
    assert held.sync(of).read == 2
    assert len(held.items) == 7


def test_a_sync_that_dies_goes_on_after_the_last_batch(
    repository: Made, server: GitServer, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BATCH", 3)
    commits(repository, 10)
    of = connection(server.made(repository.path))
    batches = GitConnected().pull(of, {}, held.watch())
    held.apply(next(batches))
    held.apply(next(batches))
    batches.close()  # type: ignore[attr-defined]
    assert len(held.items) == 6
    commits(repository, 2, 10)
    held.sync(of)
    assert held.read == 6
    assert len(held.items) == 12
    assert held.sync(of).read == 0


def test_a_sync_that_dies_goes_on_also_where_its_copy_is_lost(
    repository: Made, server: GitServer, held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BATCH", 3)
    commits(repository, 10)
    of = connection(server.made(repository.path))
    batches = GitConnected().pull(of, {}, held.watch())
    held.apply(next(batches))
    batches.close()  # type: ignore[attr-defined]
    held.folder = tmp_path / "elsewhere"
    held.folder.mkdir()
    held.sync(of)
    assert (held.read, len(held.items)) == (7, 10)


@pytest.mark.parametrize("is_local", [False, True])
def test_history_that_was_rewritten_loses_its_old_commits(
    repository: Made, server: GitServer, held: Held, is_local: bool
) -> None:
    commits(repository, 4)
    of = connection(str(repository.path) if is_local else server.made(repository.path))
    held.sync(of)
    repository.git("reset", "-q", "--hard", "HEAD~2")
    repository.commit("Instead", {"b": "1"}, at=LATE + 50)
    held.sync(of)
    assert held.read == 1
    assert held.titles() == {"feat: change 0", "feat: change 1", "Instead"}
    assert {r["item_key"] for r in held.records.values()} == set(held.items)
    assert len(held.sync(of).items) == 3


def test_history_that_was_rewritten_is_noticed_where_the_old_commits_are_no_longer_here(
    repository: Made, server: GitServer, held: Held, tmp_path: Path
) -> None:
    commits(repository, 4)
    of = connection(server.made(repository.path))
    held.sync(of)
    repository.git("reset", "-q", "--hard", "HEAD~2")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "-q", "--prune=now")
    held.folder = tmp_path / "elsewhere"
    held.folder.mkdir()
    held.sync(of)
    assert held.titles() == {"feat: change 0", "feat: change 1"}


def test_all_branches_are_followed_and_one_that_is_removed_takes_its_own_commits_along(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 2)
    repository.git("checkout", "-q", "-b", "topic")
    repository.commit("Only here", {"t": "1"}, at=LATE + 60)
    of = connection(server.made(repository.path), branch="*")
    assert "Only here" in held.sync(of).titles()
    repository.git("checkout", "-q", "main")
    repository.git("branch", "-q", "-D", "topic")
    assert held.sync(of).titles() == {"feat: change 0", "feat: change 1"}
    repository.git("checkout", "-q", "-b", "topic/deeper")
    repository.commit("Below", {"t": "2"}, at=LATE + 70)
    assert "Below" in held.sync(of).titles()


def test_a_branch_or_a_tag_is_read_and_one_that_is_not_there_is_told(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 3)
    who = {"GIT_COMMITTER_NAME": "Hub", "GIT_COMMITTER_EMAIL": "hub@example.org"}
    repository.git("tag", "-a", "-m", "x", "v1", "HEAD~1", **who)
    url = server.made(repository.path)
    assert len(held.sync(connection(url, branch="v1")).items) == 2
    assert len(held.sync(connection(url, branch="main")).items) == 3
    for name in ("nothing", "--upload-pack=x", "a b", "../x"):
        with pytest.raises(SourceError):
            held.sync(connection(url, branch=name))
    assert len(held.items) == 3


def test_an_option_that_changes_what_is_read_reads_it_anew_and_drops_the_rest(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 3)
    repository.commit("Old", {"o": "1"}, at=LATE - 40 * 86_400)
    url = server.made(repository.path)
    held.sync(connection(url))
    held.sync(connection(url, since="2026-03-01", bots="ann@example.org"))
    assert "Old" not in held.titles()
    assert all(i["bot"] for i in held.items.values())


def test_owners_that_changed_are_used_for_all_commits_once_a_day(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 2)
    repository.commit("Owners", {"CODEOWNERS": "/src/ @one\n"}, at=LATE + 5)
    of = connection(server.made(repository.path))
    held.sync(of)
    repository.commit("Owners", {"CODEOWNERS": "/src/ @two\n"}, at=LATE + 6)
    held.sync(of, NOW + timedelta(hours=1))
    assert {i["team"] for i in held.items.values()} == {"@one", None}
    held.sync(of, NOW + timedelta(hours=25))
    assert held.read == 4
    assert {i["team"] for i in held.items.values()} == {"@two", None}
    assert held.sync(of, NOW + timedelta(hours=50)).read == 0


def test_a_token_opens_the_repository_and_lies_nowhere(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 2)
    url = server.made(repository.path)
    server.needs_token = True
    for token in ("", "wrong token"):
        with pytest.raises(SourceError) as error:
            held.sync(connection(url, token))
        assert error.value.code == "source.credentials"
        assert error.value.permanent
        assert "wrong" not in error.value.message
    assert len(held.sync(connection(url, TOKEN)).items) == 2
    kept = b"".join(f.read_bytes() for f in held.folder.rglob("*") if f.is_file())
    assert TOKEN.encode() not in kept
    checks = {c.what: c for c in GitConnected().test(connection(url, TOKEN), held.watch())}
    assert checks["repository"].said == "It can be read: main."
    assert (checks["encryption"].ok, checks["encryption"].optional) == (False, True)
    (check,) = GitConnected().test(connection(url), held.watch())
    assert (check.what, check.ok) == ("credentials", False)


def test_a_repository_can_be_tested_before_its_first_sync(
    repository: Made, server: GitServer, tmp_path: Path
) -> None:
    commits(repository, 1)
    watch = Watch(NOW, folder=str(tmp_path / "not" / "yet"))
    (check,) = GitConnected().test(connection(server.made(repository.path)), watch)
    assert check.ok and not (tmp_path / "not").exists()


def test_a_token_is_not_sent_to_another_host(
    repository: Made, server: GitServer, held: Held, tmp_path: Path
) -> None:
    commits(repository, 1)
    url = server.made(repository.path)
    (tmp_path / "other").mkdir()
    with serving(tmp_path / "other") as other:
        other.made(repository.path)
        other.needs_token = True
        server.sends_to = other.url
        with pytest.raises(SourceError):
            held.sync(connection(url, TOKEN))
        assert other.asked
        assert other.given == {""}


def test_an_answer_that_is_cut_off_is_a_passing_failure(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 40)
    of = connection(server.made(repository.path))
    server.cuts = 1
    with pytest.raises(SourceError) as error:
        held.sync(of)
    assert not error.value.permanent
    assert len(held.sync(of).items) == 40


def test_what_a_killed_git_left_behind_is_cleared_away(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 1)
    of = connection(server.made(repository.path))
    held.sync(of)
    mirror = held.folder / "mirror.git"
    for name in ("config.lock", "refs/heads/main.lock", "shallow.lock", "objects/pack/tmp_pack_x"):
        (mirror / name).write_text("")
    commits(repository, 1, 1)
    assert len(held.sync(of).items) == 2


def test_a_copy_that_is_damaged_is_made_anew(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 5)
    of = connection(server.made(repository.path))
    held.sync(of)
    commits(repository, 3, 5)
    for pack in (held.folder / "mirror.git").rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(b"PACK")
    for _ in range(3):
        try:
            held.sync(of)
            break
        except SourceError as error:
            assert not error.permanent
    assert len(held.items) == 8


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% pwned", "--upload-pack=touch pwned", "git://127.0.0.1/a", "ftp://127.0.0.1/a",
        "https://ann:pass@127.0.0.1/a.git", "https://ann@127.0.0.1/a.git", "https:///a.git",
        "ssh://-oProxyCommand=touch/a", "file://host/a", "fd::17", "https://[::1/a",
    ],
)  # fmt: skip
def test_an_address_that_could_run_something_or_holds_a_credential_is_refused(
    url: str, held: Held
) -> None:
    with pytest.raises(SourceError) as error:
        held.sync(connection(url))
    assert error.value.code in ("source.address", "source.git")
    assert "pass" not in error.value.message
    assert not list(held.folder.iterdir())


def test_hooks_and_settings_of_a_repository_run_nothing(
    repository: Made, server: GitServer, held: Held, tmp_path: Path
) -> None:
    commits(repository, 1)
    of = connection(server.made(repository.path))
    held.sync(of)
    mirror, sign = held.folder / "mirror.git", tmp_path / "ran"
    (mirror / "hooks").mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-fetch", "pre-auto-gc"):
        (mirror / "hooks" / name).write_text(f"#!/bin/sh\ntouch {sign}\n")
        (mirror / "hooks" / name).chmod(0o755)
    commits(repository, 1, 1)
    assert len(held.sync(of).items) == 2
    assert not sign.exists()


def test_an_empty_repository_says_so(repository: Made, server: GitServer, held: Held) -> None:
    of = connection(server.made(repository.path))
    assert "no commit yet" in held.sync(of).notes[0]
    commits(repository, 1)
    assert len(held.sync(of).items) == 1


def test_git_counts_commits_by_month(repository: Made, server: GitServer, held: Held) -> None:
    commits(repository, 2)
    repository.commit("Later", at=LATE + 40 * 86_400)
    for url in (server.made(repository.path), str(repository.path)):
        found = GitConnected().count(connection(url), held.watch())
        assert found is not None
        assert found.counts == (Count("", "2026-03", 2), Count("", "2026-04", 1))


def test_a_sync_can_be_stopped_while_it_fetches(
    repository: Made, server: GitServer, held: Held
) -> None:
    commits(repository, 1)
    looks = held.watch()
    looks.stop.set()
    with pytest.raises(Stopped):
        list(GitConnected().pull(connection(server.made(repository.path)), {}, looks))
